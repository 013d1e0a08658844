/** The guided tour, by keyboard and mouse. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STEPS } from '../../../playground/tour/steps.ts';
import { launch } from '../../browser/chromium.ts';
import { violations } from './judge.ts';
import { openPlayground } from './open.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

const card = (page: Page) => page.getByRole('dialog');

/** Whether the card, and some of what it points at, are within the window. */
function isInView(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const [card, target] = ['#tour', '.toured'].map((selector) =>
      document.querySelector(selector)!.getBoundingClientRect(),
    ) as [DOMRect, DOMRect];
    const isWhole =
      card.left >= 0 &&
      card.top >= 0 &&
      card.right <= innerWidth + 0.5 &&
      card.bottom <= innerHeight + 0.5;
    return isWhole && target.bottom > 0 && target.top < innerHeight;
  });
}

describe.each([
  ['desktop', 1280, 800],
  ['phone', 390, 844],
])('on a %s', (_, width, height) => {
  const viewport = { width, height };

  test('by mouse from the first step to the last: each points at what is shown', async () => {
    await using playground = await openPlayground(browser, { viewport });
    const { page } = playground;
    expect(await card(page).isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Tour' }).click();
    for (const [i, { target }] of STEPS.entries()) {
      await card(page)
        .getByText(`Step ${i + 1} of ${STEPS.length}`)
        .waitFor();
      const pointed = page.locator('.toured');
      expect(await pointed.count()).toBe(1);
      expect(await pointed.evaluate((element, of) => element.matches(of), target)).toBe(true);
      await expect.poll(() => isInView(page)).toBe(true);
      const last = i + 1 === STEPS.length;
      await card(page)
        .getByRole('button', { name: last ? 'Done' : 'Next' })
        .click();
    }
    expect(await card(page).isVisible()).toBe(false);
    expect(await page.locator('.toured').count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement!.id)).toBe('tour-start');
    expect(playground.complaints).toEqual([]);
  });

  test('axe finds no violation, light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await using playground = await openPlayground(browser, {
        viewport,
        colorScheme,
        query: '?epochs=1',
        reducedMotion: 'reduce',
      });
      const { page } = playground;
      await page.getByRole('button', { name: 'Tour' }).click();
      await card(page).waitFor();
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
  });
});

test('by keyboard: arrows while the card has the focus, Escape from anywhere', async () => {
  await using playground = await openPlayground(browser, { reducedMotion: 'reduce' });
  const { page } = playground;
  const step = () => page.locator('#tour-count').textContent();
  await page.getByRole('button', { name: 'Tour' }).focus();
  await page.keyboard.press('Enter');
  await card(page).waitFor();
  await page.keyboard.press('ArrowLeft');
  expect(await step()).toBe('Step 1 of 9');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  expect(await step()).toBe('Step 3 of 9');
  await page.keyboard.press('ArrowLeft');
  expect(await step()).toBe('Step 2 of 9');
  // Elsewhere they are for what has the focus.
  await page.locator('#sheet').focus();
  await page.keyboard.press('ArrowRight');
  expect(await step()).toBe('Step 2 of 9');
  await page.keyboard.press('Escape');
  expect(await card(page).isVisible()).toBe(false);
  expect(await page.evaluate(() => document.activeElement!.id)).toBe('tour-start');
  await page.keyboard.press('Enter');
  await card(page).waitFor();
  for (let i = 0; i < STEPS.length; i++) await page.keyboard.press('ArrowRight');
  expect(await card(page).isVisible()).toBe(false);
});

test('the page stays usable: a drawing is predicted while the card is there', async () => {
  await using playground = await openPlayground(browser, { query: '?epochs=1' });
  const { page } = playground;
  await page.getByRole('button', { name: 'Tour' }).click();
  await expect.poll(() => isInView(page)).toBe(true);
  await page.getByRole('button', { name: 'Clear' }).click();
  const { x, y, width, height } = (await page.locator('#sheet').boundingBox())!;
  await page.mouse.move(x + width / 2, y + 0.15 * height);
  await page.mouse.down();
  await page.mouse.move(x + width / 2, y + 0.85 * height, { steps: 8 });
  await page.mouse.up();
  await expect.poll(() => page.locator('#spoken').textContent()).toMatch(/\d/);
  expect(await card(page).isVisible()).toBe(true);
  await card(page).getByRole('button', { name: 'Leave' }).click();
  expect(await card(page).isVisible()).toBe(false);
});

test('in the projector’s view Escape ends the tour first', async () => {
  await using playground = await openPlayground(browser, {
    viewport: { width: 1280, height: 720 },
  });
  const { page } = playground;
  const isOn = () => page.evaluate(() => document.documentElement.classList.contains('projector'));
  await page.getByRole('button', { name: 'Tour' }).click();
  await card(page).waitFor();
  await page.keyboard.press('Alt+KeyP');
  expect(await isOn()).toBe(true);
  await page.keyboard.press('Escape');
  expect([await card(page).isVisible(), await isOn()]).toEqual([false, true]);
  await page.keyboard.press('Escape');
  expect(await isOn()).toBe(false);
});
