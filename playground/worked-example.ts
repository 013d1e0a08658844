/** One example worked through equations 2 to 9 of docs/math.md, as if it were a batch of one. */
import type { LayerParameters } from 'relumax/worker';

/** The values of a layer for the example. */
export interface WorkedLayer {
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
 * @param parameters of each layer; weights out × in, row-major
 * @param activations Aˡ of each layer, as the network gives them
 * @param inputs A⁰
 */
export function workedExample(
  parameters: readonly LayerParameters[],
  activations: readonly Float32Array[],
  inputs: Float32Array,
  label: number | undefined,
): WorkedLayer[] {
  const layers: WorkedLayer[] = [];
  let dZ =
    label === undefined ? undefined : activations.at(-1)!.map((a, i) => a - Number(i === label));
  for (let l = parameters.length - 1; l >= 0; l--) {
    const { weights, biases } = parameters[l]!;
    const below = l > 0 ? activations[l - 1]! : inputs;
    const Z = biases.map((bias, i) => {
      const row = i * below.length;
      let sum = bias;
      for (let k = 0; k < below.length; k++) sum += weights[row + k]! * below[k]!;
      return sum;
    });
    const db = dZ ? farthest(dZ) : Number.NaN;
    layers.unshift({ Z, A: activations[l]!, dZ, dW: db * Math.abs(farthest(below)), db });
    dZ = dZ && l > 0 ? throughRelu(handedDown(weights, dZ, below.length), below) : undefined;
  }
  return layers;
}

/**
 * The contribution of each input to a class's logit: A⁰ ∘ ∂Zᴸ/∂A⁰ (gradient × input). With ReLU the
 * network is linear around an input, so they add up to the logit, except for that of the biases.
 *
 * @returns n⁰ values
 */
export function evidence(
  parameters: readonly LayerParameters[],
  activations: readonly Float32Array[],
  inputs: Float32Array,
  label: number,
): Float32Array {
  let gradient = parameters.at(-1)!.biases.map((_, i) => Number(i === label));
  for (let l = parameters.length - 1; l >= 0; l--) {
    const below = l > 0 ? activations[l - 1]! : inputs;
    gradient = handedDown(parameters[l]!.weights, gradient, below.length);
    if (l > 0) gradient = throughRelu(gradient, below);
  }
  return gradient.map((slope, k) => slope * inputs[k]!);
}

/** Wᵀ d. */
function handedDown(
  weights: Float32Array,
  d: Float32Array,
  inputs: number,
): Float32Array<ArrayBuffer> {
  const down = new Float32Array(inputs);
  for (const [i, share] of d.entries()) {
    if (share === 0) continue;
    const row = i * inputs;
    for (let k = 0; k < inputs; k++) down[k]! += share * weights[row + k]!;
  }
  return down;
}

/** d ∘ [A > 0]. */
function throughRelu(d: Float32Array<ArrayBuffer>, A: Float32Array): Float32Array<ArrayBuffer> {
  return d.map((value, k) => (A[k]! > 0 ? value : 0));
}

function farthest(values: Float32Array): number {
  return values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
}
