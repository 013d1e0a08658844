/** PNG files of all kinds, and another decoder (PNG, third edition). */
import { join } from 'node:path';
import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { readImage } from '../../../src/cli/files/images/image-file.ts';
import { orientationOf } from '../../../src/cli/files/images/orientation.ts';
import { exif } from '../../cli/exif.ts';
import { chunk, PNG_SIGNATURE } from '../../cli/png-file.ts';
import type { Dice } from '../dice.ts';
import { filesTarget, must } from '../files.ts';
import { mutated } from '../mutations.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** RGBA, 8 bits each. */
  readonly data: Uint8Array;
}

/** Depths and channels by colour type. */
const KINDS: Readonly<Record<number, { depths: readonly number[]; channels: number }>> = {
  0: { depths: [1, 2, 4, 8, 16], channels: 1 },
  2: { depths: [8, 16], channels: 3 },
  3: { depths: [1, 2, 4, 8], channels: 1 },
  4: { depths: [8, 16], channels: 2 },
  6: { depths: [8, 16], channels: 4 },
};
/** The first column and row of each pass of an interlaced image, and from one to the next. */
const ADAM7 = [
  ...[
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
  ],
  ...[
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ],
] as [number, number, number, number][];
const WHOLE: typeof ADAM7 = [[0, 0, 1, 1]];

