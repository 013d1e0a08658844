/** The playground as one HTML file, opened from disk. */
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { base64 } from '../../../build/digits.js';
import { loadDigits } from '../../../src/index.ts';
import { launch } from '../../browser/chromium.ts';
import { Firefox, hasFirefox } from '../../browser/firefox.ts';
import { idx } from '../../data/idx-file.ts';
import { passengers } from '../tables.ts';
import {
  drop,
  finished,
  hashByCommand,
  hashOf,
  openPlayground,
  SINGLE_FILE,
  saveModel,
} from './open.ts';

/** The most that the file may have, in bytes. */
const MOST = 3_200_000;

/** Of the parameters that the page ends with as it opens, in docs/engines.md. */
const FIRST_HASH = '772f8f59fb1d08db18949442e013e727057e163192679d3605c2f41070b3ebec';

const IMAGES = '?layers=28x28-4c5s-p4-10&epochs=1';

let browser: Browser;
/** Holds what is dropped, and in a folder of its own a copy of the file: with nothing beside it. */
let folder: string;
let file: string;
beforeAll(async () => {
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), 'relumax-single-file-'));
  const own = join(folder, 'für die Klasse');
  await mkdir(own);
  const path = join(own, 'relumax #1.html');
  await copyFile(SINGLE_FILE, path);
  file = pathToFileURL(path).href;
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

async function written(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

const textOf = (page: Page, id: string) => page.locator(`#${id}`).textContent();

const commandsHash = async (page: Page) => hashByCommand((await textOf(page, 'command'))!, folder);

test('it is small, has the digits once, and refers to no other file', async () => {
  const { size } = await stat(SINGLE_FILE);
  console.log(`${size} bytes`);
  expect(size).toBeLessThan(MOST);
  const html = await readFile(SINGLE_FILE, 'utf8');
  expect(html.split(base64.slice(0, 1000))).toHaveLength(2);
  const [, ...parts] = html.split(/<script/);
  expect(parts).toHaveLength(1);
  const outside = html.replace(/<script[\s\S]*<\/script>|<style[\s\S]*?<\/style>/g, '');
  expect(outside.match(/(?:src|href)="(?!data:|#)[^"]*/g)).toBe(null);
  expect(outside).toContain('Mike Bostock');
});

// Each starts several trainings, and the command.
describe('in Chromium', { timeout: 120_000 }, () => {
  test('it trains to the hash of the served page and of the command', async () => {
    await using served = await openPlayground(browser);
    await using opened = await openPlayground(browser, { file });
    for (const { page } of [served, opened]) await finished(page);
    expect(await hashOf(opened.page)).toBe(FIRST_HASH);
    expect(await hashOf(served.page)).toBe(FIRST_HASH);
    expect(await commandsHash(opened.page)).toBe(FIRST_HASH);
    expect(await textOf(opened.page, 'offline')).toBe(', and once loaded it works offline');
    expect(opened.complaints).toEqual([]);
  });

  test('a convolutional network trains, and is saved and loaded again', async () => {
    await using playground = await openPlayground(browser, { file, query: IMAGES });
    const { page } = playground;
    await finished(page);
    const hash = await hashOf(page);
    expect(await commandsHash(page)).toBe(hash);
    const model = await saveModel(page, folder);
    await page.getByRole('button', { name: 'Another seed' }).click();
    await finished(page);
    await expect.poll(() => hashOf(page)).not.toBe(hash);
    await drop(page, [model]);
    await expect.poll(() => textOf(page, 'files-message')).toContain('is loaded: ');
    await expect.poll(() => hashOf(page)).toBe(hash);
    expect(playground.complaints).toEqual([]);
  });

  test('tables and IDX files train', async () => {
    await using playground = await openPlayground(browser, { file });
    const { page } = playground;
    await page.getByLabel('Speed').selectOption('as fast as possible');
    await drop(page, [await written('passengers.csv', passengers())]);
    await expect.poll(() => textOf(page, 'files-message')).toMatch(/held out\.$/);
    await page.getByLabel('Label, the column').selectOption('survived');
    await expect.poll(() => textOf(page, 'command')).toContain('--label survived ');
    await finished(page);
    expect(await commandsHash(page)).toBe(await hashOf(page));

    const { inputs, labels } = await loadDigits();
    const some = 1000;
    await drop(page, [
      await written(
        'some-images.idx',
        idx([some, 28, 28], inputs.subarray(0, some * 784) as Uint8Array),
      ),
      await written('some-labels.idx', idx([some], labels.subarray(0, some))),
    ]);
    await expect
      .poll(() => textOf(page, 'files-message'))
      .toBe('some-images.idx, some-labels.idx: 800 training examples, 200 held out.');
    await finished(page);
    expect(playground.complaints).toEqual([]);
  });

  test('a drawing is answered, and a copied link repeats the run', async () => {
    await using playground = await openPlayground(browser, {
      file,
      query: '?epochs=2',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = playground;
    await finished(page);
    const hash = await hashOf(page);
    await page.getByRole('button', { name: 'Copy link' }).click();
    await expect.poll(() => textOf(page, 'copy-link')).toBe('Copied');
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link.startsWith(`${file}?`)).toBe(true);
    const again = await playground.another(new URL(link).search);
    await finished(again);
    expect(await hashOf(again)).toBe(hash);
    await again.close();

    await page.getByRole('button', { name: 'Clear' }).click();
    const { x, y, width, height } = (await page.locator('#sheet').boundingBox())!;
    await page.mouse.move(x + width / 2, y + 0.15 * height);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + 0.85 * height, { steps: 8 });
    await page.mouse.up();
    await expect.poll(() => textOf(page, 'answer')).toContain('Prediction: 1');

    expect(playground.complaints).toEqual([]);
  });

  test('the benchmark runs', async () => {
    await using playground = await openPlayground(browser, { file, query: '?epochs=1' });
    const { page } = playground;
    await page.getByRole('tab', { name: 'Benchmark' }).click();
    expect(new URL(page.url()).hash).toBe('#benchmark');
    await page.getByRole('button', { name: 'Run the benchmark' }).click();
    await page.getByText('Done: the median time of an epoch').waitFor({ timeout: 55_000 });
    expect(await page.locator('.timings tbody tr').count()).toBe(6);
    expect(playground.complaints).toEqual([]);
  });

  test('no script runs but its own', async () => {
    await using playground = await openPlayground(browser, { file, query: '?epochs=1' });
    const { page } = playground;
    const hasRun = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.hasRun = true';
      document.body.append(script);
      return 'hasRun' in globalThis;
    });
    expect(hasRun).toBe(false);
    const [complaint, ...others] = playground.complaints;
    expect(complaint).toContain('Content Security Policy');
    expect(others).toEqual([]);
  });
});

