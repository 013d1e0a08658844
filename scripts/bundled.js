/**
 * Bundles a TypeScript file of the tests, for Node 20 reads none, and runs it in the project's root:
 *
 *     node scripts/bundled.js test/fuzz/main.ts [options]
 */
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(ROOT);

const [entry = ''] = process.argv.splice(2, 1);
const outdir = join('build', 'bundled', basename(entry, '.ts'));
await build({
  entryPoints: [entry, 'test/fuzz/child.ts'],
  outdir,
  outbase: dirname(entry),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  // The core with its asserts.
  conditions: ['debug'],
  logLevel: 'warning',
});
await import(pathToFileURL(join(ROOT, outdir, `${basename(entry, '.ts')}.js`)).href);
