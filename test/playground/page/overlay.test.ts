/** Two runs overlaid: the last one, or one that a link brings, behind the curves of the present one. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDigits, Network } from '../../../src/index.ts';
import { launch } from '../../browser/chromium.ts';
import { passengers } from '../tables.ts';
import { violations } from './judge.ts';
import { drop, finished, hashOf, openPlayground } from './open.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

type Chart = 'loss' | 'accuracy';
const OWN = 2;
const BEHIND = 3;

/** The points of a curve by the chart's axes: epochs, and losses or percents; none without the curve. */
function pointsOf(page: Page, chart: Chart, curve: number): Promise<[number, number][]> {
  return page.locator(`#${chart}-curve svg`).evaluate((svg, curve) => {
    const scale = (texts: Element[], at: 'x' | 'y') => {
      const ticks = texts.map((tick) => [
        Number(tick.getAttribute(at)),
        Number.parseFloat(tick.textContent!),
      ]);
      const [[from, low], [to, high]] = [ticks[0]!, ticks.at(-1)!] as [number[], number[]];
      return (place: number) => low! + ((place - from!) / (to! - from!)) * (high! - low!);
    };
    const across = scale([...svg.querySelectorAll('text.tick')], 'x');
    const up = scale([...svg.querySelectorAll('.tick text')], 'y');
    const path = svg.querySelector(`path.curve-${curve}`)?.getAttribute('d') ?? '';
    // As precise as the path's coordinates.
    const rounded = (value: number) => Math.round(1e4 * value) / 1e4;
    return [...path.matchAll(/[ML]([-\d.]+),([-\d.]+)/g)].map(
      ([, x, y]) => [rounded(across(Number(x))), rounded(up(Number(y)))] as [number, number],
    );
  }, curve);
}

const legend = (page: Page) => page.locator('.overlaid').first();

async function fast(page: Page): Promise<void> {
  await page.getByLabel('Speed').selectOption('as fast as possible');
}

/** Starts over, and waits until that has begun: slowly enough to be seen. */
async function startOver(page: Page): Promise<void> {
  await page.getByLabel('Speed').selectOption('1 update per frame');
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.locator('body:not([data-state=finished])').waitFor();
}

/** Waits until a frame has drawn what there is. */
const drawn = (page: Page) =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));

