/** Images that are not whole, or claim more than they have: refused in one line, at once. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImage } from '../../../src/cli/files/images/image-file.ts';
import { loadImageFolder } from '../../../src/cli/files/images/image-folder.ts';
import { cutOff } from '../../damage.ts';
import { expectWithin } from '../../times.ts';
import { exif } from '../exif.ts';
import { blockJpeg, progressiveJpeg, segment } from '../jpeg-file.ts';
import { chunk, greyPng, PNG_SIGNATURE } from '../png-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relumax-damaged-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(bytes: Uint8Array) {
  const path = join(folder, 'image');
  await writeFile(path, bytes);
  return readImage(path);
}

/** What is said of `bytes`, without the name of the file; or nothing where they are read. */
async function refusal(bytes: Uint8Array): Promise<string | undefined> {
  try {
    await read(bytes);
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    expect(message.startsWith(`${join(folder, 'image')}: `)).toBe(true);
    return message.slice(folder.length + '/image: '.length);
  }
}

/** A plain reason: what is wrong, and nothing of what a library or an engine says to programmers. */
const PLAIN = /^(?:damaged (?:PNG|JPEG): |is |has )[^\n]+$/;
const INTERNAL =
  /undefined|Cannot|Buffer|finished stream|Huffman|0x|marker was|maxMemory|not a func/;

/** A header chunk. */
function header(width: number, height: number, depth = 8, type = 0, interlacing = 0): Buffer {
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(width);
  sizes.writeUInt32BE(height, 4);
  return chunk('IHDR', [...sizes, depth, type, 0, 0, interlacing]);
}

function png(...chunks: Buffer[]): Buffer {
  return Buffer.concat([PNG_SIGNATURE, ...chunks, chunk('IEND', [])]);
}

/** Bytes of a pixel's row, and pixels of each of the seven passes, for 9 × 7. */
const [WIDTH, HEIGHT] = [9, 7];
const PASSES = [
  [2, 1],
  [1, 1],
  [3, 1],
  [2, 2],
  [5, 2],
  [4, 4],
  [9, 3],
] as const;
const KINDS = [
  ...[1, 2, 4, 8, 16].map((depth) => ({ type: 0, depth, channels: 1 })),
  ...[8, 16].map((depth) => ({ type: 2, depth, channels: 3 })),
  ...[1, 2, 4, 8].map((depth) => ({ type: 3, depth, channels: 1 })),
  ...[8, 16].map((depth) => ({ type: 4, depth, channels: 2 })),
  ...[8, 16].map((depth) => ({ type: 6, depth, channels: 4 })),
].flatMap((kind) => [0, 1].map((interlacing) => ({ ...kind, interlacing })));
type Kind = (typeof KINDS)[number];

/** Each kind of PNG: its data before they are compressed, and a file of them. */
function data({ depth, channels, interlacing }: Kind): Buffer {
  const passes = interlacing === 1 ? PASSES : [[WIDTH, HEIGHT] as const];
  const rows = passes.flatMap(([columns, rows]) =>
    Array.from({ length: rows }, (_, y) => {
      const bytes = Math.ceil((columns * depth * channels) / 8);
      return [y % 5, ...Array.from({ length: bytes }, (_, x) => (7 * x + 11 * y) & 0x7f)];
    }),
  );
  return Buffer.from(rows.flat());
}
function file(kind: Kind, packed: Buffer, more: Buffer[] = []): Buffer {
  const { type, depth, interlacing } = kind;
  const palette = Array.from({ length: 3 * 2 ** Math.min(depth, 8) }, (_, i) => i & 0xff);
  return png(
    header(WIDTH, HEIGHT, depth, type, interlacing),
    ...(type === 3 ? [chunk('PLTE', palette), chunk('tRNS', [9, 8])] : []),
    ...(type === 0 ? [chunk('tRNS', [0, 0])] : []),
    ...more,
    chunk('IDAT', packed.subarray(0, 9)),
    chunk('IDAT', packed.subarray(9)),
  );
}

