/** Examples in the memory: how a tile of them becomes A⁰ (eq. 1), or its nonzeros. */
import { scaleBytes } from '../kernels/input';
import {
  countBytes,
  countFloats,
  entriesOfFloats,
  entriesOfMarks,
  markBytes,
} from '../kernels/nonzeros';
import { f32Bytes, lanes4, panelWidth } from '../kernels/panels';
import { prefetch } from '../kernels/prefetch';
import { Examples, Format, Network } from './memory';

/**
 * The share of nonzero inputs up to which a tile is worked on as its nonzeros alone, and a training
 * set kept as them.
 */
export const SPARSE_SHARE: f32 = 0.4;

/**
 * A⁰ := the m examples from place `start` of their order on (eq. 1), or their nonzeros, whichever
 * makes the less work. Either gives the same bits in the end.
 */
export function loadInputs(network: Network, examples: Examples, start: i32, m: i32): void {
  network.namesBatch = false;
  if (examples.order != 0) prefetchInputs(network, examples, start, m);
  network.sparse = examples.format == Format.Marks || areSparse(network, examples, start, m);
  const k = network.layer(0).inputs;
  let to = network.input;
  for (let i = 0; i < m; i++) {
    if (network.sparse) {
      store<u32>(network.starts + ((<usize>i) << 2), <u32>to);
      to = loadEntries(network, to, examples, start + i);
    } else {
      // Entries may have lain where the padding is.
      v128.store(to + f32Bytes(lanes4(k) - 4), f32x4.splat(0));
      const x = inputsAt(network, examples, start + i);
      if (examples.format == Format.Bytes) scaleBytes(to, x, k);
      else memory.copy(to, x, f32Bytes(k));
      to += f32Bytes(network.inputStride);
    }
  }
  store<u32>(network.starts + ((<usize>m) << 2), <u32>to);
}

/** Fetches a tile in random order ahead; what lies in order, the processor fetches by itself. */
function prefetchInputs(network: Network, examples: Examples, start: i32, m: i32): void {
  let sum: u32 = 0;
  for (let i = start; i < start + m; i++) {
    const x = inputsAt(network, examples, i);
    if (examples.format == Format.Marks) sum += prefetch(load<u32>(x), load<u32>(x, 4));
    else sum += prefetch(x, x + exampleBytes(network, examples));
  }
  // Overwritten with the starts of the entries: it only keeps the loads.
  store<u32>(network.starts, sum);
}

function areSparse(network: Network, examples: Examples, start: i32, m: i32): bool {
  const k = network.layer(0).inputs;
  let nonzeros = 0;
  for (let i = start; i < start + m; i++) {
    const x = inputsAt(network, examples, i);
    nonzeros += examples.format == Format.Bytes ? countBytes(x, k) : countFloats(x, k);
  }
  return <f32>nonzeros <= SPARSE_SHARE * <f32>(k * m);
}

/** Writes the entries of the example at place i, and returns where they end. */
function loadEntries(network: Network, entries: usize, examples: Examples, i: i32): usize {
  const x = inputsAt(network, examples, i);
  const layer = network.layer(0);
  const k = layer.inputs;
  const width = panelWidth(layer.units);
  if (examples.format == Format.Marks) {
    return entriesOfMarks(entries, load<u32>(x), load<u32>(x, 4), width);
  }
  if (examples.format == Format.Floats) return entriesOfFloats(entries, x, k, width);
  return entriesOfMarks(entries, network.marks, markBytes(network.marks, x, k), width);
}

export function loadLabels(network: Network, examples: Examples, start: i32, m: i32): void {
  for (let i = 0; i < m; i++) {
    store<u8>(network.labels + i, load<u8>(examples.labels + numberAt(examples, start + i)));
  }
}

/** Where the inputs of the example at place i are; of marks, where their bounds are. */
function inputsAt(network: Network, examples: Examples, i: i32): usize {
  return examples.inputs + numberAt(examples, i) * exampleBytes(network, examples);
}

/** The number of the example at place i. */
export function numberAt(examples: Examples, i: i32): usize {
  return examples.order == 0 ? i : load<u32>(examples.order + ((<usize>i) << 2));
}

/** Bytes from one example's inputs to the next one's. */
function exampleBytes(network: Network, examples: Examples): usize {
  if (examples.format == Format.Marks) return 4;
  const k = network.layer(0).inputs;
  return examples.format == Format.Bytes ? <usize>k : f32Bytes(k);
}

/**
 * Writes the marks of `count` examples of bytes after one another from `marks` on, and where each
 * example's begin to `starts`, u32[count + 1]; returns where the last one's end.
 */
export function markExamples(
  starts: usize,
  marks: usize,
  inputs: usize,
  k: i32,
  count: i32,
): usize {
  for (let i = 0; i < count; i++) {
    store<u32>(starts + ((<usize>i) << 2), <u32>marks);
    marks = markBytes(marks, inputs, k);
    inputs += k;
  }
  store<u32>(starts + ((<usize>count) << 2), <u32>marks);
  return marks;
}
