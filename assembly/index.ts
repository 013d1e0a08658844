/**
 * The exports of the Wasm module. A network and a workspace are addressed by pointers to their records
 * (network/memory.ts); all other pointers are byte addresses too. Nothing here checks its
 * arguments beyond the asserts of a debug build: the host does, before it calls.
 */

export { firstNonFinite } from './kernels/input';
export { encodedBytes } from './kernels/nonzeros';
export { encodeExamples } from './network/examples';
export {
  correct,
  describeExamples,
  meanLoss,
  resetTally,
  setDropout,
  setFunctions,
} from './network/memory';
export { getLayer, initialWeights, setLayer } from './network/parameters';
export {
  accumulate,
  begin,
  divergedLayer,
  evaluate,
  outputOf,
  predict,
} from './network/passes';
export {
  ALIGNMENT,
  addLayer,
  layOut,
  newNetwork,
  parameterCountOf,
  tileOf,
  workspaceOf,
} from './network/plan';
export { regularizeBatch, rollback, update } from './network/updates';
