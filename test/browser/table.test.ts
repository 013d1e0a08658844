/** A table's model: the command, the library in Node and in a page, and an export answer alike. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Network } from '../../src/network/network.ts';
import { Preprocessing } from '../../src/table.ts';
import { run } from '../cli/command.ts';
import { csvOf } from '../table/trained.ts';
import { launch } from './chromium.ts';
import { libraryPage } from './library-page.ts';

let browser: Browser;
let cwd: string;
beforeAll(async () => {
  browser = await launch();
  cwd = await mkdtemp(join(tmpdir(), 'relumax-table-'));
});
afterAll(async () => {
  await browser?.close();
  await rm(cwd, { recursive: true });
});

/** With categories that training had not, and missing cells. */
const NEW = [
  { age: 31, town: 'Bern', seen: '2024-02-29T12:30Z', paid: 'TRUE' },
  { age: null, town: 'Oslo', seen: '2030-01-01', paid: 'FALSE' },
  { age: null, town: null, seen: null, paid: null },
  { age: 1e6, town: '</script><b>', seen: '1969-12-31T23:59:59Z', paid: 'maybe' },
];

test('the same answers come from all of them', async () => {
  await writeFile(join(cwd, 'prices.csv'), csvOf('linear'));
  const lines = NEW.map((row) => Object.values(row).map((cell) => cell ?? 'NA'));
  await writeFile(join(cwd, 'new.csv'), [Object.keys(NEW[0]!), ...lines].join('\n'));
  const train = await run(['train', '-d', 'prices.csv', '-e', '5', '-o', 'm.st'], { cwd });
  expect(train.code, train.stderr).toBe(0);
  await run(['predict', 'm.st', 'new.csv', '--output', 'told.csv'], { cwd });
  const [header, ...told] = (await readFile(join(cwd, 'told.csv'), 'utf8')).trim().split('\n');
  const place = header!.split(',').findIndex((name) => /price/.test(name));
  const commands = told.map((line) => Number(line.split(',')[place]));

  const file = await readFile(join(cwd, 'm.st'));
  const network = await Network.load(file);
  const preprocessing = Preprocessing.of(network)!;
  const answers = preprocessing.answers(network.predict(preprocessing.inputs(NEW)));
  for (const [i, answer] of answers.entries()) {
    const { price } = (answer as { values: { price: number } }).values;
    expect(Math.abs(price - commands[i]!)).toBeLessThan(1e-6 * price);
  }

  await run(['export', 'm.st', '--js', 'm.mjs'], { cwd });
  const module = await import(pathToFileURL(join(cwd, 'm.mjs')).href);
  expect(module.answer(NEW)).toEqual(answers);

  await using open = await libraryPage(browser);
  const inPage = await open.page.evaluate(
    async ([file, rows]) => {
      const { index, worker, table } = globalThis.relumax;
      const bytes = Uint8Array.from(file);
      const network = await index.Network.load(bytes);
      const remote = await worker.Network.load(bytes);
      const preprocessing = table.Preprocessing.of(network)!;
      const inputs = preprocessing.inputs(rows);
      const all = [network.predict(inputs), await remote.predict(inputs)];
      remote.dispose();
      return all.map((outputs) => preprocessing.answers(outputs));
    },
    [[...file], NEW] as const,
  );
  expect(inPage).toEqual([answers, answers]);
});
