/** A folder with a subfolder for each class, and images in it. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MOST_CLASSES } from '../../../data/classes.ts';
import { type Channels, IMAGE_FILE, levelsAt } from '../../../data/image-levels.ts';
import type { Size } from '../../../data/resampling.ts';
import { Dataset } from '../../../index.ts';
import { reason } from '../../terminal/failure.ts';
import { count } from '../../terminal/numbers.ts';
import { imageSize, mostBytes, readImage } from './image-file.ts';
import { sizesText, usualSize } from './image-sizes.ts';

/** Images that people may take for ones that are read. */
const OTHER_IMAGE = /\.(?:gif|bmp|tiff?|avif|heic|svg|jp2|jxl)$/i;
const TRAIN = /^train(?:ing)?$/i;
const TEST = /^(?:test(?:ing)?|val(?:id(?:ation)?)?)$/i;

/** Bytes of all images together: one for each channel of a pixel. */
const MOST_BYTES = 2 ** 30;
/** Bytes that the files that are read at a time may have together: 31 files of small images. */
const BYTES_AT_ONCE = 2 ** 27;
/** Files whose beginnings are read at a time, each of up to 4 MiB. */
const STARTS_AT_ONCE = 32;

/** What a folder of images has. */
export interface ImageFolder {
  readonly train: Dataset;
  readonly test: Dataset | undefined;
  readonly size: Size;
  /** What was done where nobody asked for a size, and not all images have it. */
  readonly note: string | undefined;
}

/** How a folder of images is to be read. */
export interface ImageReading {
  /** 1: grey levels; 3: red, green and blue of each pixel. Default: 1 */
  readonly channels?: Channels | undefined;
  /** The size that images are brought to. Default: `usualSize` of those to train on */
  readonly size?: Size | undefined;
  /** Is called after each image with how many have been read, and how many there are. */
  readonly onImage?: (done: number, all: number) => void;
}

/** An image and its class. */
interface Labelled {
  readonly file: string;
  readonly label: number;
}

/** One whose size is known. */
interface Sized extends Labelled {
  readonly size: Size;
}

/**
 * Loads the images of a folder, each as its levels, row by row, a byte for each channel. Its subfolders
 * are the classes, in the order of their names' UTF-16 codes; or they are `train` and `test` (or
 * `validation`), with the same classes in each. Images are PNG, JPEG or WebP, and are all brought to one
 * size. Hidden files and those that are no images are passed over.
 *
 * @throws Error that names the file or the folder
 */
export async function loadImageFolder(
  folder: string,
  { channels = 1, size: asked, onImage }: ImageReading = {},
): Promise<ImageFolder> {
  const subfolders = await subfoldersOf(folder);
  const train = subfolders.find((name) => TRAIN.test(name));
  const test = subfolders.find((name) => TEST.test(name));
  const isDivided = train !== undefined && test !== undefined && subfolders.length === 2;
  const parts = isDivided ? [join(folder, train), join(folder, test)] : [folder];
  const classNames = isDivided ? await subfoldersOf(parts[0]!) : subfolders;
  if (classNames.length < 2 || classNames.length > MOST_CLASSES) {
    const found = `${parts[0]}: has ${classNames.length} subfolders`;
    throw new Error(`${found}, expected one for each of 2 to ${MOST_CLASSES} classes`);
  }
  const images: Sized[][] = [];
  for (const part of parts) images.push(await sizesOf(await imagesOf(part, classNames)));
  const sizes = images[0]!.map((image) => image.size);
  const size = asked ?? usualSize(sizes);
  const all = images.flat().length;
  const values = size.width * size.height * channels;
  if (values * all > MOST_BYTES) {
    const most = count(Math.floor(MOST_BYTES / channels));
    throw new Error(
      `${folder}: ${count(all)} images of ${size.width} × ${size.height} are too many, expected at most ${most} pixels in all`,
    );
  }
  let done = 0;
  const datasets: Dataset[] = [];
  for (const part of images) {
    const inputs = new Uint8Array(part.length * values);
    let at = 0;
    for await (const levels of levelsOfAll(part, size, channels)) {
      inputs.set(levels, at);
      at += values;
      onImage?.(++done, all);
    }
    const labels = Uint8Array.from(part, ({ label }) => label);
    datasets.push(Dataset.from({ inputs, labels, classes: classNames.length, classNames }));
  }
  const note = asked ? undefined : sizesText(sizes, size);
  return { train: datasets[0]!, test: datasets[1], size, note };
}

async function entriesOf(folder: string) {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter(({ name }) => !name.startsWith('.'));
  } catch (error) {
    throw new Error(reason(error, folder), { cause: error });
  }
}

async function subfoldersOf(folder: string): Promise<string[]> {
  const folders = (await entriesOf(folder)).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => name).sort();
}

/** The images of each class, in the order of classes and names. */
async function imagesOf(folder: string, classNames: readonly string[]): Promise<Labelled[]> {
  const strange = (await subfoldersOf(folder)).find((name) => !classNames.includes(name));
  if (strange !== undefined) {
    const classes = classNames.map((name) => JSON.stringify(name)).join(', ');
    throw new Error(
      `${join(folder, strange)}: found a class that no training image has, expected one of ${classes}`,
    );
  }
  const images: Labelled[] = [];
  for (const [label, name] of classNames.entries()) {
    const path = join(folder, name);
    const files = (await entriesOf(path)).filter((entry) => !entry.isDirectory());
    const names = files.map((entry) => entry.name).sort();
    const other = names.find((name) => OTHER_IMAGE.test(name));
    if (other !== undefined) {
      throw new Error(
        `${join(path, other)}: is an image of another kind, expected PNG, JPEG or WebP`,
      );
    }
    const own = names.filter((name) => IMAGE_FILE.test(name));
    if (own.length === 0)
      throw new Error(`${path}: has no image, expected PNG, JPEG or WebP files`);
    for (const name of own) images.push({ file: join(path, name), label });
  }
  return images;
}

/** The images with their sizes. */
async function sizesOf(images: readonly Labelled[]): Promise<Sized[]> {
  const sized: Sized[] = [];
  for (let begin = 0; begin < images.length; begin += STARTS_AT_ONCE) {
    const some = images.slice(begin, begin + STARTS_AT_ONCE);
    const sizes = await inOrder(some.map(({ file }) => imageSize(file)));
    for (const [i, image] of some.entries()) sized.push({ ...image, size: sizes[i]! });
  }
  return sized;
}

/** The levels of images in their order, as many at a time as memory should hold. */
async function* levelsOfAll(
  images: readonly Sized[],
  size: Size,
  channels: Channels,
): AsyncGenerator<Uint8Array> {
  for (let begin = 0; begin < images.length; ) {
    let end = begin;
    let bytes = 0;
    do bytes += mostBytes(images[end++]!.size);
    while (end < images.length && bytes + mostBytes(images[end]!.size) <= BYTES_AT_ONCE);
    const some = images.slice(begin, end);
    yield* await inOrder(
      some.map(async ({ file }) => levelsAt(size, await readImage(file), channels)),
    );
    begin = end;
  }
}

/** What promises come to. Of several that fail the first in their order is named, each time the same. */
async function inOrder<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  return (await Promise.allSettled(promises)).map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
