/** Rows of a table as text that readers take back as they were. */

/**
 * Cells that need no quotes for any reader: blanks at their ends may be cut off, and what begins with # or %
 * may be taken for a comment.
 */
const PLAIN = /^(?:[^\s"#%\ufeff](?:[^"\r\n]*[^\s"])?)?$/;

/** What a spreadsheet takes for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?\d*\.?\d+(?:e[+-]?\d+)?$/i;

/** A row, with its end. */
export function csvRow(cells: readonly string[], delimiter: string): string {
  // An empty line is no row.
  if (cells.length === 1 && cells[0] === '') return '""\n';
  const written = cells.map((cell) =>
    PLAIN.test(cell) && !cell.includes(delimiter) ? cell : `"${cell.replaceAll('"', '""')}"`,
  );
  return `${written.join(delimiter)}\n`;
}

/**
 * A cell that comes from a model, whoever made it, so that no spreadsheet runs it: one that is no number and
 * begins like a formula gets an apostrophe before it.
 */
export function harmlessCell(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}
