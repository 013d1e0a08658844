/**
 * The memory of a page that trains for long, and that makes and drops many networks.
 * `npm run test:memory` does it for ten minutes; otherwise it is a few seconds.
 */
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { launch } from './chromium.ts';
import { libraryPage } from './library-page.ts';

const MINUTES = Number(process.env.RELUMAX_MINUTES ?? 0.1);

/** What may come and go with a garbage collector, in MB. */
const SLACK = 12;

let browser: Browser;
beforeEach(async () => {
  browser = await launch(['--js-flags=--expose-gc']);
});
afterEach(() => browser?.close());

/** The private memory of the page's process, with its workers, after a garbage collection, in MB. */
async function memoryOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  for (let i = 0; i < 3; i++) await session.send('HeapProfiler.collectGarbage');
  await session.detach();
  // That leaves workers out.
  for (const worker of page.workers()) await worker.evaluate("gc({ execution: 'async' })");
  const system = await browser.newBrowserCDPSession();
  const { processInfo } = await system.send('SystemInfo.getProcessInfo');
  await system.detach();
  // The browser keeps others in reserve; the page's is the one that works.
  const [busiest] = processInfo
    .filter(({ type }) => type === 'renderer')
    .sort((a, b) => b.cpuTime - a.cpuTime);
  const text = await readFile(`/proc/${busiest!.id}/smaps_rollup`, 'utf8');
  return Number(/^Private_Dirty:\s+(\d+) kB/m.exec(text)![1]) / 1024;
}

/** Networks that are made, trained and dropped in the page, so many of them. */
async function comeAndGo(page: Page, from: 'index' | 'worker', count: number): Promise<void> {
  await page.evaluate(
    async ([from, count]) => {
      const { Dataset, Network } = globalThis.relumax[from];
      const inputs = new Uint8Array(256 * 784).map((_, i) => (i % 5 === 0 ? i % 256 : 0));
      const labels = new Uint8Array(256).map((_, i) => i % 10);
      for (let i = 0; i < count; i++) {
        const network = await Network.create({ layers: [784, 32, 10], seed: i });
        await network.fit(Dataset.from({ inputs, labels, classes: 10 }));
        network.dispose();
      }
    },
    [from, count] as const,
  );
}

describe.runIf(process.platform === 'linux')('memory stays flat', () => {
  test.each([
    ['index', 'a thousand networks', 200, 1000],
    ['worker', 'thirty networks with workers of their own', 10, 30],
  ] as const)('in %s: %s', async (from, _, before, count) => {
    await using open = await libraryPage(browser);
    await comeAndGo(open.page, from, before);
    const start = await memoryOf(open.page);
    await comeAndGo(open.page, from, count);
    const end = await memoryOf(open.page);
    console.log(`${count} networks, ${from}: ${start.toFixed(1)} → ${end.toFixed(1)} MB`);
    expect(end - start).toBeLessThan(SLACK);
  });

  test.each(['index', 'worker'] as const)(
    `in %s: training, for ${MINUTES} minutes`,
    async (from) => {
      await using open = await libraryPage(browser);
      const { page } = open;
      await page.evaluate(async (from) => {
        const { loadDigits, Network } = globalThis.relumax[from];
        const digits = await loadDigits();
        const network = await Network.create({ layers: [784, 128, 10] });
        let latest = 0;
        Object.assign(window, { updates: () => latest });
        void network.fit(digits, {
          epochs: 1e6,
          learningRate: 0.001,
          onEpoch: ({ epoch }) => {
            latest = epoch;
          },
        });
      }, from);
      const wait = (minutes: number) => page.waitForTimeout(minutes * 60_000);
      await wait(MINUTES / 5);
      const sizes = [await memoryOf(page)];
      for (let i = 0; i < 4; i++) {
        await wait(MINUTES / 5);
        sizes.push(await memoryOf(page));
      }
      const epochs: number = await page.evaluate('updates()');
      const megabytes = sizes.map((size) => size.toFixed(1)).join(', ');
      console.log(`${MINUTES} min, ${from}: ${epochs} epochs; ${megabytes} MB`);
      expect(epochs).toBeGreaterThan(5);
      expect(Math.max(...sizes) - sizes[0]!).toBeLessThan(SLACK);
    },
    60_000 + 2 * MINUTES * 60_000,
  );
});

test('this is Linux, where a process’s memory can be read; else nothing of the above was run', () => {
  expect(process.platform).toBe('linux');
});
