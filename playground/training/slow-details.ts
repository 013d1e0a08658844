/** What is slow to compute, or changes too fast to be read: equations, the hash, mistakes, dead units. */

import type { Equations } from '../equations/equations.ts';
import { workedExample } from '../equations/worked-example.ts';
import type { ShownExample } from '../example/example-view.ts';
import type { HeldOutView } from '../held-out/held-out-view.ts';
import type { DeadUnitsView } from '../network/dead-units-view.ts';
import type { UnitView } from '../network/unit-view.ts';
import type { CurrentRun } from '../run/current-run.ts';
import type { Run, View } from '../run/run.ts';
import type { LazyTableView } from '../table/lazy-table-view.ts';
import type { HashView } from './hash-view.ts';

/** How often they are shown while training goes on, in milliseconds. */
const LAG = 500;

/** Where they are shown. */
export interface DetailHosts {
  readonly equations: Equations;
  readonly unit: UnitView;
  readonly heldOut: HeldOutView;
  readonly deadUnits: DeadUnitsView;
  readonly tables: LazyTableView;
  readonly hash: HashView;
}

export class SlowDetails {
  readonly #hosts: DetailHosts;
  readonly #current: CurrentRun;
  /** When the last ones were shown, or the run began whose first ones they will be. */
  #shownAt = 0;
  #run: Run | undefined;
  /** The parameters whose mistakes were shown last. */
  #judged: View['parameters'] | undefined;

  constructor(hosts: DetailHosts, current: CurrentRun) {
    this.#hosts = hosts;
    this.#current = current;
  }

  /** Shows them, unless that was done a moment ago and training goes on. */
  async show(view: View, example: ShownExample): Promise<void> {
    const { run } = this.#current;
    const isTraining = run.state === 'running';
    const now = performance.now();
    if (run !== this.#run) this.#shownAt = now;
    this.#run = run;
    if (isTraining && now - this.#shownAt <= LAG) return;
    this.#shownAt = now;
    this.#hosts.unit.show(view, isTraining);
    this.#showEquations(view, example);
    if (!isTraining) await this.#hosts.hash.show(view.parameters);
    if (run !== this.#current.run) return;
    await this.#showPredictions(view);
  }

  #showEquations({ parameters, activations }: View, example: ShownExample): void {
    const { split, settings, table, classNames, isNumber } = this.#current.subject;
    const { architecture, activation, batch, optimizer, rate } = settings;
    if (architecture.input !== undefined || isNumber) return;
    const { values, label } = example;
    this.#hosts.equations.show({
      examples: Math.min(batch, split.train.length),
      optimizer,
      rate,
      inputs: values,
      label,
      parameters,
      classNames,
      inputNames: table?.inputs,
      // Only outputs in the unit of targets are float64.
      layers: workedExample(
        architecture,
        activation,
        parameters,
        activations as Float32Array[],
        values,
        label,
      ),
    });
  }

  async #showPredictions({ parameters }: View): Promise<void> {
    if (parameters === this.#judged) return;
    this.#judged = parameters;
    const { run, subject } = this.#current;
    const { heldOut, deadUnits, tables } = this.#hosts;
    try {
      const found = await this.#current.predictions();
      if (found === undefined) return;
      if (subject.isNumber) tables.view.numbers(found);
      else heldOut.predictions(found as Float32Array);
      await deadUnits.update(run.network, subject.split.test, run.state === 'running');
    } catch (error) {
      // The network diverges; the next update reports it.
      if (!(error instanceof RangeError)) throw error;
    }
  }
}
