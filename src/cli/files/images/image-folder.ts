/** A folder with a subfolder for each class, and images in it. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Channels, IMAGE_FILE, levelsOf } from '../../../data/image-levels.ts';
import { Dataset } from '../../../index.ts';
import { reason } from '../../terminal/failure.ts';
import { count } from '../../terminal/numbers.ts';
import { mostBytes, readImage, type Size } from './image-file.ts';

/** Images that people may take for ones that are read. */
const OTHER_IMAGE = /\.(?:gif|webp|bmp|tiff?|avif|heic|svg|jp2|jxl)$/i;
const TRAIN = /^train(?:ing)?$/i;
const TEST = /^(?:test(?:ing)?|val(?:id(?:ation)?)?)$/i;

const MOST_CLASSES = 256;
/** Bytes of all images together: one for each channel of a pixel. */
const MOST_BYTES = 2 ** 30;
/** Bytes that the files that are read at a time may have together: 31 files of small images. */
const BYTES_AT_ONCE = 2 ** 27;

/** What a folder of images has. */
export interface ImageFolder {
  readonly train: Dataset;
  readonly test: Dataset | undefined;
  readonly size: Size;
}

/** An image and its class. */
interface Labelled {
  readonly file: string;
  readonly label: number;
}

/**
 * Loads the images of a folder, each as its levels, row by row, a byte for each channel. Its subfolders
 * are the classes, in the order of their names' UTF-16 codes; or they are `train` and `test` (or
 * `validation`), with the same classes in each. Images are PNG or JPEG, all of one size. Hidden
 * files and those that are no images are passed over.
 *
 * @param channels 1: grey levels; 3: red, green and blue of each pixel
 * @param onImage is called after each image with how many have been read, and how many there are
 * @throws Error that names the file or the folder
 */
export async function loadImageFolder(
  folder: string,
  channels: Channels = 1,
  onImage?: (done: number, all: number) => void,
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
  const images: Labelled[][] = [];
  for (const part of parts) images.push(await imagesOf(part, classNames));

  const reader = new ImageReader(images.flat().length, channels, onImage);
  const datasets: Dataset[] = [];
  for (const part of images) {
    datasets.push(
      Dataset.from({
        inputs: await reader.read(part),
        labels: Uint8Array.from(part, ({ label }) => label),
        classes: classNames.length,
        classNames,
      }),
    );
  }
  return { train: datasets[0]!, test: datasets[1], size: reader.size! };
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
      throw new Error(`${join(path, other)}: is an image of another kind, expected PNG or JPEG`);
    }
    const own = names.filter((name) => IMAGE_FILE.test(name));
    if (own.length === 0) throw new Error(`${path}: has no image, expected PNG or JPEG files`);
    for (const name of own) images.push({ file: join(path, name), label });
  }
  return images;
}

/** Reads images, which all must have the size of the first. */
class ImageReader {
  size: Size | undefined;
  #first = '';
  #done = 0;
  readonly #all: number;
  readonly #channels: Channels;
  readonly #onImage: ((done: number, all: number) => void) | undefined;

  constructor(
    all: number,
    channels: Channels,
    onImage: ((done: number, all: number) => void) | undefined,
  ) {
    this.#all = all;
    this.#channels = channels;
    this.#onImage = onImage;
  }

  async read(images: readonly Labelled[]): Promise<Uint8Array> {
    // The first one alone, so that there is a size to hold the others against.
    if (this.size === undefined) {
      this.#first = images[0]!.file;
      const { width, height } = await readImage(this.#first);
      this.size = { width, height };
    }
    const { width, height } = this.size;
    const channels = this.#channels;
    const values = width * height * channels;
    if (values * this.#all > MOST_BYTES) {
      const most = count(Math.floor(MOST_BYTES / channels));
      throw new Error(
        `${this.#first}: ${count(this.#all)} images of ${width} × ${height} are too many, expected at most ${most} pixels in all`,
      );
    }
    const expected = { width, height, because: `${this.#first} has` };
    const inputs = new Uint8Array(images.length * values);
    const atOnce = Math.max(1, Math.floor(BYTES_AT_ONCE / mostBytes(expected)));
    for (let begin = 0; begin < images.length; begin += atOnce) {
      const some = images.slice(begin, begin + atOnce);
      const levels = await Promise.allSettled(
        some.map(async ({ file }) => levelsOf(await readImage(file, expected), channels)),
      );
      for (const [i, outcome] of levels.entries()) {
        // In their order, so that the same one is named each time.
        if (outcome.status === 'rejected') throw outcome.reason;
        inputs.set(outcome.value, (begin + i) * values);
        this.#onImage?.(++this.#done, this.#all);
      }
    }
    return inputs;
  }
}
