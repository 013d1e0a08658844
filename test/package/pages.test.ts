/**
 * The packed package, installed into fresh projects, trains in a real Chromium through each route
 * that docs/pages.md names.
 */
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveSite } from '../../scripts/site.js';
import { launch } from '../browser/chromium.ts';
import { expectWithin } from '../times.ts';
import { command, Projects, textOf } from './project.ts';
import { ROUTES, type Route } from './routes.ts';
import { visit, visitProject } from './visit.ts';

const POLICY = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
const DOCS = join(import.meta.dirname, '../../docs/pages.md');

let projects: Projects;
let browser: Browser;
/** What the same training gives in Node, with the same package. */
let inNode = { accuracy: 0, hash: '' };

beforeAll(async () => {
  [projects, browser] = await Promise.all([Projects.create(), launch()]);
  inNode = await projects.trainedInNode();
});
afterAll(async () => {
  await browser?.close();
  await projects?.[Symbol.asyncDispose]();
});

/** Takes the route, and returns what its page showed. */
async function take(route: Route) {
  const headers: Record<string, string> = route.strict ? { 'content-security-policy': POLICY } : {};
  return await visitProject(browser, await projects.project(route.main), route, headers);
}

const measured: { route: Route; milliseconds: number }[] = [];

describe('trains in a page by', () => {
  test.each(ROUTES.map((route) => [route.name, route] as const))('%s', async (_, route) => {
    const { shown, wrong } = await take(route);
    const { misses } = route;
    if (misses === undefined) expect(wrong).toEqual([]);
    else expect(wrong).toEqual([expect.stringMatching(`404 .*${misses}`)]);
    expect(shown.error).toBeUndefined();
    expect(shown.hash).toBe(inNode.hash);
    expect(Number(shown.accuracy)).toBe(inNode.accuracy);
    expect(Number(shown.accuracy)).toBeGreaterThan(0.9);
    expectWithin(1000, Number(shown.milliseconds));
    measured.push({ route, milliseconds: Number(shown.milliseconds) });
  });

  test.each([
    ['relumax/core', 'core.html'],
    ['the loader of AssemblyScript', 'loader.html'],
  ])('the core alone, by %s', async (_, page) => {
    await using site = await serveSite(await projects.project());
    const { shown, wrong } = await visit(browser, `${site.origin}/${page}`);
    expect(wrong).toEqual([]);
    expect(Number(shown.accuracy)).toBeGreaterThan(0.98);
  });
});

describe('where a policy forbids', () => {
  test.each([
    [
      'WebAssembly',
      "script-src 'self'",
      'index.html',
      "must have 'wasm-unsafe-eval' in script-src",
    ],
    ['it in a worker', "script-src 'self'", 'worker', "must have 'wasm-unsafe-eval' in script-src"],
    [
      'workers',
      `${POLICY.replace(/worker-src .*/, "worker-src 'none'")}`,
      'worker',
      "worker-src 'self'",
    ],
  ])('%s, the error says what is missing', async (_, policy, page, message) => {
    const { build } = ROUTES.find(({ name }) => name === 'esbuild, worker')!;
    const folder = await projects.project(page === 'worker' ? 'worker.js' : undefined);
    await command(build!.command, folder);
    await cp(join(folder, 'index.html'), join(folder, 'dist/index.html'));
    const headers = { 'content-security-policy': policy };
    await using site = await serveSite(join(folder, 'dist'), { headers });
    expect((await visit(browser, `${site.origin}/`)).shown.error).toContain(message);
  });
});

test('where the script of the worker is missing and no policy allows another, the error names the remedy', async () => {
  const folder = await projects.project('worker.js');
  await command(ROUTES.find(({ name }) => name === 'esbuild')!.build!.command, folder);
  await cp(join(folder, 'index.html'), join(folder, 'dist/index.html'));
  const root = join(folder, 'dist');
  await using free = await serveSite(root);
  expect((await visit(browser, `${free.origin}/`)).shown.hash).toBe(inNode.hash);
  await using site = await serveSite(root, { headers: { 'content-security-policy': POLICY } });
  const { error } = (await visit(browser, `${site.origin}/`)).shown;
  expect(error).toContain(`found nothing (status 404) at ${site.origin}/worker-thread.js`);
  expect(error).toContain("optimizeDeps: { exclude: ['relumax'] }");
});

test('the table of routes in docs/pages.md is this one', async () => {
  const cells = ({ name, how, strict }: Route) => `| ${name} | ${how} | ${strict ? 'yes' : ''} |`;
  const text = await textOf(DOCS);
  if (process.env.RELUMAX_WRITE_DOCS !== undefined) {
    const table = [
      `<!-- routes: npm run docs:routes, Chromium ${browser.version()} -->`,
      '| route | how | strict policy | ready after |',
      '| --- | --- | --- | --- |',
      ...measured.map(
        ({ route, milliseconds }) => `${cells(route)} ${milliseconds.toFixed(0)} ms |`,
      ),
      '<!-- end of routes -->',
    ].join('\n');
    await writeFile(DOCS, text.replace(/<!-- routes[\s\S]*end of routes -->/, table));
    return;
  }
  const squeezed = (line: string) => line.replace(/ +/g, ' ');
  const table = squeezed(/<!-- routes[\s\S]*end of routes -->/.exec(text)![0]);
  expect(table.match(/ ms \|$/gm)).toHaveLength(ROUTES.length);
  for (const route of ROUTES) expect(table).toContain(squeezed(cells(route)));
});
