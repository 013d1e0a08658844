/**
 * CIFAR-10's binary files (A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009).
 * A record is an image:
 *
 *   label    a byte
 *   red      1024 bytes: 32 rows of 32 pixels
 *   green    the same
 *   blue     the same
 */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { outOfRange } from '../../base/arguments.ts';
import { openRegularFile } from '../../base/regular-file-node.ts';
import { LARGEST_CLASS_FILE, parseClassNames } from '../../data/class-names.ts';
import { type Channels, type ImageShape, luma } from '../../data/image-levels.ts';
import { Dataset } from '../../index.ts';
import { reason } from '../terminal/failure.ts';
import { filesInTar, type TarFile } from './tar.ts';

const SIDE = 32;
const PIXELS = SIDE ** 2;
const RECORD = 1 + 3 * PIXELS;
/** Images of all files together: 1.6 GB in colour. */
const MOST_IMAGES = 2 ** 19;

const NAMES_FILE = 'batches.meta.txt';
const TEST_FILE = 'test_batch.bin';
const ARCHIVE = 'cifar-10-binary.tar.gz';
const TRAIN_FILE = /^data_batch_([1-9]\d?)\.bin$/;

/** What a folder of CIFAR-10 has. */
export interface Cifar {
  readonly train: Dataset;
  /** Undefined where there is no file of test images. */
  readonly test: Dataset | undefined;
  readonly shape: ImageShape;
}

/**
 * Loads `data_batch_1.bin` and those that follow it, `test_batch.bin` and `batches.meta.txt`, from a folder,
 * or from the archive in it as it is published. The class names and the test images may be missing.
 *
 * @param channels 1: the grey levels of pixels; 3: red, green and blue of each pixel
 * @throws Error that names the file or the folder
 */
export async function loadCifarFolder(folder: string, channels: Channels): Promise<Cifar> {
  const batches = new Map<string, Batch>();
  let classNames: string[] | undefined;
  let images = 0;
  const source = await sourceIn(folder);
  for await (const { name, path, size, chunks } of source) {
    if (batches.has(name)) throw outOfRange(path, 'a second file of this name', 'one');
    if (name === NAMES_FILE) {
      classNames = parseClassNames(await namesOf(path, size, chunks), path);
      continue;
    }
    const count = imagesIn(path, size);
    images += count;
    if (images > MOST_IMAGES) throw outOfRange(path, `${images} images`, `at most ${MOST_IMAGES}`);
    batches.set(name, await readBatch(path, count, channels, chunks));
  }
  const test = batches.get(TEST_FILE);
  const train = trainNames(folder, [...batches.keys()]).map((name) => batches.get(name)!);
  const needed = 1 + [...batches.values()].reduce((most, { labels }) => largest(labels, most), 0);
  const classes = classNames?.length ?? needed;
  if (classes < needed) {
    const expected = `at least ${needed}, as the labels need`;
    throw outOfRange(join(folder, NAMES_FILE), `${classes} names`, expected);
  }
  const part = (batches: readonly Batch[]) =>
    Dataset.from({
      inputs: joined(batches.map(({ inputs }) => inputs)),
      labels: joined(batches.map(({ labels }) => labels)),
      ...{ classes, classNames },
    });
  return { train: part(train), test: test && part([test]), shape: [SIDE, SIDE, channels] };
}

/** Images and their labels. */
interface Batch {
  readonly inputs: Uint8Array;
  readonly labels: Uint8Array;
}

/** A file with its path for errors. */
interface NamedFile extends TarFile {
  readonly path: string;
}

/** The files in a folder; of what is there plain and in the archive, the plain ones. */
async function sourceIn(folder: string): Promise<AsyncGenerator<NamedFile>> {
  const all = await readdir(folder);
  const names = all.filter(isRead).sort();
  const isPlain = names.some((name) => name.endsWith('.bin'));
  if (!isPlain && all.includes(ARCHIVE)) return packed(join(folder, ARCHIVE));
  trainNames(folder, names);
  return plain(folder, names);
}

