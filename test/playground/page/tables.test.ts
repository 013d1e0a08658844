/** Tables on the page: columns, labels, the form for a row, numbers to predict. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { percent } from '../../../playground/texts/words.ts';
import { Network } from '../../../src/index.ts';
import { Preprocessing } from '../../../src/table.ts';
import { launch } from '../../browser/chromium.ts';
import { houses, passengers } from '../tables.ts';
import {
  accuracyOf,
  drop,
  finished,
  hashByCommand,
  hashOf,
  openPlayground,
  saveModel,
} from './open.ts';

let browser: Browser;
let folder: string;
beforeAll(async () => {
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), 'relumax-tables-'));
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

/** Drops a table, and waits until its training has begun. */
async function dropTable(page: Page, path: string): Promise<void> {
  await page.getByLabel('Speed').selectOption('as fast as possible');
  await drop(page, [path]);
  await expect.poll(() => textOf(page, 'files-message')).toMatch(/held out\.$/);
}

const commandsHash = async (page: Page) => hashByCommand((await textOf(page, 'command'))!, folder);

const columnsOf = (page: Page) => page.locator('#columns tr').allTextContents();

test('a table with text and missing cells trains by the label that is chosen, as the command does', async () => {
  const path = await file('passengers.csv.gz', gzipSync(passengers()));
  await using playground = await openPlayground(browser);
  const { page } = playground;
  await dropTable(page, path);
  await page.getByLabel('Label, the column').selectOption('survived');
  await expect.poll(() => textOf(page, 'command')).toContain('--label survived ');
  await finished(page);
  expect((await columnsOf(page)).map((text) => text.split('as found')[0])).toEqual([
    'column 1left out: row numbers or names',
    'survivedlabel, classes',
    'sexcategory, 2 values',
    'agenumber, 48 missing',
    'class of travelcategory, 3 values',
    'boardeddate',
    'shipleft out: one value in all rows',
  ]);
  expect(await accuracyOf(page)).toBeGreaterThan(80);
  expect(await page.locator('#columns-notes li').allTextContents()).toEqual([
    '2 rows without a label are left out',
  ]);
  expect(await textOf(page, 'files-message')).toBe(
    'passengers.csv.gz: 190 training examples, 48 held out.',
  );
  expect(await page.locator('.confusion thead th').allTextContents()).toEqual(['no', 'yes']);
  const hash = await hashOf(page);
  expect(await commandsHash(page)).toBe(hash);

  // As the first training: what is left out is no input.
  await page.getByLabel('Use of boarded').selectOption('not at all');
  await expect.poll(() => textOf(page, 'command')).toContain('--ignore boarded ');
  await page.getByLabel('Use of class of travel').selectOption('as numbers');
  await expect.poll(() => textOf(page, 'columns-message')).toContain('passengers.csv.gz');
  await finished(page);
  const other = await hashOf(page);
  expect(other).not.toBe(hash);
  expect(await commandsHash(page)).toBe(other);
  expect(playground.complaints).toEqual([]);
});

test('a row that is typed in is answered as in Node, with missing cells', async () => {
  const path = await file('passengers.csv', passengers());
  await using playground = await openPlayground(browser, {
    viewport: { width: 390, height: 844 },
  });
  const { page } = playground;
  await dropTable(page, path);
  await page.getByLabel('Label, the column').selectOption('survived');
  await expect.poll(() => textOf(page, 'command')).toContain('--label survived ');
  await finished(page);
  const row = page.getByRole('form', { name: 'A row of the table' });
  await row.getByLabel('sex').selectOption('female');
  await row.getByLabel('age').fill('30.5');
  await row.getByLabel('class of travel').selectOption('1st');
  await row.getByLabel('boarded').fill('1912-04-10');
  const model = await Network.load(await readFile(await saveModel(page, folder)));
  const preprocessing = Preprocessing.of(model)!;
  const answerTo = (cells: Parameters<typeof preprocessing.inputs>[0][0]) => {
    const [answer] = preprocessing.answers(model.predict(preprocessing.inputs([cells])));
    if (answer === undefined || !('class' in answer)) throw new Error('no class');
    return `Prediction: ${answer.class} (${percent(answer.probability, 0)})`;
  };
  const cells = { sex: 'female', age: 30.5, 'class of travel': '1st', boarded: '1912-04-10' };
  await expect.poll(() => textOf(page, 'answer')).toBe(answerTo(cells));
  expect(await textOf(page, 'truth')).toBe('');
  expect(await textOf(page, 'spoken')).toBe(answerTo(cells));
  await row.getByLabel('age').fill('');
  await expect.poll(() => textOf(page, 'answer')).toBe(answerTo({ ...cells, age: null }));
  await row.getByLabel('sex').selectOption('male');
  await expect
    .poll(() => textOf(page, 'answer'))
    .toBe(answerTo({ ...cells, sex: 'male', age: null }));
  // What is no number is said, and not taken for one.
  await row.getByLabel('age').pressSequentially('1e');
  await expect
    .poll(() => textOf(page, 'row-message'))
    .toBe('age: expected a number; counts as missing.');
  await page.getByRole('button', { name: 'Clear' }).click();
  const nothing = { sex: null, age: null, 'class of travel': null, boarded: null };
  await expect.poll(() => textOf(page, 'answer')).toBe(answerTo(nothing));
  expect(await textOf(page, 'row-message')).toBe('');

  // A row stays through a new training; an example of the table replaces it.
  await row.getByLabel('class of travel').selectOption('3rd');
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await finished(page);
  await expect
    .poll(() => textOf(page, 'answer'))
    .toBe(answerTo({ ...nothing, 'class of travel': '3rd' }));
  await page.getByRole('button', { name: 'Another example' }).click();
  await expect.poll(() => textOf(page, 'truth')).toMatch(/correct/);
  expect(await row.getByLabel('sex').inputValue()).not.toBe('');
  await page.locator('#mistakes .reading').first().click();
  await expect.poll(() => textOf(page, 'truth')).toMatch(/^incorrect: the label is /);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(playground.complaints).toEqual([]);
});

