/** The line that shows on a terminal how far something is that can be counted. */

import { liveLine } from './live-line.ts';
import { colors, interactive } from './terminal.ts';

const BAR = 30;
/** What takes less than so many milliseconds needs no line. */
const PATIENCE = 300;

export interface CountingBar {
  /** So many of so many are done. */
  update(done: number, all: number): void;
  /** Removes the line. */
  stop(): void;
}

/**
 * A line that appears when the work takes a while; none where nobody watches.
 *
 * @param text what it says, apart from the bar itself
 */
export function countingBar(text: (done: number, all: number) => string): CountingBar {
  if (!interactive) return { update() {}, stop() {} };
  const started = performance.now();
  let latest = { done: 0, all: 1 };
  let stop: (() => void) | undefined;
  const line = () => {
    const full = Math.round((latest.done / latest.all) * BAR);
    const drawn = `${colors.cyan('━'.repeat(full))}${colors.dim('─'.repeat(BAR - full))}`;
    return `  ${drawn}  ${text(latest.done, latest.all)}`;
  };
  return {
    update(done, all) {
      latest = { done, all };
      if (stop !== undefined || performance.now() - started < PATIENCE) return;
      stop = liveLine(line);
    },
    stop: () => stop?.(),
  };
}
