/** The settings of a run, as text in the page's address and on the command line. */
import type { OptimizerName } from 'relumax/worker';
import { batchSize, DEFAULTS as COMMAND } from '../src/cli/terminal/option-values.ts';
import { shellOption } from '../src/cli/terminal/shell.ts';
import { HIDDEN, type Hidden } from '../src/core/activations.ts';
import { type Architecture, BETWEEN, parseArchitecture } from '../src/core/architecture.ts';
import { denseArchitecture, product } from '../src/core/layers.ts';
import { OPTIMIZERS, rowOf } from '../src/core/optimizers.ts';
import { count } from './words.ts';

export interface Settings {
  readonly architecture: Architecture;
  readonly epochs: number;
  /** Of the hidden layers that have none of their own. */
  readonly activation: Hidden;
  /** Examples per update; Infinity: all of them. */
  readonly batch: number;
  readonly optimizer: OptimizerName;
  /** α. */
  readonly rate: number;
  readonly schedule: PlainSchedule;
  readonly dropout: number;
  /** λ; undefined: the optimizer's default. */
  readonly decay: number | undefined;
  readonly seed: number;
}

/** The learning rate schedules that take no numbers. */
const SCHEDULES = ['constant', 'cosine'] as const;
type PlainSchedule = (typeof SCHEDULES)[number];

/** The number of inputs and of outputs, which the data determine. */
export interface Ends {
  readonly features: number;
  readonly classes: number;
}

/** The reference network. */
export const DEFAULTS: Settings = {
  architecture: denseArchitecture([784, ...COMMAND.hiddenLayers, 10]),
  activation: 'relu',
  epochs: COMMAND.epochs,
  batch: COMMAND.batch,
  optimizer: 'sgd',
  rate: rowOf({ name: 'sgd' }).learningRate,
  schedule: 'constant',
  dropout: 0,
  decay: undefined,
  seed: COMMAND.seed,
};

/** The fraction of the examples that is held out, as by `relumax train`. */
export const HELD_OUT = COMMAND.testSplit;

/** Larger networks would be too slow in a page. */
const MOST_UNITS = 1024;
const MOST_LAYERS = 100;
const MOST_PARAMETERS = 2 ** 22;
const MOST_PRODUCTS = 2 ** 23;
const MOST_EPOCHS = 1000;

/** Options of the command with their values. */
export type DataOptions = readonly (readonly [string, string])[];

/** The labels of the settings, by their names in the form and the address. */
const NAMES = {
  layers: 'Layers',
  activation: 'Activation',
  epochs: 'Epochs',
  batch: 'Batch size',
  optimizer: 'Optimizer',
  rate: 'Learning rate',
  schedule: 'Schedule',
  dropout: 'Dropout',
  decay: 'Weight decay',
  seed: 'Seed',
} as const;

type Setting = keyof typeof NAMES;

/** Those that an address or a command has only where they are not the digits' defaults. */
const RARE = ['activation', 'schedule', 'dropout', 'decay'] as const satisfies readonly Setting[];

/** Settings as text. */
export type SettingTexts = Readonly<Partial<Record<Setting, string>>>;

type Check = (value: number) => boolean;

/** Characters of a wrong text that an error repeats. */
const LONGEST = 60;

/** A setting that is not valid. */
export class SettingError extends RangeError {
  readonly setting: Setting;

  constructor(setting: Setting, words: string) {
    super(`${NAMES[setting]}: ${words}`);
    this.setting = setting;
  }
}

