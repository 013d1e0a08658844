/** Folders of images from one command to the next: train, evaluate, predict. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDigits } from '../../../src/index.ts';
import { events, run } from '../command.ts';
import { grey } from '../picture.ts';

const NAMES = ['null', 'eins', 'zwei'];
const SIDE = 28;
let cwd: string;

function png(levels: Uint8Array): Buffer {
  const { width, height, data } = grey(levels);
  const image = new PNG({ width, height });
  image.data.set(data);
  return PNG.sync.write(image);
}

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-images-'));
  const { inputs, labels } = await loadDigits();
  const counts = [0, 0, 0];
  for (const name of NAMES) await mkdir(join(cwd, 'digits', name), { recursive: true });
  for (const [i, label] of labels.entries()) {
    if (label > 2 || counts[label] === 60) continue;
    const levels = Uint8Array.from(inputs.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE));
    const file = join(cwd, 'digits', NAMES[label]!, `${counts[label]!++}.png`);
    await writeFile(file, png(levels));
  }
  await writeFile(join(cwd, 'small.png'), PNG.sync.write(new PNG({ width: 8, height: 9 })));
  const { code, stderr } = await run(['train', '-d', 'digits', '-o', 'm.st'], { cwd });
  expect([code, stderr]).toEqual([0, '']);
});
afterAll(() => rm(cwd, { recursive: true }));

describe('images in folders of their classes', () => {
  it('train a network that reads others', async () => {
    const { stdout } = await run(['train', '-d', 'digits', '--json'], { cwd });
    const [start, ...rest] = events(stdout);
    expect(start).toMatchObject({
      ...{ data: 'images', folder: 'digits', examples: 144, heldOut: 36 },
      ...{ layers: [784, 10, 3], classNames: ['eins', 'null', 'zwei'] },
    });
    const { test } = rest.at(-1) as unknown as { test: { accuracy: number } };
    expect(test.accuracy).toBeGreaterThan(0.9);
  });

  it('are judged by those held out', async () => {
    const { stdout } = await run(['evaluate', 'm.st', '-d', 'digits'], { cwd });
    expect(stdout).toContain('digits, the images that were held out in training');
    expect(stdout).toMatch(/of 36 classified correctly/);
    expect(stdout).toMatch(/actual +eins +null +zwei +recall/);
  });

  it('are answered by name, as they are', async () => {
    const files = ['digits/null/3.png', 'digits/eins/3.png'];
    const { code, stdout } = await run(['predict', 'm.st', ...files], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^digits\/null\/3\.png\tnull\t0\.\d{5,}\ndigits\/eins\/3\.png\teins\t/);
    const { stdout: json } = await run(['predict', 'm.st', files[0]!, '--json'], { cwd });
    expect(events(json)[0]).toMatchObject({ image: files[0], class: 'null' });
    const { stdout: drawn } = await run(['predict', 'm.st', files[0]!], { cwd, terminal: 80 });
    expect(stripVTControlCharacters(drawn)).toMatch(/3\.png {2}→ {2}null\n/);
    expect(stripVTControlCharacters(drawn)).toMatch(/null +\d+\.\d % {2}█/);
  });

  it('must have the size of the training', async () => {
    const { code, stderr } = await run(['predict', 'm.st', 'small.png'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'relumax: small.png: has 8 × 9 pixels, expected 28 × 28, as the network was trained on\n',
    );
  });
});
