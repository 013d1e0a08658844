/** The error of a training that diverges, and what helps with that and other errors. */
import { onDemand } from '../base/on-demand.ts';
import type { Normalizer } from '../core/normalization.ts';
import type { Dataset } from '../data/dataset.ts';

/**
 * Training diverged: the loss or an updated parameter became NaN or infinite. The network keeps the
 * last parameters whose loss was finite.
 */
export class DivergenceError extends Error {
  override name = 'DivergenceError';
  /** The epoch, from 1; undefined with `trainOnBatch`. */
  declare readonly epoch: number | undefined;
  /** The update within the epoch, from 1; undefined with `trainOnBatch`. */
  declare readonly step: number | undefined;
  /**
   * The layer, from 1: the first whose output was NaN or infinite; or, if the update would have made a
   * parameter so, the one with the largest gradient.
   */
  declare readonly layer: number | undefined;

  constructor(
    message: string,
    at: {
      epoch?: number | undefined;
      step?: number | undefined;
      layer?: number | undefined;
    } = {},
  ) {
    super(message);
    Object.assign(this, at);
  }
}

/**
 * The error for an update that went wrong.
 *
 * @param loss of its batch: where it is finite, the update would not have been
 * @param at undefined with `trainOnBatch`
 * @param isFirst whether no update came before, so that none is to blame
 */
export function divergence(
  loss: number,
  learningRate: number,
  layer: number,
  at?: { epoch: number; step: number },
  isFirst = false,
): DivergenceError {
  const where = `in ${at ? `epoch ${at.epoch}, step ${at.step}, ` : ''}layer ${layer}`;
  const became = Number.isFinite(loss)
    ? `the update ${where} would make parameters NaN or infinite`
    : `the loss became NaN or infinite ${where}`;
  const advice = isFirst
    ? 'inputs, targets or parameters are too large'
    : `try a learning rate smaller than ${learningRate}`;
  const message = `${became}; ${advice}`;
  return new DivergenceError(message, { ...at, layer });
}

/** What helps where a training fails: loaded on demand, if it can be. */
export const advice = () => onDemand(import('../core/advice.ts')).catch(() => undefined);

/** Throws an error again, with what helps in its message. */
export async function advised(
  error: unknown,
  dataset?: Dataset,
  normalizer?: Normalizer,
): Promise<never> {
  await (await advice())?.advise(error, dataset, normalizer);
  throw error;
}
