/** The view for a projector: large type, and all of the lesson in one view. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch } from '../../browser/chromium.ts';
import { violations } from './judge.ts';
import { openPlayground } from './open.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

/** What the view is for. */
const SHOWN = [
  '#accuracy',
  '#start',
  '#step',
  '#reset',
  '#projector',
  '#sheet',
  '#clear',
  '#another',
  '#evidence',
  '#units .unit:last-child',
  '#answer',
  '#bars li:first-child button',
  '#bars li:last-child button',
  '#loss-curve svg',
  '#accuracy-curve svg',
  '.card:has(#accuracy-curve) .legend',
  '.card:has(#accuracy-curve) .overlaid button',
];

/** Those that are not within the window, or not what is hit at their middle. */
function unreachable(page: Page): Promise<string[]> {
  return page.evaluate((selectors) => {
    const isHit = (selector: string) => {
      const element = document.querySelector(selector)!;
      const { left, top, right, bottom } = element.getBoundingClientRect();
      const isWithin = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
      const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      return isWithin && right > left && (element.contains(hit) || hit!.contains(element));
    };
    return selectors.filter((selector) => !isHit(selector));
  }, SHOWN);
}

/** The parts of the view whose content does not fit them. */
function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('#training, .going, #network > div, .two:has(#loss-curve) .card')]
      .filter(
        ({ scrollHeight, clientHeight, scrollWidth, clientWidth }) =>
          scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1,
      )
      .map(({ id, className, scrollHeight, clientHeight, scrollWidth, clientWidth }) =>
        [id || className, scrollHeight, clientHeight, scrollWidth, clientWidth].join(' '),
      ),
  );
}

/** The sizes of letters of what is read, in pixels. */
function lettersOf(page: Page): Promise<number[]> {
  return page.evaluate(() =>
    ['#start', '#answer', '#bars button', '#units-title', '#loss-title', '#clear'].map((selector) =>
      Number.parseFloat(getComputedStyle(document.querySelector(selector)!).fontSize),
    ),
  );
}

describe.each(['en-GB', 'de', 'fr', 'es'])('in %s', (locale) => {
  test('all is in one view, without scrolling, at three sizes', async () => {
    await using playground = await openPlayground(browser, {
      query: '?view=projector&with.rate=1',
      locale,
    });
    const { page } = playground;
    await page.locator('#accuracy').getByText('%').waitFor();
    for (const [width, height] of [
      [1280, 720],
      [1366, 768],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height });
      await expect.poll(() => unreachable(page)).toEqual([]);
      expect(await overflowing(page)).toEqual([]);
      expect(Math.min(...(await lettersOf(page)))).toBeGreaterThanOrEqual(24);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
    expect(playground.complaints).toEqual([]);
  });
});

test('entered by its button or Alt+P, left by its button or Escape, kept in the address', async () => {
  await using playground = await openPlayground(browser, { query: '?epochs=100' });
  const { page } = playground;
  const isOn = () => page.evaluate(() => document.documentElement.classList.contains('projector'));
  await page.getByRole('button', { name: 'Projector' }).click();
  expect(await isOn()).toBe(true);
  expect(page.url()).toContain('view=projector');
  await page.getByRole('button', { name: 'Start over' }).click();
  expect(page.url()).toContain('view=projector');
  await page.getByRole('button', { name: 'Normal view' }).click();
  expect(await isOn()).toBe(false);
  expect(page.url()).not.toContain('view=');
  await page.keyboard.press('Alt+KeyP');
  expect(await isOn()).toBe(true);
  expect(await page.getByRole('button', { name: 'Full screen' }).isVisible()).toBe(true);
  await page.keyboard.press('Escape');
  expect(await isOn()).toBe(false);
  expect(await page.getByRole('button', { name: 'Full screen' }).isVisible()).toBe(false);
});

test('nothing jumps while it trains', async () => {
  await using playground = await openPlayground(browser, {
    query: '?view=projector',
    viewport: { width: 1280, height: 720 },
  });
  const { page } = playground;
  await page.locator('#accuracy').getByText('%').waitFor();
  const shift = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries())
            sum += (entry as unknown as { value: number }).value;
        }).observe({ type: 'layout-shift' });
        setTimeout(() => resolve(sum), 3000);
      }),
  );
  expect(shift).toBeLessThan(0.01);
});

test.each([
  ['light', 1280, 720],
  ['dark', 1280, 720],
  ['light', 390, 844],
] as const)('axe finds no violation, in %s, at %i × %i', async (colorScheme, width, height) => {
  await using playground = await openPlayground(browser, {
    query: '?view=projector&epochs=2',
    colorScheme,
    viewport: { width, height },
  });
  const { page } = playground;
  await page.locator('#mistakes .reading').first().waitFor();
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
});
