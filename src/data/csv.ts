/**
 * Comma-separated values (RFC 4180), cut into rows of cells as they come in. Rows end with a line
 * feed, with or without a carriage return before it, or with carriage returns alone. A cell that
 * begins with a quote ends with the next single one, blanks after it aside.
 *
 * Time is linear in the length of the text. Memory is that of a block and a row.
 */
import { outOfRange } from '../base/arguments.ts';
import { TableError } from './table.ts';
import { checkDelimiter } from './table-header.ts';

/** Characters of a row: a quote that is never closed makes a row of all the rest. */
const LONGEST_ROW = 2 ** 24;
const MOST_CELLS = 2 ** 20;
/** Characters that are cut at once, and from which delimiter and line ends are detected. */
const BLOCK = 2 ** 20;
const DELIMITERS = [',', '\t', '|', ';'];
/** Rows from which the delimiter is detected. */
const ROWS_TO_TELL = 10;

/** A row with wrong quotes: where the next row begins is not known. */
export class QuoteError extends TableError {}

/** Delimiter and line end. */
interface Form {
  readonly delimiter: string;
  readonly newline: '\n' | '\r';
}

/** Cuts the bytes of a table into rows of cells. */
export class RowCutter {
  readonly #name: string;
  readonly #delimiter: string | undefined;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #form: Form | undefined;
  /** Text that is not cut yet, its length, and the length at which it is cut. */
  #parts: string[] = [];
  #length = 0;
  #enough = BLOCK;
  #rows = 0;

  /**
   * @param name the table's name in an error
   * @param delimiter Default: detected from the first rows: comma, tab, bar or semicolon
   */
  constructor(name: string, delimiter?: string) {
    this.#name = name;
    this.#delimiter = delimiter;
  }

