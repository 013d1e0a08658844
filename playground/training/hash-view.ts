/** The hash of the parameters, shown while nothing changes them. */

import type { LayerParameters } from 'relumax/worker';
import { text } from '../texts/languages.ts';
import { parametersHash } from './hash.ts';

export class HashView {
  readonly #host: HTMLElement;
  /** The parameters whose hash is shown, or being computed. */
  #hashed: readonly LayerParameters[] | undefined;

  constructor(host: HTMLElement) {
    this.#host = host;
  }

  /** Shows that it follows once training stops. */
  later(): void {
    this.#hashed = undefined;
    this.#host.textContent = text('export.hash.later');
  }

  async show(parameters: readonly LayerParameters[]): Promise<void> {
    if (parameters === this.#hashed) return;
    this.#hashed = parameters;
    const found = (await parametersHash(parameters)) ?? text('export.hash.none');
    if (parameters === this.#hashed) this.#host.textContent = found;
  }
}
