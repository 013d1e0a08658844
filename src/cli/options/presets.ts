/** Settings of `relumax train` that go well together, for those who would rather not choose. */
import { type Command, Option } from 'commander';
import { nounOf, type Source } from '../files/source.ts';
import type { AugmentationChoice } from './augmentation-options.ts';
import type { OptimizerChoice } from './optimizer-options.ts';

export interface PresetChoice {
  preset?: 'best';
}

/** What a preset stands for, by the names of the options. */
export interface Preset extends AugmentationChoice, Partial<OptimizerChoice> {
  /** Units of the hidden layers. */
  readonly hiddenLayers: readonly number[];
  readonly epochs: number;
  readonly batch: number;
}

const IMAGES: Preset = {
  hiddenLayers: [256, 128],
  epochs: 20,
  batch: 64,
  optimizer: 'adam',
  schedule: 'cosine',
  shift: 2,
  rotate: 10,
  scale: 0.1,
};

const OTHERS: Preset = {
  hiddenLayers: [64, 32],
  epochs: 100,
  batch: 32,
  optimizer: 'adam',
  learningRate: 0.003,
  schedule: 'cosine',
  dropout: 0.1,
};

export function addPresetOption(command: Command): Command {
  return command.addOption(
    new Option('--preset <name>', 'best: defaults for high accuracy rather than speed').choices([
      'best',
    ]),
  );
}

/** What the preset, if one was chosen, stands for with examples of a source. */
export function presetFor({ preset }: PresetChoice, source: Source): Preset | undefined {
  if (preset === undefined) return undefined;
  return nounOf(source) === 'images' ? IMAGES : OTHERS;
}