  /**
   * Takes the next bytes, in pieces of any size.
   *
   * @param bytes undefined: the table ends
   * @returns the rows that are complete now; they must be taken before the next call
   * @throws RangeError if the text is not UTF-8, or a row is too long
   * @throws QuoteError that names the row
   */
  *push(bytes: Uint8Array | undefined): Generator<string[], void> {
    const isLast = bytes === undefined;
    const part = this.#decoded(bytes);
    this.#parts.push(part);
    this.#length += part.length;
    if (this.#length < this.#enough && !isLast) return;
    const text = this.#parts.join('');
    // The form is detected from the first row, however long it is.
    if (isLast || /[\r\n][\s\S]/.test(text)) {
      this.#form ??= formOf(this.#name, text, this.#delimiter, isLast);
    }
    const cutter = this.#form && new CellCutter(text, this.#form, isLast);
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
    throw outOfRange(this.#place(ahead), `more than ${LONGEST_ROW} characters`, expected);
  }

  #checked(cells: string[] | Problem): string[] {
    if (typeof cells === 'string') {
      const [found, expected] = PROBLEMS[cells];
      throw new QuoteError(outOfRange(this.#place(), found, expected));
    }
    if (cells.length <= MOST_CELLS) return cells;
    throw outOfRange(this.#place(), `more than ${MOST_CELLS} cells`, 'at most as many');
  }

  #place(ahead = 0): string {
    return `${this.#name}, row ${this.#rows + ahead}`;
  }

  #decoded(bytes: Uint8Array | undefined): string {
    try {
      return this.#decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw outOfRange(this.#name, 'bytes that are not UTF-8', 'text in UTF-8');
    }
  }
}

/** Problems with the quotes of a row: found, expected. */
const PROBLEMS = {
  open: ['a quote that is not closed', 'another'],
  inside: ['a quote inside a cell', 'the cell to begin with it, or two for one'],
} as const;
type Problem = keyof typeof PROBLEMS;

/** Cuts a text that begins with a row. */
class CellCutter {
  /** Where the next row begins. */
  at = 0;
  readonly #text: string;
  readonly #form: Form;
  readonly #isLast: boolean;
  readonly #quote: Finder;
  readonly #delimiter: Finder;
  readonly #newline: Finder;

  /** @param isLast whether the end of the text is that of a row */
  constructor(text: string, form: Form, isLast: boolean) {
    this.#text = text;
    this.#form = form;
    this.#isLast = isLast;
    this.#quote = new Finder(text, '"');
    this.#delimiter = new Finder(text, form.delimiter);
    this.#newline = new Finder(text, form.newline);
  }

  /** The next row, or its problem; undefined at the end of the text, or if the text ends inside the row. */
  row(): string[] | Problem | undefined {
    const { at } = this;
    const text = this.#text;
    if (at === text.length) return undefined;
    const end = this.#newline.from(at);
    if (this.#quote.from(at) < end) return this.#quotedRow();
    if (end === text.length && !this.#isLast) return undefined;
    this.at = Math.min(end + 1, text.length);
    return this.#textBefore(at, end).split(this.#form.delimiter, MOST_CELLS + 1);
  }

  #quotedRow(): string[] | Problem | undefined {
    const text = this.#text;
    const { delimiter, newline } = this.#form;
    const cells: string[] = [];
    let { at } = this;
    while (cells.length <= MOST_CELLS) {
      // The end of the cell.
      let end: number;
      if (text[at] === '"') {
        const close = closingQuote(text, at + 1);
        if (close < 0) return this.#isLast ? 'open' : undefined;
        end = close + 1;
        while (isBlank(text[end]) && text[end] !== delimiter && text[end] !== newline) end++;
        if (end < text.length && text[end] !== delimiter && text[end] !== newline) return 'inside';
        cells.push(text.slice(at + 1, close).replaceAll('""', '"'));
      } else {
        end = Math.min(this.#delimiter.from(at), this.#newline.from(at));
        cells.push(text[end] === delimiter ? text.slice(at, end) : this.#textBefore(at, end));
      }
      if (end === text.length && !this.#isLast) return undefined;
      at = end + 1;
      if (text[end] === delimiter) continue;
      this.at = Math.min(at, text.length);
      return cells;
    }
    return cells;
  }

  /** The text up to the end of a row, without the carriage return there. */
  #textBefore(begin: number, end: number): string {
    const hasReturn = end > begin && this.#text[end - 1] === '\r';
    return this.#text.slice(begin, hasReturn ? end - 1 : end);
  }
}

/** Finds a character. For ascending places it goes through the text once. */
class Finder {
  readonly #text: string;
  readonly #character: string;
  #found = -1;

  constructor(text: string, character: string) {
    this.#text = text;
    this.#character = character;
  }

  /** The first place from `at` on; the end of the text if there is none. */
  from(at: number): number {
    if (this.#found < at) {
      const found = this.#text.indexOf(this.#character, at);
      this.#found = found < 0 ? this.#text.length : found;
    }
    return this.#found;
  }
}

/** The first quote from `at` on that is not doubled; -1 if there is none. */
function closingQuote(text: string, at: number): number {
  let quote = text.indexOf('"', at);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  return quote;
}

function isBlank(character: string | undefined): boolean {
  return character !== undefined && character.trim() === '';
}

/**
 * Detects the form of a table from its beginning.
 *
 * @param isLast whether it is the whole table
 */
function formOf(name: string, text: string, delimiter: string | undefined, isLast: boolean): Form {
  checkDelimiter(name, text);
  const newline = newlineOf(text);
  return { delimiter: delimiter ?? delimiterOf(text, newline, isLast), newline };
}

/** The end of the first row. In files of old Macs it is a carriage return. */
function newlineOf(text: string): Form['newline'] {
  const [, end] = /([\r\n]\n?)/.exec(text.replace(/"[^"]*"?/g, '')) ?? [];
  return end === '\r' ? '\r' : '\n';
}

/** The delimiter for which the first rows have the most similar numbers of cells; of equal ones, the one with most cells. */
function delimiterOf(text: string, newline: Form['newline'], isLast: boolean): string {
  const candidates = DELIMITERS.map((delimiter) => ({
    ...{ delimiter, ...evenness(new CellCutter(text, { delimiter, newline }, isLast)) },
  })).filter(({ cells }) => cells > 1.99);
  candidates.sort(
    (a, b) => Number(a.isDamaged) - Number(b.isDamaged) || a.steps - b.steps || b.cells - a.cells,
  );
  return candidates[0]?.delimiter ?? ',';
}

/** Mean number of cells of the first rows, and the sum of the differences between successive rows. */
function evenness(cutter: CellCutter) {
  const widths: number[] = [];
  let cells = cutter.row();
  for (; Array.isArray(cells) && widths.length < ROWS_TO_TELL; cells = cutter.row()) {
    if (cells.length > 1 || cells[0]!.trim() !== '') widths.push(cells.length);
  }
  const steps = widths.slice(1).reduce((sum, width, i) => sum + Math.abs(width - widths[i]!), 0);
  const sum = widths.reduce((sum, width) => sum + width, 0);
  return { steps, cells: sum / widths.length, isDamaged: typeof cells === 'string' };
}
