/**
 * The exports of the Wasm module; threads.ts has more, for the module whose networks may have several
 * threads. A network is addressed by a pointer to its record (network/memory.ts); all other pointers are
 * byte addresses too. Nothing here checks its arguments beyond the asserts of a debug build: the host
 * does, before it calls.
 */

export { firstNonFinite } from './kernels/input';
export { encodedBytes } from './kernels/nonzeros';
export { accumulate, begin, evaluate, predict, update } from './network/batches';
export { addLayer } from './network/dense';
export { encodeExamples } from './network/examples';
export { ALIGNMENT, newNetwork } from './network/layers';
export {
  correct,
  describeExamples,
  meanLoss,
  resetTally,
  setActivation,
  setDropout,
  setFunctions,
} from './network/memory';
export { getLayer, initialWeights, setLayer } from './network/parameters';
export { divergedLayer, outputOf } from './network/passes';
export { layOut, parameterCountOf, tileOf } from './network/plan';
export { regularizeBatch, rollback } from './network/updates';
