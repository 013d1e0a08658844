/** Predicted numbers against the actual ones, and the rows with the largest errors. */
import { type Axis, type Curve, chart } from '../../src/cli/reports/html/chart.ts';
import { evenly } from '../../src/cli/terminal/numbers.ts';
import { text } from '../texts/languages.ts';
import { count, short } from '../texts/words.ts';

const SIZE = { width: 480, height: 320 };
/** More points than these only cover each other. */
const MOST_POINTS = 1000;
const WORST = 12;

export interface ErrorsHosts {
  readonly chart: HTMLElement;
  readonly worst: HTMLElement;
}

export class ErrorsView {
  readonly #hosts: ErrorsHosts;
  #targets: ArrayLike<number> = [];
  #records: ArrayLike<number> = [];

  /** @param onExample called with the number of a held-out example that was chosen */
  constructor(hosts: ErrorsHosts, onExample: (example: number) => void) {
    this.#hosts = hosts;
    hosts.worst.addEventListener('click', ({ target }) => {
      const button = (target as Element).closest('button');
      if (button) onExample(Number(button.value));
    });
  }

  /**
   * Sets the held-out examples.
   *
   * @param records the rows of the file that they are
   */
  fit(targets: ArrayLike<number>, records: ArrayLike<number>): void {
    this.#targets = targets;
    this.#records = records;
    this.#hosts.chart.replaceChildren();
    this.#hosts.worst.replaceChildren();
  }

  predictions(predicted: ArrayLike<number>): void {
    this.#hosts.chart.innerHTML = this.#chart(predicted);
    const errorOf = (i: number) => Math.abs(predicted[i]! - this.#targets[i]!);
    const worst = Array.from(this.#targets, (_, i) => i)
      .sort((a, b) => errorOf(b) - errorOf(a))
      .slice(0, WORST);
    this.#hosts.worst.replaceChildren(
      ...worst.map((i) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'reading';
        button.value = String(i);
        const [row, words] = [document.createElement('span'), document.createElement('span')];
        row.textContent = text('row.number', { number: count(this.#records[i]!) });
        row.className = 'quiet';
        words.textContent = text('errors.reading', {
          predicted: short(predicted[i]!),
          actual: short(this.#targets[i]!),
        });
        button.append(row, words);
        const item = document.createElement('li');
        item.append(button);
        return item;
      }),
    );
  }

  #chart(predicted: ArrayLike<number>): string {
    const points = evenly(this.#targets.length, MOST_POINTS).flatMap((i) => {
      const point = [this.#targets[i]!, predicted[i]!] as const;
      return Number.isFinite(point[1]) ? [point] : [];
    });
    const values = points.flat();
    const [from, to] = [
      values.reduce((a, b) => Math.min(a, b), Infinity),
      values.reduce((a, b) => Math.max(a, b), -Infinity),
    ];
    if (from > to) return '';
    const axis = (title: string): Axis => ({ title, domain: [from, to], format: short });
    const ends = [
      [from, from],
      [to, to],
    ] as const;
    const curves: Curve[] = [
      { name: 'right', color: 1, marks: 'line', points: ends },
      { name: 'rows', color: 2, marks: 'dots', points },
    ];
    const [x, y] = [axis(text('errors.actual')), axis(text('errors.predicted'))];
    return chart(text('errors.chart'), curves, x, y, SIZE).text;
  }
}
