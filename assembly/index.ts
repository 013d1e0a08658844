/**
 * The exports of the Wasm module. A network is addressed by a pointer, `network`, to where the host
 * has planned it (memory.ts); all other pointers are byte addresses too. Nothing here checks its
 * arguments beyond the asserts of a debug build: the host does, before it calls.
 */

export { add } from './kernels/add';
export { argmax, countCorrect } from './kernels/argmax';
export { biasGradient } from './kernels/bias';
export { columnSgd } from './kernels/column-sgd';
export { heUniform } from './kernels/he';
export { firstNonFinite, scaleBytes } from './kernels/input';
export { log } from './kernels/log';
export { crossEntropy } from './kernels/loss';
export { affine, affineBackward, tile4x4, tile4x8, weightGradient } from './kernels/matmul';
export {
  countBytes,
  countFloats,
  entriesOfFloats,
  entriesOfMarks,
  markBytes,
} from './kernels/nonzeros';
export { pack, unpack } from './kernels/pack';
export { panelFloats } from './kernels/panels';
export { relu, reluBackward } from './kernels/relu';
export { sgd } from './kernels/sgd';
export { softmax } from './kernels/softmax';
export { sparseAffine, sparseWeightGradient } from './kernels/sparse';
export { transpose } from './kernels/transpose';
export {
  correct,
  describedBytes,
  describeExamples,
  describeLayer,
  describeNetwork,
  heapBase,
  meanLoss,
  resetTally,
} from './memory';
export {
  accumulate,
  begin,
  evaluate,
  getLayer,
  initialWeights,
  markExamples,
  predict,
  rollback,
  SPARSE_SHARE,
  setLayer,
  update,
} from './network';