const passesOf = (width: number, height: number, isInterlaced: boolean) =>
  (isInterlaced ? ADAM7 : WHOLE)
    .map(([x, y, dx, dy]) => ({
      ...{ x, y, dx, dy },
      columns: Math.ceil((width - x) / dx),
      rows: Math.ceil((height - y) / dy),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);

/** A PNG of any kind, each row with a filter at random: any bytes are some picture. */
export function randomPng(dice: Dice, size: { width: number; height: number }, orientation = 1) {
  const { width, height } = size;
  const colorType = dice.pick([0, 2, 3, 4, 6]);
  const { depths, channels } = KINDS[colorType]!;
  const depth = dice.pick(depths);
  const isInterlaced = dice.chance(0.3);
  const isFlat = width * height > 1000;
  const rows = passesOf(width, height, isInterlaced).flatMap(({ columns, rows }) =>
    dice.list(rows, () => {
      const bytes = Math.ceil((columns * channels * depth) / 8);
      return Buffer.concat([
        Buffer.of(dice.between(0, 4)),
        // Of a palette the colours that there are: with a filter others might come out.
        isFlat ? Buffer.alloc(bytes) : dice.bytes(bytes),
      ]);
    }),
  );
  if (colorType === 3) for (const row of rows) row[0] = 0;
  const level = dice.pick([0, 1, 9]);
  const isDamaged = dice.chance(0.1);
  const whole = Buffer.concat(rows);
  let packed = deflateSync(isDamaged ? mutated(whole, dice, whole) : whole, { level });
  let valid = isDamaged ? undefined : true;
  if (dice.chance(0.05)) {
    valid = false;
    const few = Buffer.concat(rows.slice(0, -1));
    if (dice.chance(0.5)) packed = deflateSync(few);
    else packed = Buffer.concat([packed.subarray(0, -4), Buffer.from('nope')]);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, colorType, 0, 0, Number(isInterlaced)], 8);
  const before: Buffer[] = [];
  if (colorType === 3) before.push(chunk('PLTE', dice.bytes(3 * 2 ** depth)));
  const isTransparent = dice.chance(0.3);
  if (isTransparent && colorType === 3)
    before.push(chunk('tRNS', dice.bytes(dice.between(1, 2 ** depth))));
  if (isTransparent && (colorType === 0 || colorType === 2)) {
    const color = dice.list(channels, () => dice.between(0, 2 ** depth - 1));
    before.push(
      chunk(
        'tRNS',
        color.flatMap((value) => [value >> 8, value & 255]),
      ),
    );
  }
  if (orientation !== 1) before.push(chunk('eXIf', exif(orientation, dice.pick(['II', 'MM']))));
  if (dice.chance(0.2)) before.push(chunk('tEXt', Buffer.from('Title\0of the picture')));
  if (dice.chance(0.02)) before.push(...dice.list(2000, () => chunk('juNk', [])));
  const cuts = dice
    .list(dice.small(0, 3), () => dice.between(0, packed.length))
    .sort((a, b) => a - b);
  const data = [0, ...cuts].map((begin, i) => packed.subarray(begin, cuts[i]));
  const chunks = [
    chunk('IHDR', head),
    ...before,
    ...data.map((part) => chunk('IDAT', part)),
    chunk('IEND', []),
  ];
  const changed = dice.chance(0.2) ? rearranged(chunks, dice) : chunks;
  const file = Buffer.concat([PNG_SIGNATURE, ...changed]);
  return { valid: changed === chunks ? valid : undefined, file };
}

/** Chunks in another order, or of other contents, each with the checksum that it then has. */
function rearranged(chunks: readonly Buffer[], dice: Dice): Buffer[] {
  const [at, to] = [dice.between(0, chunks.length - 1), dice.between(0, chunks.length - 1)];
  const own = chunks[at]!;
  const type = own.toString('latin1', 4, 8);
  return dice.pick([
    () => chunks.toSpliced(at, 1),
    () => chunks.toSpliced(to, 0, own),
    () => chunks.toSpliced(at, 1).toSpliced(to, 0, own),
    () => chunks.with(at, chunk(type, mutated(own.subarray(8, -4), dice, chunks[to]!))),
  ])();
}

/** The other decoder. */
export function decodePng(file: Buffer): Picture {
  must(file.subarray(0, 8).equals(PNG_SIGNATURE), 'signature');
  const found = new Map<string, Buffer[]>();
  for (let at = 8; !found.has('IEND'); ) {
    must(at + 12 <= file.length, 'no end');
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    const data = file.subarray(at + 8, at + 8 + length);
    if (/^(?:IHDR|PLTE|IDAT|IEND|tRNS)$/.test(type)) {
      const checksum = crc32(file.subarray(at + 4, at + 8 + length));
      must(file.readUInt32BE(at + 8 + length) === checksum, `checksum of ${type}`);
    }
    found.set(type, [...(found.get(type) ?? []), data]);
    at += 12 + length;
  }
  const head = found.get('IHDR')![0]!;
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const [depth, colorType, compression, filter, interlacing] = head.subarray(
    8,
  ) as unknown as number[];
  const { channels, depths } = KINDS[colorType!]!;
  must(depths.includes(depth!) && !compression && !filter && interlacing! < 2, 'header');
  const bytes = inflateSync(Buffer.concat(found.get('IDAT')!));
  const [palette] = found.get('PLTE') ?? [];
  const [transparent] = found.get('tRNS') ?? [];
  const data = new Uint8Array(4 * width * height);
  const most = 2 ** depth! - 1;
  let at = 0;
  for (const { x, y, dx, dy, columns, rows } of passesOf(width, height, interlacing === 1)) {
    const length = Math.ceil((columns * channels * depth!) / 8);
    let above: Buffer = Buffer.alloc(length);
    for (let row = 0; row < rows; row++, at += 1 + length) {
      must(at + 1 + length <= bytes.length, 'too few rows');
      const line = unfiltered(
        bytes[at]!,
        bytes.subarray(at + 1, at + 1 + length),
        above,
        Math.ceil((channels * depth!) / 8),
      );
      above = line;
      for (let column = 0; column < columns; column++) {
        const samples = Array.from({ length: channels }, (_, c) =>
          sample(line, column * channels + c, depth!),
        );
        const color = rgba(colorType!, samples, most, palette, transparent);
        data.set(color, 4 * ((y + row * dy) * width + x + column * dx));
      }
    }
  }
  return { width, height, data };
}

function sample(line: Buffer, i: number, depth: number): number {
  if (depth === 16) return line.readUInt16BE(2 * i);
  const bit = i * depth;
  return (line[bit >> 3]! >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
}

function unfiltered(filter: number, line: Buffer, above: Buffer, step: number): Buffer {
  must(filter <= 4, 'filter');
  const to = Buffer.alloc(line.length);
  for (const [i, value] of line.entries()) {
    const [left, up, corner] = [
      to[i - step] ?? 0,
      above[i]!,
      (i < step ? 0 : above[i - step]) ?? 0,
    ];
    const nearest = [left, up, corner].map((other) => Math.abs(left + up - corner - other));
    const paeth = [left, up, corner][nearest.indexOf(Math.min(...nearest))]!;
    to[i] = value + [0, left, up, (left + up) >> 1, paeth][filter]!;
  }
  return to;
}

function rgba(
  colorType: number,
  samples: number[],
  most: number,
  palette: Buffer | undefined,
  transparent: Buffer | undefined,
): number[] {
  if (colorType === 3) {
    const [index] = samples as [number];
    must(palette && 3 * index < palette.length, 'a colour of the palette');
    return [...palette.subarray(3 * index, 3 * index + 3), transparent?.[index] ?? 255];
  }
  const isClear =
    transparent &&
    colorType < 3 &&
    samples.every((value, c) => value === transparent.readUInt16BE(2 * c));
  const levels = samples.map((value) => Math.round((value * 255) / most));
  const alpha = colorType > 3 ? levels.pop()! : isClear ? 0 : 255;
  return [...(levels.length === 1 ? [levels[0]!, levels[0]!, levels[0]!] : levels), alpha];
}

/** A picture as it is to be seen, by its orientation, 1 to 8 (CIPA DC-008, 4.6.5). */
export function upright({ width, height, data }: Picture, orientation: number): Picture {
  const isTurned = orientation > 4;
  const [w, h] = isTurned ? [height, width] : [width, height];
  const from = (x: number, y: number) =>
    [
      ...[
        [x, y],
        [w - 1 - x, y],
        [w - 1 - x, h - 1 - y],
        [x, h - 1 - y],
      ],
      ...[
        [y, x],
        [y, w - 1 - x],
        [h - 1 - y, w - 1 - x],
        [h - 1 - y, x],
      ],
    ][orientation - 1] as [number, number];
  const to = new Uint8Array(data.length);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [column, row] = from(x, y);
      to.set(
        data.subarray(4 * (row * width + column), 4 * (row * width + column) + 4),
        4 * (y * w + x),
      );
    }
  }
  return { width: w, height: h, data: to };
}

