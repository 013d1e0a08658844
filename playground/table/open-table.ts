/** A table that was opened: how it was read, and the examples that it gives. */
import { Preprocessing, readRows, Table, type TableOptions, tableDefaults } from 'relumax/table';
import { UNSEEN } from '../../src/cli/terminal/safe-text.ts';
import type { Split } from '../data/split.ts';
import { type DataOptions, HELD_OUT, type SettingTexts } from '../settings/settings.ts';
import { text } from '../texts/languages.ts';

/** How a column is used, if not as was decided from its cells. */
export type Use = 'numeric' | 'categorical' | 'ignore';

/** What somebody chose for a table. */
export interface Choices {
  /** The number of the label column, from 1. Default: the last that is not left out. */
  readonly label?: number | undefined;
  /** By the numbers of columns. */
  readonly uses?: ReadonlyMap<number, Use>;
}

type Column = Table['columns'][number];

/** Usual names of the label column, if it is not the last. */
const LABELS = /^(?:label|class|target|species|y)$/i;
/** Columns of the common table of MNIST's images: the label, then the pixels. */
const MNIST_COLUMNS = 785;

/** How many columns are tried as the label, beside the last. */
const MOST_TRIES = 8;

export class OpenTable {
  readonly name: string;
  readonly table: Table;
  readonly choices: Choices;
  readonly #bytes: Uint8Array;
  /** How the command is told what was chosen. */
  readonly #chosen: TableOptions;

  private constructor(
    name: string,
    bytes: Uint8Array,
    table: Table,
    choices: Choices,
    chosen: TableOptions,
  ) {
    this.name = name;
    this.#bytes = bytes;
    this.table = table;
    this.choices = choices;
    this.#chosen = chosen;
  }

  /**
   * Reads a table; its label column is one with a usual name, else the last.
   *
   * @throws RangeError that begins with the file's name, and names rows and columns
   */
  static async open(name: string, bytes: Uint8Array): Promise<OpenTable> {
    const opened = await OpenTable.#withSomeLabel(name, bytes);
    const { columns, labels } = opened.table;
    const usual =
      columns.find((column) => LABELS.test(column.name)) ??
      (columns.length === MNIST_COLUMNS && isUnnamed(columns[0]!) ? columns[0] : undefined);
    if (usual === undefined || labels.includes(usual)) return opened;
    return opened.read({ label: usual.number });
  }

  /** The table with the last column that can be the label: the menu of labels is there to choose another. */
  static async #withSomeLabel(name: string, bytes: Uint8Array): Promise<OpenTable> {
    let number = 0;
    const read = async (options: TableOptions) => {
      const table = await Table.read(bytes, { name, ...options });
      return new OpenTable(name, bytes, table, { label: number || undefined }, options);
    };
    try {
      return await read({});
    } catch (error) {
      if (!/, label column "/.test((error as Error).message)) throw error;
      const { header } = await readRows(bytes, { name });
      const least = Math.max(1, header.width - MOST_TRIES);
      for (number = header.width - 1; number >= least; number--) {
        try {
          return await read({ label: [String(number)] });
        } catch {
          // The first error says what is wrong with the label that the command takes.
        }
      }
      throw error;
    }
  }

  /**
   * Reads it again.
   *
   * @throws RangeError as `open`
   */
  async read(choices: Choices): Promise<OpenTable> {
    const { columns } = this.table;
    const { label, uses = new Map<number, Use>() } = choices;
    const used = (use: Use) =>
      columns
        .filter(({ number }) => number !== label && uses.get(number) === use)
        .map((column) => referenceTo(column, columns));
    const chosen = {
      ...(label && { label: [referenceTo(columns[label - 1]!, columns)] }),
      ignore: used('ignore'),
      categorical: used('categorical'),
      numeric: used('numeric'),
    };
    const table = await Table.read(this.#bytes, { name: this.name, ...chosen });
    return new OpenTable(this.name, this.#bytes, table, choices, chosen);
  }

  /** The options of the command that say the same. */
  get options(): DataOptions {
    const { label, ignore, categorical, numeric } = this.#chosen;
    const lists = Object.entries({ label, ignore, categorical, numeric });
    return [
      ['data', this.name],
      ...lists.flatMap(([flag, columns]) =>
        columns?.length ? [[flag, String(columns)] as const] : [],
      ),
    ];
  }

  /** The training and held-out examples, as in `relumax train`. */
  split(seed: number): Split {
    const { train, test } = this.table.split({ test: HELD_OUT, seed });
    return this.#splitBy(Preprocessing.fit(this.table, train), train, test);
  }

  /**
   * The same for a model that was trained on such a table.
   *
   * @throws RangeError where it has no preprocessing, or other columns
   */
  splitFor(model: { readonly metadata: Readonly<Record<string, string>> }, seed: number): Split {
    const preprocessing = Preprocessing.of(model);
    if (preprocessing === undefined) {
      throw new RangeError(text('model.ofNoTable'));
    }
    const { train, test } = this.table.split({ test: HELD_OUT, seed });
    return this.#splitBy(preprocessing, train, test);
  }

  #splitBy(preprocessing: Preprocessing, train: Uint32Array, test: Uint32Array): Split {
    const { table } = this;
    const { normalization } = preprocessing;
    return {
      train: preprocessing.dataset(table, train),
      test: preprocessing.dataset(table, test),
      ...(normalization && { normalize: normalization }),
      table: { table, preprocessing, rows: test, records: test.map((row) => table.records[row]!) },
    };
  }

  /** The settings that fit the table, but for the seed. */
  defaultsFor({ train: { length, features, outputs } }: Split): SettingTexts {
    const usual = tableDefaults(length);
    return {
      layers: [features, ...usual.hiddenLayers, outputs].join('-'),
      activation: usual.hidden,
      epochs: String(usual.epochs),
      batch: String(usual.batchSize),
      optimizer: usual.optimizer,
      rate: String(usual.learningRate),
      schedule: usual.schedule,
      dropout: String(usual.dropout),
      decay: String(usual.weightDecay),
    };
  }
}

function isUnnamed({ name, number }: Column): boolean {
  return name === `column ${number}`;
}

/** The name of a column where an option takes it as it is, else its number. */
function referenceTo(column: Column, all: readonly Column[]): string {
  const { name, number } = column;
  const isPlain =
    !isUnnamed(column) &&
    name === name.trim() &&
    !/^$|,|^\d+$/.test(name) &&
    name.search(UNSEEN) < 0 &&
    all.filter((other) => other.name === name).length === 1;
  return isPlain ? name : String(number);
}
