/** The address of the page: its query repeats the run, with the one that it is compared with. */

import type { Comparison } from '../overlay/comparison.ts';
import type { Projector } from '../page/projector.ts';
import type { CurrentRun } from '../run/current-run.ts';
import type { PageWorker } from '../run/page-worker.ts';
import { type Ends, otherSettings, queryOf } from '../settings/settings.ts';
import { withLanguage } from '../texts/languages.ts';

export class Address {
  readonly #current: CurrentRun;
  readonly #comparison: Comparison;
  readonly #projector: Projector;

  constructor(current: CurrentRun, comparison: Comparison, projector: Projector) {
    this.#current = current;
    this.#comparison = comparison;
    this.#projector = projector;
  }

  /** A link to the run. */
  get link(): string {
    return new URL(this.#query + location.hash, location.href).href;
  }

  /** Shows the address of the run, with the view of the page. */
  show(): void {
    try {
      const query = this.#projector.withView(this.#query);
      history.replaceState(null, '', query + location.hash);
    } catch {
      // Browsers may forbid or limit changes of the address. Copied links do not depend on it.
    }
  }

  /**
   * Trains the run that a query brings besides its own, if any.
   *
   * @param ends the inputs and outputs that the data have
   * @throws RangeError where the query has wrong settings for it
   */
  async bringOther(query: string, ends: Ends, worker: PageWorker): Promise<void> {
    const { settings, source, split } = this.#current.subject;
    const other = otherSettings(query, settings, ends);
    if (other === undefined) return;
    const examples = other.seed === settings.seed ? split : source.data(other.seed);
    const trained = this.#comparison.bring(other, examples, (...run) => worker.create(...run));
    this.show();
    await trained;
  }

  get #query(): string {
    const { settings, source } = this.#current.subject;
    const other = source.isBundled ? this.#comparison.settings : undefined;
    return withLanguage(queryOf(settings, other));
  }
}
