import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { begin, end, isUpToDate } from '../../scripts/up-to-date.js';

/** @type {string} */
let root;
/** @param {string} name @param {string} text */
const put = (name, text) => writeFile(join(root, name), text);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'relumax-build-'));
  for (const folder of ['src/core', 'assembly', 'build/playground', 'dist/types']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await put('src/core/one.ts', 'one');
  await put('assembly/two.ts', 'two');
  await put('package-lock.json', '{}');
});
afterEach(() => rm(root, { recursive: true }));

async function build() {
  begin(root);
  await put('build/core.wasm', 'core');
  await put('dist/types/index.d.ts', 'types');
  end(root);
}

test('nothing is up to date before a build, everything after it', async () => {
  expect(isUpToDate(root)).toBe(false);
  await build();
  expect(isUpToDate(root)).toBe(true);
  expect(isUpToDate(root)).toBe(true);
});

test.each([
  ['a source that changed', () => put('src/core/one.ts', 'two')],
  ['a new source', () => put('assembly/three.ts', '')],
  ['a source that is gone', () => rm(join(root, 'assembly/two.ts'))],
  ['another lock file', () => put('package-lock.json', '{ }')],
  ['an output that is gone', () => rm(join(root, 'dist/types/index.d.ts'))],
  ['an output that somebody else wrote', () => put('build/core.wasm', 'other')],
])('%s is noticed', async (_, change) => {
  await build();
  await change();
  expect(isUpToDate(root)).toBe(false);
  await build();
  expect(isUpToDate(root)).toBe(true);
});

test('what others write beside the outputs does not matter', async () => {
  await build();
  await put('build/tests.json', '{}');
  await put('build/playground/index.html', '');
  expect(isUpToDate(root)).toBe(true);
});

test('a source that is written again with the same text is the same', async () => {
  await build();
  await put('src/core/one.ts', 'one');
  expect(isUpToDate(root)).toBe(true);
});

test('a build that failed, or whose sources changed meanwhile, leaves nothing that counts', async () => {
  await build();
  begin(root);
  expect(isUpToDate(root)).toBe(false);
  await put('src/core/one.ts', 'changed meanwhile');
  end(root);
  expect(isUpToDate(root)).toBe(false);
  expect(() => end(root)).toThrow('there was no begin');
});

test.each(['bench/index.js', 'bench/peers/index.js'])(
  '%s --help builds nothing, and lists what there is',
  (file) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, '--help'], {
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(stdout).toContain('--only');
    expect(stderr).toBe('');
  },
);

test('the help says how long each part takes, and a wrong part is refused before anything is built', () => {
  const { stdout } = spawnSync(process.execPath, ['bench/index.js', '--help'], {
    encoding: 'utf8',
  });
  const parts = [...stdout.matchAll(/^ {19}(\w+) +(\d+ (?:s|min)) /gm)];
  expect(parts.map(([, name]) => name)).toContain('steps');
  expect(parts).toHaveLength(10);
  const wrong = spawnSync(process.execPath, ['bench/index.js', '--only', 'nothing'], {
    encoding: 'utf8',
  });
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toContain('--only: nothing is none of kernels, steps');
});
