/** A worker that ends in a page, where browsers give no event: what was asked of it is not left waiting. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from './chromium.ts';
import { libraryPage } from './library-page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

/** What becomes of calls before and after a worker's end. */
async function endings(how: 'during' | 'before') {
  await using opened = await libraryPage(browser);
  return await opened.page.evaluate(async (how) => {
    const { Dataset, Network, Pace, startWorker } = globalThis.relumax.worker;
    const messageOf = (call: Promise<unknown>) =>
      Promise.race([
        call.then(
          () => 'settled',
          ({ message }: Error) => message,
        ),
        new Promise<string>((resolve) => setTimeout(resolve, 20_000, 'unsettled')),
      ]);
    const worker = startWorker();
    if (how === 'before') {
      worker.terminate();
      return [await messageOf(Network.create({ layers: [2, 2], worker }))];
    }
    const network = await Network.create({ layers: [2, 2], worker });
    const inputs = new Uint8Array(2);
    const dataset = Dataset.from({ inputs, labels: new Uint8Array(1), classes: 2 });
    const fitting = messageOf(network.fit(dataset, { pace: new Pace({ paused: true }) }));
    await network.parameters();
    worker.terminate();
    const first = await fitting;
    const later = await messageOf(network.predict(inputs, { transfer: true }));
    const made = await messageOf(Network.create({ layers: [2, 2], worker }));
    return [first, later, made, String(inputs.length)];
  }, how);
}

test('by terminate', async () => {
  const ended = 'the worker was terminated';
  expect(await endings('during')).toEqual([
    `fit: ${ended}`,
    `predict: ${ended}`,
    `create: ${ended}`,
    '2',
  ]);
});

test('before it had a network', async () => {
  expect(await endings('before')).toEqual(['create: the worker was terminated']);
});

test('by a script that is missing, seen before it has a network', async () => {
  await using opened = await libraryPage(browser);
  await opened.page.route('**/worker-thread.js', (route) => route.fulfill({ status: 404 }));
  const trained = opened.page.evaluate(async () => {
    const { Network, startWorker } = globalThis.relumax.worker;
    const worker = startWorker();
    await new Promise((resolve) => worker.addEventListener('error', resolve));
    const made = Network.create({ layers: [2, 2], worker }).then(
      async (network) => (await network.parameters()).length,
    );
    const late = new Promise((resolve) => setTimeout(resolve, 20_000, 'unsettled'));
    return await Promise.race([made, late]);
  });
  // Another worker is started from the text of the script.
  expect(await trained).toBe(1);
}, 40_000);