const LEVELS = Array.from({ length: 12 }, (_, i) => 40 + 17 * i);
const grey = { width: 25, height: 17, components: [{ id: 1, levels: LEVELS }] };
const colours = {
  width: 20,
  height: 9,
  components: [1, 2, 3].map((id) => ({ id, levels: LEVELS })),
};
const progressive = progressiveJpeg(25, 17, LEVELS);
const JPEGS: [string, Buffer][] = [
  ['grey', blockJpeg(grey)],
  ['grey with restart markers', blockJpeg({ ...grey, interval: 5 })],
  ['colours', blockJpeg(colours)],
  ['colours with restart markers', blockJpeg({ ...colours, interval: 4 })],
  ['progressive', progressive.bytes],
  ['with EXIF data', blockJpeg({ ...grey, segments: [segment(0xe1, 'Exif\0\0', exif(6))] })],
  [
    'by an encoder',
    jpeg.encode({ width: 19, height: 13, data: Buffer.alloc(4 * 19 * 13).map((_, i) => 7 * i) }, 80)
      .data,
  ],
];

describe('a PNG', () => {
  it('of each kind is read as pngjs reads it, and refused wherever it is cut off', async () => {
    for (const kind of KINDS) {
      const whole = file(kind, deflateSync(data(kind)));
      expect(Buffer.compare((await read(whole)).data, PNG.sync.read(whole).data)).toBe(0);
      for (const bytes of cutOff(whole)) {
        expect(await refusal(bytes)).toMatch(/^(?:damaged PNG: |is neither a PNG)/);
      }
    }
  });

  it('of each kind is refused with data of any shorter or larger length', async () => {
    for (const kind of KINDS) {
      const rows = data(kind);
      for (const bytes of cutOff(rows)) {
        expect(await refusal(file(kind, deflateSync(bytes)))).toMatch(
          'damaged PNG: its data end before 9 × 7 pixels are complete',
        );
      }
      for (const more of [1, 2, 10, 1000]) {
        const long = Buffer.concat([rows, Buffer.alloc(more)]);
        expect(await refusal(file(kind, deflateSync(long)))).toBe(
          'damaged PNG: its data are more than 9 × 7 pixels',
        );
      }
    }
  });

  it('is refused with compressed data cut at any byte, and with any byte of its sum changed', async () => {
    for (const kind of KINDS) {
      const packed = deflateSync(data(kind));
      for (const bytes of cutOff(packed)) {
        expect(await refusal(file(kind, Buffer.from(bytes)))).toMatch(/^damaged PNG: its data end/);
      }
      for (let at = packed.length - 4; at < packed.length; at++) {
        const changed = Buffer.from(packed);
        changed[at]! ^= 1;
        expect(await refusal(file(kind, changed))).toBe('damaged PNG: its data are damaged');
      }
    }
  });

  it('is refused with any byte changed in one bit', async () => {
    const whole = greyPng(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      { before: [chunk('tEXt', [65, 0, 66])] },
    );
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 4;
      expect(await refusal(changed), `byte ${at}`).toBeDefined();
    }
  });

  const idat = chunk('IDAT', deflateSync(Buffer.alloc(4)));
  const palette = chunk('PLTE', [1, 2, 3, 4, 5, 6]);
  it.each<[string, Buffer, string]>([
    [
      'without its last chunk',
      png(header(1, 2), idat).subarray(0, -12),
      'damaged PNG: it is cut off',
    ],
    [
      'with more after its end',
      Buffer.concat([png(header(1, 2), idat), Buffer.alloc(5)]),
      'damaged PNG: found 5 bytes after its end',
    ],
    ['without data', png(header(1, 2)), 'damaged PNG: its data end before 1 × 2'],
    ['with a palette missing', png(header(1, 2, 8, 3), idat), 'damaged PNG: found no palette'],
    [
      'with two palettes',
      png(header(1, 2, 8, 3), palette, palette, idat),
      'damaged PNG: it has two palettes',
    ],
    [
      'with a palette of parts of colours',
      png(header(1, 2, 8, 3), chunk('PLTE', [1, 2]), idat),
      'damaged PNG: its palette is damaged',
    ],
    [
      'with more colours than indices',
      png(header(1, 2, 1, 3), chunk('PLTE', Array(9).fill(0)), idat),
      'damaged PNG: its palette is damaged',
    ],
    [
      'with an index beyond its palette',
      png(header(1, 1, 8, 3), palette, chunk('IDAT', deflateSync(Buffer.of(0, 2)))),
      'damaged PNG: index 2 not in palette',
    ],
    [
      'with a filter that is none',
      png(header(1, 1), chunk('IDAT', deflateSync(Buffer.of(7, 0)))),
      'damaged PNG: Unrecognised filter type - 7',
    ],
    [
      'with transparency before its palette',
      png(header(1, 2, 8, 3), chunk('tRNS', [1]), palette, idat),
      'damaged PNG: its transparency is damaged',
    ],
    [
      'with too short a transparency',
      png(header(1, 2), chunk('tRNS', [1]), idat),
      'damaged PNG: its transparency is damaged',
    ],
    [
      'with two headers',
      png(header(1, 2), header(1, 2), idat),
      'damaged PNG: found an unexpected chunk, IHDR',
    ],
    [
      'of a depth that its colours do not have',
      png(header(1, 2, 4, 6), idat),
      'damaged PNG: its header has invalid values',
    ],
    ['of no height', png(header(1, 0), idat), 'damaged PNG: its header has invalid values'],
    [
      'with a chunk without a name',
      png(header(1, 2), chunk('\x9b31m', []), idat),
      'damaged PNG: a chunk has no name',
    ],
    [
      'with an unknown chunk that must be understood',
      png(header(1, 2), chunk('ABcd', []), idat),
      'damaged PNG: found an unexpected chunk, ABcd',
    ],
  ])('%s is named', async (_, bytes, why) => expect(await refusal(bytes)).toContain(why));

  it('is read whatever its other chunks say', async () => {
    const bomb = deflateSync(Buffer.alloc(20e6));
    const junk = [
      chunk('gAMA', []),
      chunk('iCCP', Buffer.concat([Buffer.from('x\0\0'), bomb])),
      chunk('zTXt', Buffer.concat([Buffer.from('x\0\0'), bomb])),
      chunk('iTXt', Buffer.alloc(3e6, 65)),
      chunk('eXIf', Buffer.alloc(60_000)),
    ];
    const before = process.memoryUsage().arrayBuffers;
    const { data: pixels } = await read(
      greyPng([[9, 8]], { before: junk, after: junk.slice(0, 3) }),
    );
    expect([...pixels]).toEqual([9, 9, 9, 255, 8, 8, 8, 255]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(15e6);
  });
});