function wrong(setting: Setting, found: string, expected: string): SettingError {
  return new SettingError(setting, `found “${cut(found)}”, expected ${expected}`);
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
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
    throw wrong(name, text, `a whole number from ${least} to ${most}`);
  };
  const oneOf = <T extends string>(
    name: 'activation' | 'optimizer' | 'schedule',
    all: readonly T[],
  ) => {
    const text = texts[name] ?? DEFAULTS[name];
    const found = all.find((one) => one === text);
    if (found === undefined) throw wrong(name, text, `one of ${all.join(', ')}`);
    return found;
  };
  const real = (name: 'rate' | 'dropout' | 'decay', holds: Check, expected: string) => {
    const text = texts[name]?.trim();
    if (text === undefined) return DEFAULTS[name];
    const value = Number(text || Number.NaN);
    if (value < Infinity && holds(value)) return value;
    throw wrong(name, text, expected);
  };
  return {
    architecture: readArchitecture(texts.layers, ends),
    activation: oneOf('activation', HIDDEN),
    epochs: number('epochs', 1, MOST_EPOCHS),
    batch: texts.batch?.trim() === 'full' ? Infinity : number('batch', 1, 1_000_000),
    optimizer: oneOf('optimizer', OPTIMIZERS),
    rate: real('rate', (x) => x > 0, 'a number above 0, such as 0.1')!,
    schedule: oneOf('schedule', SCHEDULES),
    dropout: real('dropout', (x) => x >= 0 && x < 1, 'a number from 0 to below 1, such as 0.2')!,
    decay: texts.decay?.trim()
      ? real('decay', (x) => x >= 0, 'a number from 0, such as 0.01, or nothing')
      : undefined,
    seed: number('seed', 0, Number.MAX_SAFE_INTEGER),
  };
}

/**
 * Settings for data of other sizes: the hidden layers stay, but for those of other images.
 *
 * @param texts settings that replace others
 * @throws SettingError as `readSettings`
 */
export function fittingSettings(
  settings: Settings,
  ends: Ends,
  texts: SettingTexts = {},
): Settings {
  const { features, classes } = ends;
  const { input, text, features: own, outputs } = settings.architecture;
  const given = { ...settingTexts(settings), ...texts };
  if (texts.layers !== undefined) return readSettings(given, ends);
  if (own === features && outputs === classes) return settings;
  const fits = input === undefined || own === features;
  // Convolutions for another image are not known here.
  const [image, ...above] = (fits ? text : DEFAULTS.architecture.text).split('-');
  const layers = [input && fits ? image : features, ...above.slice(0, -1), classes].join('-');
  return readSettings({ ...given, layers }, ends);
}

function readArchitecture(text: string | undefined, ends: Ends): Architecture {
  const { features, classes } = ends;
  if (text === undefined) return denseArchitecture([features, ...COMMAND.hiddenLayers, classes]);
  const tight = text.trim().replace(/\s*[-–,]\s*/g, '-');
  const architecture = HAS_IMAGES.test(tight)
    ? readImageLayers(tight, ends)
    : readDenseLayers(tight, ends);
  const { shapes, trained } = architecture;
  if (shapes.length > MOST_LAYERS) {
    throw wrong('layers', text, `at most ${MOST_LAYERS} layers above the inputs`);
  }
  const parameters = trained.reduce((sum, { weights }) => sum + product(weights) + weights[0]!, 0);
  if (parameters > MOST_PARAMETERS) {
    const expected = `at most ${count(MOST_PARAMETERS)} parameters; these have ${count(parameters)}`;
    throw wrong('layers', text, expected);
  }
  const products = trained.reduce(
    (sum, { weights, output: [height, width] }) => sum + product(weights) * height * width,
    0,
  );
  if (products > MOST_PRODUCTS) {
    const expected = `at most ${count(MOST_PRODUCTS)} products an image; these take ${count(products)}`;
    throw wrong('layers', text, expected);
  }
  return architecture;
}

/** The signs of images, convolutions and pooling. */
const HAS_IMAGES = /[xcp]/;

/** Whether layers as text need an image. */
export function needsImage(layers: string): boolean {
  return HAS_IMAGES.test(layers);
}

