/** One training, with its speed and what the page sees of it. */
import {
  type Dataset,
  type Evaluation,
  type Inputs,
  type LayerParameters,
  type Network,
  Pace,
} from 'relumax/worker';
import type { Settings } from './settings.ts';

/** Training and held-out examples. */
export interface Split {
  readonly train: Dataset;
  readonly test: Dataset;
  /** Examples for the means and standard deviations of a new network, if it standardises. */
  readonly normalize?: Dataset;
}

/** The state of the network at one moment. */
export interface View {
  readonly parameters: LayerParameters[];
  /** On the held-out examples. */
  readonly evaluation: Evaluation;
  /** The example shown, and Aˡ of each layer for it. */
  readonly shown: Inputs;
  readonly activations: Float32Array[];
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
  #training: View['training'];
  #disposed = false;
  #looking = false;
  /** What was seen last; undefined once the parameters have changed. */
  #seen: Pick<View, 'parameters' | 'evaluation'> | undefined;
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
    const { epochs, batch, optimizer, rate, seed } = this.settings;
    try {
      await this.network.fit(this.split.train, {
        epochs,
        batchSize: batch,
        optimizer,
        learningRate: rate,
        seed,
        pace: this.#pace,
        onBatch: ({ epoch, step, steps, loss, accuracy }) => {
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
    this.#seen = undefined;
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
    if (this.#state === 'running' && this.#speed !== Infinity) this.#pace.step(this.#speed);
    if (!this.#changed) return;
    this.#looking = true;
    try {
      await this.#look();
    } catch (error) {
      // Calls of a disposed network are rejected. A RangeError means that the network diverges: the next
      // update reports it.
      if (!this.#disposed && !(error instanceof RangeError)) this.#fail(error);
    } finally {
      this.#looking = false;
    }
  }

  async #look(): Promise<void> {
    this.#changed = false;
    const [seen, shown] = [this.#seen, this.#shown];
    const [parameters, evaluation, activations] = await Promise.all([
      seen?.parameters ?? this.network.parameters(),
      seen?.evaluation ?? this.network.evaluate(this.split.test),
      this.network.activations(shown),
    ]);
    if (this.#disposed) return;
    if (!this.#changed) this.#seen = { parameters, evaluation };
    this.#watcher.view({
      parameters,
      evaluation,
      shown,
      // Only outputs in the unit of targets are float64.
      activations: activations as Float32Array[],
      epoch: this.#epoch,
      updates: this.#updates,
      training: this.#training,
    });
  }
}
