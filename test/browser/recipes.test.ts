/** The published trainings, in a page: the bits of Node. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RECIPES } from '../../scripts/recipes.js';
import { launch } from './chromium.ts';
import { libraryPage } from './library-page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

test.each(RECIPES)('$command', async (recipe) => {
  await using open = await libraryPage(browser);
  const hash = await open.page.evaluate(async ({ network: options, fit, moves }) => {
    const { index, augmentation } = globalThis.relumax;
    const { train } = (await index.loadDigits()).split({ test: 0.2, seed: options.seed! });
    const network = await index.Network.create(options);
    const size = { width: 28, height: 28 };
    await network.fit(train, {
      ...fit,
      ...(moves && { augmentation: new augmentation.ImageAugmentation({ ...size, ...moves }) }),
    });
    const arrays = network.parameters().flatMap(({ weights, biases }) => [weights, biases]);
    const bytes = await new Blob(arrays as BlobPart[]).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }, recipe);
  expect(hash).toBe(recipe.hash);
});
