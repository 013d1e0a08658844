/** One training, with its speed and what the page sees of it. */
import {
  type Evaluation,
  type FitOptions,
  type Inputs,
  type LayerParameters,
  type Network,
  type Outputs,
  Pace,
} from 'relumax/worker';
import type { Split } from '../data/split.ts';
import type { Settings } from '../settings/settings.ts';
import { ShareOfTime } from './share-of-time.ts';

/** The state of the network at one moment. */
export interface View {
  readonly parameters: LayerParameters[];
  /** On the held-out examples; while training goes on, perhaps some updates old. */
  readonly evaluation: Evaluation;
  /** The example shown, and Aˡ of each layer for it. */
  readonly shown: Inputs;
  readonly activations: Outputs[];
  /** Epochs so far, with the fraction of the current one. */
  readonly epoch: number;
  readonly updates: number;
  /** On the epoch so far, each batch before its update; undefined before the first. */
  readonly training: { readonly loss: number; readonly accuracy: number } | undefined;
}

export type State = 'running' | 'paused' | 'finished' | 'failed';

export interface Watcher {
  state(state: State, error?: unknown): void;
  /** Called at most once a frame, after something has changed. */
  view(view: View): void;
}

/**
 * How long a view waits for its evaluation, if there is an older one, in milliseconds. While training goes on,
 * those that take longer get a share of the time.
 */
const PATIENCE = 30;

/** The options of `fit` that settings are. */
export function fitOptions(settings: Settings): FitOptions {
  const { epochs, batch, optimizer, rate, schedule, dropout, decay, seed } = settings;
  return {
    epochs,
    batchSize: batch,
    optimizer,
    learningRate: rate,
    schedule,
    dropout,
    ...(decay !== undefined && { weightDecay: decay }),
    seed,
  };
}

export class Run {
  readonly network: Network;
  readonly settings: Settings;
  readonly split: Split;
  readonly #pace = new Pace({ paused: true });
  readonly #watcher: Watcher;
  #state: State = 'paused';
  #speed: number;
  #shown: Inputs;
  #epoch = 0;
  #updates = 0;
  /** The update up to which the training may go. */
  #allowed = 0;
  #training: View['training'];
  #disposed = false;
  #looking = false;
  /** The parameters, and the newest evaluation with when it may be replaced while training goes on. */
  #parameters: Promise<LayerParameters[]> | undefined;
  #evaluation: Evaluation | undefined;
  #evaluating: Promise<void> | undefined;
  #isEvaluated = false;
  readonly #evaluations = new ShareOfTime();
  /** Whether the example that is shown, or the parameters, have changed since. */
  #changed = true;

  /**
   * @param network not yet trained by another run; it is disposed of with this one
   * @param speed updates per frame; Infinity: as fast as possible
   * @param shown the example that the network is shown
   */
  constructor(
    network: Network,
    split: Split,
    settings: Settings,
    { speed, shown }: { speed: number; shown: Inputs },
    watcher: Watcher,
  ) {
    this.network = network;
    this.split = split;
    this.settings = settings;
    this.#speed = speed;
    this.#shown = shown;
    this.#watcher = watcher;
    void this.#fit();
    this.#nextFrame();
  }

  get state(): State {
    return this.#state;
  }

