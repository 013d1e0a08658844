/** Where examples come from, and what is read there. */

import { readdir, stat } from 'node:fs/promises';
import { describe, outOfRange } from '../../base/arguments.ts';
import { loadIdxTraining } from '../../data/idx-folder-node.ts';
import type { TableOptions } from '../../data/table.ts';
import {
  classesOfTable,
  isContinuous,
  numbersOfTable,
  type Table,
  type TableNote,
} from '../../data/table.ts';
import { type Dataset, loadDigits, type Output } from '../../index.ts';
import { reason } from '../terminal/failure.ts';
import { count } from '../terminal/numbers.ts';
import type { SavedModel } from './model-file.ts';
import { namesIn } from './model-record.ts';
import { withAdvice } from './table-advice.ts';

/** Where examples come from: the bundled digits, or what `data` says in a folder or a file. */
export interface Source {
  readonly data: 'digits' | 'idx' | 'table' | 'images' | 'arrays';
  readonly folder?: string;
  readonly file?: string;
}

/** How a table is to be understood, and what a network is to make of it. */
export interface TableReading extends TableOptions {
  /** The network's output. Default: by the labels. */
  readonly output?: Output | undefined;
}

/** What a source has. */
export interface Contents {
  readonly source: Source;
  /** The training examples; of a source that has no others, all. */
  readonly train: Dataset;
  /** The examples to judge by, where the source keeps some apart. */
  readonly test: Dataset | undefined;
  /** What a model's metadata must say for others of the kind to be read alike. */
  readonly record: Readonly<Record<string, string>>;
  /** Of a table, what whoever trains on it should know. */
  readonly notes?: readonly TableNote[];
  /** Of a table, where in it an example is: "row 12". */
  readonly placeOf?: (example: number) => string;
}

/** What `--data` takes, for the help of the commands. */
export const DATA_HELP =
  'folder with four IDX files, as MNIST comes in, with a subfolder of PNG or JPEG images for each class, or with .npy files; or a file: .csv or .tsv, .npz';

/** What its examples are, for a reader. */
export function nounOf({ data }: Source): 'images' | 'rows' | 'examples' {
  return data === 'table' ? 'rows' : data === 'arrays' ? 'examples' : 'images';
}

const IDX = /-ubyte(?:\.gz)?$/;
const NPY = /\.npy$/i;
const ARRAYS = /\.npz$/i;
const TABLE = /\.(?:csv|tsv|txt|data)$/i;
const IMAGE = /\.(?:png|jpe?g)$/i;
const CLASSES = /^classes\.txt$/i;

/**
 * Reads a source.
 *
 * @param path a folder or a file; undefined: the bundled digits
 * @param table how a table is to be understood
 * @param divided whether a source without test examples is to be divided into two parts
 * @throws Error that names the file or the folder
 */
export async function readSource(
  path: string | undefined,
  table: TableReading,
  divided: boolean,
): Promise<Contents> {
  if (path === undefined) {
    return {
      source: { data: 'digits' },
      train: await loadDigits(),
      test: undefined,
      record: { data: 'digits' },
    };
  }
  if (await isFolder(path)) return readFolder(path);
  if (ARRAYS.test(path)) return readArrays(path, false);
  if (isTable(path)) return readTableSource(path, table, divided);
  throw new Error(
    `${path}: found a file of another kind, expected a folder, a table (.csv, .tsv, .txt, .data) or arrays (.npz)`,
  );
}

/** Whether a file is a table by its name. */
export function isTable(path: string): boolean {
  return TABLE.test(path);
}

/** Whether a file in a folder, or in one of its folders, is data by its name. */
export function isReadInFolders(name: string): boolean {
  return [IDX, NPY, IMAGE, CLASSES].some((pattern) => pattern.test(name));
}

