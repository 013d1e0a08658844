/** Files that are opened or dropped: models, and data in the formats that the page reads. */
import { datasetFromIdx, parseIdx } from 'relumax/idx';
import { Dataset } from 'relumax/worker';
import type { Split } from '../data/split.ts';
import { type DataOptions, HELD_OUT } from '../settings/settings.ts';
import type { OpenTable } from '../table/open-table.ts';
import { text } from '../texts/languages.ts';

/** The training and held-out examples; where they are not given, split by the seed as by `relumax train`. */
export type Data = (seed: number) => Split;

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
  /** The table that they are, if they are one. */
  readonly table?: OpenTable | undefined;
}

interface Bytes {
  /** Without .gz, where the bytes were decompressed. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Larger files would not fit into a tab's memory together with their data. */
const MOST_BYTES = 2 ** 29;

/**
 * Reads files that belong together: one model, one table, or IDX files, gzipped or not: images and their
 * labels, or MNIST's four.
 *
 * @throws Error that names the file, what was found and what was expected
 */
export async function readFiles(files: readonly File[]): Promise<BroughtModel | BroughtData> {
  if (files.length === 0) throw new RangeError(text('files.none'));
  const large = files.find(({ size }) => size > MOST_BYTES);
  if (large)
    throw new RangeError(
      text('files.large', { file: large.name, bytes: large.size, most: MOST_BYTES }),
    );
  const contents = await Promise.all(files.map(contentOf));
  const [first] = contents;
  if (contents.length === 1 && first!.name.endsWith('.safetensors')) {
    return { kind: 'model', ...first! };
  }
  if (contents.length === 1 && isText(first!.bytes)) {
    const { OpenTable } = await import('../table/open-table.ts');
    return dataOf(await OpenTable.open(files[0]!.name, first!.bytes));
  }
  return {
    kind: 'data',
    name: contents.map(({ name }) => name).join(', '),
    data: idx(contents),
    options: [['data', 'FOLDER']],
  };
}

/** The data of an open table. */
export function dataOf(table: OpenTable): BroughtData {
  const { name, options } = table;
  return { kind: 'data', name, data: (seed) => table.split(seed), options, table };
}

/** Whether a file may be a table: text has no zeros, but in 16 bits, where it begins with its byte order. */
function isText(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  return first + second === 0xff + 0xfe || !bytes.subarray(0, 1000).includes(0);
}

/** A file's bytes, decompressed if they are gzipped. */
async function contentOf(file: File): Promise<Bytes> {
  const bytes = new Uint8Array(
    await file.arrayBuffer().catch((error: unknown) => {
      throw new RangeError(text('files.unreadable', { file: file.name }), { cause: error });
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
    throw new RangeError(text('files.damaged', { file: file.name }), {
      cause: error,
    });
  }
  if (size > MOST_BYTES) {
    await reader.cancel();
    throw new RangeError(text('files.largeInside', { file: file.name, most: MOST_BYTES }));
  }
  return { name, bytes: new Uint8Array(await new Blob(parts).arrayBuffer()) };
}

function idx(files: readonly Bytes[]): Data {
  const pairs = pairsOf(files);
  const test = pairs.find(({ images }) => /t10k|test/i.test(images.name));
  const train = pairs.find((pair) => pair !== test);
  if (pairs.length === 1) return divided(datasetFromIdx(pairs[0]!));
  if (pairs.length !== 2 || !test || !train) {
    throw new RangeError(
      text('files.noPairs', { files: files.map(({ name }) => name).join(', ') }),
    );
  }
  const training = datasetFromIdx(train);
  const { inputs, labels, features, classes } = datasetFromIdx(test);
  if (features !== training.features) {
    throw new RangeError(
      text('files.otherPixels', {
        file: test.images.name,
        pixels: features,
        expected: training.features,
        other: train.images.name,
      }),
    );
  }
  if (classes > training.classes) {
    throw new RangeError(
      text('files.otherClasses', {
        file: test.labels.name,
        class: classes - 1,
        last: training.classes - 1,
        other: train.labels.name,
      }),
    );
  }
  const split = {
    train: training,
    test: Dataset.from({ inputs, labels, classes: training.classes }),
  };
  return () => split;
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
    throw new RangeError(text('files.noLabels', { file: file.name }));
  });
}

/** Examples of which some are held out, as by `relumax train`. */
export function divided(all: Dataset): Data {
  return (seed) => all.split({ test: HELD_OUT, seed });
}

/** Downloads a file. */
export function handOut(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
