/**
 * The flags of the command, each a row: how it is written, what it says in the help, its value, its
 * default. Commander's options, completion, the record of a training's settings and the command that
 * repeats it are made of these.
 */

import { HIDDEN, OUTPUTS } from '../../core/activations.ts';
import { INITIALIZATIONS } from '../../core/initialization.ts';
import { OPTIMIZERS } from '../../core/optimizers.ts';
import { CHANNELS } from '../../data/image-levels.ts';
import { MOST } from '../../threads/image-moves.ts';
import { DATA_HELP } from '../files/formats.ts';
import {
  batchSize,
  DEFAULTS,
  FEW,
  folderUrl,
  fraction,
  fractionFromZero,
  fromZero,
  historyPath,
  imageSize,
  type Kind,
  layers,
  oneOf,
  path,
  positive,
  schedule,
  seed,
  threadCount,
  upTo,
  wholeNumber,
} from '../terminal/option-values.ts';
import { DEFAULT_DECAYS, DEFAULT_RATES, HYPERPARAMETER_FLAGS } from './optimizer-flags.ts';
import { TABLE_FLAGS } from './table-flags.ts';

/** What a file is that a flag or an argument names. */
export interface FileUse {
  readonly kind: 'input' | 'output';
  /** Of an output: the flag of an input that it may replace. */
  readonly replaces?: string;
}

export interface Flag<T = unknown> {
  /** "-e, --epochs <n>". */
  readonly flags: string;
  readonly help: string;
  /** Undefined where it takes none. */
  readonly value?: Kind<T>;
  /** What it is where it is not given. */
  readonly default?: T;
  /** The same in words, where it depends on something. */
  readonly otherwise?: string;
  /** The value that is the same as none, and is not worth a record. */
  readonly none?: T;
  /** Of one that is on or off: the help of its opposite, --no-NAME. */
  readonly negated?: string;
  readonly file?: FileUse;
  /** What other programs and libraries call it: an error for these names it. */
  readonly elsewhere?: readonly string[];
}

