/** The errors of tables: one fault, or the first of many. */

/** An error in the cells of a table. */
export class TableError extends RangeError {
  override readonly name = 'RangeError';
}

/** Faults that an error lists, at most. */
const MOST_LISTED = 10;

/** Collects the faults of a table. */
export class Faults {
  readonly #first: string[] = [];
  #count = 0;

  /** @param place "row 3, column 2" */
  add(place: string, text: string): void {
    this.addText(`${place}: ${text}`);
  }

  /** @param text with its place: "row 3, column 2: found …" */
  addText(text: string): void {
    if (this.#first.length < MOST_LISTED) this.#first.push(text);
    this.#count++;
  }

  /**
   * @param name the table's name
   * @throws TableError if there are any
   */
  check(name: string): void {
    const [first] = this.#first;
    if (first === undefined) return;
    const others = this.#count - this.#first.length;
    const more = others > 0 ? `; and ${others} more` : '';
    throw new TableError(
      this.#count === 1
        ? `${name}, ${first}`
        : `${name}: found ${this.#count} faults, expected none: ${this.#first.join('; ')}${more}`,
    );
  }
}

/** The text of a fault. */
export function faultText(found: string, expected: string): string {
  return `found ${found}, expected ${expected}`;
}
