/**
 * A page on one origin with everything of relumax from another, as it comes from a CDN: unpkg leads
 * from the package's address to its script, and jsDelivr gives the script there.
 */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Site, serveSite } from '../../scripts/site.js';
import { launch } from '../browser/chromium.ts';
import { Projects } from './project.ts';
import { visit } from './visit.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples/page');

let projects: Projects;
let browser: Browser;
let inNode = { accuracy: 0, hash: '' };
let cdn: Site;

beforeAll(async () => {
  [projects, browser] = await Promise.all([Projects.create(), launch()]);
  inNode = await projects.trainedInNode();
  // As unpkg does where the package's version is not given, and as jsDelivr does.
  const file = (path: string) => path.replace(/^\/npm\/relumax$/, '$&/dist/relumax.min.js');
  cdn = await serveSite(join(projects.installed, '..'), {
    headers: { 'access-control-allow-origin': '*', 'x-content-type-options': 'nosniff' },
    redirect: (path) =>
      path.startsWith('/unpkg/') ? file(path.replace('unpkg', 'npm')) : undefined,
    rewrite: (path) => file(path).replace(/^\/npm\//, '/'),
  });
});
afterAll(async () => {
  await cdn?.[Symbol.asyncDispose]();
  await browser?.close();
  await projects?.[Symbol.asyncDispose]();
});

/** Serves a page whose script is this, and visits it. */
async function pageOf(head: string, main: string, policy?: string) {
  const html = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${head}
    <script type="module" src="/main.js"></script><output>training …</output>`;
  const headers: Record<string, string> = policy ? { 'content-security-policy': policy } : {};
  await using site = await serveSite(EXAMPLES, {
    files: { '/index.html': html, '/main.js': main },
    headers,
  });
  return await visit(browser, `${site.origin}/`, [cdn.origin]);
}

function expectNodesTraining({ shown, wrong }: Awaited<ReturnType<typeof pageOf>>) {
  expect(wrong).toEqual([]);
  expect(shown.error).toBeUndefined();
  expect(shown.hash).toBe(inNode.hash);
}

const LESSON = "import { lesson } from './lesson.js'; lesson";
const dist = () => `${cdn.origin}/npm/relumax/dist`;
const policyWith = (worker: string) =>
  `script-src 'self' ${cdn.origin} 'wasm-unsafe-eval'; worker-src ${worker}`;

describe('a classic script', () => {
  test.each([
    ['/npm/relumax/dist/relumax.min.js'],
    ['/npm/relumax/dist/relumax.min.js?from=/elsewhere'],
    ['/unpkg/relumax'],
    ['/npm/relumax'],
  ])('%s', async (path) => {
    const script = `<script src="${cdn.origin}${path}"></script>`;
    expectNodesTraining(await pageOf(script, `${LESSON}(relumax);`, policyWith("'none'")));
  });

  test('reads a model', async () => {
    const script = `<script src="${cdn.origin}/npm/relumax"></script>`;
    const main = `${LESSON}({ ...relumax, Network: { async create(options) {
      return relumax.Network.load((await relumax.Network.create(options)).save());
    } } });`;
    expectNodesTraining(await pageOf(script, main));
  });

  test('that lies alone names the file that is missing', async () => {
    await using alone = await serveSite(projects.installed, {
      rewrite: (path) => (path === '/copy.js' ? '/dist/relumax.min.js' : path),
    });
    const script = `<script src="${alone.origin}/copy.js"></script>`;
    const { shown } = await pageOf(script, `${LESSON}(relumax);`);
    expect(shown.error).toContain(`found no ${alone.origin}/digits.js, expected the file beside`);
  });
});

describe('modules', () => {
  test('by an import map', async () => {
    const imports = { relumax: `${dist()}/index.js`, 'relumax/worker': `${dist()}/worker.js` };
    const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
    const main = (name: string) => `import * as relumax from '${name}'; ${LESSON}(relumax);`;
    expectNodesTraining(await pageOf(map, main('relumax')));
    expectNodesTraining(await pageOf(map, main('relumax/worker')));
  });

  test('by their address', async () => {
    const main = `import * as relumax from '${dist()}/index.js'; ${LESSON}(relumax);`;
    expectNodesTraining(await pageOf('', main, policyWith("'none'")));
  });
});

describe('a worker', () => {
  const main = () => `import * as relumax from '${dist()}/worker.js'; ${LESSON}(relumax);`;

  test('starts where the policy has worker-src blob:', async () => {
    expectNodesTraining(await pageOf('', main(), policyWith('blob:')));
  });

  test('says what the policy lacks', async () => {
    const { shown } = await pageOf('', main(), policyWith("'self'"));
    expect(shown.error).toContain('it needs worker-src blob:');
  });

  test('says so too where the engine refuses at once, as WebKit does', async () => {
    const refuse =
      "Worker = class { constructor() { throw new DOMException('', 'SecurityError'); } };";
    const { shown } = await pageOf('', refuse + main());
    expect(shown.error).toContain('it needs worker-src blob:');
  });

  test('of a CDN that builds modules anew, and loses its script, starts from its text', async () => {
    await using rebuilt = await serveSite(projects.installed, {
      headers: { 'access-control-allow-origin': '*' },
      rewrite: (path) => path.replace('worker-thread', 'missing'),
    });
    const html = '<link rel="icon" href="data:,"><output></output>';
    await using site = await serveSite(EXAMPLES, {
      files: {
        '/index.html': `${html}<script type="module" src="/main.js"></script>`,
        '/main.js': `import * as relumax from '${rebuilt.origin}/dist/worker.js'; ${LESSON}(relumax);`,
      },
    });
    const { shown } = await visit(browser, `${site.origin}/`, [rebuilt.origin]);
    expect(shown.hash).toBe(inNode.hash);
  });
});
