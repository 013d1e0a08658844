/** Curves of loss and accuracy over the epochs. */
import { type Axis, chart, type Level } from '../src/cli/reports/html/chart.ts';

const HEIGHT = 190;
/** How much higher than a marked value an axis goes, for its label. */
const ROOM = 1.15;
/** More points than a curve has pixels would only take time. */
const MOST_POINTS = 500;

/** What a curve shows. */
export type Unit = 'loss' | 'accuracy' | 'r2';

const UNITS: Readonly<
  Record<Unit, { title: string; axis(values: number[]): Omit<Axis, 'title'> }>
> = {
  loss: {
    title: 'Loss over the epochs',
    axis: (values) => ({
      domain: [0, values.reduce((a, b) => Math.max(a, b), 2.5)],
      format: String,
    }),
  },
  accuracy: {
    title: 'Accuracy over the epochs',
    axis: () => ({ domain: [0, 1], format: (value) => `${Math.round(100 * value)} %` }),
  },
  r2: {
    title: 'R² over the epochs',
    axis: (values) => ({ domain: [values.reduce((a, b) => Math.min(a, b), 0), 1], format: String }),
  },
};
/** An R² below this is drawn as this: at the beginning it may be far below 0. */
const LEAST_R2 = -1;

/** One moment of the training; NaN: not known. */
export interface Point {
  readonly epoch: number;
  readonly training: number;
  readonly heldOut: number;
}

export class Curve {
  readonly #host: HTMLElement;
  #unit: Unit = 'loss';
  #level: Level | undefined;
  #epochs = 1;
  #points: Point[] = [];

  /** @param host its width is that of the curve */
  constructor(host: HTMLElement) {
    this.#host = host;
    new ResizeObserver(() => this.#draw()).observe(host);
  }

  /**
   * Clears the curve, for so many epochs.
   *
   * @param level to mark
   */
  clear(unit: Unit, epochs: number, level?: Level): void {
    this.#unit = unit;
    this.#level = level;
    this.#host.title = UNITS[unit].title;
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

  #drawn(value: number): number {
    return this.#unit === 'r2' ? Math.max(value, LEAST_R2) : value;
  }

  #draw(): void {
    const size = { width: Math.max(this.#host.clientWidth, 100), height: HEIGHT };
    const x: Axis = { title: '', domain: [0, this.#epochs], format: String };
    const curves = (['training', 'heldOut'] as const).map((name, i) => ({
      name,
      color: i + 1,
      points: this.#points
        .filter((point) => Number.isFinite(point[name]))
        .map((point) => [point.epoch, this.#drawn(point[name])] as const),
    }));
    const levels = this.#level ? [this.#level] : [];
    const values = curves.flatMap(({ points }) => points.map(([, value]) => value));
    const { axis } = UNITS[this.#unit];
    const y = { title: '', levels, ...axis([...values, ...levels.map(({ at }) => at * ROOM)]) };
    const title = [this.#host.title, ...levels.map(({ label }) => label)].join(', ');
    this.#host.innerHTML = chart(title, curves, x, y, size).text;
  }
}
