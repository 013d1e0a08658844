/** The package as `npm pack` makes it: its manifest, its types, what a bundle takes of it. */
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build as esbuild } from 'esbuild';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { text } from '../../build/core.bytes.js';
import { command, Projects, pack, textOf } from './project.ts';

/** What the Wasm and the code around it may take in a page, minified and gzipped. */
const MOST_BYTES = 22_000;

const COMPILER = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc');

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
  // It is ES modules only, and a Wasm file has no types.
  const args = [
    tarball,
    '--profile',
    'esm-only',
    '--exclude-entrypoints',
    'core.wasm',
    '--no-emoji',
  ];
  const path = join(import.meta.dirname, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const printed = await command(['node', path, ...args], '.');
  expect(printed).toContain('"relumax/worker"');
});

test('the types stand by themselves, in a strict project that checks them', async () => {
  const folder = await projects.project();
  const program = `
    import { type Evaluation, loadDigits, Network, Pace } from 'relumax';
    import { type CoreExports, planNetwork } from 'relumax/core';
    import { loadCore, Network as OnGivenCore } from 'relumax/slim';
    import { modelFromTorch } from 'relumax/torch';
    import { Network as InWorker, startWorker } from 'relumax/worker';
    import 'relumax/worker-thread';
    const digits = await loadDigits();
    using network = await Network.create({ layers: [784, 10] });
    const evaluation: Evaluation = network.evaluate(digits);
    using remote = await InWorker.create({ layers: [784, 10], worker: startWorker() });
    await remote.fit(digits, { pace: new Pace(), transfer: true });
    const activations: Float32Array[] = await remote.activations(new Uint8Array(784));
    await loadCore(new URL('core.wasm', 'https://example.org'));
    await Network.load(modelFromTorch(network.save()));
    const given = await OnGivenCore.create({ layers: [784, 10] });
    export const plan = (core: CoreExports) => planNetwork(core, given.layers);
    export { activations, evaluation };
  `;
  await writeFile(join(folder, 'program.ts'), program);
  for (const [module, moduleResolution] of [
    ['NodeNext', 'NodeNext'],
    ['ESNext', 'bundler'],
  ]) {
    const compilerOptions = {
      ...{ module, moduleResolution, strict: true, noEmit: true, skipLibCheck: false, types: [] },
      ...{ target: 'es2022', lib: ['es2022', 'dom', 'esnext.disposable'] },
    };
    const config = { compilerOptions, files: ['program.ts'] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    await command(['node', COMPILER], folder);
  }
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
  // By esbuild, for Vite adds some 400 bytes of its own for loading chunks ahead. What reads a model
  // file is loaded with the first one, as the digits are.
  test('of everything, with the Wasm inside, is small', async () => {
    const { outputFiles } = await esbuild({
      stdin: {
        contents: "import * as all from 'relumax'; console.log(all);",
        resolveDir: await projects.project(),
      },
      external: ['./digits.js', './model-reader.js'],
      bundle: true,
      minify: true,
      format: 'esm',
      write: false,
    });
    const { length } = gzipSync(outputFiles[0]!.contents, { level: 9 });
    console.log(`everything: ${length} bytes, minified and gzipped`);
    expect(length).toBeLessThanOrEqual(MOST_BYTES);
  });

  test.each(['relumax.min.js', 'worker-thread.js'])('%s is small', async (name) => {
    const text = await textOf(projects.installed, 'dist', name);
    expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(MOST_BYTES);
  });

  test('has the digits only where they are used, and in a chunk of their own', async () => {
    const without = await bundle("import { Network } from 'relumax'; console.log(Network);");
    expect(without.digits).toBe(false);
    const digits = await bundle("import { loadDigits } from 'relumax'; console.log(loadDigits);");
    expect(digits.digits).toBe(true);
    expect(digits.bytes).toBeLessThan(5000);
  });

  test.each([
    ["import * as all from 'relumax';", 100],
    ["import { Dataset } from 'relumax'; console.log(Dataset);", 3000],
    ["import { loadCore } from 'relumax/slim'; console.log(loadCore);", 2000],
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
    expect(length).toBeLessThan(10_000);
  });
});
