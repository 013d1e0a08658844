/** The page says what failed, and keeps what it had: the network, the data, the settings. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Network } from '../../../src/index.ts';
import { launch } from '../../browser/chromium.ts';
import { idx } from '../../data/idx-file.ts';
import { drop, openPlayground } from './open.ts';

let browser: Browser;
let folder: string;
beforeAll(async () => {
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), 'relumax-failures-'));
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

async function file(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

const textOf = (page: Page, id: string) => page.locator(`#${id}`).textContent();

/** Waits until updates are made. */
async function goesOn(page: Page): Promise<void> {
  const before = await textOf(page, 'progress-words');
  await expect.poll(() => textOf(page, 'progress-words')).not.toBe(before);
}

const layers = (hidden: number, size: number) =>
  ['784', ...Array.from({ length: hidden }, () => size), '10'].join('-');

test.each([
  ['300 layers', layers(300, 1024), 'expected at most 100 layers above the inputs'],
  ['300 small layers', layers(300, 1), 'expected at most 100 layers above the inputs'],
  ['too many parameters', layers(9, 1024), 'expected at most 4,194,304 parameters'],
  ['10,000 characters of it', layers(8, 1024).padEnd(10_000, '9'), '784 first, 10 last'],
])('an address with %s is named, and the page trains the default', async (_, sizes, message) => {
  await using playground = await openPlayground(browser, { query: `?epochs=900&layers=${sizes}` });
  const { page } = playground;
  const found = await textOf(page, 'settings-message');
  expect(found).toMatch(
    /^The settings in the address cannot be used\. Layers: found “784-[-\d]{40,60}…?”/,
  );
  expect(found).toContain(message);
  await goesOn(page);

  await page.getByLabel('Hidden layers').fill(layers(300, 10).slice(4, -3));
  await page.keyboard.press('Enter');
  await expect.poll(() => textOf(page, 'settings-message')).toMatch(/^Layers: found “784-10-10/);
  await goesOn(page);
  expect(playground.complaints).toEqual([]);
});

test('after any drop that fails the run goes on, with the data that it had', async () => {
  const images = (name: string, count: number, side = 28) =>
    file(name, idx([count, side, side], new Uint8Array(count * side * side).fill(9)));
  const labels = (name: string, values: number[]) =>
    file(name, idx([values.length], Uint8Array.from(values)));
  const train = [
    await images('train-images.idx', 6),
    await labels('train-labels.idx', [0, 1, 2, 0, 1, 2]),
  ];
  await mkdir(join(folder, 'a folder'));
  const wide = Array.from({ length: 9 }, (_, i) => [...Array(80_000).fill(i), i % 2].join());
  const small = await Network.create({ layers: [4, 3] });
  const bytes = small.save();
  const drops: [string[], RegExp][] = [
    [
      [await images('one-images.idx', 1), await labels('one-labels.idx', [0])],
      /^one-images.idx, one-labels.idx: test: found 0.2, expected a fraction/,
    ],
    [
      [...train, await images('t10k-images.idx', 2, 14), await labels('t10k-labels.idx', [0, 1])],
      /^t10k-images.idx: found images of 196 pixels, expected 784, as in train-images.idx/,
    ],
    [
      [...train, await images('test-images.idx', 2), await labels('test-labels.idx', [0, 9])],
      /^test-labels.idx: found class 9, expected 0 to 2, as in train-labels.idx/,
    ],
    [[join(folder, 'a folder')], /^a folder: cannot be read, expected a file/],
    [
      [await file('wide.csv', wide.join('\n'))],
      /^wide.csv: Layers: found “80000-64-32-2”, expected/,
    ],
    [[await file('empty.csv', '')], /^empty.csv: found no rows/],
    [
      [await file('rows.csv', 'a,b\n1,x\n2,y\n')],
      /^rows.csv: test: found 0.2, expected a fraction/,
    ],
    [[await file('cut.safetensors', bytes.subarray(0, 40))], /^cut.safetensors: .*found/],
    [
      [await file('small.safetensors', bytes)],
      /^small.safetensors: found 4-3, expected 784 inputs/,
    ],
    [[await file('\u202e<b>\u001b.csv', '1')], /^�<b>�.csv/],
  ];
  await using playground = await openPlayground(browser, { query: '?epochs=900' });
  const { page } = playground;
  for (const [files, message] of drops) {
    await drop(page, files);
    await expect.poll(() => textOf(page, 'files-message'), { timeout: 20_000 }).toMatch(message);
    await page.getByRole('button', { name: 'Start over' }).click();
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await goesOn(page);
    expect(await textOf(page, 'data-name')).toBe('the 10,000 bundled digits');
    expect(await textOf(page, 'command')).toMatch(/^npx relumax train --layers 784-10-10 /);
  }
  expect(await textOf(page, 'page-message')).toBe('');
  expect(playground.complaints).toEqual([]);
});

