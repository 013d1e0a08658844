import { NonzeroLayer } from './twin-nonzeros.js';

/**
 * relumax's twin in plain JavaScript: the same network, dense layers with ReLU between them and
 * softmax at the end, trained by the same equations (docs/math.md), so that what WebAssembly buys
 * can be measured against JavaScript that was written to be fast. Of the formulations tried in V8
 * this was the quickest. Measured on one product of 120 × 784 × 120, on Node 20, in GFLOP/s:
 *
 *   7.3  this one: a register tile of 3 × 2. Its six sums, their six products and the operands just
 *        fit the fifteen registers that V8 hands out.
 *   5.8  2 × 2, which loads more for each product
 *   4.9  2 × 4; 5.5 3 × 3; 5.9 4 × 4: they spill sums to the stack
 *   5.8  3 × 2, unrolled twice over the depth, which spills too
 *   3.9  operands in arrays that come as arguments; with 3 × 3, the best there, 4.7. V8 loads their
 *        address and length, and checks what they are, at each step; of a module's constant it
 *        knows them.
 *   2.4  sums rounded by Math.fround. V8 still carries them round the loop as float64 and converts
 *        them twice a step. So sums are float64 here, and what is kept is float32, as in relumax.
 *
 * Let it run where no ArrayBuffer has been detached, which growing a WebAssembly memory does too:
 * from then on V8 checks before each access in the same thread, and it takes 1.6 times as long.
 *
 * The examples of a batch go through in tiles that fit the cache, and nothing is allocated in
 * training. A first layer that skips zeros is in twin-nonzeros.js.
 */

/**
 * Floats whose indices are known to be right. The elements are `any` because the compiler would
 * have each read of a number checked for undefined.
 *
 * @typedef {{ readonly length: number, [index: number]: any }} Floats
 */

/** @typedef {import('relumax').LayerParameters} LayerParameters */

/**
 * One layer of the network.
 *
 * @typedef {object} Layer
 * @property {number} inputs k = nˡ⁻¹
 * @property {number} units n = nˡ
 * @property {Float32Array} weights W, n × k, row-major
 * @property {Float32Array} biases b, n
 * @property {Float32Array} weightGradients Σ of dW over the batch's examples so far, as W, with room
 *   for whole register tiles
 * @property {number} gradientStride floats from one row of them to the next
 * @property {Float32Array} biasGradients Σ of db, likewise, n
 * @property {number} output where Z of a tile begins in the arena, then A: one row an example
 * @property {number} delta where dZ begins, likewise
 * @property {number} stride floats from one row to the next, in both
 */

/** Rows and columns of the register tile: examples (or inputs), and units. */
const ROWS = 3;
const COLUMNS = 2;

/** The most examples in a tile: as many whole register tiles as a batch of 128 needs. */
const MOST_EXAMPLES = 129;

/** All that a product reads. Enough for a tile of wide layers; most networks use little of it. */
const ARENA = 2 ** 20;

/** @type {Floats} */
const arena = new Float32Array(ARENA);

/**
 * The sums of the last register tile, row by row.
 *
 * @type {Floats}
 */
const sums = new Float64Array(ROWS * COLUMNS);

/**
 * What a byte stands for, to be looked up rather than converted.
 *
 * @type {Floats}
 */
const SCALED_BYTES = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** The twin of a network, from the same parameters. */
export class Twin {
  #layers;
  #tile;
  #input;
  #inputStride;
  #panel;
  /** The first layer, where it skips zeros. */
  #nonzeros;

