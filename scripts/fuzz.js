/** Bundles the fuzzer of test/fuzz, for Node 20 reads no TypeScript, and runs it. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(ROOT);

await build({
  entryPoints: ['test/fuzz/main.ts', 'test/fuzz/child.ts'],
  outdir: 'build/fuzz',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  // The core with its asserts.
  conditions: ['debug'],
  logLevel: 'warning',
});
await import(`${ROOT}/build/fuzz/main.js`);
