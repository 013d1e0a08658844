/** Curves of loss and accuracy over the epochs. */
import { type Axis, chart } from '../src/cli/reports/html/chart.ts';

const HEIGHT = 190;
/** More points than a curve has pixels would only take time. */
const MOST_POINTS = 500;

/** One moment of the training; NaN: not known. */
export interface Point {
  readonly epoch: number;
  readonly training: number;
  readonly heldOut: number;
}

export class Curve {
  readonly #host: HTMLElement;
  readonly #percent: boolean;
  #epochs = 1;
  #points: Point[] = [];

  /**
   * @param host its width is that of the curve, its title says what the curve shows
   * @param percent whether the values are fractions, shown in percent
   */
  constructor(host: HTMLElement, percent: boolean) {
    this.#host = host;
    this.#percent = percent;
    new ResizeObserver(() => this.#draw()).observe(host);
  }

  /** Clears the curve, for so many epochs. */
  clear(epochs: number): void {
    this.#epochs = epochs;
    this.#points = [];
    this.#draw();
  }

  /** Adds a point; one that is hardly after the last replaces what it knows of it. */
  add(point: Point): void {
    const last = this.#points.at(-1);
    if (last !== undefined && point.epoch < last.epoch) return;
    const before = this.#points.at(-2)?.epoch ?? Number.NEGATIVE_INFINITY;
    const isClose = last !== undefined && last.epoch - before < this.#epochs / MOST_POINTS;
    const replaced = last?.epoch === point.epoch || isClose ? this.#points.pop() : undefined;
    const { heldOut } = replaced && Number.isNaN(point.heldOut) ? replaced : point;
    this.#points.push({ ...point, heldOut });
    this.#draw();
  }

  #draw(): void {
    const size = { width: Math.max(this.#host.clientWidth, 100), height: HEIGHT };
    const x: Axis = { title: '', domain: [0, this.#epochs], format: String };
    const curves = (['training', 'heldOut'] as const).map((name, i) => ({
      name,
      color: i + 1,
      points: this.#points
        .filter((point) => Number.isFinite(point[name]))
        .map((point) => [point.epoch, point[name]] as const),
    }));
    const most = curves.flatMap(({ points }) => points).reduce((a, [, b]) => Math.max(a, b), 2.5);
    const y: Axis = this.#percent
      ? { title: '', domain: [0, 1], format: (value) => `${Math.round(100 * value)} %` }
      : { title: '', domain: [0, most], format: String };
    this.#host.innerHTML = chart(this.#host.title, curves, x, y, size).text;
  }
}
