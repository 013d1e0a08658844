import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { digitImage } from '../../../src/data/digit-image.ts';
import { Network } from '../../../src/index.ts';
import { events, run } from '../command.ts';
import { NOTHING, seven, WHITE } from '../picture.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-predict-'));
  const png = async (file: string, { width, height, data }: ReturnType<typeof seven>) => {
    const image = new PNG({ width, height });
    image.data.set(data);
    await writeFile(join(cwd, file), PNG.sync.write(image));
  };
  await png('dark.png', seven());
  await png('light.png', seven({ ink: WHITE, paper: NOTHING, width: 300, height: 200, size: 150 }));
  await png('blank.png', seven({ ink: WHITE }));
  await writeFile(join(cwd, 'text.png'), 'no picture');
  const small = await Network.create({ layers: [4, 2] });
  await writeFile(join(cwd, 'small.st'), small.save());
  await run(['train', '-e', '5', '--save', 'm.st'], { cwd });
});
afterAll(() => rm(cwd, { recursive: true }));

const DARK = digitImage(seven());

it('reads a seven from PNG files, a plain line each', async () => {
  const { code, stdout, stderr } = await run(['predict', 'm.st', 'dark.png', 'light.png'], { cwd });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^dark\.png\t7\t0\.\d{5,}\nlight\.png\t7\t0\.\d{5,}\n$/);
});

it('prints probabilities with --json', async () => {
  const { stdout } = await run(['predict', 'm.st', 'dark.png', '--json'], { cwd });
  const network = await Network.load(await readFile(join(cwd, 'm.st')));
  const probabilities = [...network.predict(DARK)];
  expect(events(stdout)).toEqual([{ image: 'dark.png', digit: 7, probabilities }]);
});

it('reads raw images from standard input', async () => {
  for (const args of [
    ['predict', 'm.st'],
    ['predict', 'm.st', '-'],
  ]) {
    const { code, stdout } = await run(args, { cwd, input: DARK });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^stdin\t7\t/);
  }
  const { stdout } = await run(['predict', 'm.st'], { cwd, input: Buffer.concat([DARK, DARK]) });
  expect(stdout).toMatch(/^stdin 1\t7\t.*\nstdin 2\t7\t.*\n$/);
});

it.each([0, 783, 785])('turns down %i bytes from standard input', async (length) => {
  const { code, stdout, stderr } = await run(['predict', 'm.st'], {
    cwd,
    input: new Uint8Array(length),
  });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(`relumax: stdin: found ${length} bytes, expected 784 for each image`);
});

it('answers the good images and names the bad ones', async () => {
  const files = ['text.png', 'dark.png', 'blank.png', 'none.png'];
  const { code, stdout, stderr } = await run(['predict', 'm.st', ...files], { cwd });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^dark\.png\t7\t.*\n$/);
  expect(stderr.trimEnd().split('\n')).toEqual([
    'relumax: text.png: is neither a PNG nor a JPEG nor a WebP image',
    'relumax: blank.png: no ink found: nothing stands out from the background',
    'relumax: none.png: no such file or directory',
  ]);
});

it('draws image and probabilities on a terminal', async () => {
  const { stdout } = await run(['predict', 'm.st', 'dark.png'], { cwd, terminal: 80 });
  const lines = stripVTControlCharacters(stdout).trim().split('\n');
  expect(lines).toHaveLength(14);
  expect(lines.join('\n')).toMatch(/dark\.png {2}→ {2}7\n/);
  expect(lines.join('\n')).toMatch(/7 +\d+\.\d % {2}█/);
  const plain = await run(['predict', 'm.st', 'dark.png', '--no-color'], { cwd, terminal: 80 });
  expect(plain.stdout).not.toContain('\x1b');
  expect(plain.stdout).toMatch(/[▀▄█]{3}/);
});

it('turns down a model for other inputs', async () => {
  const { code, stderr } = await run(['predict', 'small.st', 'dark.png'], { cwd });
  expect(code).toBe(1);
  expect(stderr).toBe('relumax: small.st: takes 4 values, but an image has 784 (28 × 28)\n');
});
