/** Stops when nothing gets better, and brings the best back. */
import { integer, notNegative, options, wrongType } from '../base/arguments.ts';
import type { Core } from '../core/core.ts';
import type { LayerParameters } from '../core/parameters.ts';
import type { EpochReport } from './history.ts';

/** When to stop. */
export interface EarlyStopping {
  patience: number;
  minDelta: number;
}

/**
 * Checks when to stop, and that there is something to judge by.
 *
 * @throws TypeError or RangeError that names the option
 */
export function checkedStopping(
  argument: string,
  given: { patience: number; minDelta?: number },
  _: unknown,
  { validation }: { validation: object | undefined },
): EarlyStopping {
  const { patience, minDelta = 0 } = options(argument, given, ['patience', 'minDelta']);
  integer(`${argument}.patience`, patience, 1, 2 ** 32 - 1);
  notNegative(`${argument}.minDelta`, minDelta);
  if (validation === undefined) {
    throw wrongType('validation', validation, 'a Dataset, for early stopping to judge by');
  }
  return { patience, minDelta };
}

/** The parameters of the epoch with the least validation loss. */
export class Best {
  readonly #core: Core;
  readonly #patience: number;
  readonly #minDelta: number;
  loss = Infinity;
  parameters: LayerParameters[] = [];
  /** Whose they are; undefined before the first. */
  epoch: number | undefined;

  constructor(core: Core, { patience, minDelta }: EarlyStopping) {
    this.#core = core;
    this.#patience = patience;
    this.#minDelta = minDelta;
  }

  see({ epoch, validation }: EpochReport): void {
    if (!(validation!.loss < this.loss - this.#minDelta)) return;
    this.loss = validation!.loss;
    this.epoch = epoch;
    this.parameters = this.#core.layers.map((_, l) => this.#core.getLayer(l));
  }

  /** Whether an epoch comes too late to wait for. */
  isPast(epoch: number): boolean {
    return this.epoch !== undefined && epoch > this.epoch + this.#patience;
  }

  restore(): void {
    for (const [l, layer] of this.parameters.entries()) this.#core.setLayer(l, layer);
  }
}
