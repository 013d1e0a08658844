/** What a training is made of: examples, a network that fits them, and settings. */

import type { Command } from 'commander';
import type { FitOptions, Hidden, OptimizerName, Output } from '../../index.ts';
import type { Size } from '../files/images/image-file.ts';
import {
  type AugmentationChoice,
  addAugmentationOptions,
  augmentationOptions,
} from '../options/augmentation-options.ts';
import { addDataOptions, type DataChoice, tableOptions } from '../options/data-options.ts';
import { addNetworkOptions, type NetworkChoice } from '../options/network-options.ts';
import {
  addOptimizerOptions,
  type OptimizerChoice,
  optimizerOptions,
} from '../options/optimizer-options.ts';
import { addPresetOption, type Preset, type PresetChoice, presetFor } from '../options/presets.ts';
import { seed, share } from '../terminal/option-values.ts';
import {
  addFittingOptions,
  checkOutput,
  DEFAULTS,
  type FittingChoice,
  layersFor,
  paceFor,
} from './fitting-network.ts';
import { DEFAULT_TEST_SPLIT, examplesToLearn, type Material } from './held-out.ts';
import { settingsOf } from './repeat-command.ts';

/** What a command line says of it. */
export interface RecipeOptions
  extends DataChoice,
    FittingChoice,
    NetworkChoice,
    OptimizerChoice,
    AugmentationChoice,
    PresetChoice {
  epochs?: number;
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
  addFittingOptions(addDataOptions(command))
    .option('-s, --seed <n>', 'random seed', seed, DEFAULTS.seed)
    .option(
      '-t, --test-split <fraction>',
      `fraction of the examples to hold out (default: ${DEFAULT_TEST_SPLIT}, or the test files where the data has some)`,
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
 * @param checkData is given the data before anything is fitted to them, and may throw
 * @throws UsageError where options do not fit each other or the data; Error where those cannot be read
 */
export async function recipeFor(
  asked: RecipeOptions,
  isChosen: (name: string) => boolean,
  checkData: (material: Material) => void = () => {},
): Promise<Recipe> {
  const { seed } = asked;
  const reading = { ...tableOptions(asked), output: asked.output };
  const material = await examplesToLearn(asked.data, asked.testSplit, seed, reading);
  checkData(material);
  const preset = presetFor(asked, material.source);
  const options = preset ? withPreset(asked, isChosen, preset) : asked;
  const { hidden, optimizer } = options;
  const optimizing = optimizerOptions(options);
  const { learningRate } = optimizing;
  const size = imageSizeOf(material);
  checkOutput(material);
  const { output } = material;
  const layers = layersFor(material, options.layers, preset?.hiddenLayers);
  const { epochs, batch } = { ...paceFor(material.train.length), ...given(options) };
  return {
    ...{ material, size, layers, hidden, output, epochs, batch, seed, optimizer, learningRate },
    fit: { ...optimizing, ...augmentationOptions(options, size) },
    settings: settingsOf({ ...options, layers, epochs, batch, learningRate }),
  };
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

/** The size of the examples, where they are images of a size that is known or square. */
function imageSizeOf({ train, source, record }: Material): Size | undefined {
  if (source.data === 'table') return undefined;
  const [width, height] = record.size?.split('x').map(Number) ?? [];
  if (width !== undefined && height !== undefined) return { width, height };
  const side = Math.sqrt(train.features);
  return Number.isInteger(side) ? { width: side, height: side } : undefined;
}
