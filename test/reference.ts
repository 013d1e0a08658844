import { Random } from '../src/base/random.ts';
import type { Functions } from '../src/core/activations.ts';
import type { Inputs, LabelsOrTargets } from '../src/data/dataset.ts';

/**
 * Equations 1 to 10 of docs/math.md and 16 to 22 and 33 of docs/equations.md in float64, written to be read, not to be
 * fast: the oracle that every kernel is held against. Matrices are row-major, a row an example (X, Z, A, dZ: m × n) or a
 * unit (W: out × in). Convolution and pooling are in reference-convolution.ts.
 */
export interface ReferenceLayer extends ReferenceParameters {
  /** How many values of an example it takes, and how many it gives. */
  inputs: number;
  units: number;
  kind: ReferenceKind;
}

/** Empty where a layer has none. */
export interface ReferenceParameters {
  weights: Float64Array;
  biases: Float64Array;
}

/** What a kind of layer computes of m examples. */
export interface ReferenceKind {
  /** Whether the hidden function and dropout follow where the layer is not the last. */
  isActivated: boolean;
  /** Z, from the A of the layer below. */
  forward(parameters: ReferenceParameters, a: Float64Array, m: number): Float64Array;
  /** dW and db, their mean over the examples, and dA of the layer below. */
  backward(
    parameters: ReferenceParameters,
    a: Float64Array,
    dz: Float64Array,
    m: number,
  ): ReferenceParameters & { da: Float64Array };
}

/** Activation functions, D of a hidden unit of an example if units are dropped, and w of an example. */
export interface ReferenceFunctions extends Functions {
  /** Those of layers that have one of their own, by the index of the layer. */
  own?: readonly (Functions['hidden'] | undefined)[] | undefined;
  factor?: (l: number, example: number, unit: number) => number;
  weight?: (example: number) => number;
}

export const RELU_SOFTMAX: ReferenceFunctions = { hidden: 'relu', output: 'softmax' };

export interface ReferencePass {
  /** A⁰ … Aᴸ, the hidden ones with what was dropped as 0. */
  activations: Float64Array[];
  /** Z¹ … Zᴸ. */
  sums: Float64Array[];
  /** Zᴸ. */
  logits: Float64Array;
  /** Mean over the examples. */
  loss: number;
  correct: number;
}

export function referenceLayers(
  sizes: readonly number[],
  parameters: readonly { weights: ArrayLike<number>; biases: ArrayLike<number> }[],
): ReferenceLayer[] {
  return parameters.map(({ weights, biases }, l) => ({
    weights: Float64Array.from(weights),
    biases: Float64Array.from(biases),
    inputs: sizes[l]!,
    units: sizes[l + 1]!,
    kind: dense(sizes[l]!, sizes[l + 1]!),
  }));
}

/** Eq. 1: bytes count as x / 255. */
export function scaled(inputs: Inputs): Float64Array {
  return Float64Array.from(inputs, (x) => (inputs instanceof Uint8Array ? x / 255 : x));
}

/** Eq. 23, row after row: the numbers standardised by the rows of `by`, with their means and standard deviations. */
export function standardized(values: Inputs, by: Inputs, columns: number) {
  const [x, fitted] = [scaled(values), scaled(by)];
  const ofColumn = (column: number) => [...fitted].filter((_, i) => i % columns === column);
  const average = (numbers: readonly number[]) =>
    numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const all = Array.from({ length: columns }, (_, column) => {
    const numbers = ofColumn(column);
    const mean = new Set(numbers).size === 1 ? numbers[0]! : average(numbers);
    return { mean, std: Math.sqrt(average(numbers.map((number) => (number - mean) ** 2))) || 1 };
  });
  const [mean, std] = [all.map(({ mean }) => mean), all.map(({ std }) => std)] as const;
  return { mean, std, values: x.map((v, i) => (v - mean[i % columns]!) / std[i % columns]!) };
}

