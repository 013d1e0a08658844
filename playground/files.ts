/** Files that are opened or dropped: models, and data in the formats that the page reads. */
import { datasetFromIdx, parseIdx } from 'relumax/idx';
import { Dataset } from 'relumax/worker';
import type { Split } from './run.ts';
import { type DataOptions, HELD_OUT } from './settings.ts';
import { isTable, readTable } from './table-file.ts';

/** Examples to split by the seed, or training and test examples. */
export type Data =
  | Split
  | {
      readonly all: Dataset;
      /** Whether the network standardises each feature. */
      readonly standardized: boolean;
    };

/** A model file that was opened or dropped. */
export interface BroughtModel {
  readonly kind: 'model';
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Data files that were opened or dropped. */
export interface BroughtData {
  readonly kind: 'data';
  readonly name: string;
  readonly data: Data;
  /** Options of the command that name the data. */
  readonly options: DataOptions;
  /** Notes to show. */
  readonly notes?: readonly string[];
}

interface Bytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Larger files would not fit into a tab's memory together with their data. */
const MOST_BYTES = 2 ** 29;

/**
 * Reads files that belong together: one model, one table with commas, semicolons or tabs, or IDX
 * files, gzipped or not: images and their labels, or MNIST's four.
 *
 * @throws Error that names the file, what was found and what was expected
 */
export async function readFiles(files: readonly File[]): Promise<BroughtModel | BroughtData> {
  if (files.length === 0) throw new RangeError('found no files, expected a model or data');
  const large = files.find(({ size }) => size > MOST_BYTES);
  if (large)
    throw new RangeError(
      `${large.name}: found ${large.size} bytes, expected at most ${MOST_BYTES}`,
    );
  const contents = await Promise.all(files.map(contentOf));
  const [first] = contents;
  if (contents.length === 1 && first!.name.endsWith('.safetensors')) {
    return { kind: 'model', ...first! };
  }
  if (contents.length === 1 && isTable(first!.name)) {
    const { all, label, notes } = readTable(first!.name, first!.bytes);
    const options: DataOptions = [
      ['data', first!.name],
      ...(label === undefined ? [] : [['label', label] as const]),
    ];
    return { kind: 'data', name: first!.name, data: { all, standardized: true }, options, notes };
  }
  return {
    kind: 'data',
    name: contents.map(({ name }) => name).join(', '),
    data: idx(contents),
    options: [['data', 'FOLDER']],
  };
}

/** A file's bytes, decompressed if they are gzipped. */
async function contentOf(file: File): Promise<Bytes> {
  const bytes = new Uint8Array(
    await file.arrayBuffer().catch((error: unknown) => {
      throw new RangeError(`${file.name}: cannot be read, expected a file`, { cause: error });
    }),
  );
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return { name: file.name, bytes };
  const name = file.name.replace(/\.gz$/, '');
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value as Uint8Array<ArrayBuffer>);
      size += part.value.length;
      if (size > MOST_BYTES) break;
    }
  } catch (error) {
    throw new RangeError(`${file.name}: found damaged gzip data, expected a complete file`, {
      cause: error,
    });
  }
  if (size > MOST_BYTES) {
    await reader.cancel();
    throw new RangeError(
      `${file.name}: found more than ${MOST_BYTES} decompressed bytes, expected at most that many`,
    );
  }
  return { name, bytes: new Uint8Array(await new Blob(parts).arrayBuffer()) };
}

function idx(files: readonly Bytes[]): Data {
  const pairs = pairsOf(files);
  const test = pairs.find(({ images }) => /t10k|test/i.test(images.name));
  const train = pairs.find((pair) => pair !== test);
  if (pairs.length === 1) return { all: datasetFromIdx(pairs[0]!), standardized: false };
  if (pairs.length !== 2 || !test || !train) {
    throw new RangeError(
      `files: found ${files.map(({ name }) => name).join(', ')}, expected images and labels, or images and labels of training and test files (t10k- or test in their names)`,
    );
  }
  const training = datasetFromIdx(train);
  const { inputs, labels, features, classes } = datasetFromIdx(test);
  if (features !== training.features) {
    throw new RangeError(
      `${test.images.name}: found images of ${features} pixels, expected ${training.features}, as in ${train.images.name}`,
    );
  }
  if (classes > training.classes) {
    throw new RangeError(
      `${test.labels.name}: found class ${classes - 1}, expected 0 to ${training.classes - 1}, as in ${train.labels.name}`,
    );
  }
  return { train: training, test: Dataset.from({ inputs, labels, classes: training.classes }) };
}

/** Images with their labels: files with the same beginning of the name. */
function pairsOf(files: readonly Bytes[]): { images: Bytes; labels: Bytes }[] {
  const ranks = files.map((file) => ({
    file,
    rank: parseIdx(file.bytes, file.name).dimensions.length,
  }));
  const images = ranks.filter(({ rank }) => rank > 1).map(({ file }) => file);
  const labels = ranks.filter(({ rank }) => rank === 1).map(({ file }) => file);
  if (images.length === 1 && labels.length === 1)
    return [{ images: images[0]!, labels: labels[0]! }];
  return images.map((file) => {
    const stem = (name: string) => name.split(/[-_.]/)[0];
    const own = labels.find(({ name }) => stem(name) === stem(file.name));
    if (own) return { images: file, labels: own };
    throw new RangeError(
      `${file.name}: found no labels that belong to it, expected a label file beside it`,
    );
  });
}

/** The training and held-out examples, as in `relumax train`. */
export function splitOf(data: Data, seed: number): Split {
  if (!('all' in data)) return data;
  const { train, test } = data.all.split({ test: HELD_OUT, seed });
  return { train, test, ...(data.standardized && { normalize: train }) };
}

/** Downloads a file. */
export function handOut(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
