/** Finds columns by their names or numbers. */
import { describe, outOfRange, wrongType } from '../../base/arguments.ts';
import type { ColumnList } from '../options.ts';

/** Names that an error lists, at most. */
const MOST_LISTED = 20;

/** The columns of a table, as options name them. */
export class ColumnPlaces {
  readonly #table: string;
  readonly #names: readonly string[] | undefined;
  readonly #width: number;
  readonly #places: ReadonlyMap<string, number>;

  /** @param names undefined where the table has no header */
  constructor(table: string, names: readonly string[] | undefined, width: number) {
    this.#table = table;
    this.#names = names;
    this.#width = width;
    // Of columns with the same name, as of those without one, the first.
    const places = new Map<string, number>();
    for (const [i, name] of names?.entries() ?? []) if (!places.has(name)) places.set(name, i);
    this.#places = places;
  }

  /**
   * The columns of a list, counted from 0.
   *
   * @param what they are called in an error
   * @throws RangeError if there is no such column
   */
  of(list: ColumnList | undefined, what: string): number[] {
    if (list === undefined) return [];
    const names = typeof list === 'string' ? this.#cut(list) : list;
    if (!Array.isArray(names) || names.some((name) => typeof name !== 'string')) {
      throw wrongType(what, list, 'names or numbers of columns, as text');
    }
    return [...new Set(names.map((name) => this.#column(name, what)))];
  }

  /** A text is the name of a column, or names with commas between them, which may themselves have commas. */
  #cut(list: string): string[] {
    if (this.#places.has(list)) return [list];
    const parts = list.split(',');
    const names: string[] = [];
    for (let i = 0; i < parts.length; ) {
      let end = Math.min(parts.length, i + 10);
      while (end > i + 1 && !this.#places.has(parts.slice(i, end).join(',').trim())) end--;
      names.push(parts.slice(i, end).join(',').trim());
      i = end;
    }
    return names;
  }

  #column(name: string, what: string): number {
    const named = this.#places.get(name);
    if (named !== undefined) return named;
    const number = Number(name);
    const isNumber = /^\d+$/.test(name);
    if (isNumber && number >= 1 && number <= this.#width) return number - 1;
    if (isNumber) {
      throw outOfRange(
        this.#table,
        `no column ${name} for ${what}`,
        `a number from 1 to ${this.#width}`,
      );
    }
    const expected = this.#names
      ? `one of ${this.#listed()}`
      : 'the number of a column, or a header';
    throw outOfRange(this.#table, `no column ${describe(name)} for ${what}`, expected);
  }

  #listed(): string {
    const names = [...this.#places.keys()];
    const shown = names.slice(0, MOST_LISTED).map((name) => describe(name));
    return `${shown.join(', ')}${names.length > shown.length ? `, … (${names.length} columns)` : ''}`;
  }
}