/** Eq. 2, 7, 8 and the product of 9, a row an example. */
function dense(inputs: number, units: number): ReferenceKind {
  return {
    isActivated: true,
    forward({ weights, biases }, a, m) {
      const z = new Float64Array(m * units);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < units; j++) {
          let sum = biases[j]!;
          for (let k = 0; k < inputs; k++) sum += weights[j * inputs + k]! * a[i * inputs + k]!;
          z[i * units + j] = sum;
        }
      }
      return z;
    },
    backward({ weights }, a, dz, m) {
      const dw = new Float64Array(units * inputs);
      const db = new Float64Array(units);
      const da = new Float64Array(m * inputs);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < units; j++) {
          const d = dz[i * units + j]!;
          db[j]! += d / m;
          for (let k = 0; k < inputs; k++) {
            dw[j * inputs + k]! += (d * a[i * inputs + k]!) / m;
            da[i * inputs + k]! += d * weights[j * inputs + k]!;
          }
        }
      }
      return { weights: dw, biases: db, da };
    },
  };
}

/** Eq. 4, a row an example. */
export function softmax(z: Float64Array, n: number): Float64Array {
  const a = new Float64Array(z.length);
  for (let i = 0; i < z.length; i += n) {
    const row = z.subarray(i, i + n);
    const max = row.reduce((most, value) => Math.max(most, value), -Infinity);
    const exponentials = row.map((value) => Math.exp(value - max));
    const sum = exponentials.reduce((total, value) => total + value, 0);
    for (let j = 0; j < n; j++) a[i + j] = exponentials[j]! / sum;
  }
  return a;
}

const sigma = (z: number) => 1 / (1 + Math.exp(-z));
const GELU = Math.sqrt(2 / Math.PI);
const geluTanh = (z: number) => Math.tanh(GELU * (z + 0.044715 * z ** 3));

/** g of eq. 3, 16 to 19, 26, 27 and 34. */
export const HIDDEN_FUNCTIONS: Record<Functions['hidden'], (z: number) => number> = {
  relu: (z) => Math.max(z, 0),
  'leaky-relu': (z) => (z > 0 ? z : 0.01 * z),
  tanh: Math.tanh,
  sigmoid: sigma,
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  linear: (z) => z,
  gelu: (z) => (z / 2) * (1 + geluTanh(z)),
  silu: (z) => z * sigma(z),
};

/** g′ of the same. */
export const HIDDEN_SLOPES: Record<Functions['hidden'], (z: number) => number> = {
  relu: (z) => (z > 0 ? 1 : 0),
  'leaky-relu': (z) => (z > 0 ? 1 : 0.01),
  tanh: (z) => 1 - Math.tanh(z) ** 2,
  sigmoid: (z) => sigma(z) * (1 - sigma(z)),
  elu: (z) => (z > 0 ? 1 : Math.exp(z)),
  linear: () => 1,
  gelu: (z) => {
    const t = geluTanh(z);
    return (1 + t) / 2 + (z / 2) * (1 - t * t) * GELU * (1 + 3 * 0.044715 * z * z);
  },
  silu: (z) => sigma(z) * (1 + z * (1 - sigma(z))),
};

