/** The run that the page shows, and its replacement by that of another network. */
import type { Inputs, Network, Outputs } from 'relumax/worker';
import { checkedArchitecture } from '../../src/core/architecture.ts';
import type { BroughtModel } from '../files/files.ts';
import { checkModel } from '../files/model-check.ts';
import { fittingSettings, type Settings } from '../settings/settings.ts';
import type { PageWorker } from './page-worker.ts';
import { Run, type View, type Watcher } from './run.ts';
import { type Choice, type Source, type Subject, subjectOf } from './subject.ts';

export interface CurrentWatcher extends Watcher {
  /** Whether a network is awaited that replaces the present run's. */
  awaiting(isAwaited: boolean): void;
  /**
   * Another run replaces the present one, and may be shown from now on.
   *
   * @param updates of the run that it replaces
   * @returns the speed that it begins with, and the example that its network is shown
   */
  replaced(subject: Subject, updates: number): { speed: number; shown: Inputs };
}

export class CurrentRun {
  readonly #worker: PageWorker;
  readonly #watcher: CurrentWatcher;
  /** Where the data come from, before there is a run. */
  readonly #first: Source;
  #subject: Subject | undefined;
  #run: Run | undefined;
  #view: View | undefined;
  /** How many networks have been requested. */
  #asked = 0;

  constructor(worker: PageWorker, source: Source, watcher: CurrentWatcher) {
    this.#worker = worker;
    this.#first = source;
    this.#watcher = watcher;
  }

  /** Whether there is a run: there always is one after the first has begun. */
  get isThere(): boolean {
    return this.#run !== undefined;
  }

  get run(): Run {
    return this.#run!;
  }

  /** What the run is about. */
  get subject(): Subject {
    return this.#subject!;
  }

  /** What was seen of it last, if anything. */
  get view(): View | undefined {
    return this.#view;
  }

  /**
   * Creates a run, and starts it.
   *
   * @param from the data; default: the same
   * @param isStarted false: it stands at update 0
   * @returns false if another was requested meanwhile
   * @throws Error if the network could not be created; the previous run continues then
   */
  async begin(
    settings: Settings,
    from = this.#source,
    { isStarted = true } = {},
  ): Promise<boolean> {
    const split = this.#splitOf(from, settings.seed);
    const { features, outputs: classes } = split.train;
    // Another seed may bring other categories to a table's training rows.
    const usual = from === this.#source ? undefined : from.table?.defaultsFor(split);
    const fitting = fittingSettings(settings, { features, classes }, usual);
    return this.#whenReady(this.#worker.create(fitting, split), (network) => {
      this.#replace(network, { source: from, split, settings: fitting, origin: undefined });
      if (isStarted) this.run.start();
    });
  }

  /**
   * Replaces the run by that of a model, which stands at update 0.
   *
   * @returns false if another was requested meanwhile
   * @throws Error if the model cannot be read, or does not fit; the previous run continues then
   */
  async beginFrom({ name, bytes }: BroughtModel): Promise<boolean> {
    const { source, settings } = this.subject;
    let { split } = this.subject;
    const loaded = this.#worker.load(bytes).then((network) => {
      try {
        if (source.table) split = source.table.splitFor(network, settings.seed);
        checkModel(network, split);
        return network;
      } catch (error) {
        network.dispose();
        throw error;
      }
    });
    return this.#whenReady(loaded, (network) => {
      const architecture = checkedArchitecture(network);
      const own = { ...settings, architecture, activation: network.hidden };
      this.#replace(network, { source, split, settings: own, origin: name });
    });
  }

  /** Shows the network an example. */
  show(inputs: Inputs): void {
    this.#run?.show(inputs);
  }

  /** What the run's network answers; undefined if the run was replaced meanwhile. */
  async ask<T>(ask: (network: Network) => Promise<T>): Promise<T | undefined> {
    const seen = this.run;
    try {
      const found = await ask(seen.network);
      return seen === this.#run ? found : undefined;
    } catch (error) {
      if (seen === this.#run) throw error;
      return undefined;
    }
  }

  /** The outputs for all held-out examples; undefined if the run was replaced meanwhile. */
  async predictions(): Promise<Outputs | undefined> {
    return this.ask((network) => network.predict(this.subject.split.test.inputs));
  }

  get #source(): Source {
    return this.#subject?.source ?? this.#first;
  }

  #splitOf(from: Source, seed: number) {
    const { source, split, settings, origin } = this.#subject ?? {};
    // A model of a table brings its own preprocessing.
    const isSame = from === source && origin === undefined && seed === settings?.seed;
    return isSame && split ? split : from.data(seed);
  }

  /**
   * Waits for a network and passes it to `take`, unless another was requested meanwhile.
   *
   * @returns whether it was taken
   * @throws Error if the network could not be created; nothing has changed then
   */
  async #whenReady(network: Promise<Network>, take: (network: Network) => void): Promise<boolean> {
    const number = ++this.#asked;
    this.#watcher.awaiting(true);
    try {
      const made = await network;
      if (number === this.#asked) take(made);
      else made.dispose();
      return number === this.#asked;
    } finally {
      if (number === this.#asked) this.#watcher.awaiting(false);
    }
  }

  /** Replaces the run by that of another network. */
  #replace(network: Network, choice: Choice): void {
    const updates = this.#view?.updates ?? 0;
    this.#run?.dispose();
    this.#view = undefined;
    this.#subject = subjectOf(network, choice);
    const { split, settings } = choice;
    const { speed, shown } = this.#watcher.replaced(this.#subject, updates);
    this.#run = new Run(
      network,
      split,
      settings,
      { speed, shown },
      {
        state: (state, error) => this.#watcher.state(state, error),
        view: (view) => {
          this.#view = view;
          this.#watcher.view(view);
        },
      },
    );
    this.#watcher.state(this.#run.state);
  }
}
