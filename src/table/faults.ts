/** The errors of tables: one fault, or the first of many. */

/** An error in the cells of a table. */
export class TableError extends RangeError {
  override readonly name = 'RangeError';
}

/** Faults that an error lists, at most. */
const MOST_LISTED = 10;

/** Something wrong at a place of a table: "row 3, column 2", "found "x", expected a number". */
export interface Fault {
  readonly place: string;
  readonly text: string;
}

/** Collects the faults of a table. */
export class Faults {
  readonly #first: Fault[] = [];
  #count = 0;

  add(place: string, text: string): void {
    if (this.#first.length < MOST_LISTED) this.#first.push({ place, text });
    this.#count++;
  }

  /**
   * @param name the table's name
   * @throws TableError if there are any
   */
  check(name: string): void {
    const [first] = this.#first;
    if (first === undefined) return;
    const all = this.#first.map(({ place, text }) => `${place}: ${text}`);
    const others = this.#count - all.length;
    const more = others > 0 ? `; and ${others} more` : '';
    throw new TableError(
      this.#count === 1
        ? `${name}, ${all[0]}`
        : `${name}: found ${this.#count} faults, expected none: ${all.join('; ')}${more}`,
    );
  }
}

/** The text of a fault. */
export function faultText(found: string, expected: string): string {
  return `found ${found}, expected ${expected}`;
}