/** Eq. 1 to 5, or 20 and 21, with labels or targets. */
export function forward(
  layers: readonly ReferenceLayer[],
  x: Float64Array,
  answers: LabelsOrTargets,
  { hidden, own, output, factor = () => 1, weight = () => 1 } = RELU_SOFTMAX,
): ReferencePass {
  const n = layers.at(-1)!.units;
  const m = output === 'softmax' ? answers.length : answers.length / n;
  const activations = [x];
  const sums: Float64Array[] = [];
  for (const [l, layer] of layers.entries()) {
    const { units, kind } = layer;
    const z = kind.forward(layer, activations[l]!, m);
    sums.push(z);
    if (l === layers.length - 1) break;
    if (!kind.isActivated) {
      activations.push(z);
      continue;
    }
    const unitOf = (index: number) => [Math.floor(index / units), index % units] as const;
    activations.push(
      z.map((value, index) => {
        return HIDDEN_FUNCTIONS[own?.[l] ?? hidden](value) * factor(l, ...unitOf(index));
      }),
    );
  }
  const logits = sums.at(-1)!;
  let loss = 0;
  let correct = 0;
  if (output !== 'softmax') {
    activations.push(output === 'linear' ? logits.slice() : logits.map(sigma));
    for (const [index, z] of logits.entries()) {
      const t = answers[index]!;
      const one =
        output === 'linear'
          ? (z - t) ** 2
          : Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z)));
      loss += (weight(Math.floor(index / n)) * one) / (m * n);
      if (output === 'sigmoid' && z > 0 === t > 0.5) correct++;
    }
    return { activations, sums, logits, loss, correct };
  }
  activations.push(softmax(logits, n));
  for (let i = 0; i < m; i++) {
    const row = logits.subarray(i * n, (i + 1) * n);
    const max = row.reduce((most, value) => Math.max(most, value), -Infinity);
    const logSumExp = max + Math.log(row.reduce((sum, z) => sum + Math.exp(z - max), 0));
    loss += (weight(i) * (logSumExp - row[answers[i]!]!)) / m;
    if (row.indexOf(max) === answers[i]) correct++;
  }
  return { activations, sums, logits, loss, correct };
}

/** Eq. 6 to 9, or their likes: dW and db of each layer. */
export function gradients(
  layers: readonly ReferenceLayer[],
  { activations, sums }: ReferencePass,
  answers: LabelsOrTargets,
  { hidden, own, output, factor = () => 1, weight = () => 1 } = RELU_SOFTMAX,
): ReferenceParameters[] {
  const outputs = layers.at(-1)!.units;
  let dz: Float64Array = activations.at(-1)!.slice();
  const m = dz.length / outputs;
  if (output === 'softmax') {
    for (let i = 0; i < m; i++) dz[i * outputs + answers[i]!]! -= 1;
  } else {
    const share = (output === 'linear' ? 2 : 1) / outputs;
    dz = dz.map((a, index) => share * (a - answers[index]!));
  }
  dz = dz.map((d, index) => d * weight(Math.floor(index / outputs)));
  const result = [];
  for (let l = layers.length - 1; l >= 0; l--) {
    const layer = layers[l]!;
    const { weights, biases, da } = layer.kind.backward(layer, activations[l]!, dz, m);
    result.unshift({ weights, biases });
    if (l === 0) break;
    const below = layers[l - 1]!;
    const z = sums[l - 1]!;
    dz = !below.kind.isActivated
      ? da
      : da.map((d, index) => {
          const kept = factor(l - 1, Math.floor(index / below.units), index % below.units);
          return d * kept * HIDDEN_SLOPES[own?.[l - 1] ?? hidden](z[index]!);
        });
  }
  return result;
}

/** Eq. 1 to 10 and their likes: the layers after one update, and the loss and right answers before it. */
export function trainedOnBatch(
  layers: readonly ReferenceLayer[],
  inputs: Inputs,
  answers: LabelsOrTargets,
  learningRate: number,
  functions = RELU_SOFTMAX,
): { layers: ReferenceLayer[]; loss: number; correct: number } {
  const pass = forward(layers, scaled(inputs), answers, functions);
  const steps = gradients(layers, pass, answers, functions);
  return {
    layers: layers.map((layer, l) => ({
      ...layer,
      weights: layer.weights.map((w, i) => w - learningRate * steps[l]!.weights[i]!),
      biases: layer.biases.map((b, i) => b - learningRate * steps[l]!.biases[i]!),
    })),
    loss: pass.loss,
    correct: pass.correct,
  };
}

/** Visits each parameter of the layers, by the index of its layer, its array and its place there. */
export function eachParameter(
  layers: readonly ReferenceParameters[],
  visit: (l: number, name: 'weights' | 'biases', i: number) => void,
): void {
  for (const [l, layer] of layers.entries()) {
    for (const name of ['weights', 'biases'] as const) {
      for (const i of layer[name].keys()) visit(l, name, i);
    }
  }
}

