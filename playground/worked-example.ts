/** One example worked through equations 2 to 9 of docs/math.md, as if it were a batch of one. */
import type { LayerParameters } from 'relumax/worker';
import type { Hidden } from '../src/core/activations.ts';
import type { Architecture, Convolution, LayerShape, MaxPooling } from '../src/core/layers.ts';

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
    dZ =
      dZ && l > 0
        ? throughActivation('relu', throughDense(weights, dZ, below.length), below)
        : undefined;
  }
  return layers;
}

/**
 * The contribution of each input to a class's logit, or to a linear output before it has its unit:
 * A⁰ ∘ ∂Zᴸ/∂A⁰ (gradient × input). With ReLU the network is linear around an input, so they add up to the
 * logit, except for that of the biases.
 *
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
  for (const [l, shape] of [...shapes.entries()].reverse()) {
    // Only the last may be in float64.
    const below = (activations[l - 1] as Float32Array | undefined) ?? inputs;
    if (shape.kind === 'maxPool') {
      const { maxPool } = layers[l] as MaxPooling;
      gradient = throughPooling(shape, maxPool, gradient, below);
      continue;
    }
    const { weights } = parameters[--trained]!;
    if (l < shapes.length - 1) {
      gradient = throughActivation(hidden, gradient, activations[l] as Float32Array);
    }
    gradient =
      shape.kind === 'conv'
        ? throughConvolution(shape, layers[l] as Convolution, weights, gradient)
        : throughDense(weights, gradient, below.length, shape.input[2]);
  }
  return gradient.map((slope, k) => slope * inputs[k]!);
}

/**
 * Wᵀ d.
 *
 * @param channels of the inputs: those of an image have their channels last, its weights have them first
 */
function throughDense(
  weights: Float32Array,
  d: Float32Array,
  inputs: number,
  channels = inputs,
): Float32Array<ArrayBuffer> {
  const down = new Float32Array(inputs);
  const pixels = inputs / channels;
  for (const [i, share] of d.entries()) {
    if (share === 0) continue;
    for (let c = 0; c < channels; c++) {
      const row = i * inputs + c * pixels;
      for (let k = 0; k < pixels; k++) down[k * channels + c]! += share * weights[row + k]!;
    }
  }
  return down;
}

/** The gradient of a convolution's input: equation 30. */
function throughConvolution(
  { input, output }: LayerShape,
  { kernel, padding, stride = 1 }: Convolution,
  weights: Float32Array,
  d: Float32Array,
): Float32Array<ArrayBuffer> {
  const [height, width, channels] = input;
  const [rows, columns, filters] = output;
  const before = (size: number, places: number) =>
    padding === 'same' ? Math.max((places - 1) * stride + kernel - size, 0) >> 1 : 0;
  const [above, left] = [before(height, rows), before(width, columns)];
  const down = new Float32Array(height * width * channels);
  for (const [i, share] of d.entries()) {
    if (share === 0) continue;
    const filter = (i % filters) * channels * kernel ** 2;
    const place = Math.floor(i / filters);
    const top = Math.floor(place / columns) * stride - above;
    const start = (place % columns) * stride - left;
    for (let y = Math.max(top, 0); y < Math.min(top + kernel, height); y++) {
      for (let x = Math.max(start, 0); x < Math.min(start + kernel, width); x++) {
        const pixel = (y * width + x) * channels;
        const weight = filter + (y - top) * kernel + x - start;
        for (let c = 0; c < channels; c++) {
          down[pixel + c]! += share * weights[weight + c * kernel ** 2]!;
        }
      }
    }
  }
  return down;
}

/** The gradient of a pooling's input: each window's goes to its first largest value. */
function throughPooling(
  { input, output }: LayerShape,
  size: number,
  d: Float32Array,
  below: Float32Array,
): Float32Array<ArrayBuffer> {
  const [, width, channels] = input;
  const [, columns] = output;
  const down = new Float32Array(below.length);
  for (const [i, share] of d.entries()) {
    if (share === 0) continue;
    const place = Math.floor(i / channels);
    const top = Math.floor(place / columns) * size;
    const start = (place % columns) * size;
    let largest = (top * width + start) * channels + (i % channels);
    for (let y = top; y < top + size; y++) {
      for (let x = start; x < start + size; x++) {
        const k = (y * width + x) * channels + (i % channels);
        if (below[k]! > below[largest]!) largest = k;
      }
    }
    down[largest]! += share;
  }
  return down;
}

/** The slope of an activation where its value is `a`. */
const SLOPES: Readonly<Partial<Record<Hidden, (a: number) => number>>> = {
  relu: (a) => (a > 0 ? 1 : 0),
  'leaky-relu': (a) => (a > 0 ? 1 : 0.01),
  tanh: (a) => 1 - a * a,
  sigmoid: (a) => a * (1 - a),
  elu: (a) => (a > 0 ? 1 : 1 + a),
  linear: () => 1,
};

/** d ∘ g′, by the values of the activation g; equation 9 with ReLU. */
function throughActivation(
  hidden: Hidden,
  d: Float32Array<ArrayBuffer>,
  A: Float32Array,
): Float32Array<ArrayBuffer> {
  const slope = SLOPES[hidden]!;
  return d.map((value, k) => value * slope(A[k]!));
}

function farthest(values: Float32Array): number {
  return values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
}
