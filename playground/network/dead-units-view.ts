/** Which hidden units are dead: found as the command finds them, and told in the words of the page. */
import type { Dataset, Network } from 'relumax/worker';
import { type DeadUnits, deadUnits } from '../../src/cli/training/dead-units.ts';
import { ShareOfTime } from '../run/share-of-time.ts';
import { text } from '../texts/languages.ts';

export class DeadUnitsView {
  readonly #sentence: HTMLElement;
  readonly #mark: (layers: readonly DeadUnits[]) => void;
  /** How often it has been asked: only the newest answer is shown. */
  #asked = 0;
  #isBusy = false;
  readonly #time = new ShareOfTime();

  /**
   * @param sentence says how many are dead
   * @param mark called with those that are
   */
  constructor(sentence: HTMLElement, mark: (layers: readonly DeadUnits[]) => void) {
    this.#sentence = sentence;
    this.#mark = mark;
  }

  /** Nothing is known of the next network. */
  clear(): void {
    this.#asked++;
    this.#isBusy = false;
    this.#time.reset();
    this.#show([]);
  }

  /**
   * Shows those of a network.
   *
   * @param isTraining whether it is in training, and asked again soon: then it may be left out
   * @throws RangeError where the network has diverged
   */
  async update(network: Network, heldOut: Dataset, isTraining: boolean): Promise<void> {
    if (isTraining && (this.#isBusy || !this.#time.isDue)) return;
    const began = performance.now();
    const number = ++this.#asked;
    this.#isBusy = true;
    try {
      const layers = await deadUnits(network, heldOut);
      if (number === this.#asked) this.#show(layers);
    } catch (error) {
      // Networks that are replaced are disposed of.
      if (number === this.#asked) throw error;
    } finally {
      if (number === this.#asked) {
        this.#isBusy = false;
        this.#time.spend(performance.now() - began);
      }
    }
  }

  #show(layers: readonly DeadUnits[]): void {
    this.#mark(layers);
    this.#sentence.textContent = deadSentence(layers);
  }
}

/** What the command prints of dead units, in the language of the page; empty where there are none. */
export function deadSentence(layers: readonly DeadUnits[]): string {
  const some = layers
    .filter(({ dead }) => dead.length > 0)
    .map(({ layer, dead, units }) => text('dead.layer', { dead: dead.length, units, layer }));
  return some.length === 0 ? '' : text('dead.sentence', { layers: some.join(', ') });
}