/** The derivative of a loss by one of the values, which are left as they were. */
export function slope(values: Float64Array, i: number, lossAt: () => number): number {
  const [value, h] = [values[i]!, 1e-6];
  values[i] = value + h;
  const above = lossAt();
  values[i] = value - h;
  const below = lossAt();
  values[i] = value;
  return (above - below) / (2 * h);
}

/** ‖got − want‖ / ‖want‖; 0 where both are all zero. */
export function relativeError(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length) throw new Error(`${got.length} numbers, not ${want.length}`);
  let difference = 0;
  let size = 0;
  for (let i = 0; i < want.length; i++) {
    difference += (got[i]! - want[i]!) ** 2;
    size += want[i]! ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / size);
}

/** MurmurHash3's finaliser. */
function mix(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}

/** The word that decides whether a unit is dropped, by a layer's key and an example's place (eq. 22). */
export function dropoutWord(key: number, place: number, unit: number): number {
  return mix(mix(key ^ mix(place)) + Math.imul(unit + 1, 0x9e3779b9));
}

/** D of eq. 22, for the examples of one epoch; `numberOf` is the number that the core gives a unit. */
export function dropoutFactor(
  seed: number,
  epoch: number,
  share: number,
  numberOf = (_l: number, unit: number) => unit,
): (l: number, place: number, unit: number) => number {
  const key = new Random(seed, 'dropout', epoch).word();
  const scale = 1 / (1 - share);
  return (l, place, unit) => {
    const word = dropoutWord(key + l, place, numberOf(l, unit));
    return word < share * 2 ** 32 ? 0 : scale;
  };
}

/**
 * By how much the step to `wanted` was missed, as a share of what may be missed: 10⁻⁵ of the step, and
 * what an f32 of the parameters' size cannot hold of it.
 */
export function stepError(
  before: ArrayLike<number>,
  got: ArrayLike<number>,
  wanted: ArrayLike<number>,
): number {
  const norm = (value: (i: number) => number) => {
    let squares = 0;
    for (let i = 0; i < wanted.length; i++) squares += value(i) ** 2;
    return Math.sqrt(squares);
  };
  const step = norm((i) => wanted[i]! - before[i]!);
  const rounding = 2 ** -24 * (norm((i) => wanted[i]!) + norm((i) => before[i]!));
  return norm((i) => got[i]! - wanted[i]!) / (1e-5 * step + rounding);
}

/**
 * The gradients that an update at a learning rate missed by more than 10⁻⁵ of the largest in their array:
 * which, and by how much. The rate is to be so large that the steps can be read from the parameters.
 */
export function missedGradients(
  layers: readonly ReferenceParameters[],
  after: readonly { weights: ArrayLike<number>; biases: ArrayLike<number> }[],
  wanted: readonly ReferenceParameters[],
  learningRate: number,
): [name: string, error: number][] {
  // Pools have no parameters.
  const hasSome = ({ weights }: ReferenceParameters) => weights.length > 0;
  const [before, gradients] = [layers.filter(hasSome), wanted.filter(hasSome)];
  if (after.length !== before.length) throw new Error(`${after.length}, not ${before.length}`);
  return after.flatMap((layer, l) =>
    (['weights', 'biases'] as const).flatMap((name): [string, number][] => {
      const [values, gradient] = [before[l]![name], gradients[l]![name]];
      const size = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
      const missed = gradient.reduce((most, g, i) => {
        const error = Math.abs((values[i]! - layer[name][i]!) / learningRate - g);
        return Math.max(most, error);
      }, 0);
      return missed <= 1e-5 * size ? [] : [[`${l}.${name}`, missed / size]];
    }),
  );
}

/** The distance of f32 neighbours at x. */
export function ulp(x: number): number {
  const [float, bits] = [new Float32Array([Math.abs(x)]), new Uint32Array(1)];
  bits[0] = new Uint32Array(float.buffer)[0]! + 1;
  return new Float32Array(bits.buffer)[0]! - float[0]!;
}
