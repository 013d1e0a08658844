/** A training as its flags say: data, a network that fits them, and how it is trained. */

import type { FitOptions, Hidden, OptimizerName, Output } from '../../index.ts';
import { FORMATS, type Format } from '../files/formats.ts';
import type { Size } from '../files/images/image-file.ts';
import {
  augmentationOptions,
  optimizerOptions,
  type Preset,
  presetFor,
  tableOptions,
} from '../options/fit-options.ts';
import type { Values } from '../options/flags.ts';
import { type SettingName, type SettingText, settingTexts } from '../options/settings.ts';
import { checkOutput, defaultEpochsAndBatch, layersFor } from './fitting-network.ts';
import { type TrainingData, trainingData } from './held-out.ts';

export type TrainingFlag = SettingName | 'preset';

export interface TrainingSetup {
  readonly data: TrainingData;
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
  const reading = { ...tableOptions(asked), output: asked.output };
  const data = await trainingData(asked.data, asked.testSplit, seed, reading);
  checkData(data);
  const preset = presetFor(asked, data.source);
  const values = preset ? withPreset(asked, isChosen, preset) : asked;
  const { hidden, optimizer } = values;
  const optimizing = optimizerOptions(values);
  const { learningRate } = optimizing;
  const size = imageSizeOf(data);
  checkOutput(data);
  const { output } = data;
  const layers = layersFor(data, values.layers, preset?.hiddenLayers);
  const usual = defaultEpochsAndBatch(data.train.length);
  const { epochs = usual.epochs, batch = usual.batch } = values;
  return {
    ...{ data, size, layers, hidden, output, epochs, batch, seed, optimizer, learningRate },
    fit: { ...optimizing, ...augmentationOptions(values, size) },
    settings: settingTexts({ ...values, layers, epochs, batch, learningRate }),
  };
}

/** Values that were not chosen, as the preset has them. */
function withPreset(
  values: Values<TrainingFlag>,
  isChosen: (name: string) => boolean,
  { hiddenLayers, ...preset }: Preset,
): Values<TrainingFlag> {
  const filled = Object.entries(preset).filter(([name]) => !isChosen(name));
  return { ...values, ...Object.fromEntries(filled) };
}

/** The size of the examples, where they are images of a size that is known or square. */
function imageSizeOf({ train, source, record }: TrainingData): Size | undefined {
  const { hasColumns }: Format = FORMATS[source.data];
  if (hasColumns) return undefined;
  const [width, height] = record.size?.split('x').map(Number) ?? [];
  if (width !== undefined && height !== undefined) return { width, height };
  const side = Math.sqrt(train.features);
  return Number.isInteger(side) ? { width: side, height: side } : undefined;
}
