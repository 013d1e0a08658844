/** The settings of a run, as text in the page's address and on the command line. */
import type { OptimizerName } from 'relumax/worker';
import { batchSize, DEFAULTS as COMMAND } from '../../src/cli/terminal/option-values.ts';
import { shellOption } from '../../src/cli/terminal/shell.ts';
import { HIDDEN, type Hidden } from '../../src/core/activations.ts';
import { type Architecture, BETWEEN, parseArchitecture } from '../../src/core/architecture.ts';
import { denseArchitecture, product } from '../../src/core/layers.ts';
import { OPTIMIZERS, rowOf } from '../../src/core/optimizers.ts';
import { text } from '../texts/languages.ts';
import { count } from '../texts/words.ts';

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

/** The settings, by their names in the form and the address. */
const NAMES = [
  'layers',
  'activation',
  'epochs',
  'batch',
  'optimizer',
  'rate',
  'schedule',
  'dropout',
  'decay',
  'seed',
] as const;

export type Setting = (typeof NAMES)[number];

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

  constructor(setting: Setting, problem: string) {
    super(text('setting.error', { setting: text(`setting.${setting}`), problem }));
    this.setting = setting;
  }
}

function wrong(setting: Setting, found: string, expected: string): SettingError {
  return new SettingError(setting, text('setting.wrong', { found: cut(found), expected }));
}

function cut(found: string): string {
  return found.length > LONGEST ? `${found.slice(0, LONGEST)}…` : found;
}

/**
 * Settings from their text; what is missing has its default.
 *
 * @throws SettingError that names the setting, what was found and what was expected
 */
