/** Networks in a page of a real browser: no wait for an instance of the core. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from './chromium.ts';
import { libraryPage } from './library-page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

test('the core is instantiated without a wait', async () => {
  await using opened = await libraryPage(browser);
  const found = await opened.page.evaluate(async () => {
    const { Network } = globalThis.relumax.index;
    let waits = 0;
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = ((...given: [WebAssembly.Module]) => {
      waits++;
      return instantiate(...given);
    }) as unknown as typeof instantiate;
    const network = await Network.create({ layers: [784, 10, 10] });
    return { waits, layers: network.layers };
  });
  expect(found).toEqual({ waits: 0, layers: [784, 10, 10] });
});
