/**
 * The first layer of the zero-skipping twin: it visits the inputs that are not zero alone, in plain
 * JavaScript. The rest of that twin is the dense one (twin.js).
 *
 * W and dW lie transposed, so that what leaves an input is in one piece. Units are taken eight at a
 * time: the sums of an example stay in registers while its nonzeros pass by, and dZ while dW is
 * added to. Measured on tiles of MNIST, on Node 20, in ns a nonzero for finding it, Z and dW:
 *
 *     units at a time       8     4     2     1
 *     784 × 128           195   239   329   491
 *     784 × 10             34    30    33    46
 *
 * @typedef {import('./twin.js').Floats} Floats
 * @typedef {import('relumax').LayerParameters} LayerParameters
 */

/** Units that are taken at a time. */
const UNITS = 8;

/** @type {Floats} */
const SCALED_BYTES = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** The first layer, of inputs of which most are zero. */
export class NonzeroLayer {
  #inputs;
  #units;
  /** Units, rounded up: floats from one input's weights to the next one's. */
  #stride;
  #weights;
  #biases;
  #weightGradients;
  #biasGradients;
  /** Where the nonzeros of each example of the tile begin, and where the last one's end. */
  #starts;
  /** Where the weights of each nonzero's input begin, and what the nonzero is. */
  #columns;
  #values;
  /** Z of the tile, then dZ: one row an example. */
  #rows;

  /**
   * @param {LayerParameters} parameters copied
   * @param {number} tile the most examples of a tile
   */
  constructor({ weights, biases }, tile) {
    this.#units = biases.length;
    this.#inputs = weights.length / this.#units;
    this.#stride = Math.ceil(this.#units / UNITS) * UNITS;
    this.#weights = new Float32Array(this.#inputs * this.#stride);
    for (let j = 0; j < this.#units; j++) {
      for (let p = 0; p < this.#inputs; p++) {
        this.#weights[p * this.#stride + j] = weights[j * this.#inputs + p] ?? NaN;
      }
    }
    this.#biases = new Float32Array(this.#stride);
    this.#biases.set(biases);
    this.#weightGradients = new Float32Array(this.#weights.length);
    this.#biasGradients = new Float32Array(this.#stride);
    this.#starts = new Int32Array(tile + 1);
    this.#columns = new Int32Array(tile * this.#inputs);
    this.#values = new Float32Array(tile * this.#inputs);
    this.#rows = new Float32Array(tile * this.#stride);
  }

  /** Begins a batch. */
  clearGradients() {
    this.#weightGradients.fill(0);
    this.#biasGradients.fill(0);
  }

  /**
   * Finds the nonzeros of m examples (eq. 1).
   *
   * @param {import('relumax').Inputs} inputs
   * @param {Floats} order
   * @param {number} from
   * @param {number} m
   */
  load(inputs, order, from, m) {
    let end = 0;
    for (let i = 0; i < m; i++) {
      this.#starts[i] = end;
      const begin = order[from + i] * this.#inputs;
      end =
        inputs instanceof Uint8Array
          ? findBytes(this.#columns, this.#values, end, inputs, begin, this.#inputs, this.#stride)
          : findFloats(this.#columns, this.#values, end, inputs, begin, this.#inputs, this.#stride);
    }
    this.#starts[m] = end;
  }

  /**
   * Z := W·A + b for the m examples (eq. 2)
   *
   * @param {Floats} output
   * @param {number} at where Z of the first example goes
   * @param {number} stride from there to the next one's
   * @param {number} m
   */
  affine(output, at, stride, m) {
    const [rows, width, units] = [this.#rows, this.#stride, this.#units];
    for (let j = 0; j < width; j += UNITS) {
      sumColumns(
        rows,
        this.#biases,
        this.#weights,
        this.#starts,
        this.#columns,
        this.#values,
        j,
        width,
        m,
      );
    }
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < units; j++) output[at + i * stride + j] = rows[i * width + j];
    }
  }

  /**
   * dW += dZ·Aᵀ and db += Σᵢ dZ[:, i] for the m examples (eq. 7, 8)
   *
   * @param {Floats} delta
   * @param {number} at where dZ of the first example is
   * @param {number} stride
   * @param {number} m
   */
  addGradients(delta, at, stride, m) {
    const [width, units] = [this.#stride, this.#units];
    /** @type {Floats} */
    const rows = this.#rows;
    /** @type {Floats} */
    const biasGradients = this.#biasGradients;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < units; j++) {
        const dz = delta[at + i * stride + j];
        rows[i * width + j] = dz;
        biasGradients[j] += dz;
      }
      for (let j = units; j < width; j++) rows[i * width + j] = 0;
    }
    for (let j = 0; j < width; j += UNITS) {
      addToColumns(
        this.#weightGradients,
        this.#rows,
        this.#starts,
        this.#columns,
        this.#values,
        j,
        width,
        m,
      );
    }
  }

