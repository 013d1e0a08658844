/** One training, from its first parameters to its last, and how fast it is let go. */
import {
  type Dataset,
  type Evaluation,
  type Inputs,
  type LayerParameters,
  type Network,
  Pace,
} from 'relumax/worker';
import type { Settings } from './settings.ts';

/** What a training learns from, and what it is judged by. */
export interface Material {
  readonly train: Dataset;
  readonly test: Dataset;
  /** What a new network is to standardise by, if it is to. */
  readonly normalize?: Dataset;
}

/** What can be seen of the network at one moment. */
export interface View {
  readonly parameters: LayerParameters[];
  /** On the examples that nothing is learnt from. */
  readonly evaluation: Evaluation;
  /** What the network was shown, and Aˡ of each layer for it. */
  readonly shown: Inputs;
  readonly activations: Float32Array[];
  /** Passes over the examples so far, with the fraction of the one under way. */
  readonly epoch: number;
  readonly updates: number;
  /** Of the epoch so far, each example before its update; undefined before the first. */
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
  readonly material: Material;
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
   * @param speed updates a frame; Infinity is as fast as it goes
   * @param shown the example that the network is shown
   */
  constructor(
    network: Network,
    material: Material,
    settings: Settings,
    { speed, shown }: { speed: number; shown: Inputs },
    watcher: Watcher,
  ) {
    this.network = network;
    this.material = material;
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

  /** Updates a frame; Infinity is as fast as it goes. */
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

  async #fit(): Promise<void> {
    const { epochs, batch, optimizer, rate, seed } = this.settings;
    try {
      await this.network.fit(this.material.train, {
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

  /** The first failure is the reason of those that follow. */
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
      // What asks a network that has been disposed of gets no answer; nor is there one where an update
      // has just made numbers run away, which the next will say.
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
      seen?.evaluation ?? this.network.evaluate(this.material.test),
      this.network.activations(shown),
    ]);
    if (this.#disposed) return;
    if (!this.#changed) this.#seen = { parameters, evaluation };
    this.#watcher.view({
      parameters,
      evaluation,
      shown,
      // Of classes: float64 would be numbers in the unit of targets.
      activations: activations as Float32Array[],
      epoch: this.#epoch,
      updates: this.#updates,
      training: this.#training,
    });
  }
}
