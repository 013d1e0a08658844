import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parametersHash } from '../../../playground/training/hash.ts';
import { loadDigits, Network } from '../../../src/index.ts';
import { launch } from '../../browser/chromium.ts';
import { run as runCommand } from '../../cli/command.ts';
import { expectWithin } from '../../times.ts';
import { accuracyOf, finished, hashOf, openPlayground } from './open.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

/** When the first update was there to be seen, in milliseconds from the beginning of the page's load. */
function firstUpdate(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const look = () => {
          const words = document.getElementById('progress-words')!.textContent!;
          if (/[1-9][\d,]* updates/.test(words)) resolve(performance.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
}

test('it opens ready: training by itself, and the accuracy climbs to over 90 %', async () => {
  await using playground = await openPlayground(browser);
  const { page } = playground;
  const began = await firstUpdate(page);
  console.log(`training began ${began.toFixed(0)} ms after the page`);
  expectWithin(1000, began);
  const early = await accuracyOf(page);
  await page.waitForFunction(
    () => Number.parseFloat(document.getElementById('accuracy')!.textContent!) > 90,
  );
  expect(early).toBeLessThan(90);
  await finished(page);
  expect(await accuracyOf(page)).toBeGreaterThan(90);
  expect(playground.complaints).toEqual([]);
});

test('pause, single steps, going on, starting over', async () => {
  await using playground = await openPlayground(browser, { query: '?epochs=200' });
  const { page } = playground;
  const updates = async () => {
    const words = await page.locator('#progress-words').textContent();
    return Number(/([\d,]+) update/.exec(words!)![1]!.replaceAll(',', ''));
  };
  await page.waitForFunction(
    () => Number.parseFloat(document.getElementById('accuracy')!.textContent!) > 50,
  );
  await page.getByRole('button', { name: 'Pause' }).click();
  // What the last frame had let it do may still come in.
  await page.waitForTimeout(1000);
  const paused = await hashOf(page);
  const before = await updates();
  await page.waitForTimeout(500);
  expect(await updates()).toBe(before);
  await page.getByRole('button', { name: 'One step' }).click();
  await expect.poll(updates).toBe(before + 1);
  await expect.poll(() => hashOf(page)).not.toBe(paused);
  await page.keyboard.press('Enter');
  await expect.poll(updates).toBe(before + 2);
  await page.getByRole('button', { name: 'Train' }).click();
  await expect.poll(updates).toBeGreaterThan(before + 2);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Start over' }).click();
  await expect.poll(updates).toBe(0);
  expect(playground.complaints).toEqual([]);
});

test('started over, it shows the untrained network until it is told to train', async () => {
  await using playground = await openPlayground(browser, { query: '?epochs=1' });
  const { page } = playground;
  await finished(page);
  const trained = await hashOf(page);
  await page.getByRole('button', { name: 'Start over' }).click();
  const network = await Network.create({ layers: [784, 10, 10], seed: 1 });
  const untrained = await parametersHash(network.parameters());
  expect(untrained).not.toBe(trained);
  await expect.poll(() => hashOf(page)).toBe(untrained);
  await page.waitForTimeout(700);
  expect(await hashOf(page)).toBe(untrained);
  const words = (id: string) => page.locator(id).textContent();
  expect(await words('#progress-words')).toBe('Epoch 0.0 of 1, 0 updates');
  expect(await page.getByRole('button', { name: 'Train', exact: true }).isVisible()).toBe(true);

  const { test: heldOut } = (await loadDigits()).split({ test: 0.2, seed: 1 });
  const { accuracy, loss, confusion } = network.evaluate(heldOut);
  expect(await words('#accuracy')).toBe(`${(100 * accuracy!).toFixed(1)} %`);
  expect(await words('#loss-now')).toBe(loss.toFixed(2));
  const cells = (await page.locator('.confusion button').allTextContents()).map(
    (text) => Number(text.replace(',', '')) || 0,
  );
  expect(cells).toEqual(confusion!.flat());
  // One point is no line yet.
  expect(await page.locator('#loss-curve path.curve-2').getAttribute('d')).toMatch(/^M[\d.,]+Z?$/);

  await page.getByRole('button', { name: 'One step' }).click();
  await expect.poll(() => words('#progress-words')).toBe('Epoch 0.0 of 1, 1 update');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await finished(page);
  await expect.poll(() => hashOf(page)).toBe(trained);

  // A change of the settings starts by itself, as before.
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.locator('body[data-state=paused]').waitFor();
  await page.getByRole('button', { name: 'Another seed' }).click();
  await finished(page);
  expect(playground.complaints).toEqual([]);
});

test('a hidden activation is chosen, and its equations are shown', async () => {
  await using playground = await openPlayground(browser, { query: '?epochs=1' });
  const { page } = playground;
  const numbers = () => page.locator('#equations th').allTextContents();
  for (const [label, name, number] of [
    ['SiLU, also called Swish', 'silu', 27],
    ['identity', 'linear', 34],
  ] as const) {
    await page.getByRole('combobox', { name: 'Activation' }).selectOption(label);
    await page.waitForURL((url) => url.searchParams.get('activation') === name);
    await finished(page);
    const hash = await hashOf(page);
    await expect.poll(numbers).toContain(`9, ${number}`);
    expect(await numbers()).toContain(String(number));
    const command = (await page.locator('#command').textContent())!.split(' ');
    expect((await runCommand(command.slice(2))).stdout).toContain(`hash: ${hash}\n`);
  }
  expect(playground.complaints).toEqual([]);
});

test.each([
  ['784-24-10', '#units', 0],
  ['28x28-6c5/2-p2-8c3-10', '#layers', 2],
])(
  'the dead units of %s are grey, and as many as the command says',
  async (layers, host, later) => {
    await using playground = await openPlayground(browser, {
      query: `?layers=${layers}&rate=3&epochs=1`,
    });
    const { page } = playground;
    await finished(page);
    await hashOf(page);
    const command = (await page.locator('#command').textContent())!.split(' ');
    const { stdout } = await runCommand(command.slice(2));
    const dead = /^dead: (.*)$/m.exec(stdout)![1]!;
    const sentence = page.locator('#dead-units');
    await expect
      .poll(() => sentence.textContent())
      .toBe(`Dead units: ${dead} give 0 for all that was held out.`);
    const counts = [...dead.matchAll(/(\d+) of \d+ units of layer (\d+)/g)];
    const total = counts.reduce((sum, [, count]) => sum + Number(count), 0);
    expect(total).toBeGreaterThan(0);
    expect(await page.locator(`${host} .unit.dead`).count()).toBe(total);
    if (later > 0) expect(counts.map(([, , layer]) => Number(layer))).toContain(later + 1);

    await page.getByRole('button', { name: 'Start over' }).click();
    await page.locator('body[data-state=paused]').waitFor();
    await expect.poll(() => sentence.textContent()).toBe('');
    expect(await page.locator('.unit.dead').count()).toBe(0);
    expect(playground.complaints).toEqual([]);
  },
);

test('the loss of guessing is marked on the curve of the loss', async () => {
  await using playground = await openPlayground(browser, { query: '?epochs=1' });
  const { page } = playground;
  await finished(page);
  const ticks = await page.locator('#loss-curve .tick').evaluateAll((groups) =>
    groups.flatMap((group) => {
      const line = group.querySelector('line');
      const value = Number(group.querySelector('text')?.textContent);
      return line ? [[value, Number(line.getAttribute('y1'))] as const] : [];
    }),
  );
  const [[low, bottom], [high, top]] = [ticks[0]!, ticks.at(-1)!];
  const level = page.locator('#loss-curve .level');
  const y = Number(await level.locator('line').getAttribute('y1'));
  expect(low + ((y - bottom) / (top - bottom)) * (high - low)).toBeCloseTo(Math.log(10), 3);
  expect(await level.locator('text').textContent()).toBe('ln 10: guessing');
  expect(await page.locator('#accuracy-curve .level').count()).toBe(0);
  expect(playground.complaints).toEqual([]);
});

test('a link repeats the run, and the command gives the same parameters in Node', async () => {
  await using playground = await openPlayground(browser, { query: '?epochs=3' });
  const { page } = playground;
  await page.getByLabel('Hidden layers').fill('24-12');
  await page.getByLabel('Batch size').selectOption('32');
  await page.getByLabel('Optimizer').selectOption('Adam');
  await page.getByLabel('Learning rate').selectOption('0.001');
  await page.getByLabel('Seed', { exact: true }).fill('42');
  await page.keyboard.press('Enter');
  await page.getByLabel('Speed').selectOption('as fast as possible');
  await finished(page);
  const hash = await hashOf(page);

  const again = await playground.another(new URL(page.url()).search);
  await again.getByLabel('Speed').selectOption('50 updates per frame');
  await finished(again);
  expect(await hashOf(again)).toBe(hash);

  const command = (await page.locator('#command').textContent())!.split(' ');
  expect(command.slice(0, 2)).toEqual(['npx', 'relumax']);
  const { code, stdout } = await runCommand(command.slice(2));
  expect(code).toBe(0);
  expect(stdout).toContain(`hash: ${hash}\n`);
  expect(playground.complaints).toEqual([]);
});

test('settings that cannot be are named, and the run goes on', async () => {
  await using playground = await openPlayground(browser, { query: '?layers=784-0-10' });
  const { page } = playground;
  const message = page.locator('#settings-message');
  await expect.poll(() => message.textContent()).toContain('Layers: found “784-0-10”');
  await page.getByRole('textbox', { name: 'Epochs' }).fill('many');
  await page.keyboard.press('Enter');
  await expect.poll(() => message.textContent()).toContain('Epochs: found “many”');
  expect(await page.getByRole('textbox', { name: 'Epochs' }).getAttribute('aria-invalid')).toBe(
    'true',
  );
  await page.getByRole('textbox', { name: 'Epochs' }).fill('2');
  await page.keyboard.press('Enter');
  await expect.poll(() => message.textContent()).toBe('');
  await finished(page);
  await page.getByLabel('Learning rate').selectOption('1000');
  await page.getByRole('textbox', { name: 'Epochs' }).fill('20');
  await page.keyboard.press('Enter');
  await expect.poll(() => accuracyOf(page)).toBeLessThan(20);
  expect(playground.complaints).toEqual([]);
});

test('a training that diverges says so, and keeps its last finite parameters', async () => {
  await using playground = await openPlayground(browser, { query: '?rate=1e30' });
  const { page } = playground;
  await page.locator('body[data-state=failed]').waitFor();
  expect(await page.locator('#failure').textContent()).toMatch(/try a learning rate smaller than/);
  await page.getByRole('button', { name: 'Start over' }).click();
  expect(playground.complaints).toEqual([]);
});

test('once loaded it works without a network, on a phone’s width', async () => {
  await using playground = await openPlayground(browser, { viewport: { width: 390, height: 844 } });
  const { page } = playground;
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.context().setOffline(true);
  await page.goto(`${playground.address}?seed=2`);
  await page.waitForFunction(
    () => Number.parseFloat(document.getElementById('accuracy')!.textContent!) > 85,
  );
  await page.getByRole('tab', { name: 'Benchmark' }).click();
  await page.getByRole('button', { name: 'Run the benchmark' }).click();
  await page.getByText('Done: the median time of an epoch').waitFor({ timeout: 55_000 });
  const rows = await page.locator('.timings tbody tr').allTextContents();
  expect(rows).toHaveLength(6);
  for (const row of rows) expect(row).toMatch(/[\d.]+ ms[\d,]+/);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(playground.complaints).toEqual([]);
});
