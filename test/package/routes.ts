/** The ways in which the package gets into a page, and the commands of each. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export interface Route {
  name: string;
  /** What a person does, for the table in docs/pages.md. */
  how: string;
  /** What main.js of the project is, a file of examples/page; main.js itself unless given. */
  main?: string;
  /** The command that builds the project, if there is one, and the folder that it builds into. */
  build?: { command: string[]; folder: string };
  /** The command that serves the project and prints its address, where it serves it itself. */
  server?: string[];
  /** The page to open. */
  path: string;
  /** Whether it holds under a strict policy: `script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'`. */
  strict: boolean;
  /** A file that the bundler loses, so that the page asks for it in vain and goes on without. */
  misses?: string;
}

const VITE = bin(ROOT, 'vite', 'bin/vite.js');
export const ESBUILD = bin(ROOT, 'esbuild', 'bin/esbuild');
export const WEBPACK = bin(import.meta.dirname, 'webpack-cli', 'bin/cli.js');
const VITE_5 = bin(import.meta.dirname, 'vite5', 'bin/vite.js');
const ROLLUP = bin(import.meta.dirname, '@rollup/wasm-node', 'dist/bin/rollup');
const THREAD = 'node_modules/relumax/dist/worker-thread.js';

function bin(folder: string, name: string, path: string): string {
  const require = createRequire(join(folder, 'package.json'));
  return join(dirname(require.resolve(`${name}/package.json`)), path);
}

/** One bundler's two routes: in the page, and in a worker. */
function both(
  name: string,
  how: string,
  command: string[],
  forWorker: { how: string; more: string[] } = { how: 'the same', more: [] },
): Route[] {
  const [main, worker] = [command, [...command, ...forWorker.more]].map((command) => ({
    build: { command, folder: 'dist' },
    path: '/',
    strict: true,
  }));
  return [
    { ...main!, name, how },
    { ...worker!, name: `${name}, worker`, how: forWorker.how, main: 'worker.js' },
  ];
}

export const ROUTES: Route[] = [
  {
    name: 'Vite, dev server',
    how: '`vite`',
    server: ['node', VITE, '--host', '127.0.0.1', '--port', '0'],
    path: '/',
    strict: false,
  },
  {
    name: 'Vite, dev server, worker',
    how: '`vite`',
    main: 'worker.js',
    server: ['node', VITE, '--host', '127.0.0.1', '--port', '0'],
    path: '/',
    strict: false,
  },
  {
    name: 'Vite 5, dev server, worker',
    how: '`vite`',
    main: 'worker.js',
    server: ['node', VITE_5, '--host', '127.0.0.1', '--port', '0'],
    path: '/',
    strict: false,
    misses: 'worker-thread.js',
  },
  ...both('Vite, build', '`vite build`', ['node', VITE, 'build']),
  ...both('webpack', '`webpack ./main.js --mode production`', [
    ...['node', WEBPACK, './main.js', '--mode', 'production'],
  ]),
  ...both(
    'esbuild',
    '`esbuild main.js --bundle --splitting --format=esm --outdir=dist`',
    [ESBUILD, 'main.js', '--bundle', '--splitting', '--format=esm', '--outdir=dist'],
    {
      how: '… and `worker-thread=relumax/worker-thread` as a second entry',
      more: ['worker-thread=relumax/worker-thread'],
    },
  ),
  ...both(
    'Rollup',
    '`rollup -i main.js -d dist -p node-resolve`',
    ['node', ROLLUP, '-i', 'main.js', '-d', 'dist', '-p', nodeResolve()],
    {
      how: `… and \`-i ${THREAD}\``,
      more: ['-i', THREAD],
    },
  ),
  { name: 'modules', how: '`<script type="module">`', path: '/module.html', strict: false },
  {
    name: 'modules, worker',
    how: '`<script type="module">`',
    path: '/worker.html',
    strict: false,
  },
  { name: 'classic script', how: '`<script src>`', path: '/classic.html', strict: true },
  ...['url', 'response', 'bytes', 'module'].map((from) => ({
    name: `slim, ${from}`,
    how: 'the core from a file of its own',
    path: `/slim.html?from=${from}`,
    strict: false,
  })),
];

function nodeResolve(): string {
  return createRequire(join(import.meta.dirname, 'package.json')).resolve(
    '@rollup/plugin-node-resolve',
  );
}
