/** Bundles for Node that train in a worker, moved away from the folder that they were built in. */
import { cp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, Projects, textOf } from './project.ts';
import { ESBUILD, WEBPACK } from './routes.ts';

let projects: Projects;
let inNode = { accuracy: 0, hash: '' };

beforeAll(async () => {
  projects = await Projects.create();
  inNode = await projects.trainedInNode();
});
afterAll(() => projects?.[Symbol.asyncDispose]());

test.each([
  ['none', undefined, 'worker.js'],
  [
    'webpack',
    ['node', WEBPACK, './worker.js', '--target', 'node', '--mode', 'production'],
    'main.js',
  ],
  ['esbuild, esm', [ESBUILD, 'worker.js', '--format=esm', '--outfile=dist/main.mjs'], 'main.mjs'],
  ['esbuild, cjs', [ESBUILD, 'worker.js', '--format=cjs', '--outfile=dist/main.cjs'], 'main.cjs'],
])('%s', async (name, build, file) => {
  const folder = await projects.project();
  await cp(join(import.meta.dirname, '../../examples/node'), folder, { recursive: true });
  let place = folder;
  if (build !== undefined) {
    const more = build[0] === ESBUILD ? ['--bundle', '--platform=node', '--log-level=error'] : [];
    await command([...build, ...more], folder);
    place = join(projects.folder, `elsewhere-${name}`);
    await rename(join(folder, 'dist'), place);
    await rm(folder, { recursive: true });
    for (const output of await readdir(place)) {
      expect(await textOf(place, output), output).not.toContain(projects.folder);
    }
  }
  const [accuracy, hash] = (await command(['node', file], place)).trim().split(' ');
  expect({ accuracy: Number(accuracy), hash }).toEqual(inNode);
});