describe('a JPEG', () => {
  it('is read with the levels that it has, in whatever way they are stored', async () => {
    for (const [name, bytes] of JPEGS.slice(0, 2).concat([JPEGS[4]!])) {
      const { width, data: pixels } = await read(bytes);
      const levels = LEVELS.map(
        (_, i) => pixels[4 * (8 * Math.floor(i / 4) * width + 8 * (i % 4))],
      );
      expect(levels, name).toEqual(LEVELS);
    }
  });

  it.each(JPEGS)('%s is refused wherever it is cut off', async (_, whole) => {
    await read(whole);
    for (const bytes of cutOff(whole)) {
      const why = await refusal(bytes);
      expect(why, `${bytes.length} bytes`).toMatch(/^(?:damaged JPEG: |is neither a PNG)/);
      expect(why).not.toMatch(INTERNAL);
    }
  });

  it.each(JPEGS)('%s is refused wherever it is cut off and then ended', async (_, whole) => {
    const exact = (await read(whole)).data;
    for (const bytes of cutOff(whole)) {
      const ended = Buffer.concat([bytes, Buffer.of(0xff, 0xd9)]);
      const outcome = await read(ended).catch((error: Error) => error);
      // A last byte that is all padding may be missed.
      if (outcome instanceof Error) expect(outcome.message).not.toMatch(INTERNAL);
      else expect(Buffer.compare(outcome.data, exact), `${bytes.length} bytes`).toBe(0);
    }
  });

  it.each(JPEGS)('%s is an image or a plain reason with any byte changed', async (_, whole) => {
    for (let at = 2; at < whole.length; at++) {
      for (const value of [0, 0xff, whole[at]! ^ 1, whole[at]! ^ 0x80]) {
        const why = await refusal(whole.with(at, value));
        if (why === undefined || why.startsWith('is neither')) continue;
        expect(why).toMatch(PLAIN);
        expect(why).not.toMatch(INTERNAL);
      }
    }
  });

  const { head, scans, end } = progressive;
  const [dc, ac, dcRefined, acRefined] = scans as [Buffer, Buffer, Buffer, Buffer];
  const whole = blockJpeg(grey);
  const at = (...marker: number[]) => whole.indexOf(Buffer.from(marker));
  const without = (from: number, to: number) =>
    Buffer.concat([whole.subarray(0, from), whole.subarray(to)]);
  const marked = blockJpeg({ ...grey, interval: 5 });
  const restart = marked.indexOf(Buffer.of(0xff, 0xd0));
  it.each<[string, Buffer, string]>([
    ['without a scan', Buffer.concat([head, end]), 'image data are missing'],
    [
      'without its last scan',
      Buffer.concat([head, dc, ac, dcRefined, end]),
      'image data are missing',
    ],
    [
      'with its scans in the wrong order',
      Buffer.concat([head, ac, dc, dcRefined, acRefined, end]),
      'its scans contradict each other',
    ],
    [
      'with a scan twice',
      Buffer.concat([head, dc, dc, ac, dcRefined, acRefined, end]),
      'its scans contradict each other',
    ],
    ['without its frame', without(at(0xff, 0xc0), at(0xff, 0xc4)), 'found no frame header'],
    [
      'without its quantisation table',
      without(at(0xff, 0xdb), at(0xff, 0xc0)),
      'a table is missing',
    ],
    ['without its Huffman tables', without(at(0xff, 0xc4), at(0xff, 0xda)), 'a table is missing'],
    ['without its end', whole.subarray(0, -2), 'it is cut off'],
    [
      'without a restart marker',
      Buffer.concat([marked.subarray(0, restart), marked.subarray(restart + 2)]),
      'its image data are damaged',
    ],
    [
      'with another restart marker',
      marked.with(restart + 1, 0xd3) as Buffer,
      'its image data are damaged',
    ],
    [
      'with an end in place of a restart marker',
      marked.with(restart + 1, 0xd9) as Buffer,
      'its image data are damaged',
    ],
    [
      'with a second frame',
      Buffer.concat([whole.subarray(0, at(0xff, 0xc4)), whole.subarray(at(0xff, 0xc0))]),
      'found two frame headers',
    ],
    [
      'with an unexpected segment',
      blockJpeg({ ...grey, segments: [segment(0xde, Buffer.alloc(4))] }),
      'found an unexpected segment, FFDE',
    ],
  ])('%s is named', async (_, bytes, why) =>
    expect(await refusal(bytes)).toBe(`damaged JPEG: ${why}`),
  );

  it('may give a table again between its scans, but not another one', async () => {
    const table = (step: number) => segment(0xdb, Buffer.of(0, ...Array(64).fill(step)));
    const again = (step: number) =>
      Buffer.concat([head, dc, table(step), ac, dcRefined, acRefined, end]);
    expect(await refusal(again(8))).toBeUndefined();
    expect(await refusal(again(9))).toBe(
      'is an unsupported kind of JPEG, whose tables change between scans',
    );
  });

  it('of one component is read whatever its sampling factors are, as they mean nothing', async () => {
    const sampled = Buffer.from(marked);
    sampled[sampled.indexOf(Buffer.of(0xff, 0xc0)) + 11] = 0x22;
    expect(Buffer.compare((await read(sampled)).data, (await read(marked)).data)).toBe(0);
  });

  const undivided =
    'is an unsupported kind of JPEG, expected sampling factors that divide the largest';
  it.each([
    [[3, 1, 1], undefined],
    [[4, 2, 1], undefined],
    [[3, 2, 1], undivided],
    [[4, 3, 1], undivided],
  ] as const)('with sampling factors of %s: %s', async (factors, why) => {
    const components = factors.map((_, i) => ({ id: i + 1, levels: [] }));
    const file = blockJpeg({ width: 8, height: 8, components });
    const frame = file.indexOf(Buffer.of(0xff, 0xc0));
    for (const [i, factor] of factors.entries()) file[frame + 11 + 3 * i] = (factor << 4) | 1;
    const blocks = factors.reduce<number>((sum, factor) => sum + factor, 0);
    const data = file.indexOf(Buffer.of(0xff, 0xda)) + 14;
    // A block that equals the one before is five bits of 0.
    const grey = Buffer.alloc(Math.ceil((5 * blocks) / 8));
    const sampled = Buffer.concat([file.subarray(0, data), grey, Buffer.of(0xff, 0xd9)]);
    expect(await refusal(sampled)).toBe(why);
  });

  it('is read with whatever beside its image and after its end', async () => {
    const plain = (await read(whole)).data;
    const segments = [
      ...Array.from({ length: 40 }, () => segment(0xe2, 'ICC_PROFILE\0', Buffer.alloc(60_000))),
      ...Array.from({ length: 20_000 }, () => segment(0xfe)),
      segment(0xfe, Buffer.alloc(65_533, 65)),
    ];
    const film = Buffer.alloc(1e6, 0xff);
    const { data: pixels } = await read(Buffer.concat([blockJpeg({ ...grey, segments }), film]));
    expect(Buffer.compare(pixels, plain)).toBe(0);
  });
});

