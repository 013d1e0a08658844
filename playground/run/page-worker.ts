/** The worker of the page: all its networks are in one, so the data are sent once. */
import { Network, startWorker } from 'relumax/worker';
import type { Split } from '../data/split.ts';
import type { Settings } from '../settings/settings.ts';

export class PageWorker {
  #worker = this.#heard();
  /** Whether it has failed, perhaps before it had a network. */
  #isLost = false;

  /** Creates a network; a worker that has failed is replaced. */
  async create(
    { architecture: { input, layers }, activation: hidden, seed }: Settings,
    { normalize, train }: Split,
  ): Promise<Network> {
    const given = {
      layers,
      hidden,
      ...(input && { input }),
      ...(normalize && { normalize }),
      ...(train.targets && { output: 'linear' as const }),
    };
    const create = () => Network.create({ ...given, seed, worker: this.#worker });
    if (this.#isLost) this.#replace();
    try {
      return await create();
    } catch (error) {
      if (!this.#isLost) throw error;
      this.#replace();
      return create();
    }
  }

  /** The network of a model file. */
  load(bytes: Uint8Array): Promise<Network> {
    return Network.load(bytes, { worker: this.#worker });
  }

  #heard(): Worker {
    const started = startWorker();
    started.addEventListener('error', () => {
      this.#isLost ||= started === this.#worker;
    });
    return started;
  }

  #replace(): void {
    this.#worker.terminate();
    this.#worker = this.#heard();
    this.#isLost = false;
  }
}