test('a worker that fails is told of, and another takes its place', async () => {
  await using playground = await openPlayground(browser, {
    query: '?epochs=900',
    prepare: (context) =>
      context.addInitScript(() => {
        const started: Worker[] = [];
        globalThis.Worker = class extends Worker {
          constructor(...args: ConstructorParameters<typeof Worker>) {
            super(...args);
            started.push(this);
          }
        };
        Object.assign(globalThis, { started });
      }),
  });
  const { page } = playground;
  await goesOn(page);
  await page.evaluate(() => {
    const { started } = globalThis as unknown as { started: Worker[] };
    started[0]!.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
  });
  await expect.poll(() => textOf(page, 'failure')).toContain('the worker failed: out of memory');
  await page.getByRole('button', { name: 'Save as safetensors' }).click();
  await expect.poll(() => textOf(page, 'page-message')).toContain('the worker failed');
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await goesOn(page);
  expect(await textOf(page, 'failure')).toBe('');
  expect(await textOf(page, 'page-message')).toBe('');
});

describe('a page that cannot be used says why', () => {
  // A worker has the policy that comes with its script.
  const withoutWasm = (context: BrowserContext) =>
    context.route('**/*worker-thread*', async (route) => {
      const response = await route.fetch();
      const headers = { ...response.headers(), 'content-security-policy': "script-src 'self'" };
      await route.fulfill({ response, headers });
    });
  test.each<[string, (context: BrowserContext) => Promise<unknown>, string]>([
    ['WebAssembly is blocked', withoutWasm, "must have 'wasm-unsafe-eval' in script-src"],
    [
      'workers are forbidden',
      (context) =>
        context.addInitScript(() => {
          globalThis.Worker = class {
            constructor() {
              throw new DOMException('forbidden', 'SecurityError');
            }
          } as unknown as typeof Worker;
        }),
      'the worker did not start',
    ],
    [
      'the worker’s script is missing',
      (context) =>
        context.route('**/worker-thread-*.js', (route) => route.fulfill({ status: 404 })),
      'the worker did not start',
    ],
    [
      'the digits are missing',
      (context) => context.route('**/digits-*.bin', (route) => route.fulfill({ status: 404 })),
      'the digits: found status 404, expected 200',
    ],
    [
      'nothing can be drawn',
      (context) =>
        context.addInitScript(() => {
          HTMLCanvasElement.prototype.getContext = () => null;
        }),
      'Cannot set properties of null',
    ],
  ])('where %s', async (_, prepare, message) => {
    await using playground = await openPlayground(browser, { prepare, isUsable: false });
    const { page } = playground;
    await expect.poll(() => textOf(page, 'page-message')).toContain(message);
    expect(await textOf(page, 'page-message')).toMatch(/^The page cannot be used: /);
    expect(await page.locator('#loading').isVisible()).toBe(false);
  });

  test('where its script is missing', async () => {
    await using playground = await openPlayground(browser, {
      prepare: (context) => context.route('**/index-*.js', (route) => route.abort()),
      isUsable: false,
    });
    const { page } = playground;
    expect(await page.locator('#loading').isVisible()).toBe(false);
    await expect.poll(() => page.locator('#loading').isVisible(), { timeout: 20_000 }).toBe(true);
  });
});

test('without storage, clipboard and an address to change it trains all the same', async () => {
  await using playground = await openPlayground(browser, {
    query: '?epochs=900',
    prepare: (context) =>
      context.addInitScript(() => {
        // The empty page before it has neither.
        if (!isSecureContext) return;
        const denied = () => Promise.reject(new DOMException('denied', 'SecurityError'));
        ServiceWorkerContainer.prototype.register = denied;
        Clipboard.prototype.writeText = denied;
        history.replaceState = () => {
          throw new DOMException('too often', 'SecurityError');
        };
      }),
  });
  const { page } = playground;
  await goesOn(page);
  await expect
    .poll(() => textOf(page, 'offline'))
    .toBe('; this browser does not store it for offline use (denied)');
  const copy = page.locator('#copy-command');
  for (let i = 0; i < 2; i++) await copy.click();
  expect(await copy.textContent()).toBe('The browser forbids it');
  await expect.poll(() => copy.textContent(), { timeout: 5000 }).toBe('Copy');
  expect(await textOf(page, 'page-message')).toBe('');
  expect(playground.complaints).toEqual([]);
});