  /**
   * @param {readonly LayerParameters[]} parameters where to begin, as `Network.parameters` gives
   *   them; copied
   * @param {{ skipZeros?: boolean }} [options] whether the first layer skips inputs that are zero
   * @throws RangeError where the layers are wider than the arena takes, some 100,000 units in all
   */
  constructor(parameters, { skipZeros = false } = {}) {
    const sizes = parameters.map(({ weights, biases }) => ({
      inputs: weights.length / biases.length,
      units: biases.length,
    }));
    this.#inputStride = strideOf(sizes[0]?.inputs ?? 0);
    let widest = MOST_EXAMPLES;
    let exampleFloats = this.#inputStride;
    for (const { inputs, units } of sizes) {
      widest = Math.max(widest, inputs, units);
      exampleFloats += 2 * strideOf(units);
    }
    const panel = COLUMNS * widest;
    const room = Math.floor((ARENA - panel) / exampleFloats / ROWS) * ROWS;
    if (room === 0)
      throw new RangeError(`parameters: layers of up to ${widest} units are too wide`);
    this.#tile = Math.min(MOST_EXAMPLES, room);

    let end = 0;
    /** @param {number} floats */
    const place = (floats) => {
      end += floats;
      return end - floats;
    };
    this.#panel = place(panel);
    this.#input = place(this.#inputStride * this.#tile);
    this.#layers = parameters.map(({ weights, biases }, l) => {
      const { inputs, units } = /** @type {{ inputs: number, units: number }} */ (sizes[l]);
      const stride = strideOf(units);
      const gradientStride = Math.ceil(inputs / ROWS) * ROWS;
      return {
        inputs,
        units,
        weights: Float32Array.from(weights),
        biases: Float32Array.from(biases),
        weightGradients: new Float32Array(gradientStride * Math.ceil(units / COLUMNS) * COLUMNS),
        biasGradients: new Float32Array(units),
        gradientStride,
        output: place(stride * this.#tile),
        delta: place(stride * this.#tile),
        stride,
      };
    });
    const [first] = parameters;
    this.#nonzeros = skipZeros && first ? new NonzeroLayer(first, this.#tile) : undefined;
  }

  /**
   * One epoch of gradient descent.
   *
   * @param {import('relumax').Inputs} inputs one example after another: bytes, which count as
   *   x / 255, or floats
   * @param {Uint8Array} labels the class of each example
   * @param {Uint32Array} order the examples in the order in which they are taken
   * @param {number} batchSize examples an update; Infinity is all of them
   * @param {number} learningRate α
   * @returns {{ loss: number, accuracy: number }} means over the epoch, each example as it was
   *   seen, before the update; the loss is in nats
   */
  train(inputs, labels, order, batchSize, learningRate) {
    let loss = 0;
    let correct = 0;
    for (let start = 0; start < order.length; start += batchSize) {
      const end = Math.min(start + batchSize, order.length);
      for (const layer of this.#denseLayers()) {
        layer.weightGradients.fill(0);
        layer.biasGradients.fill(0);
      }
      this.#nonzeros?.clearGradients();
      for (let from = start; from < end; from += this.#tile) {
        const m = Math.min(this.#tile, end - from);
        this.#load(inputs, order, from, m);
        this.#forward(m);
        const last = /** @type {Layer} */ (this.#layers.at(-1));
        loss += softmaxCrossEntropy(last, labels, order, from, m);
        correct += countCorrect(last, labels, order, from, m);
        this.#backward(m);
      }
      const rate = learningRate / (end - start);
      for (const layer of this.#denseLayers()) descend(layer, rate);
      this.#nonzeros?.descend(rate);
    }
    return { loss: loss / order.length, accuracy: correct / order.length };
  }

  /**
   * The parameters as they are now, in the form of `Network.parameters`: copies.
   *
   * @returns {LayerParameters[]}
   */
  parameters() {
    const dense = this.#denseLayers().map(({ weights, biases }) => ({
      weights: weights.slice(),
      biases: biases.slice(),
    }));
    return this.#nonzeros ? [this.#nonzeros.parameters(), ...dense] : dense;
  }

