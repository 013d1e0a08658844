import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Bench } from './kernels.ts';

test('the debug build checks its arguments, the release build does not', async () => {
  const { kernels } = await Bench.create();
  const misaligned = () => kernels.relu(kernels.heapBase() + 1, 4, 0, 4);
  if (process.env.CORE_BUILD === 'debug') expect(misaligned).toThrow('unreachable');
  else expect(misaligned).not.toThrow();
});

test('the module has no mutable global, and imports nothing', async () => {
  const { module, kernels } = await Bench.create();
  expect(WebAssembly.Module.imports(module)).toEqual([]);
  expect(kernels.ALIGNMENT).toBeInstanceOf(WebAssembly.Global);
  for (const [name, value] of Object.entries(kernels)) {
    if (value instanceof WebAssembly.Global) {
      expect(() => {
        (value as WebAssembly.Global).value = 0;
      }, name).toThrow();
    }
  }
});

test('every kernel is called by a test', async () => {
  const root = join(import.meta.dirname, '../..');
  const exported = await readFile(join(root, 'assembly/kernels.ts'), 'utf8');
  const kernels = [...exported.matchAll(/export \{([^}]*)\}/g)].flatMap(([, names]) =>
    names!.split(',').flatMap((name) => name.trim() || []),
  );
  const files = await readdir(import.meta.dirname);
  const texts = files.map((name) => readFile(join(import.meta.dirname, name), 'utf8'));
  const tests = (await Promise.all(texts)).join('\n');
  expect(kernels).toContain('affine');
  expect(kernels.filter((name) => !tests.includes(`${name}(`))).toEqual([]);
});