describe.skipIf(!hasFirefox)('in Firefox', () => {
  let firefox: Firefox;
  beforeAll(async () => {
    firefox = await Firefox.launch();
    console.log(`Firefox ${firefox.version}`);
  });
  afterAll(() => firefox?.[Symbol.asyncDispose]());

  const hash = () => firefox.textOf('#hash');
  const isFinished = async () => {
    const state = () => firefox.valueOf('document.body.dataset.state');
    await expect.poll(state, { timeout: 60_000 }).toBe('finished');
    await expect.poll(hash, { timeout: 10_000 }).toMatch(/^[0-9a-f]{64}$/);
  };
  const command = () => firefox.textOf('#command');

  test('it trains to the same hashes, on digits, images and a table, and the benchmark runs', async () => {
    const table = await written('passengers.csv', passengers());
    await firefox.open(`${file}${IMAGES}`);
    await isFinished();
    expect(await hash()).toBe(await hashByCommand(await command(), folder));

    await firefox.open(file);
    await isFinished();
    expect(await hash()).toBe(FIRST_HASH);

    await firefox.type('#files', table);
    await expect.poll(() => firefox.textOf('#files-message')).toMatch(/held out\.$/);
    await expect.poll(hash, { timeout: 30_000 }).not.toBe(FIRST_HASH);
    await isFinished();
    expect(await hash()).toBe(await hashByCommand(await command(), folder));

    await firefox.click('#benchmark-tab');
    expect(await firefox.valueOf('location.hash')).toBe('#benchmark');
    await firefox.click('#bench');
    const status = () => firefox.textOf('#bench-status');
    await expect.poll(status, { timeout: 55_000, interval: 500 }).toMatch(/^Done: /);
    expect(await firefox.complaints()).toEqual([]);
  }, 180_000);

  test('what its console says is seen', async () => {
    const page = await written(
      'wrong.html',
      '<!doctype html><meta http-equiv="Content-Security-Policy" content="connect-src \'none\'"><script>fetch("data:,"); wrong()</script>',
    );
    await firefox.open(pathToFileURL(page).href);
    const complaints = async () => (await firefox.complaints()).join('\n');
    await expect.poll(complaints).toContain('wrong is not defined');
    await expect.poll(complaints).toContain('Content-Security-Policy');
  });
});
