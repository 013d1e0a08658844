/** relumax/checkpoint: saves checkpoints of a training while it runs, and resumes from one bit-exactly. */

export type { Functions, Hidden, Output } from './core/activations.ts';
export type { Convolution, Dense, Image, Layer, MaxPooling } from './core/layers.ts';
export type { Normalization, Standardization } from './core/normalization.ts';
export type {
  Hyperparameters,
  Optimizer,
  OptimizerName,
  OptimizerOptions,
} from './core/optimizers.ts';
export type { LayerParameters } from './core/parameters.ts';
export {
  type Checkpoint,
  type CheckpointOptions,
  type CheckpointSettings,
  Checkpoints,
} from './network/checkpoint.ts';
export { decodeCheckpoint, encodeCheckpoint } from './network/checkpoint-file.ts';
export type { Follower, Moment, Snapshot } from './network/fit-options.ts';
export type { EpochReport } from './network/history.ts';
export type { NamedSchedule, StepSchedule } from './network/schedule.ts';
