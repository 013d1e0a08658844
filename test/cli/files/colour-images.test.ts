/** Images in colour from one command to the next, of two classes of the same brightness. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSource } from '../../../src/cli/files/formats.ts';
import { loadDigits } from '../../../src/index.ts';
import { decodeModel } from '../../../src/model/model-reader.ts';
import { idx } from '../../data/idx-file.ts';
import { npy } from '../../data/npy-file.ts';
import { events, hashIn, run } from '../command.ts';
import { writeIdxFolder } from '../idx-folder.ts';

const [WIDTH, HEIGHT] = [5, 4];
const PIXELS = WIDTH * HEIGHT;
const COLOURS = { blue: [10, 40, 250], red: [150, 0, 66] } as const;
const TRAINED = ['train', '-d', 'colours', '--channels', '3', '-e', '40', '--shift', '1'];
let cwd: string;

/** A colour that fades to white, in other steps for each image. */
function pixelsOf(colour: readonly number[], image: number): number[] {
  return Array.from({ length: PIXELS }, (_, i) => ((i * (image + 3)) % 7) / 10).flatMap((white) =>
    colour.map((level) => Math.round(level + (255 - level) * white)),
  );
}

function png(levels: readonly number[], width = WIDTH): Buffer {
  const image = new PNG({ width, height: levels.length / 3 / width });
  for (const i of levels.keys()) image.data[4 * Math.floor(i / 3) + (i % 3)] = levels[i]!;
  for (let i = 3; i < image.data.length; i += 4) image.data[i] = 255;
  return PNG.sync.write(image);
}

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-colours-'));
  for (const [name, colour] of Object.entries(COLOURS)) {
    await mkdir(join(cwd, 'colours', name), { recursive: true });
    for (let i = 0; i < 30; i++) {
      await writeFile(join(cwd, 'colours', name, `${i}.png`), png(pixelsOf(colour, i)));
    }
  }
  const args = [...TRAINED, '-o', 'm.st', '--report', 'r.html', '--print-hash'];
  const { code, stderr } = await run(args, { cwd });
  expect([code, stderr]).toEqual([0, '']);
});
afterAll(() => rm(cwd, { recursive: true }));

const metadataOf = async (file: string) => decodeModel(await readFile(join(cwd, file))).metadata;

describe('a preset, which convolves', () => {
  it.each([
    ['large-colour', (level: number[]) => level, 3],
    ['large-grey', ([level = 0]: number[]) => [level, level, level], 1],
  ] as const)('takes images as they are: %s', async (name, levels, channels) => {
    const side = 24;
    for (const [folder, colour] of Object.entries(COLOURS)) {
      await mkdir(join(cwd, name, folder), { recursive: true });
      for (let i = 0; i < 10; i++) {
        const pixels = Array.from({ length: side * side }, () => levels([...colour])).flat();
        await writeFile(join(cwd, name, folder, `${i}.png`), png(pixels, side));
      }
    }
    const args = ['train', '-d', name, '--preset', 'best', '-e', '1', '--json', '-o', `${name}.st`];
    const { stdout } = await run(args, { cwd });
    expect(events(stdout)[0]).toMatchObject({ input: [side, side, channels] });
    const chosen = await run([...args, '--channels', '1'], { cwd });
    expect(events(chosen.stdout)[0]).toMatchObject({ input: [side, side, 1] });
    const dense = await run(['train', '-d', name, '-e', '1', '--json'], { cwd });
    expect(events(dense.stdout)[0]).toMatchObject({ layers: [side * side, 64, 2] });
    const own = ['train', '-d', name, '-e', '1', '--json', '-l', `${side}x${side}x3-4c5-p2-2`];
    const convolving = await run(own, { cwd });
    expect(events(convolving.stdout)[0]).toMatchObject({ input: [side, side, 3] });
  });
});

