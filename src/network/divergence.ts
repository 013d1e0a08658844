/** What is said of a training whose numbers run away. */
import type { Outcome } from '../core/core.ts';

/**
 * Training diverged: the loss or an updated parameter became NaN or infinite. The network keeps the
 * last parameters whose loss was finite.
 */
export class DivergenceError extends Error {
  override name = 'DivergenceError';
  /** From 1; undefined where a single batch was trained on. */
  declare readonly epoch: number | undefined;
  /** The update within the epoch, from 1; undefined where a single batch was trained on. */
  declare readonly step: number | undefined;
  /**
   * The layer, from 1, that was the first to give a NaN or an infinity, or that had the largest
   * gradient where an update would have made one.
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
 * The error for what became of an update.
 *
 * @param at undefined where a single batch was trained on
 * @param isFirst whether no update came before, so that none is to blame
 */
export function divergence(
  what: Outcome,
  learningRate: number,
  layer: number,
  at?: { epoch: number; step: number },
  isFirst = false,
): DivergenceError {
  const where = `in ${at ? `epoch ${at.epoch}, step ${at.step}, ` : ''}layer ${layer}`;
  const became =
    what === 'loss not finite'
      ? `the loss became NaN or infinite ${where}`
      : `the update ${where} would make parameters NaN or infinite`;
  const advice = isFirst
    ? 'inputs, targets or parameters are too large'
    : `try a learning rate smaller than ${learningRate}`;
  const message = `${became}; ${advice}`;
  return new DivergenceError(message, { ...at, layer });
}
