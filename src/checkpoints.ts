/** relumax/checkpoint: keeps a training while it runs, and goes on with it to the same bits. */
export {
  type Checkpoint,
  type CheckpointOptions,
  type CheckpointSettings,
  Checkpoints,
} from './checkpoint.ts';
export { decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.ts';
