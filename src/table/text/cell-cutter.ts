/** Cuts the text of a table into rows of cells: RFC 4180, or cells with blanks between them. */

export const MOST_CELLS = 2 ** 20;

/** How a table is cut. */
export interface Form {
  /** Between cells; ' ' for any blanks. */
  readonly delimiter: string;
  readonly newline: '\n' | '\r';
  /** Around cells. Default: " */
  readonly quote?: string | undefined;
  /** What the lines begin with that are skipped. */
  readonly comment?: string | undefined;
  /** How many lines are skipped at the beginning. */
  readonly skipped?: number | undefined;
}

/** Problems with the quotes of a row. */
export type Problem = 'open' | 'inside';

/** What a skipped line is: a blank row. */
const SKIPPED: string[] = [''];

/** Cuts a text that begins with a row. */
export class CellCutter {
  /** Where the next row begins. */
  at = 0;
  readonly #text: string;
  readonly #form: Form;
  readonly #isLast: boolean;
  readonly #mark: string;
  readonly #quote: Finder;
  readonly #delimiter: Finder;
  readonly #newline: Finder;
  #toSkip: number;

  /**
   * @param isLast whether the end of the text is that of a row
   * @param rows how many were cut before
   */
  constructor(text: string, form: Form, isLast: boolean, rows = 0) {
    this.#text = text;
    this.#form = form;
    this.#isLast = isLast;
    this.#mark = form.quote ?? '"';
    this.#quote = new Finder(text, this.#mark);
    this.#delimiter = new Finder(text, form.delimiter);
    this.#newline = new Finder(text, form.newline);
    this.#toSkip = (form.skipped ?? 0) - rows;
  }

  /** The next row, or its problem; undefined at the end of the text, or if the text ends inside the row. */
  row(): string[] | Problem | undefined {
    const { at } = this;
    const text = this.#text;
    const { delimiter, comment } = this.#form;
    if (at === text.length) return undefined;
    const isSkipped = this.#toSkip > 0 || (comment !== undefined && text.startsWith(comment, at));
    if (delimiter === ' ' && !isSkipped) return this.#blankRow();
    const end = this.#newline.from(at);
    if (!isSkipped && this.#quote.from(at) < end) return this.#quotedRow();
    if (end === text.length && !this.#isLast) return undefined;
    this.at = Math.min(end + 1, text.length);
    if (isSkipped) {
      this.#toSkip--;
      return SKIPPED;
    }
    return this.#textBefore(at, end).split(delimiter, MOST_CELLS + 1);
  }

  #quotedRow(): string[] | Problem | undefined {
    const text = this.#text;
    const mark = this.#mark;
    const { delimiter, newline } = this.#form;
    const cells: string[] = [];
    let { at } = this;
    while (cells.length <= MOST_CELLS) {
      // The end of the cell.
      let end: number;
      if (text[at] === mark) {
        const close = closingQuote(text, mark, at + 1);
        if (close < 0) return this.#isLast ? 'open' : undefined;
        end = close + 1;
        while (isBlank(text[end]) && text[end] !== delimiter && text[end] !== newline) end++;
        if (end < text.length && text[end] !== delimiter && text[end] !== newline) return 'inside';
        cells.push(text.slice(at + 1, close).replaceAll(mark + mark, mark));
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

  /** A row whose cells have blanks between them, and perhaps around them. */
  #blankRow(): string[] | Problem | undefined {
    const text = this.#text;
    const mark = this.#mark;
    const { newline } = this.#form;
    const cells: string[] = [];
    let { at } = this;
    while (cells.length <= MOST_CELLS) {
      while (text[at] !== newline && isBlank(text[at])) at++;
      if (at === text.length && !this.#isLast) return undefined;
      if (at === text.length || text[at] === newline) break;
      let end = at;
      if (text[at] === mark) {
        const close = closingQuote(text, mark, at + 1);
        if (close < 0) return this.#isLast ? 'open' : undefined;
        end = close + 1;
        if (end < text.length && !isBlank(text[end])) return 'inside';
        cells.push(text.slice(at + 1, close).replaceAll(mark + mark, mark));
      } else {
        while (end < text.length && !isBlank(text[end])) end++;
        cells.push(text.slice(at, end));
      }
      if (end === text.length && !this.#isLast) return undefined;
      at = end;
    }
    this.at = Math.min(at + 1, text.length);
    return cells.length === 0 ? SKIPPED : cells;
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
function closingQuote(text: string, mark: string, at: number): number {
  let quote = text.indexOf(mark, at);
  while (quote >= 0 && text[quote + 1] === mark) quote = text.indexOf(mark, quote + 2);
  return quote;
}

function isBlank(character: string | undefined): boolean {
  return character !== undefined && character.trim() === '';
}
