/** relumax: trains neural networks in WebAssembly. The same in Node and in a page. */

export type { Functions, Hidden, Output } from './core/activations.ts';
export type { Initialization } from './core/initialization.ts';
export type { Convolution, Dense, Image, Layer, MaxPooling } from './core/layers.ts';
export type {
  GivenNormalization,
  GivenStandardization,
  Normalization,
  Standardization,
} from './core/normalization.ts';
export type { OptimizerName, OptimizerOptions } from './core/optimizers.ts';
export type { LayerParameters } from './core/parameters.ts';
export type { Threads } from './core/thread-count.ts';
export type { Inputs, LabelsOrTargets, Numbers, Outputs } from './data/dataset.ts';
export {
  Dataset,
  type Examples,
  type OneHotExamples,
  type TargetExamples,
} from './data/dataset.ts';
export { loadDigits } from './data/digits.ts';
export { DivergenceError } from './network/divergence.ts';
export type {
  Classification,
  ClassifyOptions,
  EvaluateOptions,
  Evaluation,
} from './network/evaluation.ts';
export type { Augmentation } from './network/fit-extras.ts';
export type { BatchOptions, FitOptions, Follower } from './network/fit-options.ts';
export type { BatchReport, EpochReport, History } from './network/history.ts';
export {
  type LoadOptions,
  Network,
  type NetworkOptions,
  type SaveOptions,
} from './network/network.ts';
export { Pace } from './network/pace.ts';
export type {
  NamedSchedule,
  Schedule,
  ScheduleFunction,
  ScheduleMoment,
  StepSchedule,
} from './network/schedule.ts';
