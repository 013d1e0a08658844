/** The package as `npm pack` makes it: its manifest, its types, what a bundle takes of it. */
import { readdir, stat, writeFile } from 'node:fs/promises';
import { createRequire, SourceMap } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { text } from '../../build/core.bytes.js';
import manifest from '../../package.json' with { type: 'json' };
import { packagePage, packageReadme } from '../../scripts/package-documents.js';
import { PROGRAMS, sizesOf } from '../../scripts/sizes.js';
import { command, Projects, pack, textOf } from './project.ts';

/** What the Wasm and the code around it may take in a page, minified and gzipped. */
const MOST_BYTES = 22_000;

const COMPILER = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc');
const ROOT = join(import.meta.dirname, '../..');

let projects: Projects;
beforeAll(async () => {
  projects = await Projects.create();
});
afterAll(() => projects?.[Symbol.asyncDispose]());

function linter(name: string, path: string): string {
  const require = createRequire(join(import.meta.dirname, 'package.json'));
  // Neither exports its package.json, so from the module to the folder of the package.
  const [folder] = dirname(require.resolve(name)).split(
    /(?<=node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/@]+)[\\/]/,
  );
  return join(folder!, path);
}

test('publint finds nothing', async () => {
  const args = ['--strict', projects.installed, '--pack', 'false'];
  const printed = await command(['node', linter('publint', 'src/cli.js'), ...args], '.');
  expect(printed).toContain('All good!');
});

test('are the types wrong? They are not', async () => {
  const tarball = await pack(projects.folder);
  // It is ES modules only, and the Wasm files have no types.
  const args = [
    tarball,
    '--profile',
    'esm-only',
    '--exclude-entrypoints',
    'core.wasm',
    'core-threads.wasm',
    '--no-emoji',
  ];
  const path = join(import.meta.dirname, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const printed = await command(['node', path, ...args], '.');
  expect(printed).toContain('"relumax/worker"');
});

test('resolvers that know no exports find the entries and their types', async () => {
  const manifest = JSON.parse(await textOf(projects.installed, 'package.json'));
  const { exports, main, module, types, alias, typesVersions } = manifest;
  expect([main, module]).toEqual([exports['.'].default, exports['.'].default]);
  expect(types).toBe(exports['.'].types);
  const { '.': _, './package.json': __, ...others } = exports;
  const files = Object.entries(others as Record<string, string | Record<string, string>>);
  expect(alias).toEqual(
    Object.fromEntries(files.map(([path, to]) => [path, typeof to === 'string' ? to : to.default])),
  );
  const typed = files.flatMap(([path, to]) =>
    typeof to === 'string' ? [] : [[path.slice(2), [to.types]]],
  );
  expect(typesVersions).toEqual({ '*': Object.fromEntries(typed) });

  const folder = await projects.project();
  const program = `
    import { Network } from 'relumax';
    import { Network as InWorker } from 'relumax/worker';
    import { parseIdx } from 'relumax/idx';
    export { InWorker, Network, parseIdx };
  `;
  await writeFile(join(folder, 'program.ts'), program);
  const args = [
    '--module',
    'esnext',
    '--moduleResolution',
    'node10',
    '--ignoreDeprecations',
    '6.0',
  ];
  const more = [
    '--strict',
    '--noEmit',
    '--target',
    'es2022',
    '--lib',
    'es2022,dom,esnext.disposable',
  ];
  await command(['node', COMPILER, ...args, ...more, 'program.ts'], folder);
});

describe('the manifest', () => {
  test('asks for no other package', async () => {
    const manifest = JSON.parse(await textOf(projects.installed, 'package.json'));
    for (const key of ['dependencies', 'optionalDependencies', 'peerDependencies']) {
      expect(manifest).not.toHaveProperty(key);
    }
  });
});

test('the links of its README lead to files that the package has', async () => {
  const text = packageReadme(await textOf(ROOT, 'README.md'), manifest.version);
  const targets = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target]) => target!);
  expect(targets.length).toBeGreaterThan(5);
  const own = `https://unpkg.com/relumax@${manifest.version}/`;
  for (const target of targets) {
    expect(target).toMatch(/^https:/);
    if (target.startsWith(own)) await textOf(projects.installed, target.slice(own.length));
  }
});