describe('a file that claims or has more than it needs costs nothing', () => {
  const largest = progressiveJpeg(4096, 4096, []);
  const [dc, ac] = largest.scans as [Buffer, Buffer];
  /** Scans of one coefficient after another, each of which visits all pixels. */
  const bands = Array.from({ length: 20 }, (_, i) => {
    const scan = Buffer.from(ac);
    scan.set([i + 1, i + 1, 0], 7);
    return scan;
  });
  const tooMany = 'is a JPEG with more than 268,435,456 pixels in all scans';
  const images: [string, Buffer, string][] = [
    [
      '91 bytes for 65,535 × 256 pixels',
      png(header(65_535, 256), chunk('IDAT', deflateSync(Buffer.alloc(500)))),
      'damaged PNG: its data end before',
    ],
    [
      'a row of 2²⁴ pixels',
      png(header(2 ** 24, 1)),
      'has 16777216 × 1 pixels, expected at most 65,535 in a row',
    ],
    [
      'a column of 2²⁴ pixels',
      png(header(1, 2 ** 24)),
      'has 1 × 16777216 pixels, expected at most 65,535 in a row',
    ],
    [
      'a bomb',
      png(header(9, 9), chunk('IDAT', deflateSync(Buffer.alloc(100e6)))),
      'damaged PNG: its data are more than 9 × 9',
    ],
    [
      'junk',
      greyPng([[1]], { after: [chunk('juNk', Buffer.alloc(5e6))] }),
      'has 5,000,079 bytes, expected at most 4,194,313 for 1 × 1',
    ],
    [
      'many chunks',
      greyPng([[1]], { before: Array<Buffer>(40_000).fill(chunk('juNk', [])) }),
      'is a PNG with more than 32,768 chunks',
    ],
    [
      'many data chunks',
      png(header(1, 1), ...Array<Buffer>(40_000).fill(chunk('IDAT', []))),
      'is a PNG with more than 32,768 chunks',
    ],
    ['many scans', Buffer.concat([largest.head, dc, ...bands, largest.end]), tooMany],
    [
      'many comments',
      blockJpeg({ ...grey, segments: Array<Buffer>(1100).fill(segment(0xfe, Buffer.alloc(4000))) }),
      'damaged JPEG: found no frame header',
    ],
  ];

  it.each(images)('%s', async (_, bytes, why) => {
    const path = join(folder, 'large');
    await writeFile(path, bytes);
    const before = process.memoryUsage().arrayBuffers;
    const started = performance.now();
    await expect(readImage(path)).rejects.toThrow(`${path}: ${why}`);
    // A fiftieth of a second here.
    expectWithin(200, performance.now() - started);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20e6);
  });

  it('the most scans that are read take seconds and not minutes', { timeout: 60_000 }, async () => {
    const path = join(folder, 'scans.jpg');
    const whole = Buffer.from(dc);
    whole[9] = 0;
    // Each of them adds one bit to all coefficients, which is what takes longest.
    const refined = Array.from({ length: 14 }, (_, i) => {
      const scan = Buffer.from(ac);
      scan[9] = i === 0 ? 13 : ((14 - i) << 4) | (13 - i);
      return scan;
    });
    await writeFile(path, Buffer.concat([largest.head, whole, ...refined, largest.end]));
    const started = performance.now();
    expect((await readImage(path)).width).toBe(4096);
    expectWithin(5000, performance.now() - started);
  });
});

