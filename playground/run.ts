/** One training, from its first parameters to its last, and how fast it is let go. */

import {
  type Dataset,
  type EpochReport,
  type Evaluation,
  type LayerParameters,
  type Network,
  Pace,
} from 'relumax/worker';
import type { Settings } from './settings.ts';

/** Updates a frame; Infinity is as fast as it goes. */
export type Speed = number;

/** What can be seen of the network at one moment. */
export interface View {
  readonly parameters: LayerParameters[];
  /** On the examples that nothing is learnt from. */
  readonly evaluation: Evaluation;
  /** Passes over the examples so far, with the fraction of the one under way. */
  readonly epoch: number;
  readonly updates: number;
  /** Of the epoch so far, each example before its update; undefined before the first. */
  readonly training: { readonly loss: number; readonly accuracy: number } | undefined;
}

export type State = 'running' | 'paused' | 'finished' | 'failed';

export interface Watcher {
  state(state: State, error?: unknown): void;
  epoch(report: EpochReport): void;
  view(view: View): void;
}

export class Run {
  readonly network: Network;
  readonly settings: Settings;
  readonly test: Dataset;
  #pace = new Pace({ paused: true });
  #state: State = 'paused';
  #speed: Speed;
  #watcher: Watcher;
  #epoch = 0;
  #updates = 0;
  #training: View['training'];
  #disposed = false;
  #looking = false;
  /** Whether something changed since the network was looked at last. */
  #changed = true;

  /**
   * @param network not yet trained by another run; it is disposed of with this one
   * @param train examples to learn from
   * @param test examples to judge by
   */
  constructor(
    network: Network,
    train: Dataset,
    test: Dataset,
    settings: Settings,
    speed: Speed,
    watcher: Watcher,
  ) {
    this.network = network;
    this.settings = settings;
    this.test = test;
    this.#speed = speed;
    this.#watcher = watcher;
    this.#fit(train);
    this.#nextFrame();
  }

  get state(): State {
    return this.#state;
  }

  get speed(): Speed {
    return this.#speed;
  }

  set speed(speed: Speed) {
    this.#speed = speed;
    if (this.#state === 'running') this.start();
  }

  start(): void {
    if (this.#state !== 'running' && this.#state !== 'paused') return;
    this.#enter('running');
    if (this.#speed === Infinity) this.#pace.resume();
    else this.#pace.pause();
  }

  pause(): void {
    if (this.#state !== 'running') return;
    this.#pace.pause();
    this.#changed = true;
    this.#enter('paused');
  }

  /** Exactly one update, and then waits. */
  step(): void {
    this.pause();
    if (this.#state === 'paused') this.#pace.step();
  }

  dispose(): void {
    this.#disposed = true;
    this.network.dispose();
  }

  #enter(state: State, error?: unknown): void {
    this.#state = state;
    this.#watcher.state(state, error);
  }

  async #fit(train: Dataset): Promise<void> {
    const { epochs, batch, rate, seed } = this.settings;
    let steps = 0;
    try {
      await this.network.fit(train, {
        epochs,
        batchSize: batch,
        learningRate: rate,
        seed,
        validation: this.test,
        pace: this.#pace,
        onBatch: ({ epoch, step, steps: of, loss, accuracy }) => {
          steps = of;
          this.#epoch = epoch - 1 + step / of;
          this.#updates = (epoch - 1) * of + step;
          this.#training = { loss, accuracy };
          this.#changed = true;
        },
        onEpoch: (report) => {
          if (!this.#disposed) this.#watcher.epoch(report);
        },
      });
      if (this.#disposed) return;
      this.#epoch = epochs;
      this.#updates = epochs * steps;
      this.#changed = true;
      this.#enter('finished');
    } catch (error) {
      if (this.#disposed) return;
      this.#changed = true;
      this.#enter('failed', error);
    }
  }

  #nextFrame(): void {
    requestAnimationFrame(() => {
      if (this.#disposed) return;
      this.#nextFrame();
      if (!this.#looking) void this.#frame();
    });
  }

  async #frame(): Promise<void> {
    this.#looking = true;
    try {
      if (this.#state === 'running' && this.#speed !== Infinity) {
        this.#pace.step(this.#speed);
        this.#changed = true;
      }
      if (this.#changed) await this.#look();
    } finally {
      this.#looking = false;
    }
  }

  async #look(): Promise<void> {
    this.#changed = false;
    try {
      const [parameters, evaluation] = await Promise.all([
        this.network.parameters(),
        this.network.evaluate(this.test),
      ]);
      if (this.#disposed) return;
      this.#watcher.view({
        parameters,
        evaluation,
        epoch: this.#epoch,
        updates: this.#updates,
        training: this.#training,
      });
    } catch (error) {
      if (!this.#disposed) throw error;
    }
  }
}
