/**
 * The terminal that standard output is, if it is one, and how lines look on it. All that the command
 * says goes through here, for what names may hold to do nothing to it.
 */

import picocolors from 'picocolors';
import { jsonText, oneLine, UNSEEN } from './safe-text.ts';

/** Whether someone watches standard output on a terminal that can redraw a line. */
export const interactive = process.stdout.isTTY === true && process.env.TERM !== 'dumb';

/** Colours; each is the identity where output is piped, or unwanted (NO_COLOR, --no-color). */
export const colors = picocolors.createColors(interactive && picocolors.isColorSupported);

/** Width of the terminal in characters; 80 where there is none, or it says 0: it does not know. */
export function columns(): number {
  return process.stdout.columns || 80;
}

/** What relumax itself writes between printable characters: ends of lines, tabs and colours. */
const isOwn = (text: string) => text === '\n' || text === '\t' || text.startsWith('\x1b[');
const OWN_OR_UNSEEN = new RegExp(`\\x1b\\[[\\d;]*m|${UNSEEN.source}`, UNSEEN.flags);

/**
 * Writes `text` and ends the line.
 *
 * @param text lines; a name in it is to be on one of them by `oneLine`
 */
export function print(text = ''): void {
  const shown = text.replace(OWN_OR_UNSEEN, (found) => (isOwn(found) ? found : oneLine(found)));
  process.stdout.write(`${shown}\n`);
}

/** Writes a value as a line of JSON. */
export function printJson(value: object): void {
  process.stdout.write(`${jsonText(value)}\n`);
}

/** A line on standard output that is being redrawn. */
export interface RedrawnLine {
  /** Removes it, until it is drawn again. */
  erase(): void;
  /** What was written in its place stays: it is drawn below that. */
  moveDown(): void;
}

let redrawnLine: RedrawnLine | undefined;

/** Says which line is being redrawn; undefined: there is none. */
export function setRedrawnLine(line: RedrawnLine | undefined): void {
  redrawnLine = line;
}

/** Where errors and warnings go. */
let errors: NodeJS.WriteStream | undefined = process.stderr;

/** Keeps errors and warnings off standard error: they go to standard output, or nowhere. */
export function redirectErrors(to: 'output' | 'nowhere'): void {
  errors = to === 'output' ? process.stdout : undefined;
}

/** Writes a line on standard error. */
export function warn(text: string): void {
  redrawnLine?.erase();
  writeError(`relumax: ${oneLine(text)}\n`);
  redrawnLine?.moveDown();
}

/** Writes text on standard error as it is. */
export function writeError(text: string): void {
  errors?.write(text);
}

/** A line with a label in the margin, the label's column wide enough for each that is in use. */
export function labelled(label: string, text: string): string {
  return `  ${colors.dim(label.padEnd(LABEL_WIDTH))}${text}`;
}

const LABEL_WIDTH = 'not saved'.length + 2;