/** Whether there is a folder under the path, and not a file. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new Error(reason(error, path), { cause: error });
  }
}

/** Reads a folder by what is in it: IDX files, arrays, or subfolders with images. */
async function readFolder(folder: string): Promise<Contents> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  if (files.some((name) => IDX.test(name))) return readIdx(folder);
  if (files.some((name) => NPY.test(name))) return readArrays(folder, true);
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  if (folders.length > 0) return readImages(folder);
  const file = files.find((name) => isTable(name) || ARRAYS.test(name));
  throw new Error(
    `${folder}: found ${file === undefined ? 'no data' : `${file}, which --data takes by itself`}, expected IDX files (train-images-idx3-ubyte and three others), .npy files, or subfolders with images`,
  );
}

async function readIdx(folder: string): Promise<Contents> {
  const parts = await loadIdxTraining(folder);
  return { source: { data: 'idx', folder }, ...parts, record: { data: 'idx' } };
}

async function readImages(folder: string): Promise<Contents> {
  const { countingBar } = await import('../terminal/counting-bar.ts');
  const bar = countingBar((done, all) => `${count(done)} of ${count(all)} images`);
  try {
    const { loadImageFolder } = await import('./images/image-folder.ts');
    const { train, test, size } = await loadImageFolder(folder, bar.update);
    const record = { data: 'images', size: `${size.width}x${size.height}` };
    return { source: { data: 'images', folder }, train, test, record };
  } finally {
    bar.stop();
  }
}

async function readArrays(path: string, areInFolder: boolean): Promise<Contents> {
  const { loadNpyFolder, loadNpz } = await import('./arrays.ts');
  const { train, test } = await (areInFolder ? loadNpyFolder(path) : loadNpz(path));
  const source: Source = { data: 'arrays', ...(areInFolder ? { folder: path } : { file: path }) };
  return { source, train, test, record: { data: 'arrays' } };
}

async function readTableSource(
  file: string,
  { output, ...options }: TableReading,
  divided: boolean,
): Promise<Contents> {
  // Loaded here because most trainings need no parser.
  const { readTable } = await import('./csv-file.ts');
  try {
    const table = await readTable(file, options);
    const { notes, records, featureNames } = table;
    const unused = notes.filter(({ kind }) => kind === 'row names' || kind === 'row numbers');
    const record = {
      data: 'table',
      label: table.label!,
      ...(featureNames && { features: JSON.stringify(featureNames) }),
      ...(unused.length > 0 && { unused: JSON.stringify(unused.map(({ name }) => name)) }),
    };
    return {
      source: { data: 'table', file },
      train: examplesOf(file, table, output, divided),
      test: undefined,
      record,
      notes,
      placeOf: (example) => `row ${records[example]}`,
    };
  } catch (error) {
    // Only the commands that train have the options.
    throw divided ? withAdvice(error) : error;
  }
}

function examplesOf(
  file: string,
  table: Table,
  output: Output | undefined,
  divided: boolean,
): Dataset {
  const areNumbers = output === undefined ? isContinuous(table) : output !== 'softmax';
  if (!areNumbers) return classesOfTable(file, table, divided);
  if (output === 'sigmoid') checkFractions(file, table);
  return numbersOfTable(file, table);
}

/** Checks that labels are from 0 to 1, which is all that a sigmoid tells. */
function checkFractions(file: string, { labels, label, records }: Table): void {
  const numbers = labels?.numbers ?? new Float32Array();
  const wrong = numbers.findIndex((number) => !(number >= 0 && number <= 1));
  if (wrong < 0) return;
  throw outOfRange(
    `${file}, row ${records[wrong]}, label column ${describe(label)}`,
    String(numbers[wrong]),
    'a number from 0 to 1, as --output sigmoid gives; --output linear gives others',
  );
}

/** How a table is to be understood by a model that was trained on another. */
export function tableOptionsOf({ network, classNames }: SavedModel): TableOptions {
  const { layers, metadata, output } = network;
  const { label, features } = metadata;
  const names = namesIn(features);
  const labels = output === 'softmax' ? classNames : 'numbers';
  return { label, features: { count: layers[0]!, names, labels } };
}