  /**
   * What training does in layer index l, one by one, to be timed: on the m examples of the tile that
   * was trained on last, whose labels are given.
   *
   * @param {number} l
   * @param {Uint8Array} labels
   * @returns {Record<import('./kernels.js').Operation, () => void>}
   */
  operations(l, labels) {
    const layer = /** @type {Layer} */ (this.#layers[l]);
    const below = this.#layers[l - 1] ?? layer;
    const input = l === 0 ? this.#input : below.output;
    const inputStride = l === 0 ? this.#inputStride : below.stride;
    const m = labels.length;
    const order = labels.map((_, i) => i);
    const skipping = l === 0 ? this.#nonzeros : undefined;
    const [panel, { output, delta, stride }] = [this.#panel, layer];
    return {
      affine: () =>
        skipping
          ? skipping.affine(arena, output, stride, m)
          : affine(layer, input, inputStride, panel, m),
      weightGradient: () =>
        skipping
          ? skipping.addGradients(arena, delta, stride, m)
          : addWeightGradients(layer, input, inputStride, panel, m),
      affineBackward: () => affineBackward(below, layer, panel, m),
      relu: () => relu(layer, m),
      softmax: () => softmaxCrossEntropy(layer, labels, order, 0, m),
      sgd: () => (skipping ? skipping.descend(0) : descend(layer, 0)),
    };
  }

  /** The layers that skip nothing. */
  #denseLayers() {
    return this.#nonzeros ? this.#layers.slice(1) : this.#layers;
  }

  /**
   * A⁰ := m examples (eq. 1).
   *
   * @param {import('relumax').Inputs} inputs
   * @param {Floats} order
   * @param {number} from
   * @param {number} m
   */
  #load(inputs, order, from, m) {
    if (this.#nonzeros) {
      this.#nonzeros.load(inputs, order, from, m);
      return;
    }
    const features = /** @type {Layer} */ (this.#layers[0]).inputs;
    for (let i = 0; i < m; i++) {
      const row = this.#input + i * this.#inputStride;
      const example = order[from + i] * features;
      if (inputs instanceof Uint8Array) loadBytes(row, inputs, example, features);
      else loadFloats(row, inputs, example, features);
    }
  }

  /**
   * Equations 2 and 3 for a tile of m examples; the last layer's are left as logits.
   *
   * @param {number} m
   */
  #forward(m) {
    let input = this.#input;
    let inputStride = this.#inputStride;
    for (const layer of this.#layers) {
      if (this.#nonzeros && layer === this.#layers[0]) {
        this.#nonzeros.affine(arena, layer.output, layer.stride, m);
      } else {
        affine(layer, input, inputStride, this.#panel, m);
      }
      if (layer !== this.#layers.at(-1)) relu(layer, m);
      input = layer.output;
      inputStride = layer.stride;
    }
  }

  /**
   * Equations 7 to 9 for a tile of m examples, from dZᴸ down.
   *
   * @param {number} m
   */
  #backward(m) {
    for (let l = this.#layers.length - 1; l >= 0; l--) {
      const layer = /** @type {Layer} */ (this.#layers[l]);
      const below = this.#layers[l - 1];
      if (this.#nonzeros && below === undefined) {
        this.#nonzeros.addGradients(arena, layer.delta, layer.stride, m);
        return;
      }
      const input = below?.output ?? this.#input;
      const inputStride = below?.stride ?? this.#inputStride;
      addWeightGradients(layer, input, inputStride, this.#panel, m);
      addBiasGradients(layer, m);
      if (below !== undefined) {
        affineBackward(below, layer, this.#panel, m);
        reluBackward(below, m);
      }
    }
  }
}

/**
 * Floats from one row of n to the next: room for a last column of a register tile, and odd, so that
 * the rows of a column spread over all sets of the cache.
 *
 * @param {number} n
 */
function strideOf(n) {
  return (n + 1) | 1;
}

/**
 * sums[r, c] := Σₚ X[r, p] · Y[c, p] for p < depth, r < 3, c < 2
 *
 * X[r, p] is arena[x + r · xRow + p · xStep], and Y likewise, so that either operand may be read by
 * its rows or by its columns.
 *
 * @param {number} x
 * @param {number} xRow
 * @param {number} xStep
 * @param {number} y
 * @param {number} yRow
 * @param {number} yStep
 * @param {number} depth
 */
function multiply(x, xRow, xStep, y, yRow, yStep, depth) {
  // The conversions to int32 spare V8 the checks for overflow.
  let x0 = x | 0;
  let x1 = (x0 + xRow) | 0;
  let x2 = (x1 + xRow) | 0;
  let y0 = y | 0;
  let y1 = (y0 + yRow) | 0;
  let sum00 = 0;
  let sum01 = 0;
  let sum10 = 0;
  let sum11 = 0;
  let sum20 = 0;
  let sum21 = 0;
  const end = (x0 + depth * xStep) | 0;
  while (x0 < end) {
    const a0 = arena[x0];
    const a1 = arena[x1];
    const a2 = arena[x2];
    const b0 = arena[y0];
    const b1 = arena[y1];
    sum00 += a0 * b0;
    sum01 += a0 * b1;
    sum10 += a1 * b0;
    sum11 += a1 * b1;
    sum20 += a2 * b0;
    sum21 += a2 * b1;
    x0 = (x0 + xStep) | 0;
    x1 = (x1 + xStep) | 0;
    x2 = (x2 + xStep) | 0;
    y0 = (y0 + yStep) | 0;
    y1 = (y1 + yStep) | 0;
  }
  sums[0] = sum00;
  sums[1] = sum01;
  sums[2] = sum10;
  sums[3] = sum11;
  sums[4] = sum20;
  sums[5] = sum21;
}

/**
 * Z := W·A + b (eq. 2)
 *
 * @param {Layer} layer
 * @param {number} input where A begins
 * @param {number} inputStride
 * @param {number} panel room for two rows of W
 * @param {number} m
 */
function affine(layer, input, inputStride, panel, m) {
  const { inputs, units, output, stride } = layer;
  /** @type {Floats} */
  const weights = layer.weights;
  /** @type {Floats} */
  const biases = layer.biases;
  for (let j = 0; j < units; j += COLUMNS) {
    const floats = Math.min(COLUMNS, units - j) * inputs;
    const first = j * inputs;
    for (let p = 0; p < floats; p++) arena[panel + p] = weights[first + p];
    const bias0 = biases[j];
    const bias1 = j + 1 < units ? biases[j + 1] : 0;
    for (let i = 0; i < m; i += ROWS) {
      multiply(input + i * inputStride, inputStride, 1, panel, inputs, 1, inputs);
      const z = output + i * stride + j;
      arena[z] = sums[0] + bias0;
      arena[z + 1] = sums[1] + bias1;
      arena[z + stride] = sums[2] + bias0;
      arena[z + stride + 1] = sums[3] + bias1;
      arena[z + 2 * stride] = sums[4] + bias0;
      arena[z + 2 * stride + 1] = sums[5] + bias1;
    }
  }
}

/**
 * dZˡ⁻¹ := Wᵀ dZ (eq. 9, without ReLU's derivative)
 *
 * @param {Layer} below layer l − 1
 * @param {Layer} layer
 * @param {number} panel room for two columns of W
 * @param {number} m
 */
function affineBackward(below, layer, panel, m) {
  const { inputs, units, delta, stride } = layer;
  /** @type {Floats} */
  const weights = layer.weights;
  for (let p = 0; p < inputs; p += COLUMNS) {
    const second = Math.min(p + 1, inputs - 1);
    for (let j = 0; j < units; j++) {
      arena[panel + j] = weights[j * inputs + p];
      arena[panel + units + j] = weights[j * inputs + second];
    }
    for (let i = 0; i < m; i += ROWS) {
      multiply(delta + i * stride, stride, 1, panel, units, 1, units);
      const dz = below.delta + i * below.stride + p;
      arena[dz] = sums[0];
      arena[dz + 1] = sums[1];
      arena[dz + below.stride] = sums[2];
      arena[dz + below.stride + 1] = sums[3];
      arena[dz + 2 * below.stride] = sums[4];
      arena[dz + 2 * below.stride + 1] = sums[5];
    }
  }
}

/**
 * dW += dZ Aᵀ (eq. 7)
 *
 * @param {Layer} layer
 * @param {number} input where A begins
 * @param {number} inputStride
 * @param {number} panel room for two rows of dZ
 * @param {number} m
 */
function addWeightGradients(layer, input, inputStride, panel, m) {
  const { inputs, units, delta, stride, gradientStride } = layer;
  /** @type {Floats} */
  const gradients = layer.weightGradients;
  for (let j = 0; j < units; j += COLUMNS) {
    for (let i = 0; i < m; i++) {
      arena[panel + i] = arena[delta + i * stride + j];
      arena[panel + m + i] = arena[delta + i * stride + j + 1];
    }
    for (let p = 0; p < inputs; p += ROWS) {
      multiply(input + p, 1, inputStride, panel, m, 1, m);
      const dw = j * gradientStride + p;
      gradients[dw] += sums[0];
      gradients[dw + 1] += sums[2];
      gradients[dw + 2] += sums[4];
      gradients[dw + gradientStride] += sums[1];
      gradients[dw + gradientStride + 1] += sums[3];
      gradients[dw + gradientStride + 2] += sums[5];
    }
  }
}

/**
 * db += Σᵢ dZ[:, i] (eq. 8)
 *
 * @param {Layer} layer
 * @param {number} m
 */
function addBiasGradients(layer, m) {
  const { units, delta, stride } = layer;
  /** @type {Floats} */
  const gradients = layer.biasGradients;
  for (let j = 0; j < units; j++) {
    let sum = 0;
    for (let i = 0; i < m; i++) sum += arena[delta + i * stride + j];
    gradients[j] += sum;
  }
}

/**
 * A := ReLU(Z) (eq. 3)
 *
 * @param {Layer} layer
 * @param {number} m
 */
function relu({ units, output, stride }, m) {
  for (let i = 0; i < m; i++) {
    const begin = output + i * stride;
    for (let at = begin; at < begin + units; at++) if (arena[at] < 0) arena[at] = 0;
  }
}

/**
 * dZ := dZ ∘ [Z > 0] (eq. 9), by A, which is above 0 where Z is
 *
 * @param {Layer} layer
 * @param {number} m
 */
function reluBackward({ units, output, delta, stride }, m) {
  for (let i = 0; i < m; i++) {
    const row = i * stride;
    for (let j = row; j < row + units; j++) if (!(arena[output + j] > 0)) arena[delta + j] = 0;
  }
}

/**
 * dZ := softmax(Z) − Y (eq. 4, 6); returns the loss of the examples, summed (eq. 5)
 *
 * @param {Layer} layer
 * @param {Floats} labels
 * @param {Floats} order
 * @param {number} from
 * @param {number} m
 */
function softmaxCrossEntropy({ units, output, delta, stride }, labels, order, from, m) {
  let loss = 0;
  for (let i = 0; i < m; i++) {
    const z = output + i * stride;
    const dz = delta + i * stride;
    let maximum = arena[z];
    for (let j = 1; j < units; j++) if (arena[z + j] > maximum) maximum = arena[z + j];
    let sum = 0;
    for (let j = 0; j < units; j++) {
      const e = Math.exp(arena[z + j] - maximum);
      arena[dz + j] = e;
      sum += e;
    }
    for (let j = 0; j < units; j++) arena[dz + j] /= sum;
    const y = labels[order[from + i]];
    arena[dz + y] -= 1;
    loss += Math.log(sum) + maximum - arena[z + y];
  }
  return loss;
}

/**
 * How many of the examples have their largest logit at their label
 *
 * @param {Layer} layer
 * @param {Floats} labels
 * @param {Floats} order
 * @param {number} from
 * @param {number} m
 */
function countCorrect({ units, output, stride }, labels, order, from, m) {
  let correct = 0;
  for (let i = 0; i < m; i++) {
    const z = output + i * stride;
    let best = 0;
    for (let j = 1; j < units; j++) if (arena[z + j] > arena[z + best]) best = j;
    if (best === labels[order[from + i]]) correct++;
  }
  return correct;
}

/**
 * W := W − rate · dW, b := b − rate · db (eq. 10)
 *
 * @param {Layer} layer
 * @param {number} rate α/m
 */
function descend(layer, rate) {
  const { inputs, units, gradientStride } = layer;
  /** @type {Floats} */
  const weights = layer.weights;
  /** @type {Floats} */
  const weightGradients = layer.weightGradients;
  for (let j = 0; j < units; j++) {
    const w = j * inputs;
    const dw = j * gradientStride;
    for (let p = 0; p < inputs; p++) weights[w + p] -= rate * weightGradients[dw + p];
  }
  /** @type {Floats} */
  const biases = layer.biases;
  /** @type {Floats} */
  const biasGradients = layer.biasGradients;
  for (let j = 0; j < units; j++) biases[j] -= rate * biasGradients[j];
}

/**
 * @param {number} row
 * @param {Floats} bytes
 * @param {number} begin
 * @param {number} count
 */
function loadBytes(row, bytes, begin, count) {
  let p = 0;
  // Four a step: one load of the arrays' lengths and one check for interrupts.
  for (; p + 4 <= count; p += 4) {
    arena[row + p] = SCALED_BYTES[bytes[begin + p]];
    arena[row + p + 1] = SCALED_BYTES[bytes[begin + p + 1]];
    arena[row + p + 2] = SCALED_BYTES[bytes[begin + p + 2]];
    arena[row + p + 3] = SCALED_BYTES[bytes[begin + p + 3]];
  }
  for (; p < count; p++) arena[row + p] = SCALED_BYTES[bytes[begin + p]];
}

/**
 * @param {number} row
 * @param {Floats} floats
 * @param {number} begin
 * @param {number} count
 */
function loadFloats(row, floats, begin, count) {
  for (let p = 0; p < count; p++) arena[row + p] = floats[begin + p];
}

/**
 * Puts the items into a random order (Fisher–Yates).
 *
 * @param {Uint32Array} items
 */
export function shuffle(items) {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    const item = items[last] ?? 0;
    items[last] = items[other] ?? 0;
    items[other] = item;
  }
}