test('numbers are predicted: R², errors and the answer to a row are in their unit', async () => {
  const path = await file('houses.csv', houses());
  await using playground = await openPlayground(browser);
  const { page } = playground;
  await dropTable(page, path);
  await finished(page);
  await expect.poll(() => textOf(page, 'accuracy')).toMatch(/^(?:0\.9\d|1\.00)$/);
  expect(await page.locator('#training .score').textContent()).toContain('R² on 60');
  const dots = page.locator('#errors path.dots');
  await expect.poll(async () => (await dots.getAttribute('d'))!.match(/M/g)!.length).toBe(60);
  expect(await page.locator('#confusion').isVisible()).toBe(false);
  expect(await commandsHash(page)).toBe(await hashOf(page));

  // Which row is the worst may change until the last parameters are evaluated.
  await expect
    .poll(async () => {
      const worst = page.locator('#worst .reading').first();
      const words = (await worst.textContent())!;
      await worst.click();
      const truth = (await textOf(page, 'truth')) ?? '';
      const [, actual] = /^in the table: ([\d,]+)$/.exec(truth) ?? [];
      return actual !== undefined && words.includes(`not ${actual}`);
    })
    .toBe(true);

  const row = page.getByRole('form', { name: 'A row of the table' });
  await row.getByLabel('rooms').fill('6');
  await row.getByLabel('area').fill('120');
  await row.getByLabel('garden').selectOption('TRUE');
  await row.getByLabel('sold').fill('2020-06-15T12:00');
  const model = await Network.load(await readFile(await saveModel(page, folder)));
  const preprocessing = Preprocessing.of(model)!;
  const cells = { rooms: 6, area: 120, garden: true, sold: new Date('2020-06-15T12:00Z') };
  const [answer] = preprocessing.answers(model.predict(preprocessing.inputs([cells])));
  if (answer === undefined || !('values' in answer)) throw new Error('no numbers');
  const price = Math.round(answer.values.price!).toLocaleString('en');
  await expect
    .poll(() => textOf(page, 'answer'))
    .toMatch(new RegExp(`^Prediction of price: ${price}(?:\\.|$)`));
  expect(playground.complaints).toEqual([]);
});

test('a model of a table is loaded again with its columns, and only there', async () => {
  const path = await file('houses.csv', houses());
  await using playground = await openPlayground(browser);
  const { page } = playground;
  await dropTable(page, path);
  await finished(page);
  const hash = await hashOf(page);
  const model = await saveModel(page, folder);
  await page.getByRole('button', { name: 'Another seed' }).click();
  await finished(page);
  await expect.poll(() => hashOf(page)).not.toBe(hash);
  await drop(page, [model]);
  await expect.poll(() => textOf(page, 'files-message')).toContain('is loaded: ');
  await expect.poll(() => hashOf(page)).toBe(hash);
  await expect.poll(() => textOf(page, 'accuracy')).toMatch(/^(?:0\.9\d|1\.00)$/);
  // A new training has its own preprocessing again.
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await finished(page);
  expect(await commandsHash(page)).toBe(await hashOf(page));
  await using other = await openPlayground(browser);
  await drop(other.page, [model]);
  await expect
    .poll(() => textOf(other.page, 'files-message'))
    .toMatch(/\.safetensors: found .*, expected 784 inputs and 10 classes/);
  expect(playground.complaints).toEqual([]);
});

test('hostile names of columns, categories and labels are text, everywhere', async () => {
  const hostile = ['<img src=x onerror=alert(1)>', '\u202e‮\u001b]0;x\u0007', '__proto__'];
  const rows = Array.from({ length: 60 }, (_, i) =>
    [`"${hostile[i % 3]}"`, (i * 7) % 13, i % 2 ? '=1+1' : '"<b>no</b>"'].join(),
  );
  const header = '"<script>alert(1)</script>",__proto__,"\u202ea,b"';
  const path = await file('hostile.csv', [header, ...rows].join('\n'));
  await using playground = await openPlayground(browser);
  const { page } = playground;
  page.on('dialog', (dialog) => playground.complaints.push(dialog.message()));
  await dropTable(page, path);
  await finished(page);
  expect((await columnsOf(page)).map((text) => text.split('as found')[0])).toEqual([
    '<script>alert(1)</script>category, 3 values',
    '__proto__number',
    '�a,blabel, classes',
  ]);
  const row = page.getByRole('form', { name: 'A row of the table' });
  await row.getByLabel('<script>').selectOption('<img src=x onerror=alert(1)>');
  await row.getByLabel('__proto__').fill('5');
  await expect.poll(() => textOf(page, 'answer')).toMatch(/^Prediction: (?:=1\+1|<b>no<\/b>) /);
  await page.getByLabel('Label, the column').selectOption('__proto__');
  await expect.poll(() => textOf(page, 'command')).toContain('--label __proto__ ');
  await page.getByLabel('Use of �a,b').selectOption('not at all');
  // Where commas divide names, and what cannot be seen is not printed, its number names it.
  await expect.poll(() => textOf(page, 'command')).toContain('--ignore 3 ');
  const words = (await page.locator('body').textContent())!;
  expect(words.replace(/\u2068[^\u2068\u2069]*\u2069/g, '')).not.toMatch(
    /[\u202a-\u202e\u2066-\u2069]/,
  );
  expect(playground.complaints).toEqual([]);
});