  /**
   * W := W − rate · dW, b := b − rate · db (eq. 10)
   *
   * @param {number} rate α/m
   */
  descend(rate) {
    subtract(this.#weights, this.#weightGradients, rate);
    subtract(this.#biases, this.#biasGradients, rate);
  }

  /** @returns {LayerParameters} copies */
  parameters() {
    const weights = new Float32Array(this.#units * this.#inputs);
    for (let j = 0; j < this.#units; j++) {
      for (let p = 0; p < this.#inputs; p++) {
        weights[j * this.#inputs + p] = this.#weights[p * this.#stride + j] ?? NaN;
      }
    }
    return { weights, biases: this.#biases.slice(0, this.#units) };
  }
}

/**
 * Appends the nonzeros of one example, and returns where they end.
 *
 * @param {Floats} columns
 * @param {Floats} values
 * @param {number} end
 * @param {Floats} bytes
 * @param {number} begin
 * @param {number} count
 * @param {number} stride
 */
function findBytes(columns, values, end, bytes, begin, count, stride) {
  for (let p = 0; p < count; p++) {
    const byte = bytes[begin + p];
    if (byte === 0) continue;
    columns[end] = p * stride;
    values[end] = SCALED_BYTES[byte];
    end++;
  }
  return end;
}

/**
 * As `findBytes`, of floats.
 *
 * @param {Floats} columns
 * @param {Floats} values
 * @param {number} end
 * @param {Floats} floats
 * @param {number} begin
 * @param {number} count
 * @param {number} stride
 */
function findFloats(columns, values, end, floats, begin, count, stride) {
  for (let p = 0; p < count; p++) {
    const value = floats[begin + p];
    if (value === 0) continue;
    columns[end] = p * stride;
    values[end] = value;
    end++;
  }
  return end;
}

/**
 * Units j … j + 7 of Z.
 *
 * @param {Floats} rows
 * @param {Floats} biases
 * @param {Floats} weights
 * @param {Floats} starts
 * @param {Floats} columns
 * @param {Floats} values
 * @param {number} j
 * @param {number} width
 * @param {number} m
 */
function sumColumns(rows, biases, weights, starts, columns, values, j, width, m) {
  for (let i = 0; i < m; i++) {
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    let sum4 = 0;
    let sum5 = 0;
    let sum6 = 0;
    let sum7 = 0;
    const end = starts[i + 1] | 0;
    for (let q = starts[i] | 0; q < end; q++) {
      const w = (columns[q] + j) | 0;
      const x = values[q];
      sum0 += x * weights[w];
      sum1 += x * weights[w + 1];
      sum2 += x * weights[w + 2];
      sum3 += x * weights[w + 3];
      sum4 += x * weights[w + 4];
      sum5 += x * weights[w + 5];
      sum6 += x * weights[w + 6];
      sum7 += x * weights[w + 7];
    }
    const z = i * width + j;
    rows[z] = sum0 + biases[j];
    rows[z + 1] = sum1 + biases[j + 1];
    rows[z + 2] = sum2 + biases[j + 2];
    rows[z + 3] = sum3 + biases[j + 3];
    rows[z + 4] = sum4 + biases[j + 4];
    rows[z + 5] = sum5 + biases[j + 5];
    rows[z + 6] = sum6 + biases[j + 6];
    rows[z + 7] = sum7 + biases[j + 7];
  }
}

/**
 * Units j … j + 7 of dW.
 *
 * @param {Floats} gradients
 * @param {Floats} rows
 * @param {Floats} starts
 * @param {Floats} columns
 * @param {Floats} values
 * @param {number} j
 * @param {number} width
 * @param {number} m
 */
function addToColumns(gradients, rows, starts, columns, values, j, width, m) {
  for (let i = 0; i < m; i++) {
    const z = i * width + j;
    const dz0 = rows[z];
    const dz1 = rows[z + 1];
    const dz2 = rows[z + 2];
    const dz3 = rows[z + 3];
    const dz4 = rows[z + 4];
    const dz5 = rows[z + 5];
    const dz6 = rows[z + 6];
    const dz7 = rows[z + 7];
    const end = starts[i + 1] | 0;
    for (let q = starts[i] | 0; q < end; q++) {
      const dw = (columns[q] + j) | 0;
      const x = values[q];
      gradients[dw] += x * dz0;
      gradients[dw + 1] += x * dz1;
      gradients[dw + 2] += x * dz2;
      gradients[dw + 3] += x * dz3;
      gradients[dw + 4] += x * dz4;
      gradients[dw + 5] += x * dz5;
      gradients[dw + 6] += x * dz6;
      gradients[dw + 7] += x * dz7;
    }
  }
}

/**
 * @param {Floats} from
 * @param {Floats} gradients
 * @param {number} rate
 */
function subtract(from, gradients, rate) {
  for (let i = 0; i < from.length; i++) from[i] -= rate * gradients[i];
}