describe('a folder of images with --channels 3', () => {
  it('trains a network of red, green and blue, which greys could not', async () => {
    const { stdout } = await run([...TRAINED, '--json'], { cwd });
    const [start, ...rest] = events(stdout);
    expect(start).toMatchObject({ layers: [3 * PIXELS, 64, 2], classNames: ['blue', 'red'] });
    expect(rest.at(-1)).toMatchObject({ test: { accuracy: 1 } });
    expect(await metadataOf('m.st')).toMatchObject({ data: 'images', size: '5x4x3' });
    const grey = await run(['train', '-d', 'colours', '--channels', '1', '--json'], { cwd });
    expect(events(grey.stdout)[0]).toMatchObject({ layers: [PIXELS, 64, 2] });
  });

  it('is read in colour by evaluate, without being told', async () => {
    const { code, stdout } = await run(['evaluate', 'm.st', '-d', 'colours'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('colours, the images that were held out in training');
    expect(stdout).toContain('100.00 %');
    const grey = await run(['evaluate', 'm.st', '-d', 'colours', '--channels', '1'], { cwd });
    expect(grey.code).toBe(1);
    expect(grey.stderr).toContain('takes 60 values and has 2 classes, but the data has 20 values');
  });

  it('has images predicted, greys as well, and their levels on standard input', async () => {
    await writeFile(join(cwd, 'grey.png'), png(Array(3 * PIXELS).fill(99)));
    const files = ['colours/red/1.png', 'colours/blue/29.png', 'grey.png'];
    const { code, stdout } = await run(['predict', 'm.st', ...files], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^colours\/red\/1\.png\tred\t.*\n.*29\.png\tblue\t.*\ngrey\.png\t/);
    const input = Uint8Array.from(pixelsOf(COLOURS.red, 1));
    const raw = await run(['predict', 'm.st'], { cwd, input });
    expect(raw.stdout.replace('stdin', files[0]!)).toBe(`${stdout.split('\n')[0]}\n`);
    const short = await run(['predict', 'm.st'], { cwd, input: input.subarray(1) });
    expect(short.stderr).toContain('expected 60 for each image (5 × 4 × 3, no PNG)');
    const grey = await run(['predict', 'm.st', '--channels', '1', 'grey.png'], { cwd });
    expect([grey.code, grey.stderr.split('\n')[0]]).toEqual([
      2,
      'relumax: --channels 1: m.st takes images of 3',
    ]);
  });

  it('is drawn in colour, exact where the terminal can', async () => {
    const drawn = async (env: Record<string, string>) => {
      const args = ['predict', 'm.st', 'colours/blue/0.png'];
      return (await run(args, { cwd, terminal: 80, env: { FORCE_COLOR: '1', ...env } })).stdout;
    };
    const [red, green, blue] = pixelsOf(COLOURS.blue, 0);
    const exact = await drawn({ COLORTERM: 'truecolor' });
    expect(exact).toContain(`\x1b[38;2;${red};${green};${blue};48;2;`);
    // 16 + 36 · 0 + 6 · 0 + 5
    expect(await drawn({})).toContain('\x1b[38;5;21;48;5;');
    const plain = await drawn({ FORCE_COLOR: '', NO_COLOR: '1' });
    expect(stripVTControlCharacters(plain)).toBe(plain);
    expect(plain).toMatch(/[▄▀█]/);
  });

  it('is shown in colour by the report, and repeated by its command', async () => {
    const page = await readFile(join(cwd, 'r.html'), 'utf8');
    const command = /<code>relumax ([^<]+)<\/code>/.exec(page)![1]!;
    expect(command).toContain('--channels 3');
    const again = await run([...command.split(' '), '--print-hash'], { cwd });
    expect(page).toContain(hashIn(again.stdout));
    const pictures = [...page.matchAll(/alt="Weights of unit \d+".*?base64,([^"]+)"/g)].map(
      ([, data]) => PNG.sync.read(Buffer.from(data!, 'base64')),
    );
    expect(pictures).toHaveLength(64);
    const { weights } = decodeModel(await readFile(join(cwd, 'm.st'))).parameters[0]!;
    const row = weights.subarray(0, 3 * PIXELS);
    const largest = row.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
    const expected = Array.from(row, (weight) => Math.round((1 + weight / largest) * 127.5));
    expect([...pictures[0]!.data].filter((_, i) => i % 4 < 3)).toEqual(expected);
  });

  it('has its mistakes shown in colour', async () => {
    // Of labels that nobody can learn.
    const inputs = Array.from({ length: 40 }, (_, i) => pixelsOf(COLOURS.blue, i)).flat();
    await mkdir(join(cwd, 'arrays'));
    await writeFile(join(cwd, 'arrays/x.npy'), npy(Uint8Array.from(inputs), [40, 4, 5, 3]));
    await writeFile(
      join(cwd, 'arrays/y.npy'),
      npy(Uint8Array.from({ length: 40 }, (_, i) => i % 2)),
    );
    const args = ['train', '-d', 'arrays', '-e', '1', '--shift', '1', '--report', 'a.html'];
    expect(await run(args, { cwd })).toMatchObject({ code: 0 });
    const page = await readFile(join(cwd, 'a.html'), 'utf8');
    const [, data] = /alt="\d, predicted \d".*?base64,([^"]+)"/.exec(page)!;
    const picture = [...PNG.sync.read(Buffer.from(data!, 'base64')).data];
    const levels = picture.filter((_, i) => i % 4 < 3).join();
    const images = Array.from({ length: 40 }, (_, i) => pixelsOf(COLOURS.blue, i).join());
    expect(images).toContain(levels);
  });

  it('is resumed as it was begun', async () => {
    const args = ['train', '-d', 'colours', '--channels', '3', '--print-hash'];
    await run([...args, '-e', '2', '--checkpoint', 'c.st'], { cwd });
    const whole = await run([...args, '-e', '4'], { cwd });
    const resume = ['train', '-d', 'colours', '--resume', 'c.st', '-e', '4', '--print-hash'];
    const resumed = await run(resume, { cwd });
    expect(hashIn(resumed.stdout)).toBe(hashIn(whole.stdout));
    const other = await run([...resume, '--channels', '1'], { cwd });
    expect([other.code, other.stderr.split('\n')[0]]).toEqual([
      2,
      'relumax: --channels: found 1, expected 3, as in c.st',
    ]);
  });
});

describe('other data with --channels', () => {
  it('are greys as red, green and blue', async () => {
    const counts = { train: 200, test: 100 };
    await writeIdxFolder(join(cwd, 'mnist'), await loadDigits(), counts);
    const args = ['train', '-d', 'mnist', '--channels', '3', '-o', 'digits.st', '--json'];
    const { stdout } = await run(args, { cwd });
    const [start, ...rest] = events(stdout);
    expect(start).toMatchObject({ layers: [2352, 10, 10] });
    expect(await metadataOf('digits.st')).toMatchObject({ data: 'idx', size: '28x28x3' });
    const evaluated = await run(['evaluate', 'digits.st', '-d', 'mnist', '--json'], { cwd });
    const { test } = rest.at(-1) as { test?: { accuracy: number } };
    expect(events(evaluated.stdout)[0]).toMatchObject({ test: { accuracy: test!.accuracy } });
    await writeFile(join(cwd, 'one.png'), png(digit(), 28));
    const predicted = await run(['predict', 'digits.st', 'one.png'], { cwd });
    expect(predicted).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    [
      [6, 2, 8],
      [2, 8, 1],
    ],
    [
      [6, 2, 8, 3],
      [2, 8, 3],
    ],
    [[6, 3, 2, 8], undefined],
    [
      [6, 16],
      [4, 4, 1],
    ],
    [[6, 15], undefined],
  ])('of the sizes %j are images of %j', async (sizes, shape) => {
    const values = new Uint8Array(sizes.reduce((product, size) => product * size, 1));
    const place = await mkdtemp(join(cwd, 'sizes-'));
    await writeFile(join(place, 'train-images-idx3-ubyte'), idx(sizes, values));
    await writeFile(join(place, 'train-labels-idx1-ubyte'), idx([6], [0, 1, 0, 1, 0, 1]));
    await mkdir(join(place, 'npy'));
    await writeFile(join(place, 'npy/x.npy'), npy(values, sizes));
    await writeFile(join(place, 'npy/y.npy'), npy(Uint8Array.of(0, 1, 0, 1, 0, 1)));
    for (const path of [place, join(place, 'npy')]) {
      expect((await readSource(path, {})).shape).toEqual(shape);
    }
  });

  it('are colours as grey, by the shape of an array', async () => {
    await mkdir(join(cwd, 'grey'));
    const inputs = Array.from({ length: 10 }, (_, i) => pixelsOf(COLOURS.red, i)).flat();
    await writeFile(join(cwd, 'grey/x.npy'), npy(Float64Array.from(inputs), [10, 4, 5, 3]));
    await writeFile(join(cwd, 'grey/y.npy'), npy(Uint8Array.from({ length: 10 }, (_, i) => i % 2)));
    const args = ['train', '-d', 'grey', '--json', '-e', '1'];
    const own = await run(args, { cwd });
    expect(events(own.stdout)[0]).toMatchObject({ layers: [60, 64, 32, 2] });
    const { stdout } = await run([...args, '--channels', '1', '-o', 'grey.st'], { cwd });
    expect(events(stdout)[0]).toMatchObject({ layers: [20, 64, 32, 2] });
    expect(await metadataOf('grey.st')).toMatchObject({ size: '5x4' });
    const { code } = await run(['evaluate', 'grey.st', '-d', 'grey'], { cwd });
    expect(code).toBe(0);
  });

  it.each([
    [['train', '-d', 't.csv', '--channels', '3'], 'found examples of 2 values'],
    [['find-lr', '-d', 't.csv', '--channels', '1'], 'found examples of 2 values'],
    [['evaluate', 'm.st', '-d', 't.csv', '--channels', '2'], 'Expected one of 1, 3.'],
  ])('are refused: %j', async (args, message) => {
    await writeFile(join(cwd, 't.csv'), 'a,b,c\n1,2,x\n3,4,y\n2,3,x\n4,5,y\n');
    const { code, stderr } = await run(args, { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

/** A thick stroke, white on black. */
function digit(): number[] {
  return Array.from({ length: 784 }, (_, i) => {
    const [x, y] = [i % 28, Math.floor(i / 28)];
    return x > 12 && x < 16 && y > 4 && y < 24 ? 255 : 0;
  }).flatMap((level) => [level, level, level]);
}
