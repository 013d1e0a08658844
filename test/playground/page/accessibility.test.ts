import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch } from '../../browser/chromium.ts';
import { houses, passengers } from '../tables.ts';
import { layoutShift, violations } from './judge.ts';
import { drop, finished, openPlayground } from './open.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each([
    ['desktop', 1280, 900, '784-16-12-10'],
    ['phone', 390, 844, '784-16-12-10'],
    ['desktop', 1280, 900, '28x28-4c5/2-p2-6c3s-12-10'],
    ['phone', 390, 844, '28x28-4c5/2-p2-6c3s-12-10'],
  ])('axe finds no violation on a %s, %i × %i, with %s', async (_, width, height, layers) => {
    await using playground = await openPlayground(browser, {
      query: `?layers=${layers}&epochs=2`,
      colorScheme,
      viewport: { width, height },
    });
    const { page } = playground;
    await finished(page);
    await page.locator('#mistakes .reading').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.locator('.confusion button.wrong').filter({ hasText: /^\d+$/ }).first().click();
    await page.getByRole('dialog').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: 'Epochs' }).fill('none');
    await page.keyboard.press('Enter');
    await page.locator('#settings-message:not(:empty)').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('tab', { name: 'Benchmark' }).click();
    expect(await violations(page)).toEqual([]);
    const widest = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(widest).toBeLessThanOrEqual(width);
  });
});

test.each(['light', 'dark'] as const)(
  'axe finds no violation with tables, in %s',
  async (colorScheme) => {
    const folder = await mkdtemp(join(tmpdir(), 'relumax-accessibility-'));
    try {
      await using playground = await openPlayground(browser, {
        colorScheme,
        viewport: { width: 390, height: 844 },
      });
      const { page } = playground;
      for (const [name, table, last] of [
        ['passengers.csv', passengers(), '#mistakes'],
        ['houses.csv', houses(), '#worst'],
      ] as const) {
        await writeFile(join(folder, name), table);
        await page.getByLabel('Speed').selectOption('as fast as possible');
        await drop(page, [join(folder, name)]);
        await page.locator('#files-message').getByText('held out.').waitFor();
        await finished(page);
        await page.locator(`${last} .reading`).first().waitFor();
        expect(await violations(page)).toEqual([]);
        const widest = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(widest).toBeLessThanOrEqual(390);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

test('nothing jumps while it loads and trains', async () => {
  await using playground = await openPlayground(browser);
  const { page } = playground;
  await page.waitForTimeout(3000);
  // 0.1 is what counts as good (web.dev/cls).
  expect(await layoutShift(page)).toBeLessThan(0.05);
});

test('tabs go by arrow keys, and the address remembers', async () => {
  await using playground = await openPlayground(browser, { query: '#benchmark' });
  const { page } = playground;
  await page.locator('main:not([inert])').waitFor();
  expect(await page.getByRole('tab', { name: 'Benchmark' }).getAttribute('aria-selected')).toBe(
    'true',
  );
  await page.getByRole('tab', { name: 'Benchmark' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('tabpanel', { name: 'Learn' }).waitFor();
  expect(page.url()).not.toContain('#');
});
