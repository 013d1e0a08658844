/** The optimizers of docs/math.md, equations 10 to 14, in float64: the oracle of `fit`'s updates. */
import type { Inputs } from '../src/data/dataset.ts';
import type { FitOptions } from '../src/network/fit-options.ts';
import { forward, gradients, type ReferenceLayer, scaled } from './reference.ts';

/** What decides an update. */
export interface ReferenceOptions {
  name: 'sgd' | 'momentum' | 'nesterov' | 'adam' | 'adamw';
  momentum?: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  weightDecay?: number;
  clipNorm?: number;
}

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
  const { name, momentum = 0.9, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { weightDecay = 0, clipNorm = Infinity } = options;
  let trained = layers.map((layer) => ({ ...layer }));
  // Of each layer, W and then b.
  const velocity = trained.flatMap(({ weights, biases }) => [
    new Float64Array(weights.length),
    new Float64Array(biases.length),
  ]);
  const squares = velocity.map((array) => array.slice());
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
        const g = clip * steps[block]![i]! + (name === 'adamw' ? 0 : decay * value);
        if (name === 'sgd') return value - learningRate * g;
        if (name === 'momentum' || name === 'nesterov') {
          const v = momentum * velocity[block]![i]! + g;
          velocity[block]![i] = v;
          return value - learningRate * (name === 'nesterov' ? g + momentum * v : v);
        }
        const u = beta1 * velocity[block]![i]! + (1 - beta1) * g;
        const v = beta2 * squares[block]![i]! + (1 - beta2) * g * g;
        velocity[block]![i] = u;
        squares[block]![i] = v;
        const step = u / (1 - beta1 ** t) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
        const kept = name === 'adamw' ? 1 - learningRate * decay : 1;
        return kept * value - learningRate * step;
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
