/** Bundlers, frameworks, engines and test runners, and how each uses the package. */
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { serveSite } from '../../scripts/site.js';
import { command, serve } from '../package/project.ts';
import type { Route } from '../package/routes.ts';
import { type Visit, visit, visitProject } from '../package/visit.ts';

const NODE_EXAMPLES = join(import.meta.dirname, '../../examples/node');
const FILES = join(import.meta.dirname, 'files');

export interface Tools {
  /** A project: examples/page, with the package and the consumer's packages installed. */
  folder: string;
  browser: Browser;
}

/** The hash of the trained parameters, or why there is none. */
export interface Result {
  hash?: string;
  error?: string;
}

type Use = (tools: Tools) => Promise<Result>;

export interface Consumer {
  name: string;
  /** What npm installs: exact versions, the first of which stands in the table. */
  packages: string[];
  prepare?: (tools: Tools) => Promise<void>;
  uses: Record<string, Use>;
  /** Where the package is not meant to train: what the error must say. */
  refuses?: Record<string, RegExp>;
}

/** The training in the page of a route, whose project has this file as main.js. */
function page(main: string, route: Partial<Route>): Use {
  return async ({ folder, browser }) => {
    if (main !== 'main.js') {
      await cp(join(folder, 'main.js'), join(folder, 'page.js'), { force: false });
      await cp(join(folder, main), join(folder, 'main.js'));
    }
    try {
      return resultOf(await visitProject(browser, folder, { path: '/', ...route }));
    } finally {
      if (main !== 'main.js') await cp(join(folder, 'page.js'), join(folder, 'main.js'));
    }
  };
}

function resultOf({ shown, wrong }: Visit): Result {
  return shown.hash ? { hash: shown.hash } : { error: shown.error ?? wrong.join('; ') };
}

/** The training that a command prints; `files` come into the project first, from where they are. */
function program(
  run: string[],
  files: string[],
  build?: { command: string[]; folder: string },
): Use {
  return async ({ folder }) => {
    for (const file of files) await cp(file, join(folder, file.split(/[\\/]/).at(-1)!));
    try {
      if (build === undefined) return printed(await command(run, folder));
      await command(build.command, folder);
      // Elsewhere, so that nothing is found by its place where it was built.
      const place = `${folder}-built`;
      await rename(join(folder, build.folder), place);
      try {
        return printed(await command(run, place));
      } finally {
        await rm(place, { recursive: true });
      }
    } catch (error) {
      return { error: firstError(error) };
    }
  };
}

function printed(text: string): Result {
  const hash = /^0\.\d+ (\w{64})$/m.exec(text)?.[1];
  return hash ? { hash } : { error: `no hash was printed: ${text.slice(0, 200)}` };
}

/** The error that a command that failed has printed. */
function firstError(error: unknown): string {
  const { stdout = '', stderr = '', message = '' } = error as Record<string, string | undefined>;
  const printed = `${stderr}\n${stdout}`;
  return /\w*Error: .+$/m.exec(printed)?.[0] ?? /^.*\bfailed\b.*$/im.exec(printed)?.[0] ?? message;
}

