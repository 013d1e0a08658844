/** The core with its kernels in reach, for tests and benchmarks of each by itself: not shipped. */

export * from './index';
export { activate, activateBackward } from './kernels/activation';
export { adam } from './kernels/adam';
export { add } from './kernels/add';
export { argmax, countCorrect } from './kernels/argmax';
export { biasGradient } from './kernels/bias';
export { columnSgd, restoreColumns } from './kernels/column-sgd';
export { dropout } from './kernels/dropout';
export { heUniform } from './kernels/he';
export { scaleBytes } from './kernels/input';
export { log } from './kernels/log';
export { crossEntropy } from './kernels/loss';
export { affine, affineBackward, weightGradient } from './kernels/matmul';
export { momentum } from './kernels/momentum';
export {
  countBytes,
  countFloats,
  encodeBytes,
  pairsOfEncoded,
  pairsOfFloats,
} from './kernels/nonzeros';
export { pack, unpack } from './kernels/pack';
export { panelFloats } from './kernels/panels';
export { regularize, sumOfSquares } from './kernels/regularize';
export { relu, reluBackward } from './kernels/relu';
export { sgd } from './kernels/sgd';
export { softmax } from './kernels/softmax';
export { sparseAffine, sparseWeightGradient } from './kernels/sparse';
export { countSides, targetLoss } from './kernels/target-loss';
export { transpose } from './kernels/transpose';
export { heapBase } from './network/plan';
