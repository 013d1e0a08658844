/**
 * Equations 1 to 10 of docs/math.md in float64, written to be read, not to be fast: the oracle that
 * every kernel is held against. Matrices are row-major, a row an example (X, Z, A, dZ: m × n) or a
 * unit (W: out × in).
 */
export interface ReferenceLayer {
  weights: Float64Array;
  biases: Float64Array;
  inputs: number;
  units: number;
}

export interface ReferencePass {
  /** A⁰ … Aᴸ. */
  activations: Float64Array[];
  /** Zᴸ. */
  logits: Float64Array;
  /** Mean cross-entropy, in nats. */
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
  }));
}

/** Eq. 1: bytes count as x / 255. */
export function scaled(inputs: Uint8Array | Float32Array): Float64Array {
  return Float64Array.from(inputs, (x) => (inputs instanceof Uint8Array ? x / 255 : x));
}

/** Z = A·Wᵀ + b, a row an example (eq. 2). */
function affine(layer: ReferenceLayer, a: Float64Array, m: number): Float64Array {
  const { inputs, units, weights, biases } = layer;
  const z = new Float64Array(m * units);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < units; j++) {
      let sum = biases[j]!;
      for (let k = 0; k < inputs; k++) sum += weights[j * inputs + k]! * a[i * inputs + k]!;
      z[i * units + j] = sum;
    }
  }
  return z;
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

/** Eq. 1 to 5. */
export function forward(
  layers: readonly ReferenceLayer[],
  x: Float64Array,
  labels: Uint8Array,
): ReferencePass {
  const m = labels.length;
  const activations = [x];
  let logits = x;
  for (const [l, layer] of layers.entries()) {
    logits = affine(layer, activations[l]!, m);
    activations.push(
      l < layers.length - 1 ? logits.map((z) => Math.max(z, 0)) : softmax(logits, layer.units),
    );
  }
  const n = layers.at(-1)!.units;
  let loss = 0;
  let correct = 0;
  for (let i = 0; i < m; i++) {
    const row = logits.subarray(i * n, (i + 1) * n);
    const max = row.reduce((most, value) => Math.max(most, value), -Infinity);
    const logSumExp = max + Math.log(row.reduce((sum, z) => sum + Math.exp(z - max), 0));
    loss += (logSumExp - row[labels[i]!]!) / m;
    if (row.indexOf(max) === labels[i]) correct++;
  }
  return { activations, logits, loss, correct };
}

/** Eq. 6 to 9: dW and db of each layer. */
export function gradients(
  layers: readonly ReferenceLayer[],
  { activations }: ReferencePass,
  labels: Uint8Array,
): { weights: Float64Array; biases: Float64Array }[] {
  const m = labels.length;
  let dz = activations.at(-1)!.slice();
  const classes = layers.at(-1)!.units;
  for (let i = 0; i < m; i++) dz[i * classes + labels[i]!]! -= 1;
  const result = [];
  for (let l = layers.length - 1; l >= 0; l--) {
    const { inputs, units, weights } = layers[l]!;
    const a = activations[l]!;
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
    result.unshift({ weights: dw, biases: db });
    dz = da.map((d, index) => (a[index]! > 0 ? d : 0));
  }
  return result;
}

/** Eq. 1 to 10: the layers after one update, and the loss and right answers before it. */
export function trainedOnBatch(
  layers: readonly ReferenceLayer[],
  inputs: Uint8Array | Float32Array,
  labels: Uint8Array,
  learningRate: number,
): { layers: ReferenceLayer[]; loss: number; correct: number } {
  const pass = forward(layers, scaled(inputs), labels);
  const steps = gradients(layers, pass, labels);
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

/** The distance of f32 neighbours at x. */
export function ulp(x: number): number {
  const [float, bits] = [new Float32Array([Math.abs(x)]), new Uint32Array(1)];
  bits[0] = new Uint32Array(float.buffer)[0]! + 1;
  return new Float32Array(bits.buffer)[0]! - float[0]!;
}