/** The settings of a training, which determine its outcome, in the order in which they are recorded. */
export const SETTINGS = {
  data: { flags: '-d, --data <path>', help: DATA_HELP, value: path, file: { kind: 'input' } },
  ...TABLE_FLAGS,
  channels: {
    flags: '--channels <n>',
    help: 'values of an image’s pixel: 1 for grey, 3 for red, green and blue',
    otherwise: '1, or as many as the network takes; with --preset best 3 of colour images',
    value: oneOf(CHANNELS),
  },
  size: {
    flags: '--size <size>',
    help: 'width and height that the images of a folder are brought to',
    otherwise: 'the most frequent, at most 64 pixels a side, or that of the layers',
    value: imageSize,
  },
  layers: {
    flags: '-l, --layers <layers>',
    elsewhere: ['--hidden-layers', '--hidden-layer-sizes', '--architecture', '--model'],
    help: 'the input’s size and the layers: a number for dense units; 8c5 for 8 filters of 5 × 5, 8c5s with same padding, 8c5/2 with stride 2; p2 for 2 × 2 max pooling; 16:tanh for an activation function of its own',
    otherwise: `784-${DEFAULTS.hiddenLayers.join('-')}-10, or what fits the data`,
    value: layers,
  },
  hidden: {
    flags: '--hidden <function>',
    elsewhere: ['--activation'],
    help: 'activation function of the hidden layers',
    otherwise: 'relu; tanh for a table',
    value: oneOf(HIDDEN),
    default: 'relu',
    none: 'relu',
  },
  initialization: {
    flags: '--initialization <name>',
    elsewhere: ['--init', '--kernel-initializer'],
    help: 'initial weights',
    otherwise: 'glorot-uniform in layers with tanh or sigmoid, else he-uniform',
    value: oneOf(INITIALIZATIONS),
  },
  output: {
    flags: '--output <function>',
    help: 'activation function of the output layer: softmax for classes, linear for numbers, sigmoid for several labels at once or fractions from 0 to 1',
    otherwise: 'what fits the data',
    value: oneOf(OUTPUTS),
  },
  epochs: {
    flags: '-e, --epochs <n>',
    elsewhere: ['--num-epochs', '--n-epochs', '--iterations', '--max-iter'],
    help: 'number of epochs',
    otherwise: `${DEFAULTS.epochs}, or up to ${FEW.epochs} where examples are few; by the size of a table`,
    value: wholeNumber(1),
  },
  batch: {
    flags: '-b, --batch <n>',
    elsewhere: ['--batch-size', '--minibatch-size'],
    help: 'batch size, or full for full-batch training',
    otherwise: `${DEFAULTS.batch}, or down to ${FEW.batch} where examples are few; by the size of a table`,
    value: batchSize,
  },
  optimizer: {
    flags: '--optimizer <name>',
    help: 'optimizer',
    otherwise: 'sgd; adam for a table',
    value: oneOf(OPTIMIZERS),
  },
  learningRate: {
    flags: '-r, --learning-rate <a>',
    elsewhere: ['--lr', '--rate', '--step-size'],
    help: 'learning rate',
    otherwise: DEFAULT_RATES,
    value: positive,
  },
  ...HYPERPARAMETER_FLAGS,
  weightDecay: {
    flags: '--weight-decay <l>',
    elsewhere: ['--wd', '--l2'],
    help: 'L2 regularisation, or decoupled weight decay',
    otherwise: DEFAULT_DECAYS,
    value: fromZero,
  },
  clipNorm: {
    flags: '--clip-norm <c>',
    elsewhere: ['--max-norm', '--grad-clip', '--gradient-clip-val'],
    help: 'clip gradients to this norm',
    otherwise: 'no clipping',
    value: positive,
  },
  schedule: {
    flags: '--schedule <s>',
    elsewhere: ['--scheduler', '--lr-scheduler', '--lr-schedule'],
    help: 'learning rate schedule: constant, cosine, or step:EPOCHS:FACTOR, such as step:5:0.5',
    otherwise: 'constant; cosine for a table',
    value: schedule,
  },
  warmup: {
    flags: '--warmup <n>',
    help: 'updates over which the learning rate rises to its full value',
    otherwise: '0',
    value: wholeNumber(0),
    none: 0,
  },
  dropout: {
    flags: '--dropout <rate>',
    help: 'dropout rate of the hidden layers',
    otherwise: '0',
    value: fractionFromZero,
    none: 0,
  },
  patience: {
    flags: '--patience <n>',
    elsewhere: ['--early-stopping'],
    help: 'early stopping: end after this many epochs without a lower loss on the held-out data, and keep the best epoch',
    value: wholeNumber(1),
  },
  classWeight: {
    flags: '--class-weight <name>',
    help: 'balanced: weigh the loss of each class by how rare it is, so that rare classes count as much',
    otherwise: 'all examples count the same',
    value: oneOf(['balanced'] as const),
  },
  shift: {
    flags: '--shift <pixels>',
    help: 'augmentation: shift training images at random, by up to this many pixels',
    otherwise: '0',
    value: upTo(MOST.shift),
    none: 0,
  },
  rotate: {
    flags: '--rotate <degrees>',
    help: 'augmentation: rotate training images at random, by up to this angle',
    otherwise: '0',
    value: upTo(MOST.rotate),
    none: 0,
  },
  scale: {
    flags: '--scale <fraction>',
    help: 'augmentation: resize training images at random, by up to this fraction',
    otherwise: '0',
    value: upTo(MOST.scale),
    none: 0,
  },
  testSplit: {
    flags: '-t, --test-split <fraction>',
    elsewhere: ['--validation-split', '--val-split', '--test-size'],
    help: 'fraction of the examples to hold out',
    otherwise: `${DEFAULTS.testSplit}, or the test files where the data has some`,
    value: fraction,
  },
  seed: {
    flags: '-s, --seed <n>',
    elsewhere: ['--random-seed', '--random-state'],
    help: 'random seed',
    value: seed,
    default: DEFAULTS.seed,
  },
} as const satisfies Record<string, Flag>;

