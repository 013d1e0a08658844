/** How gradients become an update: the optimizers of docs/math.md, equations 10 to 14. */
import { describe, options, outOfRange, positive, share } from '../base/arguments.ts';

/** The optimizers by name. */
export type OptimizerName = 'sgd' | 'momentum' | 'nesterov' | 'adam' | 'adamw';

/** An optimizer, where its defaults will not do. */
export interface OptimizerOptions {
  name: OptimizerName;
  /** μ of momentum and nesterov, from 0 to below 1. Default: 0.9. */
  momentum?: number;
  /** β₁ of adam and adamw, from 0 to below 1. Default: 0.9. */
  beta1?: number;
  /** β₂ likewise. Default: 0.999. */
  beta2?: number;
  /** ε likewise, above 0. Default: 10⁻⁸. */
  epsilon?: number;
}

/** An optimizer with all that it takes. */
export type Optimizer =
  | { name: 'sgd' }
  | { name: 'momentum' | 'nesterov'; momentum: number }
  | { name: 'adam' | 'adamw'; beta1: number; beta2: number; epsilon: number };

/** How many numbers an optimizer keeps for each parameter. */
export const STATE: Readonly<Record<OptimizerName, number>> = {
  sgd: 0,
  momentum: 1,
  nesterov: 1,
  adam: 2,
  adamw: 2,
};

/** Their names. */
export const OPTIMIZERS = Object.keys(STATE) as readonly OptimizerName[];

/** The default learning rate α. */
export function defaultLearningRate(name: OptimizerName): number {
  return name === 'adam' || name === 'adamw' ? 0.001 : 0.1;
}

/**
 * Checks an optimizer, given by name or with options.
 *
 * @throws TypeError or RangeError that names the option
 */
export function checkedOptimizer(
  argument: string,
  given: OptimizerName | OptimizerOptions,
): Optimizer {
  const all: OptimizerOptions =
    typeof given === 'string' ? { name: given } : options(argument, given);
  const { name, momentum = 0.9, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = all;
  switch (name) {
    case 'sgd':
      options(argument, all, ['name']);
      return { name };
    case 'momentum':
    case 'nesterov':
      options(argument, all, ['name', 'momentum']);
      return { name, momentum: share(`${argument}.momentum`, momentum) };
    case 'adam':
    case 'adamw':
      options(argument, all, ['name', 'beta1', 'beta2', 'epsilon']);
      return {
        name,
        beta1: share(`${argument}.beta1`, beta1),
        beta2: share(`${argument}.beta2`, beta2),
        epsilon: positive(`${argument}.epsilon`, epsilon),
      };
    default:
      throw outOfRange(argument, describe(name), `one of ${OPTIMIZERS.join(', ')}`);
  }
}
