/** The examples that train on tables, with the package as it is packed: in Node, and in a page. */
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from '../browser/chromium.ts';
import { csvOf } from '../table/trained.ts';
import { command, Projects } from './project.ts';
import { visitProject } from './visit.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');

let projects: Projects;
let browser: Browser;
beforeAll(async () => {
  [projects, browser] = await Promise.all([Projects.create(), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await projects?.[Symbol.asyncDispose]();
});

test('examples/node/table.js', async () => {
  const folder = await projects.project();
  await cp(join(EXAMPLES, 'node/table.js'), join(folder, 'table.js'));
  await writeFile(join(folder, 'prices.csv'), csvOf('linear', 400));
  const printed = await command(['node', 'table.js', 'prices.csv', 'price'], folder);
  const [r2, ...answers] = printed.trim().split('\n');
  expect(Number(r2!.replace('R² ', ''))).toBeGreaterThan(0.5);
  expect(answers).toHaveLength(3);
  for (const answer of answers) expect(answer).toMatch(/^\{ values: \{ price: 1000\d{4}/);
});

test('examples/page/table.html', async () => {
  const folder = await projects.project();
  const { shown, wrong } = await visitProject(browser, folder, { path: '/table.html' });
  expect(wrong).toEqual([]);
  expect(Number(shown.accuracy)).toBe(1);
  expect(shown.answer).toMatch(/^(?:setosa|versicolor), [\d.]+ %$/);
});
