/** The run that the present one is compared with: the last one, or one that a link brings. */
import type { Network } from 'relumax/worker';
import { oneLine } from '../../src/cli/terminal/safe-text.ts';
import type { Split } from '../data/split.ts';
import { wordsOf } from '../page/page.ts';
import { differences, type Settings } from '../settings/settings.ts';
import { text } from '../texts/languages.ts';
import { named } from '../texts/words.ts';
import { type Curve, type Line, scoreOf } from '../training/curves.ts';
import { trainBeside } from './train-beside.ts';
import { wordsOfSettings } from './words-of-settings.ts';

/** What tells a run from another. */
export interface Identity {
  readonly settings: Settings;
  /** The model file that it began from, if any. */
  readonly origin: string | undefined;
  /** The same for runs on the same data. */
  readonly data: unknown;
}

interface Lines {
  readonly loss: Line;
  readonly score: Line;
}

/** The run that is compared with. */
interface Other extends Identity, Lines {
  /** Whether a link has brought it. */
  readonly isBrought: boolean;
}

/** A run of fewer updates has no curve that is worth keeping. */
const FEW = 5;

export interface ComparisonHosts {
  readonly loss: Curve;
  readonly score: Curve;
  /** What is hidden without another run: each has an element `.before` for its name, and a button that forgets it. */
  readonly legends: Iterable<HTMLElement>;
}

export class Comparison {
  readonly #hosts: ComparisonHosts;
  readonly #onChange: () => void;
  #present: Identity | undefined;
  /** Its curves as far as it came before it was started over. */
  #farthest: (Lines & { updates: number }) | undefined;
  #other: Other | undefined;
  /** Why the other run's training has failed. */
  #failure = '';
  /** The training of a run that a link has brought. */
  #training = new AbortController();

  /** @param onChange called when another run is compared with, or none */
  constructor(hosts: ComparisonHosts, onChange: () => void) {
    this.#hosts = hosts;
    this.#onChange = onChange;
    for (const legend of hosts.legends) {
      legend.querySelector('button')!.addEventListener('click', () => this.forget());
    }
  }

  /** The settings of the other run, if a link can name it. */
  get settings(): Settings | undefined {
    const { origin, settings } = this.#other ?? {};
    return origin === undefined ? settings : undefined;
  }

  /**
   * Another run is about to replace the present one, which becomes the last one, as far as it ever came.
   * But a run is not compared with itself, nor with one on other data. Called while the curves are still
   * the old run's.
   *
   * @param updates of the present run
   */
  next(next: Identity, updates: number): void {
    const before = this.#present;
    const { loss, score } = this.#hosts;
    const farthest =
      this.#farthest && this.#farthest.updates > updates
        ? this.#farthest
        : { updates, loss: loss.line, score: score.line };
    const isRepeated = before !== undefined && isSame(before, next);
    this.#present = next;
    this.#farthest = isRepeated ? farthest : undefined;
    if (!before || before.data !== next.data) this.#set(undefined);
    else if (!isRepeated && farthest.updates >= FEW) {
      this.#set({ ...before, isBrought: false, loss: farthest.loss, score: farthest.score });
    }
    if (this.#other && isSame(this.#other, next)) this.#set(undefined);
    this.#show();
  }

  /**
   * Trains another run on the same data, for its curves.
   *
   * @param create makes its network, which is disposed of afterwards
   */
  async bring(
    settings: Settings,
    split: Split,
    create: (settings: Settings, split: Split) => Promise<Network>,
  ): Promise<void> {
    const { data } = this.#present!;
    const none: Line = { epochs: settings.epochs, points: [] };
    const brought = { settings, origin: undefined, data, isBrought: true };
    let [loss, score] = [none, none];
    this.#set({ ...brought, loss, score });
    const { signal } = this.#training;
    try {
      const network = await create(settings, split);
      signal.addEventListener('abort', () => network.dispose());
      try {
        if (signal.aborted) return;
        await trainBeside(network, split, settings, (epoch, evaluation) => {
          if (signal.aborted) return;
          loss = longer(loss, epoch, evaluation.loss);
          score = longer(score, epoch, scoreOf(evaluation));
          this.#other = { ...brought, loss, score };
          this.#draw();
        });
      } finally {
        network.dispose();
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#failure = wordsOf(error);
      this.#show();
    }
  }

  forget(): void {
    this.#set(undefined);
    this.#onChange();
  }

  #set(other: Other | undefined): void {
    this.#training.abort();
    this.#training = new AbortController();
    this.#failure = '';
    this.#other = other;
    this.#show();
  }

  #show(): void {
    const words = this.#words();
    for (const legend of this.#hosts.legends) {
      legend.hidden = this.#other === undefined;
      legend.querySelector('.before')!.textContent = words;
    }
    this.#draw();
  }

  #draw(): void {
    this.#hosts.loss.compare(this.#other?.loss);
    this.#hosts.score.compare(this.#other?.score);
  }

  #words(): string {
    if (!this.#other) return '';
    const { settings, origin, isBrought } = this.#other;
    const differing = differences(settings, this.#present!.settings);
    const found = [
      ...(origin === undefined ? [] : [text('overlay.from', { file: named(oneLine(origin)) })]),
      ...wordsOfSettings(differing),
    ];
    // One that only differs in what the present run began from.
    const run = found.join(', ') || text('overlay.new');
    const words = text(isBrought ? 'overlay.other' : 'overlay.last', { run });
    return this.#failure ? text('overlay.failed', { words, error: oneLine(this.#failure) }) : words;
  }
}

function isSame(one: Identity, other: Identity): boolean {
  const differing = differences(one.settings, other.settings);
  const isAlike = one.data === other.data && one.origin === other.origin;
  return isAlike && Object.keys(differing).length === 0;
}

function longer({ epochs, points }: Line, epoch: number, value: number): Line {
  return { epochs, points: [...points, [epoch, value]] };
}