  /** Updates per frame; Infinity: as fast as possible. */
  set speed(speed: number) {
    this.#speed = speed;
    if (this.#state === 'running') this.start();
  }

  /** Shows the network an example. */
  show(inputs: Inputs): void {
    this.#shown = inputs;
    this.#changed = true;
  }

  start(): void {
    if (this.#state !== 'running' && this.#state !== 'paused') return;
    this.#allowed = 0;
    if (this.#speed === Infinity) this.#pace.resume();
    else this.#pace.pause();
    this.#enter('running');
  }

  pause(): void {
    if (this.#state !== 'running') return;
    this.#pace.pause();
    this.#changed = true;
    this.#enter('paused');
  }

  /** Makes exactly one update. */
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

  async #fit(): Promise<void> {
    try {
      await this.network.fit(this.split.train, {
        ...fitOptions(this.settings),
        pace: this.#pace,
        onBatch: ({ epoch, step, steps, loss, accuracy = Number.NaN }) => {
          this.#epoch = epoch - 1 + step / steps;
          this.#updates = (epoch - 1) * steps + step;
          this.#training = { loss, accuracy };
          this.#parametersChanged();
        },
      });
      if (this.#disposed) return;
      this.#parametersChanged();
      this.#enter('finished');
    } catch (error) {
      if (this.#disposed) return;
      this.#parametersChanged();
      this.#fail(error);
    }
  }

  /** Only the first failure is reported: it causes the later ones. */
  #fail(error: unknown): void {
    if (this.#state !== 'failed') this.#enter('failed', error);
  }

  #parametersChanged(): void {
    this.#parameters = undefined;
    this.#isEvaluated = false;
    this.#changed = true;
  }

  #nextFrame(): void {
    requestAnimationFrame(() => {
      if (this.#disposed) return;
      this.#nextFrame();
      if (!this.#looking) void this.#frame();
    });
  }

  async #frame(): Promise<void> {
    if (this.#state === 'running' && this.#speed !== Infinity) this.#allowMore();
    if (!this.#changed) return;
    this.#looking = true;
    try {
      await this.#look();
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#looking = false;
    }
  }

  /** The updates of one frame: the next ones wait until all but those of the last frame are made. */
  #allowMore(): void {
    if (this.#allowed - this.#updates > this.#speed) return;
    this.#allowed = Math.max(this.#allowed, this.#updates) + this.#speed;
    this.#pace.step(this.#speed);
  }

  /**
   * Calls of a disposed network are rejected. A RangeError means that the network diverges: the next update
   * reports it.
   */
  #failed(error: unknown): void {
    if (!this.#disposed && !(error instanceof RangeError)) this.#fail(error);
  }

  async #look(): Promise<void> {
    this.#changed = false;
    const shown = this.#shown;
    const wasRunning = this.#state === 'running';
    this.#parameters ??= this.network.parameters();
    const requested = this.#parameters;
    const [parameters, activations] = await Promise.all([
      requested,
      this.network.activations(shown),
      this.#evaluated(),
    ]);
    if (this.#disposed || this.#evaluation === undefined) return;
    // What is shown of a network that is not training is of one moment; the next frame looks again.
    const isStale = wasRunning || this.#parameters !== requested;
    if (this.#state !== 'running' && isStale) return;
    this.#watcher.view({
      parameters,
      evaluation: this.#evaluation,
      shown,
      activations,
      epoch: this.#epoch,
      updates: this.#updates,
      training: this.#training,
    });
  }

  /**
   * Resolves when there is an evaluation: that of the parameters, but while training goes on an older one
   * if that takes long.
   */
  async #evaluated(): Promise<void> {
    const isRunning = this.#state === 'running';
    do {
      if (!this.#isEvaluated && !(isRunning && !this.#evaluations.isDue)) {
        this.#evaluating ??= this.#evaluate().finally(() => {
          this.#evaluating = undefined;
        });
      }
      const waited = new Promise((resolve) => setTimeout(resolve, PATIENCE));
      const isShown = isRunning && this.#evaluation !== undefined;
      await (isShown ? Promise.race([this.#evaluating, waited]) : this.#evaluating);
    } while (!isRunning && !this.#isEvaluated);
  }

  async #evaluate(): Promise<void> {
    const began = performance.now();
    this.#isEvaluated = true;
    try {
      this.#evaluation = await this.network.evaluate(this.split.test);
    } catch (error) {
      this.#failed(error);
    }
    const took = performance.now() - began;
    if (took > PATIENCE) {
      this.#evaluations.spend(took);
      this.#changed = true;
    }
  }
}
