/**
 * The plan of a network's memory: where each of its buffers begins, computed from the layer sizes
 * alone before anything runs. assembly/memory.ts draws it and says what each buffer is for.
 */

/** Every buffer begins on a cache line, which is also what the widest load wants. */
export const ALIGNMENT = 64;

const F32_BYTES = 4;

/** How many rows are packed together for the product dW = dZ·Aᵀ. */
const BLOCK = 16;

const ENTRY_BYTES = 8;

export const MARK_BYTES = 2;

/** How many entries may be written, and marks written or read, after the last. */
export const MARKS_SLACK = 7;

/** Bytes of a tally: f64, i32, i32. */
export const TALLY_BYTES = 16;

/** Bytes of a record of examples: four words. */
const EXAMPLES_BYTES = 16;

/** Where the buffers of one layer begin, in bytes; `weights` and `biases` from a block's start. */
export interface LayerPlan {
  inputs: number;
  units: number;
  weights: number;
  biases: number;
  transposed: number;
  output: number;
  delta: number;
  stride: number;
}

/** Where everything begins, in bytes from the start of the memory; counts in elements. */
export interface MemoryPlan {
  network: number;
  tile: number;
  parameters: number;
  parameterCount: number;
  previous: number;
  gradients: number;
  input: number;
  inputStride: number;
  starts: number;
  marks: number;
  scratch: number;
  packed: number;
  labels: number;
  classes: number;
  maxima: number;
  sums: number;
  batch: number;
  evaluation: number;
  trainingSet: number;
  staged: number;
  layers: LayerPlan[];
  /** Where the plan ends, and with it what a network of these sizes takes by itself. */
  staging: number;
}

/**
 * Plans a network.
 *
 * @param sizes n⁰ … nᴸ
 * @param base the first byte that is free
 * @param describedBytes what the core's own tables take
 * @param weightFloats how many floats the core keeps the weights of `units` × `inputs` in
 */
export function planMemory(
  sizes: readonly number[],
  base: number,
  describedBytes: number,
  weightFloats: (units: number, inputs: number) => number,
): MemoryPlan {
  let end = base;
  const place = (bytes: number): number => {
    const start = roundUp(end, ALIGNMENT);
    end = start + bytes;
    return start;
  };

  const network = place(describedBytes);
  const tile = tileOf(sizes);
  const layers: LayerPlan[] = [];
  let block = 0;
  let widest = 0;
  for (let l = 1; l < sizes.length; l++) {
    const inputs = sizes[l - 1]!;
    const units = sizes[l]!;
    const weights = block;
    const biases = weights + weightFloats(units, inputs) * F32_BYTES;
    block = roundUp(biases + roundUp(units, 4) * F32_BYTES, ALIGNMENT);
    const stride = strideOf(units);
    widest = Math.max(widest, units);
    layers.push({ inputs, units, weights, biases, stride, transposed: 0, output: 0, delta: 0 });
  }

  const parameters = place(block);
  const previous = place(block);
  const gradients = place(block);
  for (const layer of layers.slice(1)) {
    layer.transposed = place(weightFloats(layer.inputs, layer.units) * F32_BYTES);
  }
  const scratch = place(layers[0]!.biases);
  const inputStride = strideOf(sizes[0]!);
  // Either the inputs or, twice as large where none of them is zero, their entries.
  const input = place((inputStride * tile + MARKS_SLACK) * ENTRY_BYTES);
  for (const layer of layers) {
    layer.output = place(layer.stride * tile * F32_BYTES);
    layer.delta = place(layer.stride * tile * F32_BYTES);
  }
  return {
    network,
    tile,
    parameters,
    parameterCount: block / F32_BYTES,
    previous,
    gradients,
    input,
    inputStride,
    starts: place((tile + 1) * 4),
    marks: place((sizes[0]! + MARKS_SLACK) * MARK_BYTES),
    scratch,
    packed: place((roundUp(widest, BLOCK) + BLOCK) * tile * F32_BYTES),
    labels: place(tile),
    classes: place(tile * 4),
    maxima: place(tile * F32_BYTES),
    sums: place(tile * F32_BYTES),
    batch: place(TALLY_BYTES),
    evaluation: place(TALLY_BYTES),
    trainingSet: place(EXAMPLES_BYTES),
    staged: place(EXAMPLES_BYTES),
    layers,
    staging: place(0),
  };
}

export function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

/**
 * The leading dimension of activations of n units: the least multiple of 4, and one cache line more
 * where columns would lie so many lines apart that they all compete for a few sets of the cache.
 */
function strideOf(n: number): number {
  const lanes = roundUp(n, 4);
  return lanes % 64 === 0 ? lanes + 16 : lanes;
}

/**
 * How many examples go through the layers at a time: 128, as long as what enters and leaves a layer
 * fits a second-level cache of 1 MiB; else fewer, in powers of two, down to 32. It fixes the order
 * of the sums over a batch, so it depends on the sizes alone, never on the machine.
 */
function tileOf(sizes: readonly number[]): number {
  let widest = 0;
  for (let l = 1; l < sizes.length; l++) {
    widest = Math.max(widest, strideOf(sizes[l - 1]!) + strideOf(sizes[l]!));
  }
  let tile = 128;
  while (tile > 32 && widest * tile * F32_BYTES > 2 ** 20) tile /= 2;
  return tile;
}
