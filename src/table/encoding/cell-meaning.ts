/** What the text of a cell means, where the columns are known. */
import { describe } from '../../base/arguments.ts';
import { dateIn } from '../dates.ts';
import { isMissing, writtenNumber } from '../numbers.ts';
import type { Contents } from './contents-file.ts';
import { type Category, type InputColumn, MISSING, Texts, UNSEEN } from './input-column.ts';

/** Classes that an error lists, at most. */
const MOST_LISTED = 10;

export class CellMeaning {
  readonly contents: Contents;
  readonly classes: readonly string[] | undefined;
  readonly #categories: ReadonlyMap<InputColumn, Texts>;
  readonly #classes: Texts;

  constructor(contents: Contents, classes: readonly string[] | undefined) {
    this.contents = contents;
    this.classes = classes;
    this.#categories = new Map(
      contents.columns.flatMap((column) =>
        column.categories ? [[column, new Texts(column.categories)]] : [],
      ),
    );
    this.#classes = new Texts(classes ?? []);
  }

  /**
   * The number or date in a cell of a column, or of a label; NaN where it is missing, undefined where it is
   * none.
   *
   * @param decimal the decimal mark of the table, if it is not that of training
   */
  number(
    column: InputColumn | undefined,
    text: string,
    decimal = this.contents.decimal,
  ): number | undefined {
    if (isMissing(text) || column?.odd.includes(text)) return Number.NaN;
    if (column?.kind === 'date') {
      const seconds = dateIn(text, column.form ?? 'month first');
      return Number.isNaN(seconds) ? undefined : seconds;
    }
    const { value, unit } = writtenNumber(text, decimal) ?? { unit: '' };
    // 5 may stand for 5 %, but 5 % not for 5.
    return unit === '' || column === undefined || unit === column.unit ? value : undefined;
  }

  /** The category in a cell of a column. */
  category(column: InputColumn, text: string): Category {
    const found = this.#categories.get(column)!.placeOf(text);
    return found ?? (isMissing(text) ? MISSING : UNSEEN);
  }

  /** The class in a cell; undefined where it is none. */
  class(text: string): number | undefined {
    return this.#classes.placeOf(text);
  }

  /** What an error says of a cell in which there is no class. */
  noClass(text: string): { found: string; expected: string } {
    const { classes = [] } = this;
    const shown = classes.slice(0, MOST_LISTED).map((name) => describe(name));
    if (shown.length < classes.length) shown.push('…');
    return {
      found: text === '' ? 'an empty cell' : `the class ${describe(text)}`,
      expected: `one of ${classes.length} classes: ${shown.join(', ')}`,
    };
  }
}

/** What an error expects of a cell. */
export function expectedOf(column: InputColumn | undefined): string {
  return column?.kind === 'date' ? 'a date' : 'a number';
}

/** What an error found in a cell. */
export function foundIn(text: string): string {
  return text === '' ? 'an empty cell' : describe(text);
}
