/**
 * Bundles the package into dist/: index.js and node.js, the library, without dependencies, and
 * cli.js, the command, with its packages inside. Each takes what it shares from chunks beside it,
 * and the command imports the library as anyone does, so nothing is there twice. licenses.txt
 * holds the licenses of the packages that went in.
 */

import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const DIST = join(ROOT, 'dist');

/** @satisfies {import('esbuild').BuildOptions} */
const COMMON = {
  absWorkingDir: ROOT,
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  splitting: true,
  target: ['es2022', 'node20'],
  metafile: true,
  logLevel: 'warning',
};

mkdirSync(DIST, { recursive: true });
for (const name of readdirSync(DIST)) if (name.endsWith('.js')) rmSync(join(DIST, name));

const library = await build({
  ...COMMON,
  entryPoints: ['src/index.ts', 'src/node.ts', 'src/worker.ts'],
  platform: 'neutral',
  external: ['node:*'],
});

// One file that needs no other, and no module loader: what cannot follow imports can copy it.
const thread = await build({
  ...COMMON,
  entryPoints: ['src/worker-thread.ts'],
  splitting: false,
  format: 'iife',
  platform: 'neutral',
  minify: true,
});

const command = await build({
  ...COMMON,
  entryPoints: [{ in: 'src/cli/main.ts', out: 'cli' }],
  chunkNames: 'cli-[name]-[hash]',
  platform: 'node',
  plugins: [libraryAsItIs(), versionOnly()],
  banner: {
    // The command's packages are CommonJS and ask for Node's modules and for their own file name.
    js: [
      "import { createRequire as $createRequire } from 'node:module';",
      'const require = $createRequire(import.meta.url);',
      'const __filename = import.meta.filename;',
    ].join('\n'),
  },
});
chmodSync(join(DIST, 'cli.js'), 0o755);
writeFileSync(
  join(DIST, 'licenses.txt'),
  licensesOf([library, thread, command].flatMap(({ metafile }) => Object.keys(metafile.inputs))),
);

/**
 * The licenses of the packages that the files belong to, one after another.
 *
 * @param {string[]} files paths from the project's root
 */
function licensesOf(files) {
  const packages = files.flatMap(
    (file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
  );
  const texts = [...new Set(packages)].sort().map((path) => {
    const folder = join(ROOT, path);
    const { name, version, license, homepage } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    const file = readdirSync(folder).find((entry) => /^licen[sc]e/i.test(entry));
    const text = file === undefined ? homepage : readFileSync(join(folder, file), 'utf8').trim();
    return `${name} ${version}, ${license}\n\n${text}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * Leaves the command's imports of the library to the files that are in dist/ already.
 *
 * @returns {import('esbuild').Plugin}
 */
function libraryAsItIs() {
  return {
    name: 'library as it is',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.\/(index|node)\.ts$/ }, ({ path }) => ({
        path: path.replace('../', './').replace(/\.ts$/, '.js'),
        external: true,
      }));
    },
  };
}

/**
 * Keeps of package.json what the command prints.
 *
 * @returns {import('esbuild').Plugin}
 */
function versionOnly() {
  const manifest = join(ROOT, 'package.json');
  return {
    name: 'version only',
    setup({ onLoad }) {
      onLoad({ filter: /package\.json$/ }, ({ path }) => {
        if (path !== manifest) return undefined;
        const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
        return { loader: 'json', contents: JSON.stringify({ version }) };
      });
    },
  };
}
