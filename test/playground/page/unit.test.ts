import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HELD_OUT } from '../../../playground/settings/settings.ts';
import { loadDigits, Network } from '../../../src/index.ts';
import { launch } from '../../browser/chromium.ts';
import { forward, RELU_SOFTMAX, referenceLayers } from '../../reference.ts';
import { passengers } from '../tables.ts';
import { drop, finished, hashOf, openPlayground, saveModel } from './open.ts';

let browser: Browser;
let axe: string;
let folder: string;
beforeAll(async () => {
  browser = await launch();
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  folder = await mkdtemp(join(tmpdir(), 'relumax-unit-'));
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

const dialog = (page: Page) => page.getByRole('dialog');
const numberOf = (words: string | null) => Number(words!.replaceAll('−', '-').replaceAll(',', ''));

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations }: AxeResults = await page.evaluate('axe.run()');
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** What the dialog says of the example shown: the sum, the bias, Z and A. */
async function terms(page: Page): Promise<number[]> {
  return (await dialog(page).locator('.terms dd').allTextContents()).map(numberOf);
}

/** The page's network in float64, for its own held-out examples. */
async function oracle(page: Page, sizes: readonly number[]) {
  const network = await Network.load(await readFile(await saveModel(page, folder)));
  const parameters = network.parameters();
  const { test: data } = (await loadDigits()).split({ test: HELD_OUT, seed: 1 });
  const layers = referenceLayers(sizes, parameters);
  const inputs = Float64Array.from(data.inputs, (value) => value / 255);
  const pass = forward(layers, inputs, Uint8Array.from(data.labels), RELU_SOFTMAX);
  return { parameters, data, pass };
}

test('a unit is opened: its numbers are those of the saved model', async () => {
  await using playground = await openPlayground(browser, { query: '?epochs=2' });
  const { page } = playground;
  await finished(page);
  await hashOf(page);
  const sizes = [784, 10, 10];
  const { parameters, data, pass } = await oracle(page, sizes);

  // By keyboard.
  await page.getByRole('button', { name: 'Unit 3', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => dialog(page).locator('h2').textContent()).toBe('Unit 3, layer 1');
  const unit = 2;
  const scores = Array.from(
    { length: data.length },
    (_, i) => pass.activations[1]![i * 10 + unit]!,
  );
  const [first, second] = parameters as [(typeof parameters)[0], (typeof parameters)[0]];
  const weights = first.weights.subarray(unit * 784, (unit + 1) * 784);
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const legend = await dialog(page).locator('.scale').first().locator('span').allTextContents();
  expect(legend.map(numberOf)).toEqual([expect.closeTo(-largest, 4), expect.closeTo(largest, 4)]);
  // The page shows the first held-out example.
  const z = pass.sums[0]![unit]!;
  expect(await terms(page)).toEqual([
    expect.closeTo(z - first.biases[unit]!, 3),
    expect.closeTo(first.biases[unit]!, 4),
    expect.closeTo(z, 3),
    expect.closeTo(scores[0]!, 3),
  ]);
  const rows = dialog(page).locator('.signed tbody tr');
  expect(await rows.locator('th').allTextContents()).toEqual([...'0123456789']);
  const shown = (await rows.locator('td:last-child').allTextContents()).map(numberOf);
  for (const [label, weight] of shown.entries()) {
    expect(weight).toBeCloseTo(second.weights[label * 10 + unit]!, 3);
    const isAgainst = await rows.nth(label).locator('i').getAttribute('class');
    expect(isAgainst).toBe(weight < 0 ? 'against' : '');
  }

  const cards = dialog(page).locator('.reading');
  await expect.poll(() => cards.first().isEnabled()).toBe(true);
  const best = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, 12);
  expect(
    await cards.evaluateAll((all) => all.map((card) => (card as HTMLButtonElement).value)),
  ).toEqual(best.map(String));
  for (const [i, words] of (await cards.allTextContents()).entries()) {
    const [label, activation] = words.split(': ');
    expect(Number(label)).toBe(data.labels[best[i]!]);
    expect(numberOf(activation!)).toBeCloseTo(scores[best[i]!]!, 2);
  }
  const active = scores.filter((score) => score > 0).length / scores.length;
  expect(await dialog(page).locator('.activity').textContent()).toContain(
    `A > 0 for ${(100 * active).toFixed(1)} % of the 2,000 held-out examples.`,
  );

  // One of them is shown to the network, and the dialog stays.
  await cards.nth(3).click();
  await expect.poll(async () => (await terms(page))[3]).toBeCloseTo(scores[best[3]!]!, 2);
  await dialog(page).getByRole('button', { name: 'Next' }).click();
  expect(await dialog(page).locator('h2').textContent()).toBe('Unit 4, layer 1');
  await expect
    .poll(async () => (await terms(page))[2])
    .toBeCloseTo(pass.sums[0]![best[3]! * 10 + 3]!, 2);
  await page.keyboard.press('Escape');
  expect(await dialog(page).count()).toBe(0);
  expect(playground.complaints).toEqual([]);
});

test('it follows the training, and leaves the focus where it is', async () => {
  await using playground = await openPlayground(browser, { query: '?epochs=500' });
  const { page } = playground;
  await page.getByRole('button', { name: 'Unit 1', exact: true }).click();
  const card = dialog(page).locator('.reading').nth(1);
  await expect.poll(() => card.isEnabled(), { timeout: 10_000 }).toBe(true);
  await card.focus();
  const before = await terms(page);
  const words = await dialog(page).locator('.activity').textContent();
  await expect.poll(() => terms(page), { timeout: 10_000 }).not.toEqual(before);
  await expect
    .poll(() => dialog(page).locator('.activity').textContent(), { timeout: 10_000 })
    .not.toBe(words);
  expect(await card.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(playground.complaints).toEqual([]);
});

test.each([
  ['light', 1280],
  ['dark', 390],
] as const)(
  'axe finds no violation with a unit and all numbers open, in %s, %i wide',
  async (colorScheme, width) => {
    await using playground = await openPlayground(browser, {
      query: '?epochs=1',
      colorScheme,
      viewport: { width, height: 844 },
    });
    const { page } = playground;
    await finished(page);
    const buttons = page.locator('.open-numbers:visible');
    for (let i = 0; i < (await buttons.count()); i++) await buttons.nth(i).click();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      width,
    );
    await page.getByRole('button', { name: 'Unit 1', exact: true }).click();
    await dialog(page).locator('.reading:enabled').first().waitFor();
    expect(await violations(page)).toEqual([]);
    const wide = await dialog(page).evaluate(
      (element) => element.scrollWidth - element.clientWidth,
    );
    expect(wide).toBe(0);
    expect(playground.complaints).toEqual([]);
  },
);

test('filters, and columns of a table', async () => {
  await using playground = await openPlayground(browser, {
    query: '?layers=28x28-4c5/4-10&epochs=1',
  });
  const { page } = playground;
  await finished(page);
  await page.getByRole('button', { name: 'Filter 2', exact: true }).click();
  const cards = dialog(page).locator('.reading');
  await expect.poll(() => cards.first().isEnabled(), { timeout: 20_000 }).toBe(true);
  expect(await cards.first().locator('canvas').count()).toBe(2);
  await page.keyboard.press('Escape');

  await writeFile(join(folder, 'passengers.csv'), passengers());
  await page.getByLabel('Speed').selectOption('as fast as possible');
  await drop(page, [join(folder, 'passengers.csv')]);
  await page.locator('#files-message').getByText('held out.').waitFor();
  await finished(page);
  await page.getByRole('button', { name: 'Unit 1', exact: true }).click();
  const names = await dialog(page).locator('.scroll .signed tbody th').allTextContents();
  expect(names).toContain('sex = female');
  const values = await dialog(page)
    .locator('.scroll .signed tbody tr')
    .evaluateAll((rows) => rows.map((row) => (row as HTMLTableRowElement).cells[4]!.textContent!));
  const sum = values.map(numberOf).reduce((total, value) => total + value, 0);
  await expect.poll(async () => (await terms(page))[0]).toBeCloseTo(sum, 2);
  await expect.poll(() => cards.first().textContent()).toMatch(/^row \d+.+: \d/);
  expect(playground.complaints).toEqual([]);
});

test('a step opens to all its numbers, and a drawing has a label once it is told', async () => {
  await using playground = await openPlayground(browser, { query: '?epochs=2' });
  const { page } = playground;
  await finished(page);
  await hashOf(page);
  const { parameters, data, pass } = await oracle(page, [784, 10, 10]);
  const rowOf = (math: string) => page.locator('#equations > tr').filter({ hasText: math }).first();
  const open = async (nth: number) => {
    const button = page.locator('#equations .now').nth(nth).locator('.open-numbers');
    await button.focus();
    await page.keyboard.press('Space');
    return page.locator(`#numbers-${nth}`);
  };
  // Equations 1, 2, 3, 2, 4, 5, 6, 7, 8, 9, 7, 8.
  const outputs = await open(4);
  expect(await outputs.locator('.pair-of .quiet').allTextContents()).toEqual([...'0123456789']);
  const probabilities = (await outputs.locator('.value').allTextContents()).map(numberOf);
  for (const [i, value] of probabilities.entries()) {
    expect(value).toBeCloseTo(pass.activations[2]![i]!, 3);
  }
  const second = await open(7);
  const cells = (await second.locator('tbody td').allTextContents()).map(numberOf);
  expect(cells).toHaveLength(100);
  for (const [k, value] of cells.entries()) {
    const [i, j] = [Math.floor(k / 10), k % 10];
    const dz = pass.activations[2]![i]! - Number(i === data.labels[0]);
    expect(value).toBeCloseTo(dz * pass.activations[1]![j]!, 2);
  }
  const first = await open(1);
  await first.getByRole('spinbutton', { name: 'Row' }).fill('4');
  await first.getByRole('spinbutton', { name: 'Column' }).fill('407');
  const weight = parameters[0]!.weights[3 * 784 + 406]!;
  expect(numberOf(await first.locator('output').textContent())).toBeCloseTo(weight, 3);
  expect(await rowOf('J').locator('.now').textContent()).toMatch(/^−ln/);

  // What it is, the data say; of a drawing somebody.
  const label = page.getByLabel('This is');
  expect(await label.isDisabled()).toBe(true);
  expect(await label.inputValue()).toBe(String(data.labels[0]));
  const sheet = page.locator('#sheet');
  await sheet.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await sheet.boundingBox())!;
  const stroke = async () => {
    await page.mouse.move(x + width / 2, y + height * 0.15);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + height * 0.85, { steps: 6 });
    await page.mouse.up();
  };
  await stroke();
  await expect.poll(() => label.isEnabled()).toBe(true);
  expect(await label.inputValue()).toBe('');
  expect(await page.locator('#truth').textContent()).toBe('');
  expect(await page.locator('#numbers-7').isVisible()).toBe(false);
  await label.selectOption('8');
  await expect.poll(() => page.locator('#truth').textContent()).toContain('8');
  await expect.poll(() => page.locator('#numbers-7').isVisible()).toBe(true);
  expect(await page.locator('.bar.right').getAttribute('value')).toBe('8');
  await stroke();
  expect(await label.inputValue()).toBe('8');
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect.poll(() => label.isDisabled()).toBe(true);
  expect(await label.inputValue()).toBe('');
  expect(playground.complaints).toEqual([]);
});