describe('among the images of a folder', () => {
  const others: [string, string, (path: string) => Promise<unknown>][] = [
    ['a pipe', 'is a pipe', async (path) => execFileSync('mkfifo', [path])],
    [
      'a link to a pipe',
      'is a pipe',
      async (path) => {
        execFileSync('mkfifo', [`${path}.pipe`]);
        await symlink(`${path}.pipe`, path);
      },
    ],
    ['a link to a device without an end', 'is a device', (path) => symlink('/dev/zero', path)],
    ['a link to a folder', 'is a folder', (path) => symlink('/', path)],
    ['a link to nothing', 'no such file or directory', (path) => symlink('nowhere', path)],
    ['a link to itself', 'too many symbolic links', (path) => symlink(path, path)],
    [
      'a socket',
      'no such device or address',
      async (path) => {
        const server = createServer().listen(path).unref();
        await new Promise((resolve) => server.once('listening', resolve));
      },
    ],
  ];

  it.skipIf(process.platform === 'win32').each(others)(
    '%s is refused at once',
    async (name, why, make) => {
      const images = join(folder, name.replaceAll(' ', '-'));
      for (const label of ['a', 'b']) {
        await mkdir(join(images, label), { recursive: true });
        await writeFile(join(images, label, '1.png'), greyPng([[1]]));
      }
      const path = join(images, 'b', '2.png');
      await make(path);
      const started = performance.now();
      await expect(loadImageFolder(images)).rejects.toThrow(`${path}: ${why}`);
      expectWithin(1000, performance.now() - started);
    },
  );

  it('junk is not read, in none of the files that are open at once', async () => {
    const images = join(folder, 'junk');
    const large = greyPng([[1]], { after: [chunk('juNk', Buffer.alloc(40e6))] });
    for (const label of ['a', 'b']) await mkdir(join(images, label), { recursive: true });
    await writeFile(join(images, 'a', '1.png'), greyPng([[1]]));
    await writeFile(join(images, 'b', '0.png'), large);
    for (let i = 1; i < 32; i++) await symlink('0.png', join(images, 'b', `${i}.png`));
    const before = process.memoryUsage.rss();
    const reading = loadImageFolder(images);
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss() - before);
    }, 1);
    await expect(reading).rejects.toThrow(
      'b/0.png: has 40,000,079 bytes, expected at most 4,194,313 for 1 × 1',
    );
    clearInterval(watch);
    expect(most).toBeLessThan(300e6);
  });
});
