/**
 * Cuts the text of a table into rows of cells as it comes in. Rows end with a line feed, with or without a
 * carriage return before it, or with carriage returns alone. A cell that begins with a quote ends with the
 * next single one, blanks after it aside.
 *
 * Time is linear in the length of the text. Memory is that of a block and a row.
 */
import { outOfRange } from '../../base/arguments.ts';
import { faultText, TableError } from '../faults.ts';
import { CellCutter, type Form, MOST_CELLS, type Problem } from './cell-cutter.ts';
import { formOf, type GivenForm } from './form.ts';

/** Characters of a row: a quote that is never closed makes a row of all the rest. */
const LONGEST_ROW = 2 ** 24;
/** Characters that are cut at once, and from which delimiter and line ends are detected. */
const BLOCK = 2 ** 20;

/** A row with wrong quotes: where the next row begins is not known. */
export class QuoteError extends TableError {
  readonly record: number;
  readonly fault: string;

  constructor(name: string, record: number, problem: Problem) {
    super(`${name}, row ${record}: ${PROBLEMS[problem]}`);
    this.record = record;
    this.fault = PROBLEMS[problem];
  }
}

/** Problems with the quotes of a row. */
const PROBLEMS: Readonly<Record<Problem, string>> = {
  open: faultText('a quote that is not closed', 'another'),
  inside: faultText('a quote inside a cell', 'the cell to begin with it, or two for one'),
};

/** Cuts a text that comes in pieces. */
export class RowCutter {
  readonly #name: string;
  readonly #given: GivenForm;
  #form: Form | undefined;
  /** Text that is not cut yet, its length, and the length at which it is cut. */
  #parts: string[] = [];
  #length = 0;
  #enough = BLOCK;
  #rows = 0;

  /**
   * @param name the table's name in an error
   * @param given delimiter: Default: detected from the first rows
   */
  constructor(name: string, given: GivenForm = {}) {
    this.#name = name;
    this.#given = given;
  }

  /** How many rows were cut. */
  get rows(): number {
    return this.#rows;
  }

  /** What divides cells; undefined as long as it is not known. */
  get delimiter(): string | undefined {
    return this.#form?.delimiter;
  }

  /**
   * Takes the next text, in pieces of any size.
   *
   * @param part undefined: the table ends
   * @returns the rows that are complete now; they must be taken before the next call
   * @throws RangeError if a row is too long
   * @throws QuoteError that names the row
   */
  *push(part: string | undefined): Generator<string[], void> {
    const isLast = part === undefined;
    if (part) this.#parts.push(part);
    this.#length += part?.length ?? 0;
    if (this.#length < this.#enough && !isLast) return;
    const text = this.#parts.join('');
    // The form is detected from the first row, however long it is.
    if (isLast || /[\r\n][\s\S]/.test(text)) this.#form ??= formOf(text, this.#given, isLast);
    const cutter = this.#form && new CellCutter(text, this.#form, isLast, this.#rows);
    let begin = 0;
    for (let cells = cutter?.row(); cells !== undefined; cells = cutter?.row()) {
      this.#rows++;
      this.#checkLength(cutter!.at - begin);
      yield this.#checked(cells);
      begin = cutter!.at;
    }
    const rest = text.slice(begin);
    this.#checkLength(rest.length, 1);
    this.#parts = [rest];
    this.#length = rest.length;
    // An incomplete row is cut again when its text has doubled, so the total time is linear.
    this.#enough = Math.min(Math.max(BLOCK, 2 * rest.length), LONGEST_ROW + 1);
  }

  /** @param ahead how many rows after the last one it is */
  #checkLength(length: number, ahead = 0): void {
    if (length <= LONGEST_ROW) return;
    const expected = 'at most as many; is a quote not closed?';
    const place = `${this.#name}, row ${this.#rows + ahead}`;
    throw outOfRange(place, `more than ${LONGEST_ROW} characters`, expected);
  }

  #checked(cells: string[] | Problem): string[] {
    if (typeof cells === 'string') throw new QuoteError(this.#name, this.#rows, cells);
    if (cells.length <= MOST_CELLS) return cells;
    const place = `${this.#name}, row ${this.#rows}`;
    throw outOfRange(place, `more than ${MOST_CELLS} cells`, 'at most as many');
  }
}
