/** Predicted numbers against the actual ones, and the rows with the largest errors. */
import { scaleLinear } from 'd3-scale';
import { html } from '../../src/cli/reports/html/html.ts';
import { count, short } from '../words.ts';

const WIDTH = 420;
const HEIGHT = 300;
const MARGIN = { top: 12, right: 14, bottom: 42, left: 58 };
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
        row.textContent = `row ${count(this.#records[i]!)}`;
        row.className = 'quiet';
        words.textContent = `${short(predicted[i]!)}, not ${short(this.#targets[i]!)}`;
        button.append(row, words);
        const item = document.createElement('li');
        item.append(button);
        return item;
      }),
    );
  }

  #chart(predicted: ArrayLike<number>): string {
    const every = Math.ceil(this.#targets.length / MOST_POINTS);
    const points = Array.from(
      this.#targets,
      (target, i) => [target, predicted[i]!] as const,
    ).filter(([, value], i) => i % every === 0 && Number.isFinite(value));
    // Both axes have the range of the targets: the diagonal is where predictions are right.
    const targets = points.map(([target]) => target);
    const [least, most] = [Math.min(...targets), Math.max(...targets)];
    const domain = least < most ? [least, most] : [least - 1, most + 1];
    const across = scaleLinear(domain, [MARGIN.left, WIDTH - MARGIN.right]).nice(5);
    const up = scaleLinear(domain, [HEIGHT - MARGIN.bottom, MARGIN.top]).nice(5);
    const [from, to] = across.domain() as [number, number];
    const within = (value: number) => Math.min(Math.max(value, from), to);
    return html`<svg class="scatter" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Predicted against actual numbers of the held-out rows">
${up.ticks(5).map(
  (tick) =>
    html`<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${up(tick)}" y2="${up(tick)}"/>
<text x="${MARGIN.left - 8}" y="${up(tick)}" dy="0.32em" text-anchor="end">${up.tickFormat(5)(tick)}</text>
<text x="${across(tick)}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle">${up.tickFormat(5)(tick)}</text>`,
)}
<text x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}" y="${HEIGHT - 6}" text-anchor="middle">actual</text>
<line class="diagonal" x1="${across(from)}" x2="${across(to)}" y1="${up(from)}" y2="${up(to)}"/>
${points.map(([target, value]) => html`<circle cx="${across(target)}" cy="${up(within(value))}" r="3"/>`)}
</svg>`.text;
  }
}
