/** The optimizers of docs/math.md and docs/equations.md, equations 10 to 14, 24 and 25: one table, from which all else derives. */
import { boolean, notNegative, oneOf, options, positive, share } from '../base/arguments.ts';
import type { CoreExports } from './exports.ts';
import type { LayerParameters } from './parameters.ts';

/** An optimizer, where its defaults will not do. */
export interface OptimizerOptions {
  name: OptimizerName;
  /** Momentum μ, from 0 to below 1. Default: 0.9 with momentum and nesterov; 0 with rmsprop. */
  momentum?: number;
  /** β₁ of adam and adamw, from 0 to below 1. Default: 0.9. */
  beta1?: number;
  /** β₂ of adam and adamw, from 0 to below 1. Default: 0.999. */
  beta2?: number;
  /** ε of rmsprop, adagrad, adam and adamw, a finite number above 0. Default: 10⁻⁸; 10⁻¹⁰ with adagrad. */
  epsilon?: number;
  /** Smoothing constant of rmsprop, from 0 to below 1. Default: 0.99. */
  alpha?: number;
  /** Whether rmsprop divides by an estimate of the gradient's standard deviation. Default: false. */
  centered?: boolean;
  /** η of adagrad, a finite number from 0: update t has the rate α / (1 + (t − 1) η). Default: 0. */
  learningRateDecay?: number;
  /** What the sums of squares of adagrad begin with, a finite number from 0. Default: 0. */
  initialAccumulator?: number;
}

/** What the options of an optimizer are, its name apart. */
export type Hyperparameters = Required<Omit<OptimizerOptions, 'name'>>;

/** The check of each. */
export const CHECKS: {
  readonly [K in keyof Hyperparameters]: (
    argument: string,
    value: Hyperparameters[K],
  ) => Hyperparameters[K];
} = {
  momentum: share,
  beta1: share,
  beta2: share,
  epsilon: positive,
  alpha: share,
  centered: boolean,
  learningRateDecay: notNegative,
  initialAccumulator: notNegative,
};

/** What the table says of an optimizer. */
interface Row {
  /** The default learning rate α. */
  readonly learningRate: number;
  /** Its hyperparameters, up to four, with their defaults; in the order in which the core takes them. */
  readonly defaults: Partial<Hyperparameters>;
  /** How many values it keeps for each parameter: blocks of its state. */
  readonly state: (of: Hyperparameters) => number;
  /** What they begin with. Default: 0. */
  readonly initial?: (of: Hyperparameters) => number;
  /** Default weight decay, where weights decay by themselves and not by their gradients. */
  readonly decoupledDecay?: number;
}

const MOMENTUM = {
  learningRate: 0.1,
  defaults: { momentum: 0.9 },
  state: () => 1,
} satisfies Row;

const ADAM = {
  learningRate: 0.001,
  defaults: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  state: () => 2,
} satisfies Row;

/** The optimizers by name, in the order in which the core numbers them. */
export const OPTIMIZER_TABLE = {
  sgd: { learningRate: 0.1, defaults: {}, state: () => 0 },
  momentum: MOMENTUM,
  nesterov: MOMENTUM,
  rmsprop: {
    learningRate: 0.01,
    defaults: { momentum: 0, alpha: 0.99, epsilon: 1e-8, centered: false },
    state: ({ momentum, centered }) => 1 + (momentum > 0 ? 1 : 0) + (centered ? 1 : 0),
  },
  adagrad: {
    learningRate: 0.01,
    defaults: { learningRateDecay: 0, initialAccumulator: 0, epsilon: 1e-10 },
    state: () => 1,
    initial: ({ initialAccumulator }) => initialAccumulator,
  },
  adam: ADAM,
  adamw: { ...ADAM, decoupledDecay: 0.01 },
} satisfies Record<string, Row>;

/** The optimizers by name. */
export type OptimizerName = keyof typeof OPTIMIZER_TABLE;

/** An optimizer with all that it takes. */
export type Optimizer = {
  [Name in OptimizerName]: { name: Name } & Pick<
    Hyperparameters,
    keyof (typeof OPTIMIZER_TABLE)[Name]['defaults'] & keyof Hyperparameters
  >;
}[OptimizerName];

/** Their names. */
export const OPTIMIZERS = Object.keys(OPTIMIZER_TABLE) as readonly OptimizerName[];

/** What documentation and help say of an optimizer. */
interface Text {
  /** Its name in a menu. */
  readonly label: string;
  readonly description: string;
  /** The number of its equations in docs/equations.md (SGD's: docs/math.md), and each of them; g is the gradient of θ. */
  readonly number: number;
  readonly equations: readonly string[];
}

const ADAM_EQUATIONS = [
  'u ← β₁ u + (1 − β₁) g',
  'v ← β₂ v + (1 − β₂) g²',
  'θ ← θ − α (u / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)',
];

