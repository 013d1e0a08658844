/** What the flags of a training mean for `fit` and for its data, and the presets of them. */

import { ImageAugmentation } from '../../augmentation.ts';
import type { Layer } from '../../core/layers.ts';
import { type Hyperparameters, rowOf } from '../../core/optimizers.ts';
import type { Channels } from '../../data/image-levels.ts';
import type { Size } from '../../data/resampling.ts';
import type { Dataset, FitOptions } from '../../index.ts';
import { tableDefaults } from '../../table/defaults.ts';
import {
  FORMATS,
  type Format,
  isTable,
  nounOf,
  type Reading,
  type Source,
} from '../files/formats.ts';
import { UsageError } from '../terminal/failure.ts';
import { FLAGS, nameOf, type Values } from './flags.ts';
import { chosenOptimizer } from './optimizer-flags.ts';
import { TABLE_FLAGS, type TableFlag } from './table-flags.ts';

/** Values for flags that were not given, by the names of the flags. */
export interface Preset
  extends Partial<Length>,
    Partial<
      Values<
        | ('hidden' | 'optimizer' | 'learningRate' | 'schedule' | 'weightDecay' | 'dropout')
        | keyof Moves
      >
    > {
  /** The hidden layers, as lists to choose from: the first that fits the examples. */
  readonly hiddenLayers: readonly (readonly Layer[])[];
}

/** How long it trains, where that does not depend on the number of examples alone. */
interface Length {
  readonly epochs: number;
  readonly batch: number;
}

/** What --preset best stands for with images: chosen by its accuracy on digits and on clothing (docs/trainer.md). */
export const BEST_IMAGES: Preset & Length = {
  hiddenLayers: [
    [
      { conv: 16, kernel: 5 },
      { maxPool: 2 },
      { conv: 32, kernel: 3, padding: 'same' },
      { maxPool: 2 },
      { conv: 64, kernel: 3 },
    ],
    // Where the windows do not fit small images.
    [256, 128],
  ],
  epochs: 15,
  batch: 64,
  optimizer: 'adam',
  learningRate: 0.002,
  schedule: 'cosine',
  shift: 1,
  rotate: 5,
  scale: 0.05,
};

/** For images that are standardised, where all units of a few may be dead after some steps of SGD. */
const USUAL_IMAGES: Preset = { hiddenLayers: [[64]], optimizer: 'adam', learningRate: 0.001 };

/**
 * What the preset, if one was chosen, stands for with examples of a source; else what is usual for them,
 * where that depends on more than their number.
 */
export function presetFor(
  { preset }: Values<'preset'>,
  data: {
    source: Source;
    train: Dataset;
    /** What inputs are standardised by, if they are. */
    normalize?: unknown;
  },
): Preset | undefined {
  const { source, train, normalize } = data;
  const best = preset !== undefined;
  if (!best && source.data !== 'table' && normalize === undefined) return undefined;
  if (nounOf(source) === 'images') return best ? BEST_IMAGES : USUAL_IMAGES;
  const usual = tableDefaults(train.length, { best });
  const { hiddenLayers, batchSize, schedule, weightDecay, dropout, ...others } = usual;
  return {
    ...others,
    hiddenLayers: [hiddenLayers],
    batch: batchSize,
    // Those that change nothing are not worth a record.
    ...(schedule !== 'constant' && { schedule }),
    ...(weightDecay > 0 && { weightDecay }),
    ...(dropout > 0 && { dropout }),
  };
}

/**
 * Values that were not chosen, as the preset has them. Its learning rate is for its own optimizer.
 *
 * @param isChosen whether somebody chose a value
 */
export function withPreset<V extends Partial<Values<'optimizer'>>>(
  values: V,
  isChosen: (name: string) => boolean,
  { hiddenLayers: _, ...preset }: Preset,
): V {
  const isOther = isChosen('optimizer') && values.optimizer !== preset.optimizer;
  const filled = Object.entries(preset).filter(
    ([name]) => !isChosen(name) && !(isOther && name === 'learningRate'),
  );
  return { ...values, ...Object.fromEntries(filled) };
}

/**
 * How a table is to be understood.
 *
 * @throws UsageError where a flag says it and the data are no table
 */
function tableOptions({ data, ...asked }: Values<'data' | TableFlag>): Reading['table'] {
  const names = Object.keys(TABLE_FLAGS) as TableFlag[];
  const name = names.find((name) => asked[name] !== undefined);
  if (name !== undefined && !isTable(data)) {
    throw new UsageError(
      `--${nameOf(FLAGS[name])}: found no table to use it on, expected --data with a table, such as a .csv, or -`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, asked[name]]));
}

/**
 * How the data are to be read, images with the size and as many channels as the layers take.
 *
 * @throws UsageError as `tableOptions`
 */
export function readingOptions({
  output,
  layers,
  channels,
  size,
  ...asked
}: Values<'data' | TableFlag | 'output' | 'channels' | 'size' | 'layers'>): Reading {
  const reading = { table: tableOptions(asked), output, channels, size };
  if (layers?.input === undefined) return reading;
  const [height, width, values] = layers.input;
  return {
    ...reading,
    channels: channels ?? (values as Channels),
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
  | 'dropout'
  | 'classWeight';
type Schedules = Partial<Values<'schedule' | 'warmup' | 'patience'>>;

/**
 * The optimizer, and all that goes with it.
 *
 * @throws UsageError where two flags do not go together
 */
export function optimizerOptions(values: Values<UpdateFlag> & Schedules) {
  const { weightDecay, clipNorm, schedule, warmup, patience, dropout, classWeight } = values;
  const optimizer = chosenOptimizer(values);
  return {
    optimizer,
    learningRate: values.learningRate ?? rowOf(optimizer).learningRate,
    ...(weightDecay !== undefined && { weightDecay }),
    ...(clipNorm !== undefined && { clipNorm }),
    ...(schedule !== undefined && { schedule }),
    ...(warmup !== undefined && { warmup }),
    ...(dropout !== undefined && { dropout }),
    ...(classWeight !== undefined && { classWeights: classWeight }),
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