/** A port that was free a moment ago, for servers that choose none themselves. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What a server answers as JSON, once it listens. */
async function answer(url: string): Promise<Result> {
  for (let tries = 0; ; tries++) {
    try {
      const response = await fetch(url);
      const text = await response.text();
      if (!response.ok) return { error: text.slice(0, 200) };
      const { hash, error } = JSON.parse(text);
      return error ? { error } : { hash };
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const TRAIN = join(NODE_EXAMPLES, 'train.js');
const LESSON = join(NODE_EXAMPLES, 'lesson.js');
const TRAIN_IN_WORKER = [join(NODE_EXAMPLES, 'worker.js'), LESSON];

function vite(version: string, uses: Record<string, Use>): Consumer {
  return { name: `Vite ${version.split('.')[0]}`, packages: [`vite@${version}`], uses };
}
const VITE = ['node', 'node_modules/vite/bin/vite.js'];
const viteServer = { server: [...VITE, '--host', '127.0.0.1', '--port', '0'] };
const viteBuild = { build: { command: [...VITE, 'build'], folder: 'dist' } };
const VITE_USES = {
  'dev server': page('main.js', viteServer),
  'dev server, worker': page('worker.js', viteServer),
  build: page('main.js', viteBuild),
  'build, worker': page('worker.js', viteBuild),
};

const WEBPACK = ['node', 'node_modules/webpack-cli/bin/cli.js', '--mode', 'production'];
const RSPACK = ['node', 'node_modules/@rspack/cli/bin/rspack.js', 'build', '--mode', 'production'];
const forPages = (bundler: string[]) => ({
  build: { command: [...bundler, '--entry', './main.js'], folder: 'dist' },
});
const ESBUILD = ['node_modules/.bin/esbuild', '--bundle', '--platform=node', '--log-level=error'];

function esbuildForNode(format: 'esm' | 'cjs', file: string): Use {
  const build = [...ESBUILD, 'worker.js', `--format=${format}`, `--outfile=dist/${file}`];
  return program(['node', file], TRAIN_IN_WORKER, { command: build, folder: 'dist' });
}

/** Next's two bundlers. Its server runs where nothing of the project is left. */
function next(bundler: 'Turbopack' | 'webpack'): Consumer {
  const placeOf = (folder: string) => `${folder}-standalone`;
  const served = async (folder: string, use: (origin: string) => Promise<Result>) => {
    const variables = [`PORT=${await freePort()}`, 'HOSTNAME=127.0.0.1'];
    await using server = await serve(['env', ...variables, 'node', 'server.js'], placeOf(folder));
    return await use(server.origin);
  };
  return {
    name: `Next, standalone, ${bundler}`,
    packages: ['next@16.4.6', 'react@19.3.1', 'react-dom@19.3.1'],
    async prepare({ folder }) {
      await cp(join(FILES, 'next'), folder, { recursive: true });
      await cp(join(folder, 'lesson.js'), join(folder, 'app/lesson.js'));
      await cp(LESSON, join(folder, 'app/train/lesson.js'));
      await command(['npx', 'next', 'build', `--${bundler.toLowerCase()}`], folder);
      await rename(join(folder, '.next/standalone'), placeOf(folder));
      await rename(join(folder, '.next/static'), join(placeOf(folder), '.next/static'));
      await rm(folder, { recursive: true });
    },
    uses: {
      'route, worker': ({ folder }) => served(folder, (origin) => answer(`${origin}/train`)),
      'page, worker': ({ folder, browser }) =>
        served(folder, async (origin) => resultOf(await visit(browser, `${origin}/`))),
    },
  };
}

const PARCEL = ['npx', 'parcel', 'build', '--no-cache', '--dist-dir', 'dist', 'index.html'];
const parcel = { build: { command: PARCEL, folder: 'dist' } };

const JEST = ['env', 'NODE_OPTIONS=--experimental-vm-modules', 'npx', 'jest', '--transform', '{}'];
const inJest = (environment: string, test: string) =>
  program([...JEST, '--env', environment, test], [join(FILES, test), LESSON]);
const inVitest = (environment: string, test: string) =>
  program(
    ['npx', 'vitest', 'run', '--globals', '--environment', environment, test],
    [join(FILES, test), LESSON],
  );

/** A page with everything of the package from another origin, as a CDN gives it. */
function fromElsewhere(head: (cdn: string) => string, main: string): Use {
  return async ({ folder, browser }) => {
    const headers = { 'access-control-allow-origin': '*', 'x-content-type-options': 'nosniff' };
    await using cdn = await serveSite(join(folder, 'node_modules'), { headers });
    const html = `<!doctype html><link rel="icon" href="data:,">${head(`${cdn.origin}/relumax/dist`)}
      <script type="module" src="/main.js"></script><output></output>`;
    const files = {
      '/index.html': html,
      '/main.js': `import { lesson } from './lesson.js';\n${main}`,
    };
    await using site = await serveSite(folder, { files });
    return resultOf(await visit(browser, `${site.origin}/`, [cdn.origin]));
  };
}

function importMap(cdn: string): string {
  const imports = { relumax: `${cdn}/index.js`, 'relumax/worker': `${cdn}/worker.js` };
  return `<script type="importmap">${JSON.stringify({ imports })}</script>`;
}

/** workerd with one module that esbuild made, and the core beside it where that imports it. */
function inWorkerd(entry: string): Use {
  return async ({ folder }) => {
    await cp(join(FILES, 'workerd'), folder, { recursive: true });
    await cp(LESSON, join(folder, 'lesson.js'));
    await mkdir(join(folder, 'out'), { recursive: true });
    const conditions = '--conditions=workerd,worker,browser';
    const more = [
      '--bundle',
      '--format=esm',
      '--external:node:crypto',
      '--loader:.wasm=copy',
      '--asset-names=core',
    ];
    const out = ['--outdir=out', '--entry-names=module', conditions];
    await command(['node_modules/.bin/esbuild', entry, ...more, ...out], folder);
    const core = '(name = "core.wasm", wasm = embed "out/core.wasm")';
    const modules = `(name = "module.js", esModule = embed "out/module.js")${
      entry.startsWith('slim') ? `, ${core}` : ''
    }`;
    const port = await freePort();
    const config = `using Workerd = import "/workerd/workerd.capnp";
      const config :Workerd.Config = (
        services = [(name = "main", worker = .main)],
        sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
      );
      const main :Workerd.Worker = (modules = [${modules}], 
        compatibilityDate = "2026-11-01", compatibilityFlags = ["nodejs_compat"]);`;
    await writeFile(join(folder, 'config.capnp'), config);
    // It prints no address, so this does. The command of the package would leave the engine behind.
    const binary = '"$(node -p \'require("workerd").default\')"';
    const start = `echo http://127.0.0.1:${port}; exec ${binary} serve config.capnp`;
    await using server = await serve(['sh', '-c', start], folder);
    return await answer(`${server.origin}/`);
  };
}

/** FORCE_COLOR, whatever it is, makes Deno colour numbers. */
const DENO = ['env', '-u', 'FORCE_COLOR', 'node_modules/.bin/deno', 'run', '-A'];

export const CONSUMERS: Consumer[] = [
  vite('4.5.14', { 'dev server, worker': VITE_USES['dev server, worker'] }),
  vite('5.4.21', VITE_USES),
  vite('6.4.6', { 'dev server, worker': VITE_USES['dev server, worker'] }),
  vite('7.3.8', { 'dev server, worker': VITE_USES['dev server, worker'] }),
  vite('8.3.8', VITE_USES),
  {
    name: 'webpack',
    packages: ['webpack@5.112.2', 'webpack-cli@6.0.1'],
    uses: {
      page: page('main.js', forPages(WEBPACK)),
      'page, worker': page('worker.js', forPages(WEBPACK)),
      'target node, worker': program(['node', 'main.js'], TRAIN_IN_WORKER, {
        command: [...WEBPACK, '--entry', './worker.js', '--target', 'node'],
        folder: 'dist',
      }),
    },
  },
  {
    name: 'Rspack',
    packages: ['@rspack/core@2.3.3', '@rspack/cli@2.2.8'],
    uses: {
      page: page('main.js', forPages(RSPACK)),
      'page, worker': page('worker.js', forPages(RSPACK)),
      'target node, worker': program(
        ['node', 'main.js'],
        [...TRAIN_IN_WORKER, join(FILES, 'rspack.config.mjs')],
        { command: [...RSPACK, '--config', 'rspack.config.mjs'], folder: 'dist' },
      ),
    },
  },
  {
    name: 'esbuild',
    packages: ['esbuild@0.28.2'],
    uses: {
      'platform node, ES module, worker': esbuildForNode('esm', 'main.mjs'),
      'platform node, CommonJS, worker': esbuildForNode('cjs', 'main.cjs'),
    },
  },
  next('Turbopack'),
  next('webpack'),
  {
    name: 'Parcel',
    packages: ['parcel@2.16.4'],
    uses: { page: page('main.js', parcel), 'page, worker': page('worker.js', parcel) },
  },
  {
    name: 'Jest',
    packages: ['jest@30.5.2', 'jest-environment-jsdom@30.5.2'],
    uses: {
      node: inJest('node', 'train.test.js'),
      'node, worker': inJest('node', 'worker.test.js'),
      jsdom: inJest('jsdom', 'train.test.js'),
      'jsdom, worker': inJest('jsdom', 'worker.test.js'),
    },
  },
  {
    name: 'Vitest',
    packages: ['vitest@4.1.12', 'jsdom@29.1.1'],
    uses: {
      node: inVitest('node', 'train.test.js'),
      'node, worker': inVitest('node', 'worker.test.js'),
      jsdom: inVitest('jsdom', 'train.test.js'),
      'jsdom, worker': inVitest('jsdom', 'worker.test.js'),
    },
  },
  {
    name: 'A CDN on another origin',
    packages: [],
    uses: {
      'classic script': fromElsewhere(
        (cdn) => `<script src="${cdn}/relumax.min.js"></script>`,
        'lesson(relumax);',
      ),
      modules: fromElsewhere(importMap, "import('relumax').then(lesson);"),
      'modules, worker': fromElsewhere(importMap, "import('relumax/worker').then(lesson);"),
    },
  },
  {
    name: 'Deno',
    packages: ['deno@2.9.6'],
    uses: {
      program: program([...DENO, 'train.js'], [TRAIN]),
      worker: program([...DENO, 'worker.js'], TRAIN_IN_WORKER),
    },
  },
  {
    name: 'Bun',
    packages: ['bun@1.4.5'],
    // What npm would run by itself, without --ignore-scripts.
    prepare: async ({ folder }) => {
      await command(['node', 'install.js'], join(folder, 'node_modules/bun'));
    },
    uses: {
      program: program(['node_modules/.bin/bun', 'train.js'], [TRAIN]),
      worker: program(['node_modules/.bin/bun', 'worker.js'], TRAIN_IN_WORKER),
    },
  },
  {
    name: 'workerd',
    packages: ['workerd@1.20261117.1', 'esbuild@0.28.2'],
    uses: { 'relumax/slim': inWorkerd('slim-module.js'), relumax: inWorkerd('main-module.js') },
    refuses: { relumax: /relumax\/slim/ },
  },
];
