/** Folders with a subfolder of images for each class. */
import { loadImageFolder } from '../../../src/cli/files/images/image-folder.ts';
import { type Files, filesTarget, must } from '../files.ts';
import { knownJpeg, seenJpeg } from './jpeg.ts';
import { randomPng, seenPng } from './png.ts';

export const images = filesTarget({
  name: 'images',
  onDisk: true,
  make(dice) {
    const size = { width: dice.small(1, 12), height: dice.small(1, 12) };
    const files: Files = {};
    let isWhole: boolean | undefined = true;
    for (const name of dice.pick([
      ['a', 'b'],
      ['one', 'two', 'drei'],
      ['train', 'x'],
      ['0', '10', '9'],
    ])) {
      for (let i = dice.small(1, 4); i > 0; i--) {
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
    return {
      ...{ inputs: Buffer.from(inputs), colours: Buffer.from(inColour.inputs) },
      ...{ labels: [...labels], classNames, size: { ...size } },
    };
  },
  expected(files, found) {
    const names = Object.keys(files).filter((name) => /\.(?:png|jpg)$/i.test(name));
    const classNames = [...new Set(Object.keys(files).map((name) => name.split('/')[0]!))].sort();
    const { width, height } = found.size;
    const ordered = classNames.flatMap((name) =>
      names.filter((path) => path.startsWith(`${name}/`)).sort(),
    );
    const pictures = ordered.map((path, i) => {
      const file = files[path]!;
      const theirs = found.colours.subarray(3 * i * width * height);
      // Of a JPEG that is damaged, what came out.
      const data = Uint8Array.from({ length: 4 * width * height }, (_, at) =>
        at % 4 === 3 ? 255 : theirs[3 * (at >> 2) + (at % 4)]!,
      );
      const picture = file[0] === 0xff ? seenJpeg(file, { width, height, data }) : seenPng(file);
      must(picture.width === width && picture.height === height, 'images of one size');
      return picture.data;
    });
    return {
      inputs: Buffer.from(pictures.flatMap(grey)),
      colours: Buffer.from(pictures.flatMap(colours)),
      labels: ordered.map((path) => classNames.indexOf(path.split('/')[0]!)),
      ...{ classNames, size: { width, height } },
    };
  },
});

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
