/** The terminal that standard output is, if it is one, and how lines look on it. */

import picocolors from 'picocolors';

/** Whether someone watches standard output on a terminal that can redraw a line. */
export const interactive = process.stdout.isTTY === true && process.env.TERM !== 'dumb';

/** Colours; each is the identity where output is piped, or unwanted (NO_COLOR, --no-color). */
export const colors = picocolors.createColors(interactive && picocolors.isColorSupported);

/** Width of the terminal in characters; 80 where there is none, or it says 0: it does not know. */
export function columns(): number {
  return process.stdout.columns || 80;
}

/** Writes `text` and ends the line. */
export function print(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** Says something on standard error while a line on standard output is being redrawn. */
export function warn(text: string): void {
  if (interactive) process.stdout.write('\r\x1b[2K');
  process.stderr.write(`relumax: ${text}\n`);
}

/** A line with a label in the margin, the label's column wide enough for each that is in use. */
export function labelled(label: string, text: string): string {
  return `  ${colors.dim(label.padEnd(LABEL_WIDTH))}${text}`;
}

const LABEL_WIDTH = 'not saved'.length + 2;
