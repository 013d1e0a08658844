/** Curves of loss and accuracy over the epochs. */

import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

const HEIGHT = 190;

/** One moment of the training; NaN: not known. */
export interface Point {
  readonly epoch: number;
  readonly training: number;
  readonly heldOut: number;
}

export class Curve {
  readonly #host: HTMLElement;
  readonly #percent: boolean;
  #plot: UPlot | undefined;
  #epochs = 1;
  #points: Point[] = [];

  /**
   * @param host its width is that of the curve
   * @param percent whether the values are fractions, shown in percent
   */
  constructor(host: HTMLElement, percent: boolean) {
    this.#host = host;
    this.#percent = percent;
    this.#build();
    new ResizeObserver(() => {
      this.#plot?.setSize({ width: this.#host.clientWidth, height: HEIGHT });
    }).observe(host);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#build());
  }

  /** Clears the curve, for so many epochs. */
  clear(epochs: number): void {
    this.#epochs = epochs;
    this.#points = [];
    this.#draw();
  }

  /** Adds a point; one at the same epoch as the last replaces it. */
  add(point: Point): void {
    const last = this.#points.at(-1);
    if (last !== undefined && point.epoch < last.epoch) return;
    if (last?.epoch === point.epoch) this.#points.pop();
    this.#points.push(point);
    this.#draw();
  }

  #draw(): void {
    this.#plot?.setData(this.#data());
  }

  #data(): UPlot.AlignedData {
    const value = (number: number) => (Number.isFinite(number) ? number : null);
    return [
      this.#points.map(({ epoch }) => epoch),
      this.#points.map(({ training }) => value(training)),
      this.#points.map(({ heldOut }) => value(heldOut)),
    ];
  }

  #build(): void {
    this.#plot?.destroy();
    const style = getComputedStyle(this.#host);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: color('--quiet'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
      font: '12px system-ui, sans-serif',
    };
    const range: UPlot.Scale.Range = this.#percent
      ? [0, 1]
      : (_, __, most) => [0, Math.max(2.5, Number.isFinite(most) ? most : 0)];
    const series = (stroke: string, dash?: number[]): UPlot.Series => ({
      stroke,
      width: 2,
      points: { show: false },
      spanGaps: true,
      ...(dash && { dash }),
    });
    this.#plot = new UPlot(
      {
        width: Math.max(this.#host.clientWidth, 100),
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false, range: () => [0, this.#epochs] }, y: { range } },
        axes: [
          { ...axis, size: 28 },
          {
            ...axis,
            size: 46,
            values: (_, splits) =>
              splits.map((split) => (this.#percent ? `${Math.round(100 * split)} %` : `${split}`)),
          },
        ],
        series: [{}, series(color('--quiet'), [5, 4]), series(color('--accent'))],
      },
      this.#data(),
      this.#host,
    );
  }
}
