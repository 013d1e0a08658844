/** What a training is made of: examples, a network that fits them, and settings. */

import { type Command, Option } from 'commander';
import {
  type FitOptions,
  type Hidden,
  Network,
  type OptimizerName,
  type Output,
} from '../index.ts';
import {
  type AugmentationChoice,
  addAugmentationOptions,
  augmentationOptions,
} from './augmentation-options.ts';
import { UsageError } from './failure.ts';
import { DEFAULT_TEST_SPLIT, examplesToLearn, type Material } from './held-out.ts';
import type { Size } from './image-file.ts';
import { addNetworkOptions, type NetworkChoice } from './network-options.ts';
import {
  addOptimizerOptions,
  type OptimizerChoice,
  optimizerOptions,
} from './optimizer-options.ts';
import { batchSize, layerSizes, path, seed, share } from './option-values.ts';
import { addPresetOption, type Preset, type PresetChoice, presetFor } from './presets.ts';
import { settingsOf } from './repeat-command.ts';
import { DATA_HELP, isTable, nounOf } from './source.ts';

/** What a training is like unless told otherwise. */
export const DEFAULTS = { hidden: [10], epochs: 20, batchSize: 64, seed: 1 };

/** Of few examples, epochs are more and batches smaller, until there are enough updates. */
export const FEW = { updates: 1000, epochs: 200, batchSize: 8 };

/** What a command line says of it. */
export interface RecipeOptions
  extends NetworkChoice,
    OptimizerChoice,
    AugmentationChoice,
    PresetChoice {
  data?: string;
  layers?: number[];
  label?: string;
  header?: boolean;
  epochs?: number;
  batch?: number;
  seed: number;
  testSplit?: number;
}

export interface Recipe {
  readonly material: Material;
  /** Of the examples, where they are images. */
  readonly size: Size | undefined;
  readonly layers: number[];
  readonly hidden: Hidden;
  readonly output: Output;
  readonly epochs: number;
  /** Examples in a batch; Infinity is all of them. */
  readonly batch: number;
  readonly seed: number;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  /** How to train, epochs, batch and seed apart. */
  readonly fit: FitOptions;
  /** What decides the outcome, by the names of the options. */
  readonly settings: readonly (readonly [string, string])[];
}

export function addRecipeOptions(command: Command): Command {
  command
    .option('-d, --data <path>', DATA_HELP, path)
    .option(
      '--label <column>',
      'label column of a table: its name, or its number (default: the last)',
    )
    .option('--header', 'the first row of a table names its columns (default: the rows tell)')
    .option('--no-header', 'the first row of a table is data')
    .addOption(
      new Option(
        '-l, --layers <sizes>',
        `units of each layer, the input's first (default: 784-${DEFAULTS.hidden.join('-')}-10, or what fits the data)`,
      ).argParser(layerSizes),
    )
    .option(
      '-b, --batch <n>',
      `examples an update, or full (default: ${DEFAULTS.batchSize}, or down to ${FEW.batchSize} where examples are few)`,
      batchSize,
    )
    .option('-s, --seed <n>', 'decides all that is random', seed, DEFAULTS.seed)
    .option(
      '-t, --test-split <share>',
      `share to hold out (default: ${DEFAULT_TEST_SPLIT}; of data with test files those, or the given share of the training files)`,
      share,
    );
  addPresetOption(command);
  addNetworkOptions(command);
  addOptimizerOptions(command);
  return addAugmentationOptions(command);
}

/**
 * The recipe that the options say.
 *
 * @param isChosen whether somebody chose an option, so that no preset may change it
 * @throws UsageError where options do not fit each other or the data; Error where those cannot be read
 */
export async function recipeFor(
  asked: RecipeOptions,
  isChosen: (name: string) => boolean,
): Promise<Recipe> {
  const { label, header, output: wanted, seed } = asked;
  if (label !== undefined || header !== undefined) mustBeTable(asked);
  const reading = { label, header, output: wanted };
  const material = await examplesToLearn(asked.data, asked.testSplit, seed, reading);
  const preset = presetFor(asked, material.source);
  const options = preset ? withPreset(asked, isChosen, preset) : asked;
  const { hidden, optimizer } = options;
  const optimizing = optimizerOptions(options);
  const { learningRate } = optimizing;
  const size = imageSizeOf(material);
  const output = outputFor(material, wanted);
  const layers = layersFor(material, options.layers, preset?.hiddenLayers);
  const { epochs, batch } = { ...paceFor(material.train.length), ...given(options) };
  return {
    ...{ material, size, layers, hidden, output, epochs, batch, seed, optimizer, learningRate },
    fit: { ...optimizing, ...augmentationOptions(options, size) },
    settings: settingsOf({ ...options, layers, epochs, batch, learningRate }),
  };
}

