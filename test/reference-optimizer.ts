/**
 * The optimizers of docs/math.md and docs/equations.md, equations 10 to 14, 24 and 25, in float64: the oracle of `fit`'s
 * updates.
 */
import { OPTIMIZERS, type OptimizerName, type OptimizerOptions } from '../src/core/optimizers.ts';
import type { Inputs } from '../src/data/dataset.ts';
import type { FitOptions } from '../src/network/fit-options.ts';
import { forward, gradients, type ReferenceLayer, scaled } from './reference.ts';

/** What decides an update. */
export interface ReferenceOptions extends OptimizerOptions {
  weightDecay?: number;
  clipNorm?: number;
}

/** What `fit` is held to: every optimizer by itself and regularized, and some with numbers of their own. */
export const REFERENCE_RECIPES: readonly ReferenceOptions[] = [
  ...OPTIMIZERS.map((name) => ({ name, weightDecay: 0 })),
  ...OPTIMIZERS.map((name) => ({ name, weightDecay: 0.1, clipNorm: 0.05 })),
  { name: 'sgd', weightDecay: 0.1 },
  { name: 'sgd', clipNorm: 0.05 },
  { name: 'sgd', clipNorm: 1e9 },
  { name: 'momentum', momentum: 0, weightDecay: 0.01 },
  { name: 'nesterov', momentum: 0.8 },
  { name: 'nesterov', clipNorm: 0.1, weightDecay: 0.1 },
  { name: 'adam', beta1: 0.5, beta2: 0.9, epsilon: 1e-3, weightDecay: 0.1 },
  { name: 'adamw', weightDecay: 0.5 },
  { name: 'rmsprop', momentum: 0.9, centered: true },
  { name: 'adagrad', learningRateDecay: 0.3, initialAccumulator: 0.1 },
  { name: 'adamw', weightDecay: 0.1, clipNorm: 0.01 },
];

/**
 * By how much one parameter falls with update t = 1, 2, … at the learning rate α, from its gradient g
 * and what is kept of the parameter, which changes; the defaults are PyTorch's, whatever the library's are.
 */
type ReferenceStep = (
  g: number,
  kept: number[],
  t: number,
  learningRate: number,
  options: ReferenceOptions,
) => number;

/** Eq. 13. */
const momentum =
  (isAhead: boolean): ReferenceStep =>
  (g, kept, _, learningRate, { momentum = 0.9 }) => {
    const v = momentum * (kept[0] ?? 0) + g;
    kept[0] = v;
    return learningRate * (isAhead ? g + momentum * v : v);
  };

/** Eq. 14. */
const adam: ReferenceStep = (g, kept, t, learningRate, options) => {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const [u = 0, v = 0] = kept;
  kept[0] = beta1 * u + (1 - beta1) * g;
  kept[1] = beta2 * v + (1 - beta2) * g * g;
  const mean = kept[0] / (1 - beta1 ** t);
  return (learningRate * mean) / (Math.sqrt(kept[1] / (1 - beta2 ** t)) + epsilon);
};

/** Eq. 24. */
const rmsprop: ReferenceStep = (g, kept, _, learningRate, options) => {
  const { alpha = 0.99, epsilon = 1e-8, momentum = 0, centered = false } = options;
  const [v = 0, mean = 0, buffer = 0] = kept;
  kept[0] = alpha * v + (1 - alpha) * g * g;
  kept[1] = alpha * mean + (1 - alpha) * g;
  const variance = centered ? Math.max(kept[0] - kept[1] ** 2, 0) : kept[0];
  kept[2] = momentum * buffer + g / (Math.sqrt(variance) + epsilon);
  return learningRate * kept[2];
};

/** Eq. 25. */
const adagrad: ReferenceStep = (g, kept, t, learningRate, options) => {
  const { learningRateDecay = 0, initialAccumulator = 0, epsilon = 1e-10 } = options;
  kept[0] = (kept[0] ?? initialAccumulator) + g * g;
  return (learningRate / (1 + (t - 1) * learningRateDecay)) * (g / (Math.sqrt(kept[0]) + epsilon));
};

export const REFERENCE_STEPS: Readonly<Record<OptimizerName, ReferenceStep>> = {
  sgd: (g, _, __, learningRate) => learningRate * g,
  momentum: momentum(false),
  nesterov: momentum(true),
  adam,
  adamw: adam,
  rmsprop,
  adagrad,
};

/** One batch, and the learning rate that its update has. */
export interface ReferenceBatch {
  inputs: Inputs;
  labels: Uint8Array;
  learningRate: number;
}

/** The layers after the batches' updates, one after another. */
export function trainedBy(
  options: ReferenceOptions,
  layers: readonly ReferenceLayer[],
  batches: readonly ReferenceBatch[],
): ReferenceLayer[] {
  const { name, weightDecay = 0, clipNorm = Infinity } = options;
  let trained = layers.map((layer) => ({ ...layer }));
  // Of each layer, W and then b.
  const kept = trained.flatMap(({ weights, biases }) =>
    [weights, biases].map((values) => Array.from(values, (): number[] => [])),
  );
  for (const [index, { inputs, labels, learningRate }] of batches.entries()) {
    const t = index + 1;
    const steps = gradients(trained, forward(trained, scaled(inputs), labels), labels).flatMap(
      ({ weights, biases }) => [weights, biases],
    );
    const norm = Math.sqrt(
      steps.reduce((sum, array) => array.reduce((s, value) => s + value * value, sum), 0),
    );
    const clip = Math.min(1, clipNorm / norm);
    const updated = (p: Float64Array, block: number) => {
      const decay = block % 2 === 0 ? weightDecay : 0;
      return p.map((value, i) => {
        const isDecoupled = name === 'adamw';
        const g = clip * steps[block]![i]! + (isDecoupled ? 0 : decay * value);
        const step = REFERENCE_STEPS[name](g, kept[block]![i]!, t, learningRate, options);
        return (isDecoupled ? 1 - learningRate * decay : 1) * value - step;
      });
    };
    trained = trained.map((layer, l) => ({
      ...layer,
      weights: updated(layer.weights, 2 * l),
      biases: updated(layer.biases, 2 * l + 1),
    }));
  }
  return trained;
}

/** The options as `fit` takes them. */
export function fitOptions(options: ReferenceOptions): FitOptions {
  const { weightDecay, clipNorm, ...optimizer } = options;
  return {
    optimizer,
    ...(weightDecay !== undefined && { weightDecay }),
    ...(clipNorm !== undefined && { clipNorm }),
  };
}