function isRead(name: string): boolean {
  return name === TEST_FILE || name === NAMES_FILE || TRAIN_FILE.test(name);
}

async function* plain(folder: string, names: readonly string[]): AsyncGenerator<NamedFile> {
  for (const name of names) {
    const path = join(folder, name);
    try {
      const handle = await openRegularFile(path);
      try {
        const { size } = await handle.stat();
        const chunks = handle.createReadStream({ autoClose: false });
        yield { name, path, size, chunks };
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw error instanceof RangeError ? error : new Error(reason(error, path), { cause: error });
    }
  }
}

async function* packed(archive: string): AsyncGenerator<NamedFile> {
  try {
    for await (const file of filesInTar(archive)) {
      if (isRead(file.name)) yield { ...file, path: `${archive}, ${file.name}` };
    }
  } catch (error) {
    throw error instanceof RangeError ? error : new Error(reason(error, archive), { cause: error });
  }
}

/**
 * The names of the files to train on, in their order.
 *
 * @throws RangeError where one is missing
 */
function trainNames(folder: string, names: readonly string[]): string[] {
  const numbers = names.flatMap((name) => TRAIN_FILE.exec(name)?.[1] ?? []).map(Number);
  const last = numbers.reduce((most, number) => Math.max(most, number), 1);
  const all = Array.from({ length: last }, (_, i) => `data_batch_${i + 1}.bin`);
  const missing = all.find((name) => !names.includes(name));
  if (missing === undefined) return all;
  const expected = `data_batch_1.bin and those that follow it, or ${ARCHIVE}`;
  throw outOfRange(folder, `no ${missing}`, expected);
}

/** @throws RangeError where they are no whole images, or none */
function imagesIn(path: string, size: number): number {
  if (size > 0 && size % RECORD === 0) return size / RECORD;
  throw outOfRange(path, `${size} bytes`, `images of ${RECORD} bytes each, at least one`);
}

async function readBatch(
  path: string,
  count: number,
  channels: Channels,
  chunks: AsyncIterable<Buffer>,
): Promise<Batch> {
  const labels = new Uint8Array(count);
  const inputs = new Uint8Array(count * PIXELS * channels);
  const record = new Uint8Array(RECORD);
  let at = 0;
  for await (const bytes of chunks) {
    for (let begin = 0; begin < bytes.length && at < count * RECORD; ) {
      const filled = at % RECORD;
      const some = bytes.subarray(begin, begin + RECORD - filled);
      record.set(some, filled);
      begin += some.length;
      at += some.length;
      if (at % RECORD !== 0) continue;
      const image = at / RECORD - 1;
      labels[image] = record[0]!;
      interleave(record.subarray(1), channels, inputs.subarray(image * PIXELS * channels));
    }
  }
  if (at === count * RECORD) return { inputs, labels };
  throw outOfRange(path, `an end after ${at} bytes`, `${count * RECORD}`);
}

/** The planes of an image, pixel by pixel. */
function interleave(planes: Uint8Array, channels: Channels, to: Uint8Array): void {
  for (let i = 0; i < PIXELS; i++) {
    const [red, green, blue] = [planes[i]!, planes[PIXELS + i]!, planes[2 * PIXELS + i]!];
    if (channels === 1) to[i] = Math.round(luma(red, green, blue));
    else {
      to[3 * i] = red;
      to[3 * i + 1] = green;
      to[3 * i + 2] = blue;
    }
  }
}

/** The class names as bytes, without the blank line at the end of the published file. */
async function namesOf(
  path: string,
  size: number,
  chunks: AsyncIterable<Buffer>,
): Promise<Uint8Array> {
  if (size > LARGEST_CLASS_FILE) {
    throw outOfRange(path, `${size} bytes`, `class names of at most ${LARGEST_CLASS_FILE}`);
  }
  const pieces: Buffer[] = [];
  for await (const piece of chunks) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  return bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0x0a && byte !== 0x0d) + 1);
}

function largest(labels: Uint8Array, most: number): number {
  return labels.reduce((a, b) => Math.max(a, b), most);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
