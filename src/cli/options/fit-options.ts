/** What the flags of a training mean for `fit` and for its data, and the presets of them. */

import { ImageAugmentation } from '../../augmentation.ts';
import type { Layer } from '../../core/layers.ts';
import { type Hyperparameters, rowOf } from '../../core/optimizers.ts';
import type { Channels } from '../../data/image-levels.ts';
import type { Size } from '../../data/resampling.ts';
import type { FitOptions } from '../../index.ts';
import {
  FORMATS,
  type Format,
  isFile,
  nounOf,
  type Reading,
  type Source,
} from '../files/formats.ts';
import { UsageError } from '../terminal/failure.ts';
import { FLAGS, nameOf, type Values } from './flags.ts';
import { chosenOptimizer } from './optimizer-flags.ts';

/** What a preset stands for, by the names of the flags. */
export interface Preset
  extends Partial<Values<'optimizer' | 'learningRate' | 'schedule' | 'dropout' | keyof Moves>> {
  /** The hidden layers, as lists to choose from: the first that fits the examples. */
  readonly hiddenLayers: readonly (readonly Layer[])[];
  readonly epochs: number;
  readonly batch: number;
}

const PRESETS: Readonly<Record<'images' | 'others', Preset>> = {
  images: {
    hiddenLayers: [
      [
        { conv: 16, kernel: 5 },
        { maxPool: 2 },
        { conv: 32, kernel: 3 },
        { maxPool: 2 },
        { conv: 64, kernel: 3 },
        64,
      ],
      // Where the windows do not fit small images.
      [256, 128],
    ],
    epochs: 15,
    batch: 64,
    optimizer: 'adam',
    learningRate: 0.002,
    schedule: 'cosine',
    shift: 2,
    rotate: 10,
    scale: 0.1,
  },
  others: {
    hiddenLayers: [[64, 32]],
    epochs: 100,
    batch: 32,
    optimizer: 'adam',
    learningRate: 0.003,
    schedule: 'cosine',
    dropout: 0.1,
  },
};

/** What the preset, if one was chosen, stands for with examples of a source. */
export function presetFor({ preset }: Values<'preset'>, source: Source): Preset | undefined {
  if (preset === undefined) return undefined;
  return PRESETS[nounOf(source) === 'images' ? 'images' : 'others'];
}

/**
 * How a table is to be understood.
 *
 * @throws UsageError unless the data are a table, which alone has columns and a header, where either
 *   is spoken of
 */
function tableOptions({ data, label, header }: Values<'data' | 'label' | 'header'>) {
  const flag = label !== undefined ? FLAGS.label : header !== undefined ? FLAGS.header : undefined;
  if (flag !== undefined && !(data !== undefined && isFile(data, 'table'))) {
    throw new UsageError(
      `--${nameOf(flag)}: found no table to use it on, expected --data with a .csv or .tsv`,
    );
  }
  return { label, header };
}

/**
 * How the data are to be read, images with the size and as many channels as the layers take.
 *
 * @throws UsageError as `tableOptions`
 */
export function readingOptions(
  asked: Values<'data' | 'label' | 'header' | 'output' | 'channels' | 'size' | 'layers'>,
): Reading {
  const { output, layers, channels, size } = asked;
  const table = tableOptions(asked);
  if (layers?.input === undefined) return { ...table, output, channels, size };
  const [height, width, values] = layers.input;
  return {
    ...{ ...table, output, channels: channels ?? (values as Channels) },
    size: size ?? { width, height },
  };
}

/**
 * Checks that the data are brought to a size, where one is asked for.
 *
 * @throws UsageError where they are not
 */
export function checkSize({ size }: Values<'size'>, { data }: Source): void {
  const { resizes, words }: Format = FORMATS[data];
  if (size === undefined || resizes) return;
  throw new UsageError(`--size: found ${words}, expected a folder of images`);
}

type UpdateFlag =
  | 'optimizer'
  | 'learningRate'
  | keyof Hyperparameters
  | 'weightDecay'
  | 'clipNorm'
  | 'dropout';
type Schedules = Partial<Values<'schedule' | 'warmup' | 'patience'>>;

/**
 * The optimizer, and all that goes with it.
 *
 * @throws UsageError where two flags do not go together
 */
export function optimizerOptions(values: Values<UpdateFlag> & Schedules) {
  const { weightDecay, clipNorm, schedule, warmup, patience, dropout } = values;
  const optimizer = chosenOptimizer(values);
  return {
    optimizer,
    learningRate: values.learningRate ?? rowOf(optimizer).learningRate,
    ...(weightDecay !== undefined && { weightDecay }),
    ...(clipNorm !== undefined && { clipNorm }),
    ...(schedule !== undefined && { schedule }),
    ...(warmup !== undefined && { warmup }),
    ...(dropout !== undefined && { dropout }),
    ...(patience !== undefined && { earlyStopping: { patience } }),
  } satisfies FitOptions;
}

/** Of images that are examples. */
export interface ImageSize extends Size {
  /** Values of a pixel. */
  readonly channels: number;
}

type Moves = Values<'shift' | 'rotate' | 'scale'>;

/**
 * The augmentation: random changes of the training images, new in each epoch.
 *
 * @param size of the images, if the examples are images
 * @throws UsageError where they are none
 */
export function augmentationOptions(
  { shift = 0, rotate = 0, scale = 0 }: Moves,
  size?: Size & Partial<ImageSize>,
) {
  const used = Object.entries({ shift, rotate, scale }).find(([, value]) => value !== 0);
  if (used === undefined) return {};
  if (size === undefined) {
    throw new UsageError(`--${used[0]}: found examples that are no images, expected images`);
  }
  return { augmentation: new ImageAugmentation({ ...size, shift, rotate, scale }) };
}
