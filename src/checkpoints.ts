/** relumax/checkpoint: keeps a training while it runs, and goes on with it to the same bits. */
export {
  type Checkpoint,
  type CheckpointOptions,
  type CheckpointSettings,
  Checkpoints,
} from './checkpoint.ts';
export { decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.ts';
export type { Follower, Moment } from './fit-options.ts';
export type { Functions, Hidden, Output } from './functions.ts';
export type { EpochReport } from './history.ts';
export type { Optimizer } from './optimizer.ts';
export type { Schedule, StepSchedule } from './schedule.ts';
export type { LayerParameters } from './wasm.ts';
