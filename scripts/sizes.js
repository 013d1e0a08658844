/**
 * What a page loads of the built package, by esbuild, minified and gzipped: with code splitting, what
 * a program loads at once and what it loads on demand; without, its one file. Run it with `npm run sizes`
 * after a build; README.md holds what it prints.
 */
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A program for each row of README.md's table. */
export const PROGRAMS = [
  "import { Network } from 'relumax'",
  "import { Dataset, Network } from 'relumax'",
  "import * as relumax from 'relumax'",
  "import { Network } from 'relumax/worker'",
  "import { loadCore, Network } from 'relumax/slim'",
  "import { Preprocessing, Table } from 'relumax/table'",
];

/**
 * The sizes of a program, in bytes.
 *
 * @param {string} program an import statement
 * @param {string} folder that has the package in node_modules, or is the package itself
 * @returns {Promise<{ atOnce: number, onDemand: Map<string, number>, oneFile: number }>}
 *   atOnce: the entry and what it imports statically; onDemand: other chunks by name; oneFile: the
 *   bundle without splitting
 */
export async function sizesOf(program, folder = ROOT) {
  const names = /import (?:\* as )?(.*) from/.exec(program)?.[1]?.replace(/[{}]/g, '');
  const options = /** @satisfies {import('esbuild').BuildOptions} */ ({
    stdin: { contents: `${program}; console.log(${names});`, resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    metafile: true,
    absWorkingDir: folder,
    outdir: 'out',
    logLevel: 'error',
  });
  const [split, single] = await Promise.all([
    build({ ...options, splitting: true, chunkNames: '[name]-[hash]' }),
    build(options),
  ]);
  const { outputs } = split.metafile;
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === '<stdin>');
  const static_ = new Set([/** @type {string} */ (entry)]);
  for (const path of static_) {
    for (const { kind, path: imported } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement') static_.add(imported);
    }
  }
  let atOnce = 0;
  const onDemand = new Map();
  for (const { path, contents } of split.outputFiles) {
    const { length } = gzipSync(contents, { level: 9 });
    if ([...static_].some((name) => join(folder, name) === path)) atOnce += length;
    else onDemand.set(basename(path).replace(/-\w+\.js$/, ''), length);
  }
  const [file] = single.outputFiles;
  return { atOnce, onDemand, oneFile: gzipSync(file?.contents ?? '', { level: 9 }).length };
}

/** @param {number} bytes */
const kilobytes = (bytes) =>
  `${bytes >= 100_000 ? Math.round(bytes / 1000).toLocaleString('en') : (bytes / 1000).toFixed(1)} KB`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const program of PROGRAMS) {
    const { atOnce, onDemand, oneFile } = await sizesOf(program);
    console.log(program);
    console.log(`  with splitting     ${kilobytes(atOnce)}`);
    for (const [name, bytes] of onDemand)
      console.log(`    on demand        ${kilobytes(bytes)}  ${name}`);
    console.log(`  without splitting  ${kilobytes(oneFile)}`);
  }
}
