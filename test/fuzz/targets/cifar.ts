/** CIFAR-10's binary files, plain or in their archive, and the names of the classes. */
import { gunzipSync } from 'node:zlib';
import { loadCifarFolder } from '../../../src/cli/files/cifar.ts';
import type { Dataset } from '../../../src/index.ts';
import { cifarArchive, RECORD } from '../../cli/cifar-files.ts';
import { type Files, filesTarget, must } from '../files.ts';
import { namesIn } from './class-names.ts';

const ARCHIVE = 'cifar-10-binary.tar.gz';
const NAMES = 'batches.meta.txt';
const PIXELS = 1024;

/** The files of an archive, by another reading. */
function unpacked(archive: Buffer): Files {
  const bytes = gunzipSync(archive);
  const files: Files = {};
  for (let at = 0; bytes.subarray(at, at + 512).some((byte) => byte !== 0); ) {
    const header = bytes.subarray(at, at + 512);
    const [path] = header.toString('latin1', 0, 100).split('\0');
    const size = Number.parseInt(header.toString('latin1', 124, 136), 8);
    at += 512;
    const padded = Math.ceil(size / 512) * 512;
    must(at + padded <= bytes.length, 'the whole archive');
    const name = path!.replace(/^.*\//s, '');
    if ('0\0'.includes(String.fromCharCode(header[156]!)) && isRead(name)) {
      must(files[name] === undefined, 'each name once');
      files[name] = bytes.subarray(at, at + size);
    }
    at += padded;
    must(at < bytes.length, 'an end of the archive');
  }
  return files;
}

const isRead = (name: string) =>
  name === NAMES || name === 'test_batch.bin' || /^data_batch_[1-9]\d?\.bin$/.test(name);

interface Part {
  readonly colours: Buffer;
  readonly labels: readonly number[];
}

/** The images of files, red, green and blue of each pixel. */
function imagesIn(files: readonly Buffer[]): Part {
  const records = files.flatMap((bytes) => {
    must(bytes.length > 0 && bytes.length % RECORD === 0, 'whole images');
    return Array.from({ length: bytes.length / RECORD }, (_, i) =>
      bytes.subarray(i * RECORD, (i + 1) * RECORD),
    );
  });
  const levels = records.flatMap((bytes) =>
    Array.from({ length: 3 * PIXELS }, (_, i) => bytes[1 + (i % 3) * PIXELS + Math.floor(i / 3)]!),
  );
  return { colours: Buffer.from(levels), labels: records.map((bytes) => bytes[0]!) };
}

function greys(colours: Buffer): Buffer {
  return Buffer.from(
    Array.from({ length: colours.length / 3 }, (_, i) => {
      const [red, green, blue] = colours.subarray(3 * i) as unknown as [number, number, number];
      return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    }),
  );
}

export const cifar = filesTarget({
  name: 'cifar',
  onDisk: true,
  make(dice) {
    const classes = dice.small(1, 10);
    const batch = () =>
      Buffer.concat(
        dice.list(dice.small(1, 3), () =>
          Buffer.concat([Buffer.of(dice.between(0, classes - 1)), dice.bytes(RECORD - 1)]),
        ),
      );
    const files: Files = {};
    const count = dice.small(1, 3);
    for (let i = 1; i <= count; i++) files[`data_batch_${i}.bin`] = batch();
    if (dice.chance(0.7)) files['test_batch.bin'] = batch();
    if (dice.chance(0.5)) {
      const names = dice.list(classes, (i) => `${dice.pick(['a', 'ä', '零', '"'])}${i}`);
      files[NAMES] = Buffer.from(`${names.join('\n')}${dice.pick(['', '\n', '\n\n', '\r\n'])}`);
    }
    const isPacked = dice.chance(0.5);
    return { files: isPacked ? { [ARCHIVE]: cifarArchive(files) } : files, valid: true };
  },
  async read(_, folder) {
    const { train, test } = await loadCifarFolder(folder, 3);
    const grey = await loadCifarFolder(folder, 1);
    return [
      [train, grey.train],
      [test, grey.test],
    ].map(
      ([colour, grey]) =>
        colour &&
        grey && {
          ...{ colours: Buffer.from(colour.inputs), greys: Buffer.from(grey.inputs) },
          ...namesAndLabels(colour),
        },
    );
  },
  expected(files) {
    const isPlain = Object.keys(files).some((name) => name.endsWith('.bin'));
    const all = isPlain ? files : unpacked(files[ARCHIVE]!);
    const batches = Object.keys(all).filter((name) => name.startsWith('data_batch_'));
    must(batches.length > 0, 'a file to train on');
    const train = batches.map((_, i) => all[`data_batch_${i + 1}.bin`]!);
    must(!train.includes(undefined as never), 'files without a gap');
    const test = all['test_batch.bin'];
    const parts = [imagesIn(train), test && imagesIn([test])];
    const names = all[NAMES];
    const classNames =
      names && namesIn(Buffer.from(names.toString('latin1').replace(/[\r\n]+$/, ''), 'latin1'));
    const needed = 1 + Math.max(...parts.flatMap((part) => part?.labels ?? []));
    const classes = classNames?.length ?? needed;
    must(classes >= needed, 'a name for each class');
    return parts.map(
      (part) =>
        part && {
          ...{ colours: part.colours, greys: greys(part.colours) },
          ...{ labels: part.labels, classes, classNames },
        },
    );
  },
});

function namesAndLabels({ labels, classes, classNames }: Dataset) {
  return { labels: [...labels], classes, classNames };
}