/** @throws UsageError unless the data is a table, which alone has columns and a header */
function mustBeTable({ data, label }: RecipeOptions): void {
  if (data !== undefined && isTable(data)) return;
  const option = label === undefined ? '--header' : '--label';
  throw new UsageError(
    `${option}: found no table to use it on, expected --data with a .csv or .tsv`,
  );
}

/**
 * Epochs and examples in a batch unless told otherwise: those of `DEFAULTS` where they come to
 * enough updates; else the batch is halved, and then epochs are added, as far as `FEW` goes.
 */
function paceFor(examples: number): { epochs: number; batch: number } {
  const updates = (batch: number) => DEFAULTS.epochs * Math.ceil(examples / batch);
  let batch = DEFAULTS.batchSize;
  while (batch > FEW.batchSize && updates(batch) < FEW.updates) batch /= 2;
  const needed = Math.ceil(FEW.updates / Math.ceil(examples / batch));
  return { batch, epochs: Math.min(FEW.epochs, Math.max(DEFAULTS.epochs, needed)) };
}

/** Of epochs and batch, what was given. */
function given({ epochs, batch }: RecipeOptions): { epochs?: number; batch?: number } {
  return { ...(epochs !== undefined && { epochs }), ...(batch !== undefined && { batch }) };
}

/** Options that were not chosen, as the preset has them. */
function withPreset(
  options: RecipeOptions,
  isChosen: (name: string) => boolean,
  { hiddenLayers, ...preset }: Preset,
): RecipeOptions {
  const filled = Object.entries(preset).filter(([name]) => !isChosen(name));
  return { ...options, ...Object.fromEntries(filled) };
}

/** The layers asked for, or the default ones, where they fit the data. */
function layersFor(
  { train, source }: Material,
  asked: number[] | undefined,
  hidden: readonly number[] = DEFAULTS.hidden,
): number[] {
  const { features, outputs, targets } = train;
  const layers = asked ?? [features, ...hidden, outputs];
  if (layers[0] !== features || layers.at(-1) !== outputs) {
    throw new UsageError(
      `--layers ${layers.join('-')} does not fit the data: the first size must be ${features}, the values in each of the ${nounOf(source)}, and the last ${outputs}, its ${targets ? 'numbers to be learnt' : 'classes'}`,
    );
  }
  return layers;
}

/**
 * The output asked for, or that of the data, where it fits.
 *
 * @throws UsageError where it does not
 */
function outputFor({ train }: Material, asked: Output | undefined): Output {
  const output = asked ?? (train.targets ? 'linear' : 'softmax');
  if ((output === 'softmax') === (train.targets === undefined)) return output;
  throw new UsageError(`--output ${output}: found data with classes, expected softmax`);
}

/** The size of the examples, where they are images of a size that is known or square. */
function imageSizeOf({ train, source, record }: Material): Size | undefined {
  if (source.data === 'table') return undefined;
  const [width, height] = record.size?.split('x').map(Number) ?? [];
  if (width !== undefined && height !== undefined) return { width, height };
  const side = Math.sqrt(train.features);
  return Number.isInteger(side) ? { width: side, height: side } : undefined;
}

/** The loss of who knows no more than how often each class is, or of the mean, if that is known. */
export function lossOfGuessing({ train, targets }: Material): number | undefined {
  if (train.targets === undefined) return Math.log(train.classes);
  return targets && 1;
}

/**
 * The new network.
 *
 * @throws UsageError where its sizes are too large for it
 */
export async function createNetwork(recipe: Recipe): Promise<Network> {
  const { layers, seed, hidden, output } = recipe;
  try {
    return await Network.create({ layers, seed, hidden, output });
  } catch (error) {
    if (!(error instanceof RangeError && error.message.startsWith('layers'))) throw error;
    throw new UsageError(`--${error.message}`, { cause: error });
  }
}
