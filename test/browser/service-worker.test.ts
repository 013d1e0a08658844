/** The library in a service worker of a real browser, which may import nothing on demand. */
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveSite } from '../../scripts/site.js';
import { launch } from './chromium.ts';

const DIST = join(import.meta.dirname, '../../dist');

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

/** Trains and loads when it is asked to, and answers with what came of it. */
const ANSWERS = `
  const tell = (promise) => promise.catch(({ message }) => message);
  async function answer() {
    const network = await relumax.Network.create({ layers: [784, 10], seed: 1 });
    const dataset = relumax.Dataset.from({
      inputs: new Uint8Array(7840).fill(1), labels: new Uint8Array(10), classes: 10,
    });
    await network.fit(dataset);
    return {
      accuracy: network.evaluate(dataset).accuracy,
      threads: await tell(
        relumax.Network.create({ layers: [784, 10], threads: 2 })
          .then(({ threads, threadsReason }) => [threads, threadsReason]),
      ),
      digits: await tell(relumax.loadDigits().then(({ length }) => length)),
      loaded: await tell(relumax.Network.load(network.save()).then(({ layers }) => layers.join())),
    };
  }
  addEventListener('message', (event) =>
    event.waitUntil(answer().then((answers) => event.ports[0].postMessage(answers))));
`;

/** What a service worker answers. */
async function answersOf(script: string, type: WorkerType): Promise<unknown> {
  const files = {
    '/index.html': '<!doctype html><link rel="icon" href="data:,">',
    '/service-worker.js': script,
  };
  await using site = await serveSite(DIST, { files });
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`${site.origin}/`);
    return await page.evaluate(async (type) => {
      await navigator.serviceWorker.register('/service-worker.js', { type });
      const { active } = await navigator.serviceWorker.ready;
      const { port1, port2 } = new MessageChannel();
      const answered = new Promise((resolve) => {
        port1.onmessage = ({ data }) => resolve(data);
      });
      active!.postMessage(undefined, [port2]);
      return answered;
    }, type);
  } finally {
    await context.close();
  }
}

const REFUSED = 'a service worker may not use import(): bundle it into one file';

test.each<[WorkerType, string]>([
  ['module', "import * as relumax from '/index.js';"],
  ['classic', "importScripts('/relumax.min.js');"],
])('a %s one trains, and says what it cannot import', async (type, imports) => {
  expect(await answersOf(imports + ANSWERS, type)).toEqual({
    accuracy: 1,
    threads: REFUSED,
    digits: REFUSED,
    loaded: REFUSED,
  });
});

test('one that is bundled into one file has everything but threads', async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import * as relumax from './index.js'; ${ANSWERS}`,
      resolveDir: DIST,
    },
    bundle: true,
    write: false,
    // The package's "sideEffects" are about its entries, not about its own chunks.
    logLevel: 'error',
  });
  expect(await answersOf(outputFiles[0]!.text, 'classic')).toEqual({
    accuracy: 1,
    threads: [1, 'no workers can be started here'],
    digits: 10_000,
    loaded: '784,10',
  });
});
