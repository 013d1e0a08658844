/** A training as its flags say: data, a network that fits them, and how it is trained. */

import type { Architecture } from '../../core/layers.ts';
import type {
  FitOptions,
  Hidden,
  Initialization,
  NetworkOptions,
  OptimizerName,
  Output,
} from '../../index.ts';
import {
  augmentationOptions,
  checkSize,
  type ImageSize,
  optimizerOptions,
  presetFor,
  readingOptions,
  withPreset,
} from '../options/fit-options.ts';
import type { Values } from '../options/flags.ts';
import { type SettingName, type SettingText, settingTexts } from '../options/settings.ts';
import {
  checkClassWeight,
  checkOutput,
  defaultEpochsAndBatch,
  layersFor,
} from './fitting-network.ts';
import { trainingData } from './held-out.ts';
import type { TrainingData } from './training-data.ts';

export type TrainingFlag = SettingName | 'preset';

export interface TrainingSetup {
  readonly data: TrainingData;
  /** Of the examples, where they are images. */
  readonly size: ImageSize | undefined;
  readonly architecture: Architecture;
  readonly hidden: Hidden;
  readonly initialization: Initialization | undefined;
  readonly output: Output;
  readonly epochs: number;
  /** Examples in a batch; Infinity is all of them. */
  readonly batch: number;
  readonly seed: number;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  /** Options of `fit` besides epochs, batch size and seed. */
  readonly fit: FitOptions;
  /** What determines the outcome. */
  readonly settings: readonly SettingText[];
}

/**
 * The training that the flags say.
 *
 * @param isChosen whether somebody chose a value, so that no preset may change it
 * @param checkData is given the data before anything is fitted to them, and may throw
 * @throws UsageError where flags do not fit each other or the data; Error where those cannot be read
 */
export async function setupFor(
  asked: Values<TrainingFlag>,
  isChosen: (name: string) => boolean,
  checkData: (data: TrainingData) => void = () => {},
): Promise<TrainingSetup> {
  const { seed } = asked;
  // The preset convolves where it can.
  const colour = asked.preset !== undefined && asked.layers === undefined;
  const reading = { ...readingOptions(asked), colour };
  const data = await trainingData(asked.data, asked.testSplit, seed, reading);
  checkSize(asked, data.source);
  checkData(data);
  const preset = presetFor(asked, data);
  const values = preset ? withPreset(asked, isChosen, preset) : asked;
  const { hidden, initialization, classWeight } = values;
  const optimizing = optimizerOptions(values);
  const { learningRate } = optimizing;
  const { name: optimizer } = optimizing.optimizer;
  const size = sizeOf(data);
  checkOutput(data);
  checkClassWeight(classWeight, data);
  const { output } = data;
  const architecture = layersFor(data, values.layers, preset?.hiddenLayers);
  const usual = defaultEpochsAndBatch(data.train.length);
  const { epochs = usual.epochs, batch = usual.batch } = values;
  const chosen = { ...values, layers: architecture, epochs, batch, optimizer, learningRate };
  return {
    ...{ data, size, architecture, hidden, initialization, output, epochs, batch, seed },
    ...{ optimizer, learningRate },
    fit: { ...optimizing, ...augmentationOptions(values, size) },
    settings: settingTexts(chosen),
  };
}

/** How the network is made, but for its layers and threads. */
export function createOptions(setup: TrainingSetup): Omit<NetworkOptions, 'layers'> {
  const { seed, hidden, initialization, output } = setup;
  return { seed, hidden, initialization, output };
}

function sizeOf({ shape }: TrainingData): ImageSize | undefined {
  if (shape === undefined) return undefined;
  const [height, width, channels] = shape;
  return { width, height, channels };
}