test('the links of its documentation lead to files that the package has', async () => {
  const folder = join(projects.installed, 'docs');
  const pages = (await readdir(folder)).filter((name) => name.endsWith('.md'));
  for (const page of pages) {
    const text = packagePage(await textOf(folder, page));
    const links = text.matchAll(/\]\((?![a-z]+:|#)([^)#]+)[^)]*\)/g);
    for (const [, link] of links) await stat(join(folder, link!));
  }
});

test('licenses.txt covers what the files were made of', async () => {
  const text = await textOf(projects.installed, 'dist', 'licenses.txt');
  for (const name of ['assemblyscript', 'commander', 'mnist', 'The MNIST database']) {
    expect(text).toMatch(new RegExp(`^${name}\\b.*, [A-Z]`, 'm'));
  }
  expect(text).toContain('Copyright Yann LeCun and Corinna Cortes');
});

/** What a page gets of a program, minified and gzipped; the digits, where they are, not counted. */
async function bundle(program: string) {
  const entry = join(await projects.project(), 'program.js');
  await writeFile(entry, program);
  const { output } = (await build({
    root: dirname(entry),
    configFile: false,
    logLevel: 'error',
    build: { write: false, rolldownOptions: { input: entry } },
  })) as { output: Chunk[] };
  const chunks = output.filter(({ code }) => code);
  const isDigits = ({ code }: { code: string }) => code.length > 1e6;
  const code = chunks.filter((chunk) => !isDigits(chunk)).map(({ code }) => code);
  return {
    code: code.join('\n'),
    bytes: code.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0),
    digits: chunks.some(isDigits),
    atStart: codeAtStart(chunks),
  };
}

/** What is looked at of a chunk that Vite makes; a file of another kind has no code. */
interface Chunk {
  fileName: string;
  code: string;
  isEntry: boolean;
  imports: string[];
}

/** What the page loads before it runs. */
function codeAtStart(chunks: Chunk[]): string {
  const names = chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName);
  for (const name of names) {
    const { imports } = chunks.find(({ fileName }) => fileName === name)!;
    names.push(...imports.filter((imported) => !names.includes(imported)));
  }
  return chunks
    .filter(({ fileName }) => names.includes(fileName))
    .map(({ code }) => code)
    .join('\n');
}

/** How the core begins in a bundle. */
const CORE = text.slice(0, 40);

describe('a bundle', () => {
  test.each(PROGRAMS)('of %s has the sizes that README.md states', async (program) => {
    const sizes = await sizesOf(program, await projects.project());
    const readme = await textOf(ROOT, 'README.md');
    const row = readme.split('\n').find((line) => line.includes(`\`${program}\``));
    const stated = [...row!.matchAll(/([\d,.]+) KB/g)].map(([, size]) =>
      Number(size!.replaceAll(',', '')),
    );
    const onDemand = [...sizes.onDemand.values()].reduce((sum, size) => sum + size, 0);
    // The table leaves out the digits, and what is for a worker that did not start: its text says them.
    const forOthers = [...sizes.onDemand].filter(([name]) => /^(digits|restart)/.test(name));
    const others = forOthers.reduce((sum, [, size]) => sum + size, 0);
    const measured = [sizes.atOnce, onDemand - others, sizes.oneFile];
    expect(stated).toHaveLength(measured.length);
    for (const [i, bytes] of measured.entries()) {
      // Engines' gzip differ by some bytes, and so do releases of esbuild.
      expect(Math.abs(stated[i]! * 1000 - bytes), `${row}: ${bytes}`).toBeLessThan(
        0.01 * bytes + 60,
      );
    }
    if (program === PROGRAMS[0]) expect(sizes.atOnce).toBeLessThanOrEqual(MOST_BYTES);
  });

  test.each([
    // With all that relumax exports, datasets among it.
    ['relumax.min.js', MOST_BYTES + 2_800],
    // With datasets, the messages between page and worker, and what trainings need that a page loads on
    // demand.
    ['worker-thread.js', MOST_BYTES + 9_000],
  ])('%s is small', async (name, most) => {
    const text = await textOf(projects.installed, 'dist', name);
    expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(most);
  });

  test.each(['relumax.min.js', 'worker-thread.js'])('%s has a source map', async (name) => {
    const text = await textOf(projects.installed, 'dist', name);
    expect(text).toContain(`//# sourceMappingURL=${name}.map`);
    const map = new SourceMap(JSON.parse(await textOf(projects.installed, 'dist', `${name}.map`)));
    const message = 'the network has been disposed of';
    const lines = text.split('\n');
    const line = lines.findIndex((content) => content.includes(message));
    const entry = map.findEntry(line, lines[line]!.indexOf(message));
    expect(entry).toHaveProperty('originalSource', '../src/network/live-network.ts');
    const original = (await textOf(ROOT, 'src/network/live-network.ts')).split('\n');
    expect(original[(entry as { originalLine: number }).originalLine]).toContain(message);
  });

  test('has the digits only where they are used, and in a chunk of their own', async () => {
    const without = await bundle("import { Network } from 'relumax'; console.log(Network);");
    expect(without.digits).toBe(false);
    expect(without.atStart).toContain(CORE);
    const digits = await bundle("import { loadDigits } from 'relumax'; console.log(loadDigits);");
    expect(digits.digits).toBe(true);
    expect(digits.bytes).toBeLessThan(5000);
  });

  test.each([
    ["import * as all from 'relumax';", 100],
    ["import { Dataset } from 'relumax'; console.log(Dataset);", 3700],
    ["import { loadCore } from 'relumax/slim'; console.log(loadCore);", 2500],
  ])('of %s has nothing of the rest', async (program, most) => {
    const { bytes, code } = await bundle(program);
    expect(bytes).toBeLessThan(most);
    expect(code).not.toContain(CORE);
  });

  test('of the worker’s page loads no core with it', async () => {
    const { atStart, code } = await bundle(
      "import { Network } from 'relumax/worker'; console.log(Network);",
    );
    expect(code).toContain(CORE);
    expect(atStart).not.toContain(CORE);
    const { length } = gzipSync(atStart, { level: 9 });
    console.log(`a page with a worker: ${length} bytes at its start, minified and gzipped`);
    expect(length).toBeLessThan(12_500);
  });
});
