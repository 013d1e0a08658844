/** Progress on the last line of a terminal, which is redrawn. */

import { SingleBar } from 'cli-progress';
import type { BatchReport, EpochReport } from '../../index.ts';
import { clock, loss, percent, rate } from './numbers.ts';
import { colors, interactive, setRedrawnLine } from './terminal.ts';

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
    setRedrawnLine(undefined);
    bar.stop();
  };
  process.once('exit', stop);
  bar.start(1, 0);
  setRedrawnLine({
    // The bar has turned off that long lines are wrapped.
    erase: () => process.stdout.write('\x1b[G\x1b[2K\x1b[?7h'),
    // When it ends it clears the line of the place that is saved.
    moveDown: () => process.stdout.write('\x1b[?7l\x1b7'),
  });
  return () => {
    process.off('exit', stop);
    stop();
  };
}

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

const MIN_BAR = 10;
const MAX_BAR = 40;
/** From this width on, nothing is abbreviated. */
const WIDE = 100;

function accuracyFact(accuracy: number | undefined, width: number): string[] {
  if (accuracy === undefined) return [];
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
  /** How many examples a training that is resumed had used before. */
  let before: number | undefined;
  /** Training only: what validation takes between two epochs says nothing of the rate. */
  let secondsBefore = 0;
  let epochStarted = started;

  const usedAfter = (report: BatchReport) => (report.epoch - 1) * examples + report.examples;

  const text = (width: number) => {
    const now = performance.now();
    const epoch = latest?.epoch ?? 1;
    const done = latest ? usedAfter(latest) : 0;
    const all = epochs * examples;
    const fraction = done / all;
    const own = done - (before ?? 0);
    const trained = secondsBefore + (now - epochStarted) / 1000;
    const left = ((now - started) / 1000) * ((all - done) / own);

    const head = `  epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}  `;
    const facts = latest
      ? [
          `loss ${loss(latest.loss)}`,
          ...accuracyFact(latest.accuracy, width),
          rate(own / trained, noun),
          `${clock(left)} left`,
        ]
      : [];
    const free = () => width - head.length - 2 - facts.join('  ').length - 1;
    while (free() < MIN_BAR && facts.length > 1) facts.pop();
    const size = Math.max(MIN_BAR, Math.min(MAX_BAR, free()));
    const full = Math.round(fraction * size);
    const bar = `${colors.cyan('━'.repeat(full))}${colors.dim('─'.repeat(size - full))}`;
    return `${head}${bar}  ${facts.join('  ')}`;
  };

  // The line asks for its text when it redraws, so a batch costs one assignment.
  const stop = liveLine(text);

  return {
    batch(report) {
      // But for this batch itself.
      before ??= usedAfter(report) - report.examples / report.step;
      latest = report;
    },
    epoch({ seconds }) {
      const now = performance.now();
      // An epoch that was resumed had taken some of its seconds before.
      secondsBefore += Math.min(seconds, (now - epochStarted) / 1000);
      epochStarted = now;
    },
    stop,
  };
}
