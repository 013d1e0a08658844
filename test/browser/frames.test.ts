/** On the main thread of a page, nothing that may be awaited keeps it longer than a frame or three. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectWithin } from '../times.ts';
import { launch } from './chromium.ts';
import { libraryPage } from './library-page.ts';

/** What runs in the page, with what it may use. */
type Work = (library: typeof import('relumax'), data: Data) => Promise<unknown>;

interface Data {
  /** MNIST's size and sparsity: 60,000 × 784 bytes. */
  sparse: import('relumax').Dataset;
  /** 4,000 × 784 bytes, none of them zero. */
  dense: import('relumax').Dataset;
  /** 10,000 × 784 floats. */
  floats: import('relumax').Dataset;
}

const CASES: [string, Work][] = [
  ['creating 784-512-512-10', ({ Network }) => Network.create({ layers: [784, 512, 512, 10] })],
  ['creating 784-2048-2048-10', ({ Network }) => Network.create({ layers: [784, 2048, 2048, 10] })],
  [
    'an epoch of 784-10-10 on 60,000 images, and their validation',
    async ({ Network }, { sparse }) => {
      const network = await Network.create({ layers: [784, 10, 10] });
      await network.fit(sparse, { batchSize: 64, validation: sparse });
    },
  ],
  [
    'full-batch gradient descent on them',
    async ({ Network }, { sparse }) => {
      const network = await Network.create({ layers: [784, 10, 10] });
      await network.fit(sparse, { batchSize: Infinity, epochs: 3 });
    },
  ],
  [
    'an epoch of 784-512-512-10 without zeros, batches of 128, and a large validation',
    async ({ Network }, { dense, floats }) => {
      const network = await Network.create({ layers: [784, 512, 512, 10] });
      await network.fit(dense, { batchSize: 128, validation: floats });
    },
  ],
];

/** The longest that others may wait, in milliseconds. */
const LONG = 50;

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

test('no task is longer than 50 ms', async () => {
  await using open = await libraryPage(browser);
  const measured: Record<string, number> = {};
  // Made beforehand, in long tasks of their own.
  await open.page.evaluate(async () => {
    const { Dataset } = globalThis.relumax.index;
    const labels = (length: number) => new Uint8Array(length).map((_, i) => i % 10);
    const dataset = (inputs: Uint8Array | Float32Array) =>
      Dataset.from({ inputs, labels: labels(inputs.length / 784), classes: 10 });
    const hash = (i: number) => Math.imul(i, 0x9e3779b1) >>> 24;
    const tasks: number[] = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    }).observe({ entryTypes: ['longtask'] });
    Object.assign(window, {
      tasks,
      data: {
        sparse: dataset(
          new Uint8Array(60_000 * 784).map((_, i) => (hash(i) < 48 ? 1 + (i % 255) : 0)),
        ),
        dense: dataset(new Uint8Array(4000 * 784).map((_, i) => 1 + (i % 255))),
        floats: dataset(new Float32Array(10_000 * 784).map((_, i) => hash(i) / 255)),
      },
    });
  });
  const busy: [string, Work] = [
    'what is known to be long',
    async () => {
      const began = performance.now();
      while (performance.now() - began < 100);
    },
  ];
  for (const [name, work] of [busy, ...CASES]) {
    measured[name] = await open.page.evaluate(
      `(async () => {
        const settled = () => new Promise((resolve) => setTimeout(resolve, 200));
        await settled();
        tasks.length = 0;
        await (${work})(relumax.index, data);
        await settled();
        return Math.max(0, ...tasks);
      })()`,
    );
  }
  console.log(measured);
  expect(measured[busy[0]]).toBeGreaterThan(LONG);
  for (const [name] of CASES) expectWithin(LONG, measured[name]!, name);
});