/** All flags but those of downloads and predictions alone. */
export const FLAGS = {
  ...SETTINGS,
  // No setting: the outcome is the same for any number.
  threads: {
    flags: '--threads <n>',
    elsewhere: ['--num-threads', '--jobs', '--n-jobs', '--workers', '--num-workers'],
    help: 'number of threads, or auto for as many as there are cores; the results are the same',
    value: threadCount,
    default: 'auto',
  },
  preset: {
    flags: '--preset <name>',
    help: 'best: defaults for high accuracy rather than speed',
    value: oneOf(['best']),
  },
  save: {
    flags: '-o, --save <file>',
    elsewhere: ['--out', '--save-model', '--save-path'],
    help: 'save the model as a safetensors file',
    value: path,
    file: { kind: 'output' },
  },
  checkpoint: {
    flags: '--checkpoint <file>',
    help: 'save a checkpoint of the training there while it runs; it is also a model',
    value: path,
    file: { kind: 'output', replaces: '--resume' },
  },
  every: {
    flags: '--every <n>',
    help: 'save a checkpoint every n updates',
    otherwise: 'once an epoch',
    value: wholeNumber(1),
  },
  resume: {
    flags: '--resume <file>',
    help: 'resume from a checkpoint, bit-exactly, with its settings',
    value: path,
    file: { kind: 'input' },
  },
  report: {
    flags: '--report <file>',
    help: 'write a report as one HTML page: curves, confusion matrix, mistakes, weights; of a table its columns',
    value: path,
    file: { kind: 'output' },
  },
  history: {
    flags: '--history <file>',
    help: 'write loss and accuracy of each epoch to a .csv or .json file',
    value: historyPath,
    file: { kind: 'output' },
  },
  importance: {
    flags: '--importance',
    help: 'tell how much each column of a table matters: how much lower the accuracy or R² is where its values are shuffled',
  },
  printHash: {
    flags: '--print-hash',
    help: 'print the SHA-256 of the parameters, to compare runs',
  },
  from: {
    flags: '--from <a>',
    help: 'learning rate of the first update',
    value: positive,
    default: 1e-5,
  },
  to: { flags: '--to <a>', help: 'learning rate of the last update', value: positive, default: 10 },
  updates: {
    flags: '--updates <n>',
    help: 'number of updates',
    // Fewer make no curve.
    value: wholeNumber(20, 10_000),
    default: 100,
  },
  onnx: {
    flags: '--onnx <file>',
    help: 'write an ONNX model; its input [examples, inputs] is float64 for a table, otherwise float32',
    value: path,
    file: { kind: 'output' },
  },
  js: {
    flags: '--js <file>',
    help: 'write an ES module that exports predict(inputs)',
    value: path,
    file: { kind: 'output' },
  },
  json: { flags: '--json', help: 'print JSON' },
} as const satisfies Record<string, Flag>;

/** The flags of predictions that no other command has. */
export const PREDICT_FLAGS = {
  output: {
    flags: '-o, --output <file>',
    help: 'write the rows of a table with the answers beside them as a CSV file',
    value: path,
    file: { kind: 'output' },
  },
} as const satisfies Record<string, Flag>;

/** The flags of downloads. */
export const DOWNLOAD_FLAGS = {
  to: {
    flags: '--to <dir>',
    help: 'folder to download into',
    otherwise: 'the name of the dataset',
    value: path,
  },
  mirror: { flags: '--mirror <url>', help: 'download from this URL instead', value: folderUrl },
  json: FLAGS.json,
} as const satisfies Record<string, Flag>;

type ValueOf<F> = F extends { value: Kind<infer T> }
  ? T
  : F extends { negated: string }
    ? boolean
    : true;

/** The values of flags: of those that have defaults, and of those that may be missing. */
export type ValuesOf<Flags> = {
  -readonly [Name in keyof Flags as Flags[Name] extends { default: unknown }
    ? Name
    : never]: ValueOf<Flags[Name]>;
} & {
  -readonly [Name in keyof Flags as Flags[Name] extends { default: unknown } ? never : Name]?:
    | ValueOf<Flags[Name]>
    | undefined;
};

export type Values<Name extends keyof typeof FLAGS> = ValuesOf<Pick<typeof FLAGS, Name>>;

/** Its name without dashes before it: "learning-rate". */
export function nameOf({ flags }: Flag): string {
  return /--([a-z0-9-]+)/.exec(flags)![1]!;
}
