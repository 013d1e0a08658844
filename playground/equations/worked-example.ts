/** One example worked through equations 2 to 9 of docs/math.md, as if it were a batch of one. */
import type { LayerParameters } from 'relumax/worker';
import type { Hidden } from '../../src/core/activations.ts';
import type { Architecture, Convolution, MaxPooling } from '../../src/core/layers.ts';
import { throughActivation } from './activation-slopes.ts';
import {
  convolved,
  multiplied,
  throughConvolution,
  throughDense,
  throughPooling,
} from './layer-products.ts';

/** The values of a layer for the example. */
export interface WorkedLayer {
  /** Undefined of the last, which has the softmax. */
  readonly activation: Hidden | undefined;
  /** Zˡ and Aˡ. */
  readonly Z: Float32Array;
  readonly A: Float32Array;
  /** dZˡ; undefined if the example has no label. */
  readonly dZ: Float32Array | undefined;
  /** The element of dWˡ with the largest magnitude, and that of dbˡ. */
  readonly dW: number;
  readonly db: number;
}

/**
 * @param architecture dense layers alone
 * @param hidden of the layers that have no activation of their own
 * @param parameters of each layer; weights out × in, row-major
 * @param activations Aˡ of each layer, as the network gives them
 * @param inputs A⁰
 */
export function workedExample(
  { shapes }: Architecture,
  hidden: Hidden,
  parameters: readonly LayerParameters[],
  activations: readonly Float32Array[],
  inputs: Float32Array,
  label: number | undefined,
): WorkedLayer[] {
  const layers: WorkedLayer[] = [];
  let above: WorkedLayer | undefined;
  for (let l = shapes.length - 1; l >= 0; l--) {
    const A = activations[l]!;
    const below = activations[l - 1] ?? inputs;
    const Z = multiplied(parameters[l]!, below);
    const isLast = l === shapes.length - 1;
    const activation = isLast ? undefined : (shapes[l]!.activation ?? hidden);
    const dA = above?.dZ && throughDense(parameters[l + 1]!.weights, above.dZ, A.length);
    const dZ =
      activation === undefined
        ? differences(A, label)
        : dA && throughActivation(activation, dA, A, () => Z);
    const db = dZ ? farthest(dZ) : Number.NaN;
    above = { activation, Z, A, dZ, dW: db * Math.abs(farthest(below)), db };
    layers.unshift(above);
  }
  return layers;
}

/** A − Y; undefined if there is no label. */
function differences(A: Float32Array, label: number | undefined) {
  if (label === undefined) return undefined;
  return Float32Array.from(A, (a, i) => a - Number(i === label));
}

/**
 * The contribution of each input to a class's logit, or to a linear output before it has its unit:
 * A⁰ ∘ ∂Zᴸ/∂A⁰ (gradient × input). With ReLU the network is linear around an input, so they add up to the
 * logit, except for that of the biases.
 *
 * @param hidden of the layers that have no activation of their own
 * @returns n⁰ values
 */
export function evidence(
  { layers, shapes }: Architecture,
  hidden: Hidden,
  parameters: readonly LayerParameters[],
  activations: readonly (Float32Array | Float64Array)[],
  inputs: Float32Array,
  label: number,
): Float32Array {
  let gradient = Float32Array.from(activations.at(-1)!, (_, i) => Number(i === label));
  let trained = parameters.length;
  // Where layers are dense alone, the first is the number of inputs.
  const own = layers.slice(layers.length - shapes.length);
  for (const [l, shape] of [...shapes.entries()].reverse()) {
    // Only the last may be in float64.
    const below = (activations[l - 1] as Float32Array | undefined) ?? inputs;
    if (shape.kind === 'maxPool') {
      const { maxPool } = own[l] as MaxPooling;
      gradient = throughPooling(shape, maxPool, gradient, below);
      continue;
    }
    const layer = parameters[--trained]!;
    const [, , channels] = shape.input;
    const convolution = shape.kind === 'conv' ? (own[l] as Convolution) : undefined;
    if (l < shapes.length - 1) {
      const A = activations[l] as Float32Array;
      gradient = throughActivation(shape.activation ?? hidden, gradient, A, () =>
        convolution
          ? convolved(shape, convolution, layer, below)
          : multiplied(layer, below, channels),
      );
    }
    gradient = convolution
      ? throughConvolution(shape, convolution, layer.weights, gradient)
      : throughDense(layer.weights, gradient, below.length, channels);
  }
  return gradient.map((slope, k) => slope * inputs[k]!);
}

function farthest(values: Float32Array): number {
  return values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
}
