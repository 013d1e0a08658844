/** All targets. */
import type { Target } from '../target.ts';
import { checkpoint } from './checkpoint.ts';
import { classNames } from './class-names.ts';
import { idxFolder } from './idx.ts';
import { model } from './model.ts';
import { safetensors } from './safetensors.ts';
import { torch } from './torch.ts';

export const TARGETS = [
  ...[safetensors, model, checkpoint, torch],
  ...[idxFolder, classNames],
] as unknown as readonly Target<unknown>[];