export const OPTIMIZER_TEXTS: Readonly<Record<OptimizerName, Text>> = {
  sgd: {
    label: 'gradient descent',
    description: 'plain gradient descent',
    number: 10,
    equations: ['θ ← θ − α g'],
  },
  momentum: {
    label: 'momentum',
    description: 'gradient descent with momentum',
    number: 13,
    equations: ['v ← μ v + g', 'θ ← θ − α v'],
  },
  nesterov: {
    label: 'Nesterov',
    description: "gradient descent with Nesterov's momentum",
    number: 13,
    equations: ['v ← μ v + g', 'θ ← θ − α (g + μ v)'],
  },
  rmsprop: {
    label: 'RMSprop',
    description: 'RMSprop (G. Hinton, 2012); centered: A. Graves, 2013',
    number: 24,
    equations: ['v ← a v + (1 − a) g²', 'θ ← θ − α g / (√(v) + ε)'],
  },
  adagrad: {
    label: 'AdaGrad',
    description: 'AdaGrad (J. Duchi, E. Hazan and Y. Singer, 2011)',
    number: 25,
    equations: ['v ← v + g²', 'θ ← θ − (α / (1 + (t − 1) η)) g / (√(v) + ε)'],
  },
  adam: {
    label: 'Adam',
    description: 'Adam (D. P. Kingma and J. Ba, 2015)',
    number: 14,
    equations: ADAM_EQUATIONS,
  },
  adamw: {
    label: 'AdamW',
    description: 'Adam with decoupled weight decay (I. Loshchilov and F. Hutter, 2019)',
    number: 14,
    equations: ADAM_EQUATIONS,
  },
};

/** The equations of an update, with decoupled weight decay first where it has that. */
export function equationsOf(name: OptimizerName): readonly string[] {
  const { equations } = OPTIMIZER_TEXTS[name];
  return rowOf({ name }).decoupledDecay ? ['W ← (1 − α λ) W', ...equations] : equations;
}

/** The same of their hyperparameters. */
export const HYPERPARAMETER_TEXTS: Readonly<Record<keyof Hyperparameters, string>> = {
  momentum: 'momentum μ',
  beta1: 'decay rate β₁ of the mean of the gradients',
  beta2: 'decay rate β₂ of the mean of their squares',
  epsilon: 'ε, added to the denominator',
  alpha: 'smoothing constant of the mean of the squared gradients',
  centered: 'divide by an estimate of the standard deviation of the gradients',
  learningRateDecay: 'decay η of the learning rate: α / (1 + (t − 1) η)',
  initialAccumulator: 'what the sums of the squared gradients begin with',
};

/** The row of an optimizer. */
export function rowOf({ name }: Pick<Optimizer, 'name'>): Row {
  return OPTIMIZER_TABLE[name];
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
  const all = typeof given === 'string' ? { name: given } : options(argument, given);
  const name = oneOf(argument, all.name, OPTIMIZERS);
  const { defaults } = rowOf({ name });
  const names = Object.keys(defaults) as (keyof Hyperparameters)[];
  options<OptimizerOptions>(argument, all, ['name', ...names]);
  const checked = names.map((key) => {
    const { [key]: value = defaults[key] } = all as OptimizerOptions;
    return [key, CHECKS[key](`${argument}.${key}`, value as never)];
  });
  return { name, ...Object.fromEntries(checked) };
}

/** How many values an optimizer keeps for each parameter. */
export function stateBlocks(optimizer: Optimizer): number {
  return rowOf(optimizer).state(optimizer as never);
}

/** What an optimizer keeps from one update to the next, until it is released. */
export interface OptimizerState {
  readonly optimizer: Optimizer;
  readonly start: number;
  /** Where each of its blocks is, in the form of the parameters. */
  readonly blocks: readonly number[];
  /** The hyperparameters, in the order of the row; 0 where there are fewer. */
  readonly values: readonly [a: number, b: number, c: number, d: number];
  /** How many updates there have been. */
  t: number;
  /** β₁ᵗ and β₂ᵗ; without such rates 1. */
  at: number;
  bt: number;
}

/** The state before the first update. */
export function initialState(
  optimizer: Optimizer,
  start: number,
  blocks: readonly number[],
): OptimizerState {
  // The name comes first. All are numbers, so that a call of the core has none to convert.
  const [, a = 0, b = 0, c = 0, d = 0] = Object.values(optimizer).map(Number);
  return { optimizer, start, blocks, values: [a, b, c, d], t: 0, at: 1, bt: 1 };
}

/** Counts one update, which `updateBy` makes or another training has made. */
export function advance(state: OptimizerState): void {
  const { beta1 = 1, beta2 = 1 } = state.optimizer as Partial<Hyperparameters>;
  state.t++;
  // One by one, as they come about: engines may differ in the last bit of a power.
  state.at *= beta1;
  state.bt *= beta2;
}

/** An optimizer with what it has kept, as data. */
export interface KeptOptimizer extends Pick<OptimizerState, 'optimizer' | 't' | 'at' | 'bt'> {
  /** Its blocks, each in the form of the parameters. */
  readonly state: readonly LayerParameters[][];
}

/** What decides an update, besides its optimizer. */
export interface UpdateSettings {
  learningRate: number;
  weightDecay: number;
  /** Infinity: no clipping. */
  clipNorm: number;
}

/**
 * Ends the batch of a network with one update; returns false where it cannot be a good one.
 *
 * @param state of all the optimizer's updates so far
 */
export function updateBy(
  exports: CoreExports,
  network: number,
  state: OptimizerState,
  { learningRate, weightDecay, clipNorm }: UpdateSettings,
): boolean {
  advance(state);
  const { optimizer, start, t, at, bt } = state;
  // All by themselves: a spread array in their place slows updates of small networks.
  const [a, b, c, d] = state.values;
  const added = rowOf(optimizer).decoupledDecay ? 0 : weightDecay;
  if (clipNorm < Infinity || added > 0) exports.regularizeBatch(network, clipNorm, added);
  const keep = 1 - learningRate * (weightDecay - added);
  const index = OPTIMIZERS.indexOf(optimizer.name);
  return exports.update(network, learningRate, index, start, keep, t, at, bt, a, b, c, d) !== 0;
}
