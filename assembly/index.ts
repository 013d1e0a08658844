/**
 * The exports of the Wasm module. A network is addressed by a pointer, `network`, to where the host
 * has planned it (memory.ts); all other pointers are byte addresses too. Nothing here checks its
 * arguments beyond the asserts of a debug build: the host does, before it calls.
 */

export { firstNonFinite } from './kernels/input';
export { panelFloats } from './kernels/panels';
export { markExamples, SPARSE_SHARE } from './network/examples';
export {
  correct,
  describedBytes,
  describeExamples,
  describeLayer,
  describeNetwork,
  heapBase,
  meanLoss,
  resetTally,
  setDropout,
  setFunctions,
} from './network/memory';
export { getLayer, initialWeights, packLayer, setLayer, unpackLayer } from './network/parameters';
export { accumulate, begin, evaluate, predict } from './network/passes';
export { regularizeBatch, rollback, update } from './network/updates';
