/** All targets. */
import type { Target } from '../target.ts';
import { api, inWorker } from './api.ts';
import { checkpoint } from './checkpoint.ts';
import { cifar } from './cifar.ts';
import { classNames } from './class-names.ts';
import { command } from './command.ts';
import { faults } from './faults.ts';
import { idxFolder } from './idx.ts';
import { images } from './images.ts';
import { jpeg } from './jpeg.ts';
import { model } from './model.ts';
import { npyFolder, npz } from './npy.ts';
import { png } from './png.ts';
import { safetensors } from './safetensors.ts';
import { table } from './table.ts';
import { tfjs } from './tfjs.ts';
import { torch } from './torch.ts';

export const TARGETS = [
  ...[safetensors, model, checkpoint, torch, tfjs],
  ...[idxFolder, cifar, npyFolder, npz, table, classNames],
  ...[png, jpeg, images],
  ...[command, api, inWorker, faults],
] as unknown as readonly Target<unknown>[];
