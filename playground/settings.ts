/** The settings of a run, as text in the page's address and on the command line. */
import type { OptimizerName } from 'relumax/worker';
import { batchSize, DEFAULTS as COMMAND } from '../src/cli/terminal/option-values.ts';
import { shellOption } from '../src/cli/terminal/shell.ts';
import { OPTIMIZERS, rowOf } from '../src/core/optimizers.ts';
import { count } from './words.ts';

export interface Settings {
  /** n⁰ … nᴸ. */
  readonly layers: readonly number[];
  readonly epochs: number;
  /** Examples per update; Infinity: all of them. */
  readonly batch: number;
  readonly optimizer: OptimizerName;
  /** α. */
  readonly rate: number;
  readonly seed: number;
}

/** The sizes of the first and the last layer, which the data determine. */
export interface Ends {
  readonly features: number;
  readonly classes: number;
}

/** The reference network. */
export const DEFAULTS: Settings = {
  layers: [784, ...COMMAND.hiddenLayers, 10],
  epochs: COMMAND.epochs,
  batch: COMMAND.batch,
  optimizer: 'sgd',
  rate: rowOf({ name: 'sgd' }).learningRate,
  seed: COMMAND.seed,
};

/** The fraction of the examples that is held out, as by `relumax train`. */
export const HELD_OUT = COMMAND.testSplit;

/** Larger networks would be too slow in a page. */
const MOST_UNITS = 1024;
const MOST_LAYERS = 100;
const MOST_PARAMETERS = 2 ** 22;
const MOST_EPOCHS = 1000;

/** Options of the command with their values. */
export type DataOptions = readonly (readonly [string, string])[];

/** Settings as text, by their names in the form and the address. */
export type SettingTexts = Readonly<Partial<Record<keyof Settings, string>>>;

/** The labels of the settings. */
const NAMES: Readonly<Record<keyof Settings, string>> = {
  layers: 'Layers',
  epochs: 'Epochs',
  batch: 'Batch size',
  optimizer: 'Optimizer',
  rate: 'Learning rate',
  seed: 'Seed',
};

/** Characters of a wrong text that an error repeats. */
const LONGEST = 60;

/** A setting that is not valid. */
export class SettingError extends RangeError {
  readonly setting: keyof Settings;

  constructor(setting: keyof Settings, found: string, expected: string) {
    const text = found.length > LONGEST ? `${found.slice(0, LONGEST)}…` : found;
    super(`${NAMES[setting]}: found “${text}”, expected ${expected}`);
    this.setting = setting;
  }
}

/**
 * Settings from their text; what is missing has its default.
 *
 * @throws SettingError that names the setting, what was found and what was expected
 */
export function readSettings(texts: SettingTexts, ends: Ends): Settings {
  const number = (name: 'epochs' | 'batch' | 'seed', least: number, most: number) => {
    const text = texts[name]?.trim();
    if (text === undefined) return DEFAULTS[name];
    if (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
    throw new SettingError(name, text, `a whole number from ${least} to ${most}`);
  };
  const optimizer = OPTIMIZERS.find((name) => name === (texts.optimizer ?? DEFAULTS.optimizer));
  if (optimizer === undefined) {
    throw new SettingError('optimizer', texts.optimizer ?? '', `one of ${OPTIMIZERS.join(', ')}`);
  }
  const rate = texts.rate === undefined ? DEFAULTS.rate : Number(texts.rate.trim() || Number.NaN);
  if (!(rate > 0 && rate < Infinity)) {
    throw new SettingError('rate', texts.rate ?? '', 'a number above 0, such as 0.1');
  }
  return {
    layers: readLayers(texts.layers, ends),
    epochs: number('epochs', 1, MOST_EPOCHS),
    batch: texts.batch?.trim() === 'full' ? Infinity : number('batch', 1, 1_000_000),
    optimizer,
    rate,
    seed: number('seed', 0, Number.MAX_SAFE_INTEGER),
  };
}

function readLayers(text: string | undefined, { features, classes }: Ends): number[] {
  if (text === undefined) return [features, ...DEFAULTS.layers.slice(1, -1), classes];
  const layers = text
    .trim()
    .split(/\s*[-–,]\s*/)
    .map((size) => (/^\d+$/.test(size) ? Number(size) : Number.NaN));
  const fits =
    layers.length >= 2 &&
    layers[0] === features &&
    layers.at(-1) === classes &&
    layers.slice(1, -1).every((size) => size >= 1 && size <= MOST_UNITS);
  const parameters = layers.slice(1).reduce((sum, size, l) => sum + size * (layers[l]! + 1), 0);
  if (fits && layers.length - 1 > MOST_LAYERS) {
    throw new SettingError('layers', text, `at most ${MOST_LAYERS} layers above the inputs`);
  }
  if (fits && parameters > MOST_PARAMETERS) {
    const expected = `at most ${count(MOST_PARAMETERS)} parameters; these have ${count(parameters)}`;
    throw new SettingError('layers', text, expected);
  }
  if (fits) return layers;
  throw new SettingError(
    'layers',
    text,
    `sizes such as ${features}-32-${classes}: ${features} first, ${classes} last, 1 to ${MOST_UNITS} between`,
  );
}

/** The settings as text. */
export function settingTexts({ layers, epochs, batch, optimizer, rate, seed }: Settings) {
  return {
    layers: layers.join('-'),
    epochs: String(epochs),
    batch: batchSize.format(batch),
    optimizer,
    rate: String(rate),
    seed: String(seed),
  } satisfies SettingTexts;
}

/** The settings of an address; its other parameters are ignored. */
export function settingsFromQuery(query: string, ends: Ends): Settings {
  const given = new URLSearchParams(query);
  const names = Object.keys(NAMES).filter((name) => given.has(name));
  return readSettings(Object.fromEntries(names.map((name) => [name, given.get(name) ?? ''])), ends);
}

/** The query of the address that repeats the run. */
export function queryOf(settings: Settings): string {
  return `?${new URLSearchParams(settingTexts(settings))}`;
}

/**
 * The command that trains to the same parameters in Node.
 *
 * @param data options for the data; none for the bundled digits
 */
export function commandOf(settings: Settings, data: DataOptions = []): string {
  const { rate, ...texts } = settingTexts(settings);
  const { seed, ...chosen } = texts;
  const options = Object.entries({ ...chosen, 'learning-rate': rate, seed });
  const words = [...data, ...options].map(([name, value]) => shellOption(name, value));
  return `npx relumax train ${words.join(' ')} --print-hash`;
}
