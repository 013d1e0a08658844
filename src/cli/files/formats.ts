/** The formats of data: one row each, and what is read by them. */

import { readdir, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { product } from '../../core/layers.ts';
import { FIELD } from '../../data/digit-image.ts';
import { type Channels, IMAGE_FILE, type ImageShape } from '../../data/image-levels.ts';
import type { Size } from '../../data/resampling.ts';
import type { Dataset, Output } from '../../index.ts';
import { namesIn } from '../../model/names.ts';
import type { TableOptions } from '../../table/table.ts';
import { reason } from '../terminal/failure.ts';
import { count } from '../terminal/numbers.ts';
import { inputName, STDIN } from '../terminal/option-values.ts';
import { warn } from '../terminal/terminal.ts';
import { BY_NAME, LABELS_RULE } from './arrays/array-labels.ts';
import { imagesWith, isGrey, shapeIn, shapeOf, sizeText, squareOf } from './images/image-shape.ts';
import { PUBLIC_DATA } from './public-data.ts';

/** How data are to be understood. */
export interface Reading {
  /** How a table is. */
  readonly table?: Omit<TableOptions, 'name' | 'output'> | undefined;
  /** The network's output. Default: by the labels. */
  readonly output?: Output | undefined;
  /** Values of a pixel, if the examples are images. Default: 1 of files, and else as many as there are. */
  readonly channels?: Channels | undefined;
  /** The size that image files are brought to. Default: by the files */
  readonly size?: Size | undefined;
  /** Names of a model's classes, where labels of arrays are such names. */
  readonly classNames?: readonly string[] | undefined;
  /** Whether to keep the colour of files that have any, where channels are not given. */
  readonly colour?: boolean | undefined;
}

/** What is read of data, besides where they come from. */
interface Examples {
  /** The training examples; of data that have no others, all. */
  readonly train: Dataset;
  /** The held-out examples, where the data keep some apart. */
  readonly test?: Dataset | undefined;
  /** Of an example, where the data say that it is an image. */
  readonly shape?: ImageShape | undefined;
  /** What a model's metadata must say for others of the format to be read alike. */
  readonly record?: Readonly<Record<string, string>>;
}

/** What one piece of a model's metadata has to be. */
export interface Rule {
  readonly key: string;
  readonly expected: (features: number) => string;
  holds(text: string, features: number): boolean;
  /** Whether it may not be missing. */
  readonly needed?: true;
}

export interface Format {
  /** "is trained on …". */
  readonly words: string;
  /** What its examples are. */
  readonly noun: 'images' | 'rows' | 'examples';
  /** Whether an example has named columns in units of their own, so that inputs are standardised. */
  readonly hasColumns?: true;
  /** Whether the bundled digits have the same form as its examples, as a rule. */
  readonly isLikeDigits?: true;
  /** Whether image files have the same form as its examples, where they have the same size. */
  readonly takesFiles?: true;
  /** Whether its images have any sizes, and are brought to one. */
  readonly resizes?: true;
  /** Whether inputs are standardised, unless they are mostly zeros. */
  readonly standardises?: true;
  /** Of those that are a folder: */
  readonly folder?: {
    /** What is in it, in words. */
    readonly contents: string;
    /** Names of files that are data: in the folder itself, or in its subfolders. */
    readonly files: RegExp;
    readonly inSubfolders?: true;
  };
  /** Of a folder that has files of held-out examples: these, which may be missing with --test-split alone. */
  readonly heldOutFiles?: string;
  /** Of those that are one file: the ends of its name. */
  readonly extensions?: readonly string[];
  /** Whether the file may be gzipped, with .gz after the extension. */
  readonly gzipped?: true;
  /** What a model's metadata says of its data, besides what all do. */
  readonly rules?: readonly Rule[];
  /**
   * Reads the examples. A table has none before its rows are divided: training/table-data.ts reads it.
   *
   * @param path of the folder or the file
   */
  read?(path: string, reading: Reading): Promise<Examples>;
}

/** The images that a model takes. */
const SIZE_RULE: Rule = {
  key: 'size',
  expected: (features) => `a width and height, as 28x28 or 32x32x3, of ${features} values`,
  holds(text, features) {
    const shape = shapeIn(text);
    return shape !== undefined && product(shape) === features;
  },
};

const NPZ = ['.npz'];

/** The rows, in the order in which a folder is held against them. */
export const FORMATS = {
  digits: {
    words: 'the bundled digits',
    noun: 'images',
    isLikeDigits: true,
    rules: [SIZE_RULE],
    async read() {
      const { loadDigits } = await import('../../index.ts');
      return { train: await loadDigits(), shape: [FIELD, FIELD, 1] };
    },
  },
  idx: {
    words: 'IDX files',
    noun: 'images',
    isLikeDigits: true,
    folder: {
      contents: 'IDX files (train-images-idx3-ubyte and three others, the format of MNIST)',
      files: /-ubyte(?:\.gz)?$/,
    },
    heldOutFiles: 't10k-images-idx3-ubyte and t10k-labels-idx1-ubyte',
    rules: [SIZE_RULE],
    async read(path) {
      const { loadIdxTraining } = await import('../../data/idx-folder-node.ts');
      const { sizes, ...parts } = await loadIdxTraining(path);
      return { ...parts, shape: shapeOf(sizes) };
    },
  },
  arrays: {
    words: 'arrays',
    noun: 'examples',
    standardises: true,
    folder: { contents: '.npy files', files: /\.npy$/i },
    extensions: NPZ,
    rules: [SIZE_RULE, LABELS_RULE],
    async read(path, { output, classNames }) {
      const { loadNpyFolder, loadNpz } = await import('./arrays/arrays.ts');
      const load = endsWithOneOf(path, NPZ) ? loadNpz : loadNpyFolder;
      const { sizes, areNames, note, ...parts } = await load(path, {
        as: output && (output === 'softmax' ? 'classes' : 'numbers'),
        ...(classNames && { classNames, areNames: true }),
      });
      if (note !== undefined) warn(`${path}: ${note}`);
      return { ...parts, shape: shapeOf(sizes), record: areNames ? BY_NAME : {} };
    },
  },
  cifar: {
    words: "CIFAR-10's binary files",
    noun: 'images',
    takesFiles: true,
    folder: {
      contents: "CIFAR-10's binary files (data_batch_1.bin and others, or cifar-10-binary.tar.gz)",
      files: /^(?:(?:data_batch_\d+|test_batch)\.bin|batches\.meta\.txt|cifar-10-binary\.tar\.gz)$/,
    },
    heldOutFiles: 'test_batch.bin',
    rules: [{ ...SIZE_RULE, needed: true }],
    async read(path, { channels = 1 }) {
      const { loadCifarFolder } = await import('./cifar.ts');
      const contents = await loadCifarFolder(path, channels);
      return { ...contents, record: { size: sizeText(contents.shape) } };
    },
  },
  images: {
    words: 'a folder of images',
    noun: 'images',
    takesFiles: true,
    resizes: true,
    standardises: true,
    folder: {
      contents: 'a subfolder of PNG, JPEG or WebP images for each class',
      files: IMAGE_FILE,
      inSubfolders: true,
    },
    rules: [{ ...SIZE_RULE, needed: true }],
    async read(path, { channels = 1, size: asked }) {
      const { countingBar } = await import('../terminal/progress.ts');
      const bar = countingBar((done, all) => `${count(done)} of ${count(all)} images`);
      try {
        const { loadImageFolder } = await import('./images/image-folder.ts');
        const reading = { channels, size: asked, onImage: bar.update };
        const { size, note, ...parts } = await loadImageFolder(path, reading);
        const shape: ImageShape = [size.height, size.width, channels];
        if (note !== undefined) warn(`${path}: ${note}`);
        return { ...parts, shape, record: { size: sizeText(shape) } };
      } finally {
        bar.stop();
      }
    },
  },
  table: {
    words: 'a table',
    noun: 'rows',
    hasColumns: true,
    extensions: ['.csv', '.tsv', '.txt', '.dat', '.data'],
    gzipped: true,
    rules: [
      {
        key: 'features',
        expected: (features) => `${features} names in JSON, one for each input`,
        holds: (text, features) => namesIn(text)?.length === features,
      },
      {
        key: 'unused',
        expected: () => 'names in JSON',
        holds: (text) => namesIn(text) !== undefined,
      },
    ],
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

/** Where examples come from: the bundled digits, or a folder or a file in one of the formats. */
export interface Source {
  readonly data: FormatName;
  readonly folder?: string;
  readonly file?: string;
}

export interface Contents extends Examples {
  readonly source: Source;
  readonly record: Readonly<Record<string, string>>;
}

const ALL = Object.entries(FORMATS) as [FormatName, Format][];
/** Those that are a folder. */
export const FOLDERS = ALL.flatMap(([name, { folder }]) => (folder ? [{ name, ...folder }] : []));
const CONTENTS = FOLDERS.map(({ contents }) => contents);
const FOLDER_OF = `${CONTENTS.slice(0, -1).join(', ')} or ${CONTENTS.at(-1)}`;
const FILES = ALL.flatMap(([, { words, extensions, gzipped }]) => {
  if (extensions === undefined) return [];
  const names = extensions.join(', ');
  return [`${words} (${names}${gzipped ? ', also with .gz' : ''})`];
}).join(' or ');

/** What `--data` takes, for the help of the commands. */
export const DATA_HELP = `folder with ${FOLDER_OF}; or a file: ${FILES}; or - for a table on standard input`;

/** The row of a format by the name that metadata give it; undefined where there is none. */
export function formatOf(name: string): Format | undefined {
  return Object.hasOwn(FORMATS, name) ? FORMATS[name as FormatName] : undefined;
}

/** What the examples of a source are, for a reader. */
export function nounOf({ data }: Source): Format['noun'] {
  return FORMATS[data].noun;
}

/** Whether a file is in a format, by its name. */
export function isFile(path: string, format: FormatName): boolean {
  const { extensions = [], gzipped }: Format = FORMATS[format];
  return endsWithOneOf(gzipped ? path.replace(/\.gz$/i, '') : path, extensions);
}

/** Whether `--data` names a table: a file, or standard input. */
export function isTable(path: string | undefined): path is string {
  return path !== undefined && (path === STDIN || isFile(path, 'table'));
}

function endsWithOneOf(path: string, extensions: readonly string[]): boolean {
  return extensions.some((extension) => path.toLowerCase().endsWith(extension));
}

/**
 * Reads data that are no table.
 *
 * @param path a folder or a file; undefined: the bundled digits
 * @throws Error that names the file or the folder
 */
export async function readSource(path: string | undefined, reading: Reading): Promise<Contents> {
  const source = await sourceAt(path);
  const { data } = source;
  const { takesFiles, read }: Format = FORMATS[data];
  const looks = reading.colour === true && reading.channels === undefined && takesFiles === true;
  const asked = looks ? 3 : reading.channels;
  const examples = await read!(`${path}`, { ...reading, channels: asked });
  const channels = looks && isGrey(examples) ? 1 : asked;
  const { shape = squareOf(examples.train.features, channels), record } = examples;
  const images = channels && imagesWith({ ...examples, shape }, channels);
  const size = images && { size: sizeText(images.shape) };
  return { source, ...examples, shape, ...images, record: { data, ...record, ...size } };
}

/**
 * Where data are, and in which format.
 *
 * @throws Error that names what is of no format
 */
export async function sourceAt(path: string | undefined): Promise<Source> {
  if (path === undefined) return { data: 'digits' };
  if (path === STDIN) return { data: 'table', file: inputName(path) };
  if (await isFolder(path)) return { data: await formatOfFolder(path), folder: path };
  const [data] = ALL.find(([name]) => isFile(path, name)) ?? [];
  if (data !== undefined) return { data, file: path };
  throw new Error(`${path}: found a file of another kind, expected a folder, ${FILES}`);
}

/** Whether there is a folder under the path, and not a file. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    const name = basename(path);
    const isPublic =
      (error as NodeJS.ErrnoException).code === 'ENOENT' && Object.hasOwn(PUBLIC_DATA, name);
    const hint = isPublic ? `; relumax data download ${name} gets it` : '';
    throw new Error(`${reason(error, path)}${hint}`, { cause: error });
  }
}

/** The format of what is in a folder. */
async function formatOfFolder(folder: string): Promise<FormatName> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const hasFolders = entries.some((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const format = FOLDERS.find(({ files: own, inSubfolders }) =>
    inSubfolders ? hasFolders : files.some((name) => own.test(name)),
  );
  if (format) return format.name;
  const file = files.find((path) => ALL.some(([name]) => isFile(path, name)));
  const image = files.find((name) => IMAGE_FILE.test(name));
  let found = 'no data';
  if (file !== undefined) found = `${file}, which --data takes by itself`;
  if (image !== undefined) found = `${image}, which is in no subfolder`;
  throw new Error(`${folder}: found ${found}, expected ${FOLDER_OF}`);
}
