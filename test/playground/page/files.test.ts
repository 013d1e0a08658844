import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { parametersHash } from '../../../src/cli/training/parameters-hash.ts';
import { loadDigits, Network } from '../../../src/index.ts';
import { launch } from '../../browser/chromium.ts';
import { run } from '../../cli/command.ts';
import { HEADER, irisLike } from '../../cli/iris-like.ts';
import { idx } from '../../data/idx-file.ts';
import { drop, finished, hashOf, openPlayground, saveModel } from './open.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relumax-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Writes a file in IDX format: unsigned bytes. */
async function idxFile(name: string, dimensions: number[], values: Uint8Array, zip = false) {
  const bytes = idx(dimensions, values);
  const path = join(folder, name);
  await writeFile(path, zip ? gzipSync(bytes) : bytes);
  return path;
}

const table = () => `${[HEADER, ...irisLike(1)].map((row) => row.join()).join('\n')}\n`;

const message = (page: Page) => page.locator('#files-message').textContent();

test('a model is saved, and loaded again to the same bits', async () => {
  await using playground = await openPlayground(browser, { query: '?layers=784-12-10&epochs=2' });
  const { page } = playground;
  await finished(page);
  const hash = await hashOf(page);
  const path = await saveModel(page, folder);
  expect(basename(path)).toBe('784-12-10.safetensors');
  const network = await Network.load(await readFile(path));
  expect(parametersHash(network.parameters())).toBe(hash);

  await page.getByRole('button', { name: 'Another seed' }).click();
  await finished(page);
  await expect.poll(() => hashOf(page)).not.toBe(hash);
  await drop(page, [path]);
  await expect
    .poll(() => message(page))
    .toBe('784-12-10.safetensors is loaded: 784-12-10. Train continues from its parameters.');
  await expect.poll(() => hashOf(page)).toBe(hash);
  expect(await page.locator('#command').textContent()).toContain(
    'started from 784-12-10.safetensors',
  );
  expect(await page.getByRole('button', { name: 'Copy link' }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await finished(page);
  await expect.poll(() => hashOf(page)).not.toBe(hash);
  expect(playground.complaints).toEqual([]);
});

test('IDX files are read: images and labels, gzipped or not, by drop and by choice', async () => {
  const digits = await loadDigits();
  const some = 1500;
  const images = digits.inputs.subarray(0, some * 784) as Uint8Array;
  const labels = digits.labels.subarray(0, some);
  const paths = [
    await idxFile('some-images.idx.gz', [some, 28, 28], images, true),
    await idxFile('some-labels.idx', [some], labels),
  ];
  await using playground = await openPlayground(browser);
  const { page } = playground;
  await page.locator('main:not([inert])').waitFor();
  await drop(page, paths);
  await expect
    .poll(() => message(page))
    .toBe('some-images.idx, some-labels.idx: 1,200 training examples, 300 held out.');
  await finished(page);
  expect(await page.locator('#held-out-count').textContent()).toBe('300');

  const four = [
    await idxFile('train-images-idx3-ubyte', [some, 28, 28], images),
    await idxFile('train-labels-idx1-ubyte', [some], labels),
    await idxFile('t10k-images-idx3-ubyte.gz', [200, 28, 28], images.subarray(0, 200 * 784), true),
    await idxFile('t10k-labels-idx1-ubyte.gz', [200], labels.subarray(0, 200), true),
  ];
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Choose files…' }).click(),
  ]);
  await chooser.setFiles(four);
  await expect.poll(() => message(page)).toContain('1,500 training examples, 200 held out.');
  await finished(page);
  expect(playground.complaints).toEqual([]);
});

test('a table trains to the parameters that the command gives in Node', async () => {
  const path = join(folder, 'iris.csv');
  await writeFile(path, table());
  await using playground = await openPlayground(browser);
  const { page } = playground;
  await page.getByLabel('Speed').selectOption('as fast as possible');
  await drop(page, [path]);
  await expect.poll(() => message(page)).toBe('iris.csv: 120 training examples, 30 held out.');
  await finished(page);
  expect(await page.locator('.confusion thead th').allTextContents()).toEqual([
    'setosa',
    'versicolor',
    'virginica',
  ]);
  const command = (await page.locator('#command').textContent())!.split(' ');
  const { stdout } = await run(command.slice(2), { cwd: folder });
  expect(stdout).toContain(`hash: ${await hashOf(page)}\n`);
  const accuracy = Number.parseFloat((await page.locator('#accuracy').textContent())!);
  expect(accuracy).toBeGreaterThan(80);

  // As R and pandas write it: the numbers of its rows are no input.
  const numbered = table()
    .split('\n')
    .map((line, i) => line && `${i || ''},${line}`);
  await writeFile(path, numbered.join('\n'));
  await drop(page, [path]);
  await expect
    .poll(() => page.locator('#columns tr').first().textContent())
    .toMatch(/^column 1left out: row numbers or names/);

  await writeFile(path, `${table()}1,2,3\n`);
  await drop(page, [path]);
  await expect.poll(() => message(page)).toMatch(/^iris.csv, row 152: found 3 cells, expected 5/);
  expect(playground.complaints).toEqual([]);
});

test('files that are damaged, or do not fit, are named, and the run goes on', async () => {
  await using playground = await openPlayground(browser, { query: '?epochs=500' });
  const { page } = playground;
  await page.locator('main:not([inert])').waitFor();
  const text = join(folder, 'notes.txt');
  await writeFile(text, 'no digits here');
  await drop(page, [text]);
  await expect.poll(() => message(page)).toMatch(/^notes.txt: found /);

  const alone = await idxFile('images.idx', [2, 28, 28], new Uint8Array(2 * 784));
  await drop(page, [alone]);
  await expect.poll(() => message(page)).toMatch(/^images.idx: found no labels/);

  const cut = join(folder, 'cut.idx.gz');
  await writeFile(cut, gzipSync(Buffer.alloc(5000, 7)).subarray(0, 20));
  await drop(page, [cut]);
  await expect.poll(() => message(page)).toMatch(/^cut.idx.gz: found damaged gzip data/);

  const small = await Network.create({ layers: [4, 3] });
  const model = join(folder, 'small.safetensors');
  await writeFile(model, small.save());
  await drop(page, [model]);
  await expect
    .poll(() => message(page))
    .toMatch(/^small.safetensors: found 4-3, expected 784 inputs/);

  await writeFile(model, small.save().subarray(0, 40));
  await drop(page, [model]);
  await expect.poll(() => message(page)).toMatch(/found/);
  expect(await page.locator('body').getAttribute('data-state')).toBe('running');
  expect(playground.complaints).toEqual([]);
});
