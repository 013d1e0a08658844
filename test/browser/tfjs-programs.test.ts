/** The pages of examples/tfjs, on the main thread and in a worker. */
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveSite } from '../../scripts/site.js';
import { IMPORTS, program, ROOT } from '../tfjs-programs.ts';
import { launch } from './chromium.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

/** Opens the page of a program. */
async function open(name: string, from: string): Promise<{ page: Page } & AsyncDisposable> {
  const files = { [`/examples/tfjs/${name}/relumax.js`]: await program(name, from) };
  const site = await serveSite(fileURLToPath(ROOT), { files });
  const page = await browser.newPage();
  await page.goto(`${site.origin}/examples/tfjs/${name}/`);
  return {
    page,
    async [Symbol.asyncDispose]() {
      await page.close();
      await site[Symbol.asyncDispose]();
    },
  };
}

/** Draws through points, given from 0 to 1 of the pad. */
async function draw(page: Page, points: [x: number, y: number][]): Promise<void> {
  const pad = (await page.locator('canvas').boundingBox())!;
  const at = ([x, y]: [number, number]): [number, number] => [
    pad.x + (0.1 + 0.8 * x) * pad.width,
    pad.y + (0.1 + 0.8 * y) * pad.height,
  ];
  await page.mouse.move(...at(points[0]!));
  await page.mouse.down();
  for (const point of points) await page.mouse.move(...at(point));
  await page.mouse.up();
}

const along = (path: (t: number) => [number, number]) =>
  Array.from({ length: 20 }, (_, i) => path(i / 19));

/** How each gesture is drawn, a little differently each time. */
const GESTURES: Record<string, (i: number) => [number, number][]> = {
  circle: (i) =>
    along((t) => [
      0.5 + (0.3 + 0.05 * i) * Math.cos(6.2 * t + 0.1 * i),
      0.5 + 0.4 * Math.sin(6.2 * t + 0.1 * i),
    ]),
  line: (i) => along((t) => [t, 0.2 + 0.1 * i * t]),
  zigzag: (i) => along((t) => [t, (Math.abs(((4 * t) % 2) - 1) * (5 + i)) / 10]),
};

describe.each(IMPORTS)('%s', (from) => {
  test('gestures are learned, and recognised', async () => {
    await using opened = await open('gestures', from);
    const { page } = opened;
    const output = page.locator('output');
    let examples = 0;
    for (const [name, path] of Object.entries(GESTURES)) {
      await page.check(`#${name}`);
      for (const i of [0, 1, 2, 3]) {
        examples++;
        await expect
          .poll(async () => {
            if ((await output.textContent()) !== `${examples} examples`) await draw(page, path(i));
            return output.textContent();
          })
          .toBe(`${examples} examples`);
      }
    }
    await page.click('#train');
    await expect.poll(() => output.textContent(), { timeout: 10_000 }).toBe('trained');
    await page.check('#guess');
    for (const [name, path] of Object.entries(GESTURES)) {
      await draw(page, path(1.5));
      await expect.poll(() => output.textContent()).toMatch(new RegExp(`^${name}, (0.[6-9]|1)`));
    }
  });

  test('class weights find the faults', async () => {
    await using opened = await open('unbalanced', from);
    const output = opened.page.locator('output');
    await expect.poll(() => output.textContent(), { timeout: 20_000 }).toMatch(/^recall/);
    const [recall, precision] = (await output.textContent())!.match(/[\d.]+/g)!.map(Number);
    expect(recall).toBeGreaterThan(0.6);
    expect(precision).toBeGreaterThan(0.15);
  });

  test('the button ends the training early', async () => {
    await using opened = await open('unbalanced', from);
    const { page } = opened;
    await page.evaluate(() => {
      const output = document.querySelector('output')!;
      const shown: string[] = [];
      Object.assign(globalThis, { shown });
      new MutationObserver(() => {
        shown.push(output.textContent ?? '');
        if (shown.length === 1) document.querySelector('button')!.click();
      }).observe(output, { childList: true });
    });
    await expect.poll(() => page.locator('output').textContent()).toMatch(/^recall/);
    const shown = await page.evaluate(() => (globalThis as unknown as { shown: string[] }).shown);
    expect(shown.filter((text) => text.startsWith('epoch')).length).toBeLessThan(20);
  });
});