describe('the last run', () => {
  test('stays behind the next one, point by point, under the settings that differ', async () => {
    await using playground = await openPlayground(browser, { query: '?epochs=40' });
    const { page } = playground;
    await fast(page);
    await finished(page);
    await drawn(page);
    expect(await legend(page).isVisible()).toBe(false);
    const alone = {
      loss: await pointsOf(page, 'loss', OWN),
      accuracy: await pointsOf(page, 'accuracy', OWN),
    };
    expect(alone.loss.length).toBeGreaterThan(2);
    await page.getByLabel('Learning rate').selectOption('0.3');
    await expect.poll(() => legend(page).textContent()).toContain('last run: learning rate 0.1');
    await finished(page);
    await drawn(page);
    for (const chart of ['loss', 'accuracy'] as const) {
      const behind = await pointsOf(page, chart, BEHIND);
      expect(behind.length).toBe(alone[chart].length);
      for (const [i, [epoch, value]] of behind.entries()) {
        expect(epoch).toBeCloseTo(alone[chart][i]![0], 2);
        expect(value).toBeCloseTo(alone[chart][i]![1], 2);
      }
      expect(await pointsOf(page, chart, OWN)).not.toEqual(behind);
    }
    expect(playground.complaints).toEqual([]);
  });

  test('the axis is the longer run’s, until it is forgotten', async () => {
    await using playground = await openPlayground(browser, { query: '?epochs=6' });
    const { page } = playground;
    await fast(page);
    await finished(page);
    await page.getByRole('textbox', { name: 'Epochs' }).fill('2');
    await page.keyboard.press('Enter');
    await finished(page);
    await drawn(page);
    expect(await legend(page).textContent()).toBe('last run: 6 epochs Forget it');
    const own = await pointsOf(page, 'loss', OWN);
    expect(own.at(-1)![0]).toBeCloseTo(2, 1);
    expect((await pointsOf(page, 'loss', BEHIND)).at(-1)![0]).toBeCloseTo(6, 1);
    await page.getByRole('button', { name: 'Forget it' }).first().click();
    await drawn(page);
    expect(await legend(page).isVisible()).toBe(false);
    expect(await pointsOf(page, 'loss', BEHIND)).toEqual([]);
    // The axis is its own again: as wide as before, for the curve that took a third of it.
    expect((await pointsOf(page, 'loss', OWN)).length).toBe(own.length);
    expect(page.url()).not.toContain('with.');
  });

  test('starting over compares no run with itself, keeps the older one, and loses no part of the curve', async () => {
    await using playground = await openPlayground(browser, { query: '?epochs=2' });
    const { page } = playground;
    await fast(page);
    await finished(page);
    await startOver(page);
    expect(await legend(page).isVisible()).toBe(false);
    await page.getByLabel('Learning rate').selectOption('1');
    await fast(page);
    await expect.poll(() => legend(page).textContent()).toContain('last run: learning rate 0.1');
    await finished(page);
    await drawn(page);
    const behind = await pointsOf(page, 'loss', BEHIND);
    // As far as it came before it was started over.
    expect(behind.at(-1)![0]).toBeCloseTo(2, 2);
    await startOver(page);
    await drawn(page);
    expect(await legend(page).textContent()).toContain('last run: learning rate 0.1');
    expect(await pointsOf(page, 'loss', BEHIND)).toEqual(behind);
  });

  test('other data forget it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'relumax-overlay-'));
    try {
      await writeFile(join(folder, 'passengers.csv'), passengers());
      await using playground = await openPlayground(browser, { query: '?epochs=2&with.rate=1' });
      const { page } = playground;
      await legend(page).waitFor();
      await drop(page, [join(folder, 'passengers.csv')]);
      await page.locator('#files-message').getByText('held out.').waitFor();
      expect(await legend(page).isVisible()).toBe(false);
      expect(await pointsOf(page, 'loss', BEHIND)).toEqual([]);
      expect(playground.complaints).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a link’s other run', () => {
  const [RATE, EPOCHS, BATCH, UPDATES] = [0.7, 2, 80, 200];

  test('is the curve of that run alone, and changes nothing of the page’s own', async () => {
    await using playground = await openPlayground(browser, {
      query: `?epochs=${EPOCHS}&batch=${BATCH}&with.rate=${RATE}`,
    });
    const { page } = playground;
    await fast(page);
    await finished(page);
    expect(await legend(page).textContent()).toContain(`other run: learning rate ${RATE} `);
    // The page's own run comes first.
    const points = async () => (await pointsOf(page, 'loss', BEHIND)).length;
    await expect.poll(points, { timeout: 60_000 }).toBe(1 + UPDATES / 2);
    const behind = {
      loss: await pointsOf(page, 'loss', BEHIND),
      accuracy: await pointsOf(page, 'accuracy', BEHIND),
    };
    const split = (await loadDigits()).split({ test: 0.2, seed: 1 });
    for (let epochs = 1; epochs <= EPOCHS; epochs++) {
      using network = await Network.create({ layers: [784, 10, 10], seed: 1 });
      await network.fit(split.train, { epochs, batchSize: BATCH, learningRate: RATE, seed: 1 });
      const { loss, accuracy } = await network.evaluate(split.test);
      const at = (UPDATES / 2 / EPOCHS) * epochs;
      expect(behind.loss[at]![0]).toBeCloseTo(epochs, 2);
      // As precise as a path's coordinates, of three decimals.
      expect(behind.loss[at]![1]).toBeCloseTo(loss, 3);
      expect(behind.accuracy[at]![1]).toBeCloseTo(100 * accuracy!, 2);
    }
    const hash = await hashOf(page);
    const alone = await playground.another(`?epochs=${EPOCHS}&batch=${BATCH}`);
    await fast(alone);
    await finished(alone);
    expect(await hashOf(alone)).toBe(hash);
    expect(playground.complaints).toEqual([]);
  }, 120_000);

  test('is in the address and in Copy link, and a further link brings it again', async () => {
    await using playground = await openPlayground(browser, {
      query: '?epochs=3&seed=2&with.layers=784-10&with.seed=5',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = playground;
    await legend(page).getByText('other run: 784-10, seed 5').waitFor();
    await page.getByRole('button', { name: 'Copy link' }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(page.url());
    expect(copied).toMatch(/&with\.layers=784-10&with\.seed=5$/);
    const again = await playground.another(new URL(copied).search);
    await legend(again).getByText('other run: 784-10, seed 5').waitFor();
    // Whatever the first run is changed to, the other stays what it was.
    await again.getByRole('textbox', { name: 'Epochs' }).fill('4');
    await again.keyboard.press('Enter');
    await expect
      .poll(() => new URL(again.url()).searchParams.get('with.epochs'), { timeout: 5000 })
      .toBe('3');
  });

  test.each([
    ['with.rate=no', 'Learning rate: found “no”, expected a number above 0'],
    ['with.layers=784-0-10', 'Layers: found “784-0-10”'],
    ['with.speed=3', 'found “with.speed”, expected one of with.layers, with.activation'],
  ])('%s is refused, and the page’s own run goes on', async (query, words) => {
    await using playground = await openPlayground(browser, { query: `?epochs=2&${query}` });
    const { page } = playground;
    const message = page.locator('#settings-message');
    await expect
      .poll(() => message.textContent())
      .toContain(`The other run in the address cannot be used: ${words}`);
    await finished(page);
    expect(await legend(page).isVisible()).toBe(false);
  });

  test('one that diverges says so', async () => {
    await using playground = await openPlayground(browser, { query: '?epochs=2&with.rate=1e30' });
    const { page } = playground;
    await legend(page).getByText('It has stopped:').waitFor();
    expect(await legend(page).textContent()).toContain('try a learning rate smaller than');
    await finished(page);
    expect(playground.complaints).toEqual([]);
  });
});

test.each(['light', 'dark'] as const)('axe finds no violation, in %s', async (colorScheme) => {
  await using playground = await openPlayground(browser, {
    query: '?epochs=2&with.rate=1',
    colorScheme,
    viewport: { width: 390, height: 844 },
  });
  const { page } = playground;
  await legend(page).waitFor();
  await finished(page);
  await page.locator('#mistakes .reading').first().waitFor();
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
