/** Folders with a subfolder of images for each class. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readImage } from '../../../src/cli/files/images/image-file.ts';
import { loadImageFolder } from '../../../src/cli/files/images/image-folder.ts';
import type { Pixels } from '../../../src/data/digit-image.ts';
import { type Files, filesTarget, must } from '../files.ts';
import { knownJpeg, seenJpeg } from './jpeg.ts';
import { opaque, randomPng, seenPng } from './png.ts';

export const images = filesTarget({
  name: 'images',
  onDisk: true,
  make(dice) {
    const sizes = dice.list(dice.small(1, 3), () => ({
      width: dice.small(1, 12),
      height: dice.small(1, 12),
    }));
    const files: Files = {};
    let isWhole: boolean | undefined = true;
    for (const name of dice.pick([
      ['a', 'b'],
      ['one', 'two', 'drei'],
      ['train', 'x'],
      ['0', '10', '9'],
    ])) {
      for (let i = dice.small(1, 4); i > 0; i--) {
        const size = dice.pick(sizes);
        if (dice.chance(0.3)) files[`${name}/${i}.jpg`] = knownJpeg(dice, size);
        else {
          const { file, valid } = randomPng(dice, size);
          files[`${name}/${i}.PNG`] = file;
          if (!valid) isWhole = valid;
        }
      }
      if (dice.chance(0.1)) files[`${name}/notes.txt`] = Buffer.from('no image');
    }
    return { files, valid: isWhole };
  },
  async read(_, folder) {
    const { train, test, size } = await loadImageFolder(folder);
    must(test === undefined, 'no test images');
    const { inputs, labels, classNames } = train;
    const { train: inColour } = await loadImageFolder(folder, { channels: 3 });
    // Each in its own size as well, for the other reading to hold its pixels against.
    const paths = (await readdir(folder, { recursive: true })).filter((path) => IMAGE.test(path));
    const own: Record<string, Pixels> = {};
    for (const path of paths) own[path] = opaque(await readImage(join(folder, path)));
    return {
      ...{ inputs: Buffer.from(inputs), colours: Buffer.from(inColour.inputs), own },
      ...{ labels: [...labels], classNames, size: { ...size } },
    };
  },
  expected(files, { own, size }) {
    const names = Object.keys(files).filter((name) => IMAGE.test(name));
    const classNames = [...new Set(Object.keys(files).map((name) => name.split('/')[0]!))].sort();
    const ordered = classNames.flatMap((name) =>
      names.filter((path) => path.startsWith(`${name}/`)).sort(),
    );
    const pictures = ordered.map((path) => {
      const file = files[path]!;
      const theirs = own[path]!;
      // Of a JPEG that is damaged, what came out.
      const picture = file[0] === 0xff ? seenJpeg(file, theirs) : seenPng(file);
      must(
        picture.width === theirs.width && picture.height === theirs.height,
        'images of their size',
      );
      must(Buffer.compare(picture.data, theirs.data) === 0, 'the same pixels');
      return picture;
    });
    const sizes = pictures.map(({ width, height }) => `${width} ${height}`);
    const times = (text: string) => sizes.filter((other) => other === text).length;
    const usual = sizes.reduce((most, text) => (times(text) > times(most) ? text : most));
    must(`${size.width} ${size.height}` === usual, 'the most frequent size');
    return {
      inputs: Buffer.concat(pictures.map((picture) => scaled(picture, size, grey))),
      colours: Buffer.concat(pictures.map((picture) => scaled(picture, size, colours))),
      own,
      labels: ordered.map((path) => classNames.indexOf(path.split('/')[0]!)),
      ...{ classNames, size: { ...size } },
    };
  },
});

const IMAGE = /\.(?:png|jpg)$/i;

/** The levels in another size, pixel by pixel: each the sum over all of the others, most with no weight. */
function scaled(
  { width, height, data }: Pixels,
  size: { width: number; height: number },
  levelsOf: (data: Uint8Array) => number[],
): Buffer {
  const levels = levelsOf(data);
  const channels = levels.length / (width * height);
  return Buffer.from(
    Array.from({ length: size.width * size.height * channels }, (_, i) => {
      const [pixel, channel] = [Math.floor(i / channels), i % channels];
      const [x, y] = [pixel % size.width, Math.floor(pixel / size.width)];
      let sum = 0;
      for (let row = 0; row < height; row++) {
        let line = 0;
        for (let column = 0; column < width; column++) {
          const level = levels[(row * width + column) * channels + channel]!;
          line += weight(column, x, width, size.width) * level;
        }
        sum += weight(row, y, height, size.height) * line;
      }
      return Math.round(sum);
    }),
  );
}

/** How much of one place is in another: of smaller ones the overlap, of larger ones the distance. */
function weight(from: number, to: number, length: number, others: number): number {
  const ratio = length / others;
  if (ratio >= 1) {
    const overlap = Math.min((to + 1) * ratio, from + 1) - Math.max(to * ratio, from);
    return Math.max(0, overlap) / ratio;
  }
  const at = Math.min(Math.max((to + 0.5) * ratio - 0.5, 0), length - 1);
  return Math.max(0, 1 - Math.abs(at - from));
}

type Pixel = [number, number, number, number];

/** Red, green, blue and alpha of each pixel. */
function pixels(data: Uint8Array): Pixel[] {
  return Array.from(
    { length: data.length / 4 },
    (_, i) => [...data.subarray(4 * i, 4 * i + 4)] as Pixel,
  );
}

const onWhite = (level: number, alpha: number) =>
  Math.round(level * (alpha / 255) + 255 * (1 - alpha / 255));

/** Brightness on white (Rec. 601). */
function grey(data: Uint8Array): number[] {
  return pixels(data).map(([r, g, b, alpha]) => onWhite(0.299 * r + 0.587 * g + 0.114 * b, alpha));
}

function colours(data: Uint8Array): number[] {
  return pixels(data).flatMap(([r, g, b, alpha]) =>
    [r, g, b].map((level) => onWhite(level, alpha)),
  );
}