/** As `readImage` is to give it: the decoded picture, turned as its EXIF data say. */
export function seenPng(file: Buffer): Picture {
  const at = file.indexOf('eXIf');
  const orientation =
    at < 0 ? 1 : orientationOf(file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4)));
  return opaque(upright(decodePng(file), orientation));
}

/** What pixels may take: as many as a file claims, unless it has not the bytes for them. */
export function needsOf(file: Buffer, pixels: number) {
  const possible = Math.min(pixels, 2 ** 24, 8256 * file.length);
  return { ms: possible / 1000, mb: (32 * possible) / 1e6 };
}

/** Reads the picture in a folder as the command does. */
export async function readPicture(folder: string): Promise<Picture> {
  const { width, height, data } = await readImage(join(folder, 'file'));
  return opaque({ width, height, data: new Uint8Array(data) });
}

/** A picture whose transparent pixels are black: their colour is not to be seen. */
export function opaque({ width, height, data }: Picture): Picture {
  const to = data.map((value, i) => (data[i | 3] === 0 ? 0 : value));
  return { width, height, data: to };
}

export const randomSize = (dice: Dice) =>
  dice.chance(0.02)
    ? { width: dice.between(1, 900), height: dice.between(1, 900) }
    : { width: dice.small(1, 20), height: dice.small(1, 20) };

export const png = filesTarget({
  name: 'png',
  onDisk: true,
  make(dice) {
    const orientation = dice.chance(0.2) ? dice.between(1, 8) : 1;
    const { file, valid } = randomPng(dice, randomSize(dice), orientation);
    return { files: { file }, valid };
  },
  read: (_, folder) => readPicture(folder),
  expected: ({ file }) => seenPng(file!),
  needs: ({ file }) =>
    needsOf(file!, file!.length < 24 ? 0 : file!.readUInt32BE(16) * file!.readUInt32BE(20)),
});
