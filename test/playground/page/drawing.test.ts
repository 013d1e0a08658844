import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from '../../browser/chromium.ts';
import { finished, openPlayground } from './open.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

/** A one and a seven, as corners of a line, in shares of the sheet. */
const ONE = [
  [0.5, 0.15],
  [0.5, 0.85],
] as const;
const SEVEN = [
  [0.2, 0.2],
  [0.8, 0.2],
  [0.4, 0.85],
] as const;

/** Its last parameters are the same bits everywhere, and so are its answers. */
const trained = finished;

/** Where on the page a place of the sheet is. */
async function onSheet(
  page: Page,
): Promise<(place: readonly [number, number]) => [number, number]> {
  const sheet = page.locator('#sheet');
  await sheet.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await sheet.boundingBox())!;
  return ([right, down]) => [x + right * width, y + down * height];
}

async function drawByMouse(page: Page, corners: readonly (readonly [number, number])[]) {
  const at = await onSheet(page);
  await page.mouse.move(...at(corners[0]!));
  await page.mouse.down();
  for (const corner of corners.slice(1)) await page.mouse.move(...at(corner), { steps: 8 });
}

const answer = (page: Page) => page.locator('#answer').textContent();

/** How many pixels of a picture are not like its corner. */
const inkOf = (page: Page, id: string) =>
  page.evaluate((id) => {
    const canvas = document.getElementById(id) as HTMLCanvasElement;
    const copy = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    const words = new Uint32Array(data.buffer);
    return words.filter((word) => word !== words[0]).length;
  }, id);

test('by mouse: bars follow the stroke, and pixels speak for and against', async () => {
  await using playground = await openPlayground(browser, { query: '?layers=784-32-10&rate=0.3' });
  const { page } = playground;
  await trained(page);
  await drawByMouse(page, SEVEN);
  // The stroke has not ended yet.
  await expect.poll(() => answer(page)).toMatch(/^Prediction: 7/);
  await page.mouse.up();
  await expect.poll(() => page.locator('#spoken').textContent()).toMatch(/^Prediction: 7/);
  expect(await inkOf(page, 'preview')).toBeGreaterThan(40);
  expect(await inkOf(page, 'evidence')).toBeGreaterThan(40);
  // “< 1 %” counts as 0.
  const shares = (await page.locator('.share').allTextContents()).map(
    (share) => Number.parseFloat(share.replace('>', '')) || 0,
  );
  expect(shares).toHaveLength(10);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeGreaterThan(94);
  expect(Math.max(...shares)).toBe(shares[7]);
  expect(await page.locator('.unit.lit').count()).toBeGreaterThan(0);

  await page.locator('.bar').nth(4).click();
  await expect.poll(() => page.locator('#evidence-class').textContent()).toBe('4');
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect.poll(() => answer(page)).toBe('Draw a digit');
  expect(await inkOf(page, 'preview')).toBe(0);
  await drawByMouse(page, ONE);
  await page.mouse.up();
  await expect.poll(() => answer(page)).toMatch(/^Prediction: 1/);
  expect(playground.complaints).toEqual([]);
});

test('by finger, on a phone', async () => {
  await using playground = await openPlayground(browser, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    deviceScaleFactor: 2,
  });
  const { page } = playground;
  await trained(page);
  const at = await onSheet(page);
  const scrolled = await page.evaluate(() => scrollY);
  const session = await page.context().newCDPSession(page);
  const touch = (
    type: 'touchStart' | 'touchMove' | 'touchEnd',
    place?: readonly [number, number],
  ) => {
    const [x, y] = place ? at(place) : [0, 0];
    return session.send('Input.dispatchTouchEvent', { type, touchPoints: place ? [{ x, y }] : [] });
  };
  const [from, to] = ONE;
  await touch('touchStart', from);
  for (let i = 1; i <= 8; i++)
    await touch('touchMove', [0.5, from[1] + ((to[1] - from[1]) * i) / 8]);
  await touch('touchEnd');
  await expect.poll(() => answer(page)).toMatch(/^Prediction: 1/);
  expect(await page.evaluate(() => scrollY)).toBe(scrolled);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBe(390);
  expect(playground.complaints).toEqual([]);
});

test('by keyboard', async () => {
  await using playground = await openPlayground(browser, { query: '?layers=784-32-10&rate=0.3' });
  const { page } = playground;
  await trained(page);
  await page.getByRole('button', { name: 'Start over' }).focus();
  for (let i = 0; i < 2; i++) await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement!.id)).toBe('sheet');
  expect(await page.locator('#pen').isVisible()).toBe(true);
  await page.keyboard.press('Space');
  for (let i = 0; i < 13; i++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await expect.poll(() => page.locator('#spoken').textContent()).toMatch(/^Prediction: 1/);
  expect(playground.complaints).toEqual([]);
});

test('examples, the cells of the matrix, and mistakes come onto the sheet', async () => {
  await using playground = await openPlayground(browser, { query: '?epochs=2' });
  const { page } = playground;
  await page.locator('body[data-state=finished]').waitFor();
  await page.getByRole('button', { name: 'Another example' }).click();
  await expect
    .poll(() => page.locator('#truth').textContent())
    .toMatch(/^(correct|incorrect: the label is \d)$/);

  const total = (await page.locator('.confusion button').allTextContents())
    .map((text) => (text === '·' ? 0 : Number(text.replaceAll(',', ''))))
    .reduce((sum, number) => sum + number, 0);
  expect(total).toBe(2000);
  const cell = page.locator('.confusion button.wrong').filter({ hasText: /^\d+$/ }).first();
  const [, number, own, other] = /^(\d+) of \d+: (\d) predicted as (\d)$/.exec(
    (await cell.getAttribute('aria-label'))!,
  )!;
  await cell.click();
  const dialog = page.getByRole('dialog');
  await expect
    .poll(() => dialog.locator('h2').textContent())
    .toBe(`${own === '8' ? 'an' : 'a'} ${own}, read as ${other}`);
  expect(await dialog.locator('.reading').count()).toBe(Number(number));
  await dialog.locator('.reading').first().click();
  await expect.poll(() => answer(page)).toMatch(new RegExp(`^Prediction: ${other}`));
  expect(await page.locator('#truth').textContent()).toBe(`incorrect: the label is ${own}`);

  const mistake = page.locator('#mistakes .reading').first();
  const [, is, taken] = /^an? (\d), read as (\d)$/.exec((await mistake.textContent())!)!;
  await mistake.click();
  await expect.poll(() => answer(page)).toMatch(new RegExp(`^Prediction: ${taken}`));
  expect(await page.locator('#truth').textContent()).toBe(`incorrect: the label is ${is}`);
  expect(playground.complaints).toEqual([]);
});
