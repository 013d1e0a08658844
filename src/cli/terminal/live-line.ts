/** The last line of a terminal, redrawn while something goes on. */
import { SingleBar } from 'cli-progress';
import { setEraseLine } from './terminal.ts';

/** Redraws a second. */
const REDRAW_RATE = 12;

/**
 * Starts the line.
 *
 * @param text what it says in so many columns, asked for at each redraw; none of it from elsewhere
 * @returns removes the line, which also happens when the process ends
 */
export function liveLine(text: (width: number) => string): () => void {
  const bar = new SingleBar({
    format: (_options, { maxWidth }) => text(maxWidth),
    stream: process.stdout,
    fps: REDRAW_RATE,
    hideCursor: true,
    clearOnComplete: true,
  });
  const stop = () => {
    setEraseLine(undefined);
    bar.stop();
  };
  process.once('exit', stop);
  bar.start(1, 0);
  setEraseLine(() => process.stdout.write('\x1b[G\x1b[2K'));
  return () => {
    process.off('exit', stop);
    stop();
  };
}