export function readSettings(texts: SettingTexts, ends: Ends): Settings {
  const number = (name: 'epochs' | 'batch' | 'seed', least: number, most: number) => {
    const given = texts[name]?.trim();
    if (given === undefined) return DEFAULTS[name];
    const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw wrong(name, given, text('setting.expected.whole', { least, most }));
  };
  const oneOf = <T extends string>(
    name: 'activation' | 'optimizer' | 'schedule',
    all: readonly T[],
  ) => {
    const given = texts[name] ?? DEFAULTS[name];
    const found = all.find((one) => one === given);
    if (found !== undefined) return found;
    throw wrong(name, given, text('setting.expected.oneOf', { all: all.join(', ') }));
  };
  const real = (name: 'rate' | 'dropout' | 'decay', holds: Check) => {
    const given = texts[name]?.trim();
    if (given === undefined) return DEFAULTS[name];
    const value = Number(given || Number.NaN);
    if (value < Infinity && holds(value)) return value;
    throw wrong(name, given, text(`setting.expected.${name}`));
  };
  return {
    architecture: readArchitecture(texts.layers, ends),
    activation: oneOf('activation', HIDDEN),
    epochs: number('epochs', 1, MOST_EPOCHS),
    batch: texts.batch?.trim() === 'full' ? Infinity : number('batch', 1, 1_000_000),
    optimizer: oneOf('optimizer', OPTIMIZERS),
    rate: real('rate', (x) => x > 0)!,
    schedule: oneOf('schedule', SCHEDULES),
    dropout: real('dropout', (x) => x >= 0 && x < 1)!,
    decay: texts.decay?.trim() ? real('decay', (x) => x >= 0) : undefined,
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
  const { input, text: layersText, features: own, outputs } = settings.architecture;
  const given = { ...settingTexts(settings), ...texts };
  if (texts.layers !== undefined) return readSettings(given, ends);
  if (own === features && outputs === classes) return settings;
  const fits = input === undefined || own === features;
  // Convolutions for another image are not known here.
  const [image, ...above] = (fits ? layersText : DEFAULTS.architecture.text).split('-');
  const layers = [input && fits ? image : features, ...above.slice(0, -1), classes].join('-');
  return readSettings({ ...given, layers }, ends);
}

function readArchitecture(given: string | undefined, ends: Ends): Architecture {
  const { features, classes } = ends;
  if (given === undefined) return denseArchitecture([features, ...COMMAND.hiddenLayers, classes]);
  const tight = given.trim().replace(/\s*[-–,]\s*/g, '-');
  const architecture = HAS_IMAGES.test(tight)
    ? readImageLayers(tight, ends)
    : readDenseLayers(tight, ends);
  const { shapes, trained } = architecture;
  if (shapes.length > MOST_LAYERS) {
    throw wrong('layers', given, text('setting.expected.layers', { most: MOST_LAYERS }));
  }
  const parameters = trained.reduce((sum, { weights }) => sum + product(weights) + weights[0]!, 0);
  if (parameters > MOST_PARAMETERS) {
    const values = { most: count(MOST_PARAMETERS), count: count(parameters) };
    throw wrong('layers', given, text('setting.expected.parameters', values));
  }
  const products = trained.reduce(
    (sum, { weights, output: [height, width] }) => sum + product(weights) * height * width,
    0,
  );
  if (products > MOST_PRODUCTS) {
    const values = { most: count(MOST_PRODUCTS), count: count(products) };
    throw wrong('layers', given, text('setting.expected.products', values));
  }
  return architecture;
}

/** The signs of images, convolutions and pooling. */
const HAS_IMAGES = /[xcp]/;

/** Whether layers as text need an image. */
export function needsImage(layers: string): boolean {
  return HAS_IMAGES.test(layers);
}

function readDenseLayers(given: string, { features, classes }: Ends): Architecture {
  const hidden = /^\d+((?:-\d+(?::[a-z]+(?:-relu)?)?)*)-\d+$/.exec(given)?.[1];
  const sizes = hidden?.match(/\d+/g)?.map(Number) ?? [];
  const fits =
    hidden !== undefined &&
    given.startsWith(`${features}-`) &&
    given.endsWith(`-${classes}`) &&
    sizes.every((size) => size >= 1 && size <= MOST_UNITS);
  if (fits) return parsedLayers(given);
  const expected = text('setting.expected.sizes', { features, classes, most: MOST_UNITS });
  throw wrong('layers', given, expected);
}

function readImageLayers(given: string, { features, classes }: Ends): Architecture {
  const architecture = parsedLayers(given);
  const expects = (expected: string) => wrong('layers', given, expected);
  if (architecture.features !== features) {
    throw expects(text('setting.expected.image', { features }));
  }
  if (architecture.outputs !== classes) {
    throw expects(text('setting.expected.outputs', { classes }));
  }
  if (architecture.shapes.some(({ output: [, , channels] }) => channels > MOST_UNITS)) {
    throw expects(text('setting.expected.units', { most: MOST_UNITS }));
  }
  return architecture;
}

/** @throws SettingError that names the part of the text that is wrong */
function parsedLayers(given: string): Architecture {
  try {
    return parseArchitecture(given);
  } catch (error) {
    const [image, ...others] = given.split(BETWEEN).map(cut);
    const layers = needsImage(given) ? others : [image, ...others];
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
  const names = NAMES.filter((name) => given.has(name));
  return readSettings(Object.fromEntries(names.map((name) => [name, given.get(name) ?? ''])), ends);
}

/** What the names of another run's settings begin with in an address. */
const WITH = 'with.';

/**
 * The settings of the other run that an address brings (`with.rate=3`); those that it does not name are
 * those of the run itself.
 *
 * @param settings of the run itself
 * @returns undefined if it brings none
 * @throws SettingError as `readSettings`, RangeError that names what is no setting
 */
export function otherSettings(query: string, settings: Settings, ends: Ends): Settings | undefined {
  const given = [...new URLSearchParams(query)].filter(([name]) => name.startsWith(WITH));
  const texts = given.map(([name, value]) => [name.slice(WITH.length), value] as const);
  const unknown = texts.find(([name]) => !NAMES.some((known) => known === name));
  if (unknown) {
    const all = NAMES.map((name) => WITH + name).join(', ');
    const expected = text('setting.expected.oneOf', { all });
    throw new RangeError(text('setting.wrong', { found: cut(WITH + unknown[0]), expected }));
  }
  const other = readSettings({ ...settingTexts(settings), ...Object.fromEntries(texts) }, ends);
  return Object.keys(differences(other, settings)).length > 0 ? other : undefined;
}

/** The settings as text that are not those of another run. */
export function differences(settings: Settings, other: Settings): SettingTexts {
  const [texts, others] = [settingTexts(settings), settingTexts(other)];
  const differing = Object.entries(texts).filter(
    ([name, text]) => text !== others[name as Setting],
  );
  return Object.fromEntries(differing);
}

/**
 * The query of the address that repeats the run.
 *
 * @param other the run that it is compared with, which the address brings too
 */
export function queryOf(settings: Settings, other?: Settings): string {
  const query = new URLSearchParams(tellingTexts(settings));
  for (const [name, value] of Object.entries(other ? differences(other, settings) : {})) {
    query.set(WITH + name, value);
  }
  return `?${query}`;
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
