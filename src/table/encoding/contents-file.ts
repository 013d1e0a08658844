/** Preprocessing as text in the metadata of a model's file, checked like everything that a file claims. */
import {
  boolean,
  checked,
  describe,
  integer,
  oneOf,
  options,
  outOfRange,
} from '../../base/arguments.ts';
import { OUTPUTS, type Output } from '../../core/activations.ts';
import { namesIn } from '../../model/names.ts';
import type { DateForm } from '../dates.ts';
import type { Decimal } from '../numbers.ts';
import { type ColumnParts, type InputColumn, placed } from './input-column.ts';

/** The key of the metadata. */
export const TABLE = 'table';
const VERSION = 1;

/** A label column. */
export interface Label {
  readonly name: string;
  /** Its place among the columns of the table that was trained on, from 1; undefined: not known. */
  readonly number: number | undefined;
}

/** What is known of the columns of a table and its labels. */
export interface Contents {
  readonly columns: readonly InputColumn[];
  readonly labels: readonly Label[];
  readonly output: Output;
  readonly decimal: Decimal;
  /** Columns of the table that was trained on; undefined: not known. */
  readonly width: number | undefined;
  /** Names of its other columns. */
  readonly others: readonly string[];
  /** Whether its columns have names of their own. */
  readonly named: boolean;
}

/** What is known of the network whose metadata it is. */
export interface NetworkOfTable {
  readonly metadata: Readonly<Record<string, string>>;
  readonly features?: number | undefined;
  readonly outputs?: number | undefined;
  readonly output?: Output | undefined;
}

export function encodeContents(contents: Contents): string {
  // Where a column's inputs begin follows from those before it.
  const columns = contents.columns.map((column) =>
    Object.fromEntries(
      // There may be a million of them: without what most have not.
      COLUMN_KEYS.flatMap((key) => (isNone(column[key]) ? [] : [[key, column[key]]])),
    ),
  );
  return JSON.stringify({ version: VERSION, ...contents, columns });
}

/** Whether something of a column is as it is unless it is written. */
function isNone(value: InputColumn[keyof InputColumn]): boolean {
  return value === undefined || value === false || (Array.isArray(value) && value.length === 0);
}

/**
 * @throws RangeError that says what is wrong with the text
 */
export function decodeContents(json: string): Contents {
  try {
    return checkedContents(JSON.parse(json));
  } catch (error) {
    const found = `metadata ${describe(TABLE)} ${describe(json)}`;
    throw outOfRange('model file', found, `a table's columns: ${(error as Error).message}`);
  }
}

const KEYS = ['version', 'columns', 'labels', 'output', 'decimal', 'width', 'others', 'named'];

function checkedContents(given: Record<string, unknown>): Contents {
  const { version, columns, labels, output, decimal, width, others, named } = options(
    'table',
    given,
    KEYS,
  );
  oneOf('version', version, [VERSION]);
  const contents = {
    columns: placed(list('columns', columns).map(checkedColumn)),
    labels: list('labels', labels).map((label, i) => {
      const { name, number } = options(`labels[${i}]`, label as Label, ['name', 'number']);
      return { name: text(`labels[${i}].name`, name), number: place('number', number) };
    }),
    output: oneOf('output', output, OUTPUTS),
    decimal: oneOf('decimal', decimal, ['.', ','] as const),
    width: place('width', width),
    others: list('others', others).map((name, i) => text(`others[${i}]`, name)),
    named: boolean('named', named),
  };
  const names = [...contents.columns, ...contents.labels].map(({ name }) => name);
  if (new Set(names).size < names.length) {
    throw outOfRange('columns', 'a name twice', 'each name once');
  }
  const most = contents.width ?? 2 ** 24;
  const beyond = [...contents.columns, ...contents.labels].find(({ number = 1 }) => number > most);
  if (beyond)
    throw outOfRange(
      'width',
      `${most}`,
      `at least ${beyond.number}, as ${describe(beyond.name)} has`,
    );
  if (contents.labels.length === 0) throw outOfRange('labels', labels, 'at least one');
  return contents;
}