function readDenseLayers(text: string, { features, classes }: Ends): Architecture {
  const hidden = /^\d+((?:-\d+(?::[a-z]+(?:-relu)?)?)*)-\d+$/.exec(text)?.[1];
  const sizes = hidden?.match(/\d+/g)?.map(Number) ?? [];
  const fits =
    hidden !== undefined &&
    text.startsWith(`${features}-`) &&
    text.endsWith(`-${classes}`) &&
    sizes.every((size) => size >= 1 && size <= MOST_UNITS);
  if (fits) return parsedLayers(text);
  throw wrong(
    'layers',
    text,
    `sizes such as ${features}-32-${classes}: ${features} first, ${classes} last, 1 to ${MOST_UNITS} between`,
  );
}

function readImageLayers(text: string, { features, classes }: Ends): Architecture {
  const architecture = parsedLayers(text);
  if (architecture.features !== features) {
    throw wrong('layers', text, `an image of ${features} values first`);
  }
  if (architecture.outputs !== classes) throw wrong('layers', text, `${classes} last`);
  if (architecture.shapes.some(({ output: [, , channels] }) => channels > MOST_UNITS)) {
    throw wrong('layers', text, `1 to ${MOST_UNITS} filters or units in a layer`);
  }
  return architecture;
}

/** @throws SettingError that names the part of the text that is wrong */
function parsedLayers(text: string): Architecture {
  try {
    return parseArchitecture(text);
  } catch (error) {
    const [image, ...others] = text.split(BETWEEN).map(cut);
    const layers = needsImage(text) ? others : [image, ...others];
    const words = (error as Error).message.replace(
      /^(?:(input)|layers)(?:\[(\d+)\])?(?:\.\w+)?: /,
      (_, isInput, index) => (isInput ? `${image}: ` : index ? `${layers[index]}: ` : ''),
    );
    throw new SettingError('layers', words);
  }
}

/** The settings as text. */
export function settingTexts(settings: Settings) {
  const {
    architecture,
    activation,
    epochs,
    batch,
    optimizer,
    rate,
    schedule,
    dropout,
    decay,
    seed,
  } = settings;
  return {
    layers: architecture.text,
    activation,
    epochs: String(epochs),
    batch: batchSize.format(batch),
    optimizer,
    rate: String(rate),
    schedule,
    dropout: String(dropout),
    decay: decay === undefined ? '' : String(decay),
    seed: String(seed),
  } satisfies SettingTexts;
}

/** Without those that are rare and have their defaults. */
function tellingTexts(settings: Settings) {
  const [texts, usual] = [settingTexts(settings), settingTexts(DEFAULTS)];
  const isUsual = (name: string) =>
    RARE.some((rare) => rare === name && texts[rare] === usual[rare]);
  return Object.fromEntries(Object.entries(texts).filter(([name]) => !isUsual(name)));
}

/** The settings of an address; its other parameters are ignored. */
export function settingsFromQuery(query: string, ends: Ends): Settings {
  const given = new URLSearchParams(query);
  const names = Object.keys(NAMES).filter((name) => given.has(name));
  return readSettings(Object.fromEntries(names.map((name) => [name, given.get(name) ?? ''])), ends);
}

/** The query of the address that repeats the run. */
export function queryOf(settings: Settings): string {
  return `?${new URLSearchParams(tellingTexts(settings))}`;
}

/** The command's names of settings that have others here. */
const FLAGS: Readonly<Record<string, string>> = {
  activation: 'hidden',
  rate: 'learning-rate',
  decay: 'weight-decay',
};

/**
 * The command that trains to the same parameters in Node.
 *
 * @param data options for the data; none for the bundled digits
 * @param isTable whether the command has other defaults for these data, so that nothing may be left out
 */
export function commandOf(settings: Settings, data: DataOptions = [], isTable = false): string {
  const { decay = rowOf({ name: settings.optimizer }).decoupledDecay ?? 0 } = settings;
  const texts = isTable ? settingTexts({ ...settings, decay }) : tellingTexts(settings);
  const options = Object.entries(texts).map(
    ([name, value]) => [FLAGS[name] ?? name, value] as const,
  );
  const words = [...data, ...options].map(([name, value]) => shellOption(name, value));
  return `npx relumax train ${words.join(' ')} --print-hash`;
}
