/** Curves of loss and accuracy over the epochs. */
import type { Evaluation } from 'relumax/worker';
import { type Axis, chart, type Level } from '../../src/cli/reports/html/chart.ts';
import { text } from '../texts/languages.ts';
import { exact, percent } from '../texts/words.ts';

/** Of the letters of a chart, in pixels of its own: it is drawn smaller, and enlarged to its host's letters. */
const LETTERS = 12;
/** How much higher than a marked value an axis goes, for its label. */
const ROOM = 1.15;
/** More points than a curve has pixels would only take time. */
const MOST_POINTS = 500;

/** What a curve shows. */
export type Unit = 'loss' | 'accuracy' | 'r2';

const AXES: Readonly<Record<Unit, (values: number[]) => Omit<Axis, 'title'>>> = {
  loss: (values) => ({
    domain: [0, values.reduce((a, b) => Math.max(a, b), 2.5)],
    format: exact,
  }),
  accuracy: () => ({ domain: [0, 1], format: (value) => percent(value, 0) }),
  r2: (values) => ({ domain: [values.reduce((a, b) => Math.min(a, b), 0), 1], format: exact }),
};
/** An R² below this is drawn as this: at the beginning it may be far below 0. */
const LEAST_R2 = -1;
/** By how much another run may enlarge the axis at most: one that diverges would flatten this one. */
const MOST_ENLARGED = 2;

/** One moment of the training; NaN: not known. */
export interface Point {
  readonly epoch: number;
  readonly training: number;
  readonly heldOut: number;
}

/** What a run was on the held-out examples: moments with their values, of so many epochs. */
export interface Line {
  readonly epochs: number;
  readonly points: readonly (readonly [epoch: number, value: number])[];
}

export class Curve {
  readonly #host: HTMLElement;
  #unit: Unit = 'loss';
  #level: Level | undefined;
  #epochs = 1;
  #points: Point[] = [];
  #other: Line | undefined;
  #frame: number | undefined;
  /** Of the chart; kept, as to ask for it the page would have to be laid out for each point. */
  #size: Size | undefined;

  /** @param host its size is that of the curve, and so is that of its letters */
  constructor(host: HTMLElement) {
    this.#host = host;
    new ResizeObserver(() => {
      this.#size = sizeOf(host);
      this.#draw();
    }).observe(host);
  }

  /** The held-out examples' part of it. */
  get line(): Line {
    return { epochs: this.#epochs, points: this.#known('heldOut') };
  }

  /** Shows another run's behind it, or none; `clear` leaves it. */
  compare(other: Line | undefined): void {
    this.#other = other;
    this.#draw();
  }

  /**
   * Clears the curve, for so many epochs.
   *
   * @param level to mark
   */
  clear(unit: Unit, epochs: number, level?: Level): void {
    this.#unit = unit;
    this.#level = level;
    this.#host.title = text(`curves.${unit}.title`);
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

  #known(name: 'training' | 'heldOut') {
    return this.#points
      .filter((point) => Number.isFinite(point[name]))
      .map((point) => [point.epoch, point[name]] as const);
  }

  /** Draws it once, however much is added before the next frame. */
  #draw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    if (this.#size === undefined) return;
    const epochs = Math.max(this.#epochs, this.#other?.epochs ?? 0);
    const x: Axis = { title: '', domain: [0, epochs], format: exact };
    const drawn = (points: Line['points']) =>
      this.#unit === 'r2'
        ? points.map(([epoch, value]) => [epoch, Math.max(value, LEAST_R2)] as const)
        : points;
    const own = (['training', 'heldOut'] as const).map((name, i) => ({
      name,
      color: i + 1,
      points: drawn(this.#known(name)),
    }));
    const values = own.flatMap(({ points }) => points.map(([, value]) => value));
    const levels = this.#level ? [this.#level] : [];
    const marked = levels.map(({ at }) => at * ROOM);
    const axis = AXES[this.#unit];
    const [, most] = axis(values).domain;
    const behind = {
      name: 'other',
      color: 3,
      points: drawn(this.#other?.points ?? []),
    };
    const others = behind.points.map(([, value]) => Math.min(value, MOST_ENLARGED * most));
    this.#host.innerHTML = chart(
      [this.#host.title, ...levels.map(({ label }) => label)].join(', '),
      [...(this.#other ? [behind] : []), ...own],
      x,
      { title: '', levels, ...axis([...values, ...others, ...marked]) },
      this.#size,
    ).text;
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size at which a chart is drawn, to be enlarged to its host. */
function sizeOf(host: HTMLElement): Size {
  const scale = LETTERS / Number.parseFloat(getComputedStyle(host).fontSize);
  return {
    width: Math.max(scale * host.clientWidth, 100),
    height: Math.max(scale * host.clientHeight, 60),
  };
}

/** What the second curve shows: the accuracy, or of a network that predicts numbers R² of the first. */
export function scoreOf({ accuracy = Number.NaN, r2 }: Evaluation): number {
  return r2 ? r2[0]! : accuracy;
}
