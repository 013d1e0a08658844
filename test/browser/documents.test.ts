/** Recipes of docs/recipes.md that are for pages. */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programsOf } from '../../scripts/document.js';
import { serveSite } from '../../scripts/site.js';
import { launch } from './chromium.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

test.each(['indexeddb', 'localstorage'])('a page keeps its network: %s', async (name) => {
  const map = JSON.stringify({ imports: { relumax: './index.js' } });
  const files = {
    '/index.html': `<!doctype html><script type="importmap">${map}</script><body>
      <script type="module" src="recipe.js"></script></body>`,
    '/recipe.js': programsOf('recipes').get(name)!,
  };
  await using site = await serveSite(join(import.meta.dirname, '../../dist'), { files });
  const page = await browser.newPage();
  const shown = async () => {
    await page.goto(`${site.origin}/`);
    const body = page.locator('body');
    await expect.poll(() => body.textContent(), { timeout: 20_000 }).toMatch(/\d, [01]\.\d\d$/);
    return (await body.textContent())!.trim();
  };
  const first = await shown();
  expect(first).toMatch(/^trained: /);
  expect(await shown()).toBe(first.replace('trained: ', ''));
  await page.close();
});
