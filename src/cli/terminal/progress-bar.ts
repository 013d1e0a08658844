/** The line that shows on a terminal how far the training is. */

import type { BatchReport, EpochReport } from '../../index.ts';
import { liveLine } from './live-line.ts';
import { clock, loss, percent, rate } from './numbers.ts';
import { colors } from './terminal.ts';

const MIN_BAR = 10;
const MAX_BAR = 40;
/** From this width on, nothing is abbreviated. */
const WIDE = 100;

function accuracyFact(accuracy: number, width: number): string[] {
  if (Number.isNaN(accuracy)) return [];
  return [`${width < WIDE ? 'acc' : 'accuracy'} ${percent(accuracy, 1)}`];
}

export interface ProgressBar {
  batch(report: BatchReport): void;
  epoch(report: EpochReport): void;
  /** Removes the line; also happens by itself when the process ends. */
  stop(): void;
}

/**
 * Starts the line.
 *
 * @param epochs of the whole training
 * @param examples in one epoch
 * @param noun what they are
 */
export function progressBar(epochs: number, examples: number, noun: string): ProgressBar {
  const started = performance.now();
  let latest: BatchReport | undefined;
  /** Training only: what validation takes between two epochs says nothing of the rate. */
  let secondsBefore = 0;
  let epochStarted = started;

  const text = (width: number) => {
    const now = performance.now();
    const epoch = latest?.epoch ?? 1;
    const done = (epoch - 1) * examples + (latest?.examples ?? 0);
    const share = done / (epochs * examples);
    const trained = secondsBefore + (now - epochStarted) / 1000;
    const left = ((now - started) / 1000) * (1 / share - 1);

    const head = `  epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}  `;
    const facts = latest
      ? [
          `loss ${loss(latest.loss)}`,
          ...accuracyFact(latest.accuracy, width),
          rate(done / trained, noun),
          `${clock(left)} left`,
        ]
      : [];
    const free = () => width - head.length - 2 - facts.join('  ').length - 1;
    while (free() < MIN_BAR && facts.length > 1) facts.pop();
    const size = Math.max(MIN_BAR, Math.min(MAX_BAR, free()));
    const full = Math.round(share * size);
    const bar = `${colors.cyan('━'.repeat(full))}${colors.dim('─'.repeat(size - full))}`;
    return `${head}${bar}  ${facts.join('  ')}`;
  };

  // The line asks for its text when it redraws, so a batch costs one assignment.
  const stop = liveLine(text);

  return {
    batch(report) {
      latest = report;
    },
    epoch({ seconds }) {
      secondsBefore += seconds;
      epochStarted = performance.now();
    },
    stop,
  };
}
