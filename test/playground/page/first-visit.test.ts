/** What a first visit to the playground transfers, the service worker's copies included. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from '../../browser/chromium.ts';
import { passengers } from '../tables.ts';
import { accuracyOf, drop, finished, openPlayground } from './open.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** The digits, gzipped, and all else. */
const MOST_BYTES = 2_250_000;

test('a first visit transfers each file once, and then works without a network', async () => {
  const transfers = new Map<string, number[]>();
  const onAnswer = (path: string, bytes: number) => {
    if (bytes > 0) transfers.set(path, [...(transfers.get(path) ?? []), bytes]);
  };
  await using playground = await openPlayground(browser, { onAnswer });
  const { page } = playground;
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  const kept = await page.evaluate(async () => {
    const [name] = await caches.keys();
    const requests = await (await caches.open(name!)).keys();
    return requests.map(({ url }) => new URL(url).pathname);
  });
  const once = Object.fromEntries([...transfers].map(([path]) => [path, 1]));
  expect(Object.fromEntries([...transfers].map(([path, all]) => [path, all.length]))).toEqual(once);
  const paths = [...transfers.keys()].map((path) => path.replace(/index\.html$/, ''));
  expect(paths.filter((path) => !path.endsWith('/service-worker.js')).sort()).toEqual(kept.sort());
  const bytes = [...transfers.values()].flat();
  expect(bytes.filter((size) => size > 1_000_000)).toHaveLength(1);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_BYTES);

  await page.context().setOffline(true);
  await page.reload();
  await page.waitForFunction(
    () => Number.parseFloat(document.getElementById('accuracy')!.textContent!) > 80,
  );
  expect(await accuracyOf(page)).toBeGreaterThan(80);
  // What only networks of images need is there as well.
  await page.goto(`${playground.address}?layers=28x28-4c5s-p4-10&epochs=1`);
  await finished(page);
  expect(await page.locator('#layers').isVisible()).toBe(true);
  expect(playground.complaints).toEqual([]);
});

test('once a table was opened, tables are opened without a network', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'relumax-first-visit-'));
  try {
    const path = join(folder, 'passengers.csv');
    await writeFile(path, passengers());
    await using playground = await openPlayground(browser);
    const { page } = playground;
    const message = () => page.locator('#files-message').textContent();
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await drop(page, [path]);
    await expect.poll(message).toContain('held out.');
    await page.context().setOffline(true);
    await page.reload();
    await page.locator('main:not([inert])').waitFor();
    await drop(page, [path]);
    await expect.poll(message).toContain('held out.');
    expect(playground.complaints).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a second visit transfers nothing', async () => {
  let bytes = 0;
  const onAnswer = (_: string, more: number) => {
    bytes += more;
  };
  await using playground = await openPlayground(browser, { onAnswer });
  await playground.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  bytes = 0;
  await playground.another('?seed=2');
  expect(bytes).toBe(0);
});