const DATE_FORMS: readonly DateForm[] = ['month first', 'day first', 'compact'];
const COLUMN_KEYS = [
  ...(['name', 'number', 'kind', 'median', 'missing', 'odd', 'unit'] as const),
  ...(['categories', 'months', 'weekdays', 'hours', 'form'] as const),
];

function checkedColumn(given: unknown, i: number): ColumnParts {
  const at = `columns[${i}]`;
  const column = options(at, given as Record<string, unknown>, COLUMN_KEYS);
  const kind = oneOf(`${at}.kind`, column.kind, ['number', 'category', 'date'] as const);
  const texts = (name: string) =>
    list(`${at}.${name}`, column[name] ?? []).map((value, j) => text(`${at}.${name}[${j}]`, value));
  const numbers = (name: string, most: number) => {
    const values = list(`${at}.${name}`, column[name] ?? []).map((value, j) =>
      integer(`${at}.${name}[${j}]`, value, 1, most),
    );
    if (values.every((value, j) => j === 0 || value > values[j - 1]!)) return values;
    throw outOfRange(`${at}.${name}`, `${values}`, 'ascending numbers');
  };
  const common = {
    name: text(`${at}.name`, column.name),
    number: integer(`${at}.number`, column.number, 1, 2 ** 24),
    missing: boolean(`${at}.missing`, column.missing ?? false),
    odd: texts('odd'),
  };
  if (kind === 'category') {
    const categories = texts('categories');
    if (new Set(categories).size < categories.length) {
      throw outOfRange(`${at}.categories`, 'a value twice', 'each once');
    }
    return { ...common, kind, categories };
  }
  const { median } = column;
  const finite = (value: number) => Number.isFinite(value);
  const filled = {
    ...common,
    ...(median !== undefined && {
      median: checked(`${at}.median`, median as number, 'a finite number', finite),
    }),
  };
  if (kind === 'number') {
    const { unit } = column;
    return { ...filled, kind, ...(unit !== undefined && { unit: text(`${at}.unit`, unit) }) };
  }
  return {
    ...filled,
    kind,
    months: numbers('months', 12),
    weekdays: numbers('weekdays', 7),
    hours: boolean(`${at}.hours`, column.hours ?? false),
    ...(column.form !== undefined && { form: oneOf(`${at}.form`, column.form, DATE_FORMS) }),
  };
}

function list(name: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw outOfRange(name, describe(value), 'a list');
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw outOfRange(name, describe(value), 'a text');
}

function place(name: string, value: unknown): number | undefined {
  return value === undefined ? undefined : integer(name, value, 1, 2 ** 24);
}

/** The contents in the metadata of a model whose table had numbers only, by older releases. */
export function contentsOfNumbers({
  metadata,
  features,
  output = 'softmax',
}: NetworkOfTable): Contents | undefined {
  const { data, label, features: json } = metadata;
  if (data !== 'table' || label === undefined) return undefined;
  const names = namesIn(json);
  const count = features ?? names?.length;
  if (count === undefined || (names !== undefined && names.length !== count)) return undefined;
  // Without a header the label is a number, from 1.
  const place = names || !/^[1-9]\d{0,7}$/.test(label) ? undefined : Number(label);
  const numbers = Array.from({ length: count }, (_, i) =>
    place !== undefined && i + 1 >= place ? i + 2 : i + 1,
  );
  return {
    columns: placed(
      numbers.map((number, i) => ({
        name: names?.[i] ?? `column ${number}`,
        number,
        kind: 'number',
        missing: false,
        odd: [],
      })),
    ),
    labels: [{ name: place === undefined ? label : `column ${place}`, number: place }],
    output,
    decimal: '.',
    width: names ? undefined : count + 1,
    others: [],
    named: names !== undefined,
  };
}
