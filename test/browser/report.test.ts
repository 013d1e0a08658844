/** Reports of trainings, as a browser shows them. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../cli/command.ts';
import { HEADER, irisLike } from '../cli/iris-like.ts';
import { launch } from './chromium.ts';

let browser: Browser;
let cwd: string;
beforeAll(async () => {
  browser = await launch();
  cwd = await mkdtemp(join(tmpdir(), 'relumax-report-'));
  const rows = [HEADER, ...irisLike(1)].map((row) => row.join());
  await writeFile(join(cwd, 'iris.csv'), rows.join('\n'));
  await writeFile(
    join(cwd, 'n.csv'),
    irisLike(1)
      .map((row) => row.slice(0, 4).join())
      .join('\n'),
  );
  const wide = Array.from({ length: 90 }, (_, i) =>
    [...Array.from({ length: 50 }, (_, j) => ((i + 1) * (j + 3)) % 17), 'abc'[(i * i) % 3]].join(),
  );
  await writeFile(join(cwd, 'wide.csv'), wide.join('\n'));
  const reports = [
    ['digits', '-e', '4', '-l', '784-20-10'],
    ['iris', '-d', 'iris.csv'],
    ['numbers', '-d', 'n.csv'],
    ['wide', '-d', 'wide.csv'],
  ];
  for (const [name, ...args] of reports) {
    const { code } = await run(['train', ...args, '--report', `${name}.html`], { cwd });
    expect(code).toBe(0);
  }
});
afterAll(async () => {
  await browser?.close();
  await rm(cwd, { recursive: true });
});

test.each(
  ['digits', 'iris', 'numbers', 'wide'].flatMap((name) =>
    [
      ['light', 1200],
      ['dark', 390],
    ].map(([scheme, width]) => [name, scheme, width] as [string, 'light' | 'dark', number]),
  ),
)('%s, in %s, %i pixels wide', async (name, colorScheme, width) => {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
  try {
    const wrong: string[] = [];
    page.on('console', (message) => wrong.push(message.text()));
    page.on('pageerror', (error) => wrong.push(String(error)));
    page.on('request', (request) => {
      if (!/^(?:file|data):/.test(request.url())) wrong.push(request.url());
    });
    await page.goto(pathToFileURL(join(cwd, `${name}.html`)).href);
    expect(await page.title()).toContain(name === 'digits' ? 'digits' : '.csv');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    const broken = '[...document.images].filter((image) => image.naturalWidth === 0).length';
    expect(await page.evaluate(broken)).toBe(0);
    await page.evaluate(
      await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'),
    );
    const { violations }: AxeResults = await page.evaluate('axe.run()');
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    expect(wrong).toEqual([]);
  } finally {
    await page.close();
  }
});
