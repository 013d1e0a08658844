/** What the table of optimizers says, as flags and as their help. */
import { boolean, type positive } from '../../base/arguments.ts';
import {
  CHECKS,
  HYPERPARAMETER_TEXTS,
  type Hyperparameters,
  OPTIMIZERS,
  type OptimizerName,
  rowOf,
} from '../../core/optimizers.ts';
import type { OptimizerOptions } from '../../index.ts';
import { UsageError } from '../terminal/failure.ts';
import { checkedBy, type Kind } from '../terminal/option-values.ts';

/** The hyperparameters of all optimizers. */
export const HYPERPARAMETERS = Object.keys(CHECKS) as (keyof Hyperparameters)[];

const flagOf = (name: string) =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Which optimizers have which value: "0.1 with sgd, momentum; 0.001 with adam". */
function byOptimizer(of: (row: ReturnType<typeof rowOf>) => unknown): string {
  const values = OPTIMIZERS.map((name) => of(rowOf({ name })));
  return [...new Set(values)]
    .filter((value) => value !== undefined)
    .map((value) => `${value} with ${OPTIMIZERS.filter((_, i) => values[i] === value).join(', ')}`)
    .join('; ');
}

/** The default learning rates, and weight decays. */
export const DEFAULT_RATES = byOptimizer(({ learningRate }) => learningRate);
export const DEFAULT_DECAYS = `0; decoupled, ${byOptimizer(({ decoupledDecay }) => decoupledDecay)}`;

/** A flag for each hyperparameter; of those that are on or off, one without a value. */
export const HYPERPARAMETER_FLAGS = Object.fromEntries(
  HYPERPARAMETERS.map((name) => {
    const check: unknown = CHECKS[name];
    const help = HYPERPARAMETER_TEXTS[name];
    const otherwise = byOptimizer(({ defaults }) => defaults[name]);
    if (check === boolean) return [name, { flags: flagOf(name), help, otherwise, none: false }];
    const value = checkedBy(check as typeof positive);
    return [name, { flags: `${flagOf(name)} <x>`, help, otherwise, value }];
  }),
) as {
  [Name in keyof Hyperparameters]: { flags: string; help: string; otherwise: string } & ([
    Hyperparameters[Name],
  ] extends [boolean]
    ? { none: false }
    : { value: Kind<number> });
};

/**
 * An optimizer with the hyperparameters that were given.
 *
 * @throws UsageError where one is for other optimizers
 */
export function chosenOptimizer(
  values: { readonly optimizer?: OptimizerName | undefined } & {
    readonly [Name in keyof Hyperparameters]?: Hyperparameters[Name] | undefined;
  },
): OptimizerOptions {
  const { optimizer: name = 'sgd' } = values;
  const given = HYPERPARAMETERS.filter((key) => values[key] !== undefined);
  for (const key of given) {
    const theirs = OPTIMIZERS.filter((name) => key in rowOf({ name }).defaults);
    if (!theirs.includes(name)) {
      throw new UsageError(`${flagOf(key)} is for ${theirs.join(', ')}, not for ${name}`);
    }
  }
  return { name, ...Object.fromEntries(given.map((key) => [key, values[key]])) };
}
