/** The core with its kernels in reach, for tests and benchmarks of each by itself: not shipped. */

export * from './index';
export {
  Activation,
  activate,
  activateBackward,
  isGlorot,
  keepsSlope,
} from './kernels/activation';
export { add } from './kernels/add';
export { argmax, countCorrect } from './kernels/argmax';
export { biasGradient } from './kernels/bias';
export { columnSgd, restoreColumns } from './kernels/column-sgd';
export { convolve } from './kernels/convolve';
export { dropout } from './kernels/dropout';
export { filterGradient } from './kernels/filter-gradient';
export { scaleBytes } from './kernels/input';
export { log } from './kernels/log';
export { crossEntropy } from './kernels/loss';
export { affine, affineBackward, weightGradient } from './kernels/matmul';
export {
  boundPairs,
  countBytes,
  countFloats,
  encodeBytes,
  pairsOfEncoded,
  pairsOfFloats,
} from './kernels/nonzeros';
export { Optimizer, step } from './kernels/optimizers';
export { pack, unpack } from './kernels/pack';
export { clear, copyRows } from './kernels/pad';
export { panelFloats } from './kernels/panels';
export { maxPool, maxPoolBackward } from './kernels/pool';
export { regularize, sumOfSquares } from './kernels/regularize';
export { relu, reluBackward } from './kernels/relu';
export { softmax } from './kernels/softmax';
export { findSpans, wholeSpans } from './kernels/spans';
export { sparseAffine, sparseWeightGradient } from './kernels/sparse';
export {
  countNonzeros,
  gatherFilters,
  listNonzeros,
  scatterGradient,
  sortNonzeros,
  sparseFilterGradient,
} from './kernels/sparse-convolve';
export { countSides, targetLoss } from './kernels/target-loss';
export { transpose } from './kernels/transpose';
export { uniformInit } from './kernels/uniform';
export { weigh } from './kernels/weigh';
export { heapBase } from './network/layers';
export { Output } from './network/memory';
