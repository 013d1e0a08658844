/** MNIST's four files, plain or gzipped, and the names of the classes. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { loadIdxFolder } from '../../../src/data/idx-folder-node.ts';
import type { Dataset } from '../../../src/index.ts';
import { idx } from '../../data/idx-file.ts';
import type { Dice } from '../dice.ts';
import { type Files, filesTarget, must } from '../files.ts';
import { namesIn } from './class-names.ts';

const PARTS = ['train', 't10k'] as const;
const nameOf = (part: string, kind: 'images' | 'labels', zip = '') =>
  `${part}-${kind}-idx${kind === 'images' ? 3 : 1}-ubyte${zip}`;

/** The other reading. */
function parsed(files: Files, name: string): { dimensions: number[]; values: Buffer } {
  const packed = files[name] ?? files[`${name}.gz`]!;
  const bytes = packed[0] === 0x1f && packed[1] === 0x8b ? gunzipSync(packed) : packed;
  must(bytes.readUIntBE(0, 3) === 8, 'other magic number');
  const rank = bytes[3]!;
  const dimensions = Array.from({ length: rank }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const values = bytes.subarray(4 + 4 * rank);
  const count = dimensions.reduce((product, size) => product * size, 1);
  must(values.length === count, `${values.length} values`);
  return { dimensions, values };
}

export const idxFolder = filesTarget({
  name: 'idx',
  onDisk: true,
  make(dice: Dice) {
    const [rows, columns] = [dice.small(1, 9), dice.small(1, 9)];
    const classes = dice.small(1, 12);
    const files: Files = {};
    const add = (name: (zip: string) => string, bytes: Buffer) => {
      if (dice.chance(0.5)) files[name('')] = bytes;
      else files[name('.gz')] = gzipSync(bytes, { level: dice.pick([0, 1, 9]) });
    };
    for (const part of PARTS) {
      const length = dice.small(1, 20);
      const pixels = dice.bytes(length * rows * columns);
      const labels = Buffer.from(dice.list(length, () => dice.between(0, classes - 1)));
      add((zip) => nameOf(part, 'images', zip), Buffer.from(idx([length, rows, columns], pixels)));
      add((zip) => nameOf(part, 'labels', zip), Buffer.from(idx([length], labels)));
    }
    if (dice.chance(0.3)) {
      const names = dice.list(classes, (i) => `${dice.pick(['a', 'ä', '零', '😀', '"'])}${i}`);
      files['classes.txt'] = Buffer.from(names.join(dice.pick(['\n', '\r\n'])));
    }
    return { files, valid: true };
  },
  async read(_, folder) {
    const { train, test } = await loadIdxFolder(folder);
    return [train, test].map(({ inputs, labels, classes, classNames, features }: Dataset) => ({
      ...{ inputs: Buffer.from(inputs), labels: Buffer.from(labels) },
      ...{ classes, classNames, features },
    }));
  },
  expected(files) {
    const parts = PARTS.map((part) => {
      const images = parsed(files, nameOf(part, 'images'));
      const labels = parsed(files, nameOf(part, 'labels'));
      must(labels.dimensions.length === 1, 'labels in one dimension');
      must(labels.values.length === images.dimensions[0], 'a label for each image');
      const features = images.values.length / labels.values.length;
      return { inputs: images.values, labels: labels.values, features };
    });
    const names = files['classes.txt'];
    const classNames = names && namesIn(names);
    const needed = 1 + Math.max(...parts.flatMap(({ labels }) => [...labels]));
    const classes = classNames?.length ?? needed;
    must(classes >= needed, 'a name for each class');
    must(parts[0]!.features === parts[1]!.features, 'images of one size');
    return parts.map(({ inputs, labels, features }) => ({
      ...{ inputs: Buffer.from(inputs), labels: Buffer.from(labels) },
      ...{ classes, classNames, features },
    }));
  },
});
