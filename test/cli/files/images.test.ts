/** Folders of images from one command to the next: train, evaluate, predict. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDigits } from '../../../src/index.ts';
import { decodeModel } from '../../../src/model/model-reader.ts';
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

/** The same with four pixels for each. */
function enlarged(levels: Uint8Array): Buffer {
  const side = 2 * SIDE;
  const image = new PNG({ width: side, height: side });
  for (let i = 0; i < side * side; i++) {
    const [x, y] = [(i % side) >> 1, Math.floor(i / side) >> 1];
    image.data.fill(levels[y * SIDE + x]!, 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  }
  return PNG.sync.write(image);
}

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-images-'));
  const { inputs, labels } = await loadDigits();
  const counts = [0, 0, 0];
  for (const folder of ['digits', 'large']) {
    for (const name of NAMES) await mkdir(join(cwd, folder, name), { recursive: true });
  }
  for (const [i, label] of labels.entries()) {
    if (label > 2 || counts[label] === 60) continue;
    const levels = Uint8Array.from(inputs.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE));
    const file = join(NAMES[label]!, `${counts[label]!++}.png`);
    await writeFile(join(cwd, 'digits', file), png(levels));
    await writeFile(join(cwd, 'large', file), enlarged(levels));
  }
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

  it('are classified where they are dark on white, in sizes and by files of any kind', async () => {
    const kinds = { across: [1, 0], down: [0, 1] } as const;
    for (const [name, [across, down]] of Object.entries(kinds)) {
      await mkdir(join(cwd, 'bars', name), { recursive: true });
      for (let i = 0; i < 40; i++) {
        const [width, height] = [12 + (i % 5), 11 + (i % 7)];
        const at = 3 + (i % 6);
        const image = new PNG({ width, height });
        for (let p = 0; p < width * height; p++) {
          const [x, y] = [p % width, Math.floor(p / width)];
          const isInk = Math.abs(across * y + down * x - at) < 2;
          image.data.fill(isInk ? 40 : 255, 4 * p, 4 * p + 3);
          image.data[4 * p + 3] = 255;
        }
        const bytes = i % 2 ? PNG.sync.write(image) : jpeg.encode(image, 90).data;
        await writeFile(join(cwd, 'bars', name, `${i}.${i % 2 ? 'png' : 'jpg'}`), bytes);
      }
    }
    const args = ['train', '-d', 'bars', '--json'];
    const { stdout, stderr } = await run([...args, '-o', 'b.st', '--print-hash'], { cwd });
    expect(stderr).toMatch(
      /^relumax: bars: \d+ of 80 images were brought to 14 × 14 pixels; --size/,
    );
    const { test, hash } = events(stdout).at(-1) as { test?: { accuracy: number }; hash?: string };
    expect(test!.accuracy).toBeGreaterThan(0.9);
    expect(events(stdout)[0]).toMatchObject({ layers: [196, 64, 2], optimizer: 'adam' });
    const { normalization } = decodeModel(await readFile(join(cwd, 'b.st')));
    expect(normalization?.inputs?.mean).toHaveLength(196);
    const asked = await run([...args, '--size', '14x14', '--print-hash'], { cwd });
    expect([asked.stderr, events(asked.stdout).at(-1)]).toEqual([
      '',
      expect.objectContaining({ hash }),
    ]);
    const { stdout: smaller } = await run([...args, '-e', '1', '-l', '8x9x1-2c3-2'], { cwd });
    expect(events(smaller)[0]).toMatchObject({ input: [8, 9, 1] });
  });

  it('are not standardised where they are mostly black', async () => {
    expect(decodeModel(await readFile(join(cwd, 'm.st'))).normalization).toBeUndefined();
  });

  it('alone have a size that can be chosen', async () => {
    const { code, stderr } = await run(['train', '--size', '14x14'], { cwd });
    expect([code, stderr.split('\n')[0]]).toEqual([
      2,
      'relumax: --size: found the bundled digits, expected a folder of images',
    ]);
    const wrong = await run(['train', '-d', 'digits', '--size', '14'], { cwd });
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('such as 32x32')]);
  });

  it('are brought to the size of the training', async () => {
    // The mean of four equal pixels is theirs, so all answers are the same.
    const answers = async (folder: string) => {
      const files = NAMES.flatMap((name) => [1, 2, 3].map((i) => `${folder}/${name}/${i}.png`));
      const { code, stdout } = await run(['predict', 'm.st', ...files], { cwd });
      expect(code).toBe(0);
      return stdout.replaceAll(folder, '');
    };
    expect(await answers('large')).toBe(await answers('digits'));
    const scores = async (folder: string) => {
      const { stdout } = await run(['evaluate', 'm.st', '-d', folder, '--json'], { cwd });
      return (events(stdout)[0] as { test?: unknown }).test;
    };
    expect(await scores('large')).toEqual(await scores('digits'));
  });
});
