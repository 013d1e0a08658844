/** relumax: trains neural networks in WebAssembly. The same in Node and in a page. */

export { Dataset, type Examples, type TargetExamples } from './data/dataset.ts';
export { loadDigits } from './data/digits.ts';
export { DivergenceError } from './divergence.ts';
export type { Evaluation } from './evaluation.ts';
export type { Augmentation, FitOptions, Follower } from './fit-options.ts';
export type { Functions, Hidden, Output } from './functions.ts';
export type { BatchReport, EpochReport, History } from './history.ts';
export { Network, type NetworkOptions } from './network.ts';
export type { OptimizerName, OptimizerOptions } from './optimizer.ts';
export { Pace } from './pace.ts';
export type { Schedule, StepSchedule } from './schedule.ts';
export type { Answers, Inputs, LayerParameters } from './wasm.ts';