test('of settings that are changed in a row the last ones count, everywhere', async () => {
  await using playground = await openPlayground(browser, { query: '?epochs=900' });
  const { page } = playground;
  await page.evaluate(() => {
    for (let i = 0; i < 30; i++) document.getElementById('other-seed')!.click();
    document.getElementById('reset')!.click();
    document.getElementById('other-seed')!.click();
  });
  const seed = await page.getByLabel('Seed', { exact: true }).inputValue();
  await expect.poll(() => textOf(page, 'command')).toContain(`--seed ${seed} `);
  await goesOn(page);
  expect(new URL(page.url()).searchParams.get('seed')).toBe(seed);
  expect(await textOf(page, 'settings-message')).toBe('');
  expect(playground.complaints).toEqual([]);
});

test('of 256 classes it lists the most frequent mistakes, and moves', async () => {
  const [classes, examples, side] = [256, 4096, 8];
  // A bit of the class's number in each of eight columns of pixels.
  const pixels = Uint8Array.from({ length: examples * side * side }, (_, i) => {
    const [example, column] = [Math.floor(i / side / side), i % side];
    return ((example >> column) & 1) * 120 + ((i * 31) % 60);
  });
  const files = [
    await file('many-images.idx', idx([examples, side, side], pixels)),
    await file(
      'many-labels.idx',
      idx(
        [examples],
        Uint8Array.from({ length: examples }, (_, i) => i % classes),
      ),
    ),
  ];
  await using playground = await openPlayground(browser, {
    query: '?epochs=1000&layers=784-32-10',
  });
  const { page } = playground;
  expect(await page.locator('#confusion tbody button').count()).toBe(100);
  await drop(page, files);
  await expect.poll(() => textOf(page, 'files-message')).toContain('3,277 training examples');
  const frames = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const end = performance.now() + 4000;
        let count = 0;
        const frame = () => {
          count++;
          if (performance.now() < end) requestAnimationFrame(frame);
          else resolve(count);
        };
        requestAnimationFrame(frame);
      }),
  );
  console.log(`${frames} frames in 4 s`);
  // With a cell for each pair there were three, and now more than a hundred.
  expect(frames).toBeGreaterThan(15);
  expect(await page.locator('*').count()).toBeLessThan(5000);
  await page.getByRole('button', { name: 'Pause' }).click();
  const rows = page.locator('#confusion tbody tr:visible');
  // The evaluation of the last update is shown after the pause.
  let shown = '';
  const isSettled = async () => {
    const before = shown;
    shown = (await rows.allTextContents()).join();
    return shown === before;
  };
  await expect.poll(isSettled, { interval: 400 }).toBe(true);
  const times = await rows.locator('button').allTextContents();
  expect(times).toEqual([...times].sort((a, b) => Number(b) - Number(a)));
  expect(times.length).toBeGreaterThan(0);
  const [own, other] = await rows.first().locator('th, td').allTextContents();
  await rows.first().locator('button').click();
  expect(await page.getByRole('dialog').locator('h2').textContent()).toContain(
    `${own}, predicted as ${other}`,
  );
  expect(await page.getByRole('dialog').locator('.reading').count()).toBe(Number(times[0]));
  expect(playground.complaints).toEqual([]);
});

test('other data of the same shape bring their own names, which disturb nothing', async () => {
  const table = (...names: string[]) =>
    [
      'a,b,kind',
      ...Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 3},"${names[i % 2]}"`),
    ].join('\n');
  const hostile = ['<i>\u202ex\n\u001b|', 'אבג</script>'];
  await using playground = await openPlayground(browser, { query: '?epochs=5' });
  const { page } = playground;
  await drop(page, [await file('first.csv', table('left', 'right'))]);
  await expect.poll(() => page.locator('#bars .name').allTextContents()).toEqual(['left', 'right']);
  await drop(page, [await file('second.csv', table(...hostile))]);
  const shown = ['<i>�x��|', 'אבג</script>'];
  await expect.poll(() => page.locator('#bars .name').allTextContents()).toEqual(shown);
  expect(await page.locator('.confusion thead th').allTextContents()).toEqual(shown);
  await page.locator('#mistakes .reading').first().waitFor();
  // What turns the direction of writing is paired: names alone are turned.
  const words = (await page.locator('body').textContent())!;
  expect(words.replace(/\u2068[^\u2068\u2069]*\u2069/g, '')).not.toMatch(
    /[\u202a-\u202e\u2066-\u2069]/,
  );
  expect(playground.complaints).toEqual([]);
});
