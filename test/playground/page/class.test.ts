/** The lesson of docs/class.md: every link is opened, and the page must show what the document states. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch } from '../../browser/chromium.ts';
import { hashIn, run as runCommand } from '../../cli/command.ts';
import { textOf } from '../../tfjs-programs.ts';
import { finished, hashOf, openPlayground, type Playground } from './open.ts';

/** Where `npm run playground` puts the page. */
const ADDRESS = 'http://localhost:5173/';

const text = await textOf('docs/class.md');

/** What the document states of a link. */
interface Stated {
  readonly query: string;
  readonly accuracy: string;
  readonly loss: string;
  /** Of the hidden units; – where they are not ReLUs. */
  readonly dead: string;
  /** How the hash begins. */
  readonly hash: string;
}

/** A row of a table: | [`?query`](address) | what it is | accuracy | loss | dead units | hash | */
const ROW =
  /^\| \[`(?<query>\?[^`]*)`\]\((?<address>\S+)\) +\|[^|]*\| (?<accuracy>[^|]*?) +\| (?<loss>[^|]*?) +\| (?<dead>[^|]*?) +\| `(?<hash>[0-9a-f]{8})` +\|$/gm;
const rows = Array.from(text.matchAll(ROW), ({ groups }) => groups as unknown as Stated);
const stated = new Map(rows.map((row) => [row.query, row]));

/** A row of the table of mixed-up pairs: | a and b | a read as b | b read as a | together | */
const PAIR = /^\| (\d) and (\d) +\| (\d+) +\| (\d+) +\| (\d+) +\|$/gm;
const pairs = Array.from(text.matchAll(PAIR), (row) => row.slice(1).map(Number));

test('each link is in a row with its results, and two rows of one link agree', () => {
  const links = Array.from(text.matchAll(/\]\((http:\/\/localhost[^)]*)\)/g), ([, link]) => link);
  expect(links.length).toBeGreaterThan(20);
  expect(links).toEqual(rows.map(({ query }) => ADDRESS + query));
  for (const { query, accuracy, loss, dead, hash } of rows) {
    expect(stated.get(query), query).toMatchObject({ accuracy, loss, dead, hash });
  }
});

describe('the page and the command give', () => {
  let browser: Browser;
  let playground: Playground;
  beforeAll(async () => {
    browser = await launch();
    playground = await openPlayground(browser, { query: '?epochs=1' });
  });
  afterAll(async () => {
    await playground?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  test.each([...stated.keys()])('what is stated of %s', { timeout: 120_000 }, async (query) => {
    const { accuracy, loss, dead, hash } = stated.get(query)!;
    const page = await playground.another(query);
    await page.locator('#speed').selectOption('Infinity');
    const command = (await page.locator('#command').textContent())!.split(' ');
    const inNode = runCommand(command.slice(2));
    await finished(page);
    const whole = await hashOf(page);
    expect(whole.slice(0, hash.length)).toBe(hash);
    expect(await page.locator('#accuracy').textContent()).toBe(accuracy);
    expect(await page.locator('#loss-now').textContent()).toBe(loss);
    const units = dead === '–' ? 0 : Number(dead);
    await expect
      .poll(async () => deadIn((await page.locator('#dead-units').textContent())!))
      .toBe(units);
    const { stdout } = await inNode;
    expect(hashIn(stdout)).toBe(whole);
    expect(deadIn(/^dead: .*$/m.exec(stdout)?.[0] ?? '')).toBe(units);
    if (query === '?seed=1') await expectPairs(page);
    await page.close();
    expect(playground.complaints).toEqual([]);
  });
});

/** How many units of all layers are dead by a sentence of the command or the page. */
function deadIn(sentence: string): number {
  const layers = Array.from(sentence.matchAll(/(\d+) of \d+ units/g), ([, dead]) => Number(dead));
  return layers.reduce((sum, dead) => sum + dead, 0);
}

/** Compares the confusion matrix with the document's pairs. */
async function expectPairs(page: Page): Promise<void> {
  const cell = async (label: number, taken: number) =>
    Number(await page.locator(`#confusion [value="${label} ${taken}"]`).textContent());
  expect(pairs.length).toBeGreaterThan(3);
  for (const [a, b, first, second, together] of pairs as [
    number,
    number,
    number,
    number,
    number,
  ][]) {
    expect([await cell(a, b), await cell(b, a)], `${a} and ${b}`).toEqual([first, second]);
    expect(first + second).toBe(together);
  }
}
