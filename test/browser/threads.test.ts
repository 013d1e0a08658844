/** Threads in a page: as many as were asked for, or one and why; and the bits of Node with either. */
import type { Browser, Page } from 'playwright-core';
import { Dataset, Network } from 'relumax';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ISOLATED } from '../../scripts/site.js';
import { randomBytes, randomLabels } from '../examples.ts';
import { launch } from './chromium.ts';
import { libraryPage } from './library-page.ts';

const LAYERS = [200, 64, 10];
const OPTIONS = { epochs: 3, batchSize: 128, seed: 1, shuffle: false };
/** Dense batches and sparse ones, the first of them dense. */
const INPUTS = randomBytes(1000 * LAYERS[0]!, 1, 0.3).map((x, i) =>
  Math.floor(i / LAYERS[0]! / 128) % 2 === 1 && i % 4 > 0 ? 0 : x,
);
const LABELS = randomLabels(1000, LAYERS.at(-1)!, 2);

let browser: Browser;
/** The parameters of each layer that one thread gives in Node. */
let expected: number[][] = [];
beforeAll(async () => {
  browser = await launch();
  const network = await Network.create({ layers: LAYERS, seed: 1 });
  await network.fit(Dataset.from({ inputs: INPUTS, labels: LABELS, classes: 10 }), OPTIONS);
  expected = network.parameters().map(({ weights, biases }) => [...weights, ...biases]);
});
afterAll(() => browser?.close());

/** What the same training gives in a page. */
function trained(page: Page, face: 'index' | 'worker', threads: number | 'auto', script?: string) {
  return page.evaluate(
    async ({ face, threads, script, layers, inputs, labels, options }) => {
      const { Dataset, Network } = globalThis.relumax[face];
      const told: unknown[] = [];
      const worker = script && new Worker(URL.createObjectURL(new Blob([script])));
      if (worker) worker.addEventListener('message', ({ data }) => told.push(data));
      const given = { layers, seed: 1, threads, ...(worker && { worker }) };
      const network = await Network.create(given);
      const examples = { inputs: Uint8Array.from(inputs), labels: Uint8Array.from(labels) };
      await network.fit(Dataset.from({ ...examples, classes: 10 }), options);
      const parameters = await network.parameters();
      // Helpers leave when there has been nothing to do for a while.
      while (worker && told.length < 2 * (network.threads - 1)) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      network.dispose();
      return {
        threads: network.threads,
        reason: network.threadsReason,
        parameters: parameters.map(({ weights, biases }) => [...weights, ...biases]),
        told,
      };
    },
    {
      ...{ face, threads, layers: LAYERS, inputs: [...INPUTS], labels: [...LABELS] },
      ...{ options: OPTIONS, script: script?.replace('ORIGIN', new URL(page.url()).origin) },
    },
  );
}

/** The script of the worker, which tells the page what it does with its helpers. */
const TELLING = `
  const Original = Worker;
  globalThis.Worker = class extends Original {
    constructor(...given) {
      super(...given);
      this.addEventListener('message', ({ data }) => {
        if (this.serves) postMessage(data.error ?? 'served');
        this.serves = false;
      });
    }
    postMessage(order) {
      this.serves = 'serve' in order;
      super.postMessage(order);
    }
  };
  const { revokeObjectURL } = URL;
  URL.revokeObjectURL = (url) => {
    postMessage('revoked');
    revokeObjectURL.call(URL, url);
  };
  importScripts('ORIGIN/worker-thread.js');
`;

describe('in an isolated page, relumax/worker', () => {
  test.each([2, 3])('has %d threads', async (threads) => {
    await using opened = await libraryPage(browser, ISOLATED);
    const found = await trained(opened.page, 'worker', threads);
    expect(found).toMatchObject({ threads, reason: undefined });
    expect(found.parameters).toEqual(expected);
  });

  test('has as many as the machine has cores', async () => {
    await using opened = await libraryPage(browser, ISOLATED);
    const cores = await opened.page.evaluate(() => navigator.hardwareConcurrency);
    const found = await trained(opened.page, 'worker', 'auto');
    expect(found).toMatchObject({ threads: cores, reason: undefined });
    expect(found.parameters).toEqual(expected);
  });

  test('gives its helpers work, and keeps no address of their script', async () => {
    await using opened = await libraryPage(browser, ISOLATED);
    const { told, parameters } = await trained(opened.page, 'worker', 3, TELLING);
    expect(told.sort()).toEqual(['revoked', 'revoked', 'served', 'served']);
    expect(parameters).toEqual(expected);
  });
});

describe('has one thread, and says why,', () => {
  test.each<[string, 'index' | 'worker', Record<string, string>, string]>([
    [
      'without the headers',
      'worker',
      {},
      'the page is served without the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp',
    ],
    [
      'where a policy forbids helpers',
      'worker',
      { ...ISOLATED, 'content-security-policy': "worker-src 'self'" },
      'the Content-Security-Policy of the page does not allow a worker from a blob (it needs worker-src blob:)',
    ],
    [
      'on the main thread',
      'index',
      ISOLATED,
      "a page's main thread may not wait for other threads: use relumax/worker",
    ],
  ])('%s', async (_, face, headers, reason) => {
    await using opened = await libraryPage(browser, headers);
    const found = await trained(opened.page, face, 2);
    expect(found).toMatchObject({ threads: 1, reason });
    expect(found.parameters).toEqual(expected);
  });
});

describe('relumax.min.js', () => {
  /** Makes a network of two threads and trains it, with what a classic script defines. */
  const program = `
    async (train) => {
      const network = await relumax.Network.create({ layers: train.layers, seed: 1, threads: 2 });
      const { inputs, labels, options } = train;
      const given = { inputs: Uint8Array.from(inputs), labels: Uint8Array.from(labels) };
      await network.fit(relumax.Dataset.from({ ...given, classes: 10 }), options);
      const parameters = network.parameters().map(({ weights, biases }) => [...weights, ...biases]);
      return { threads: network.threads, reason: network.threadsReason, parameters };
    }`;
  const train = { layers: LAYERS, inputs: [...INPUTS], labels: [...LABELS], options: OPTIONS };

  test('has one thread in a page', async () => {
    await using opened = await libraryPage(browser, ISOLATED);
    await opened.page.evaluate(() => void Reflect.deleteProperty(globalThis, 'relumax'));
    await opened.page.addScriptTag({ url: '/relumax.min.js' });
    const found = await opened.page.evaluate(`(${program})(${JSON.stringify(train)})`);
    const reason = expect.stringContaining('use relumax/worker');
    expect(found).toEqual({ threads: 1, reason, parameters: expected });
  });

  test('has two in a worker of your own', async () => {
    await using opened = await libraryPage(browser, ISOLATED);
    const { origin } = new URL(opened.page.url());
    const script = `
      importScripts('${origin}/relumax.min.js');
      onmessage = ({ data }) => (${program})(data).then(postMessage, (error) => postMessage(String(error)));`;
    const found = await opened.page.evaluate(
      ([script, train]) => {
        const worker = new Worker(URL.createObjectURL(new Blob([script])));
        worker.postMessage(train);
        return new Promise((resolve) => {
          worker.onmessage = ({ data }) => resolve(data);
        });
      },
      [script, train] as const,
    );
    expect(found).toEqual({ threads: 2, reason: undefined, parameters: expected });
  });
});
