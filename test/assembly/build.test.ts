import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HIDDEN, HIDDEN_TEXTS, OUTPUTS } from '../../src/core/activations.ts';
import { OPTIMIZERS } from '../../src/core/optimizers.ts';
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

/** The host numbers by the order of its lists, the core by its enumerations. */
test.each([
  ['Optimizer', OPTIMIZERS],
  ['Activation', HIDDEN],
  ['Output', OUTPUTS],
] as const)('%s has the names of the host, in their order', async (enumeration, names) => {
  const { kernels } = await Bench.create();
  // The loader makes an object of what is exported as `Activation.Relu`, and so on.
  const members = kernels[enumeration] as unknown as Record<string, WebAssembly.Global>;
  const numbered = Object.entries(members).map(([name, { value }]) => [dashed(name), value]);
  expect(numbered).toEqual(names.map((name, number) => [name, number]));
});

/** LeakyRelu: leaky-relu. */
const dashed = (name: string) => name.replace(/(?!^)[A-Z]/g, '-$&').toLowerCase();

test('every kernel is called by a test', async () => {
  const root = join(import.meta.dirname, '../..');
  const exported = await readFile(join(root, 'assembly/kernels.ts'), 'utf8');
  const kernels = [...exported.matchAll(/export \{([^}]*)\}/g)].flatMap(([, names]) =>
    // Enumerations begin with a capital letter.
    names!.split(',').flatMap((name) => /^[a-z]\w*/.exec(name.trim())?.[0] ?? []),
  );
  const files = await readdir(import.meta.dirname);
  const texts = files.map((name) => readFile(join(import.meta.dirname, name), 'utf8'));
  const tests = (await Promise.all(texts)).join('\n');
  expect(kernels).toContain('affine');
  const functions = kernels.filter((name) => /^[a-z]/.test(name));
  expect(functions.filter((name) => !tests.includes(`${name}(`))).toEqual([]);
});

test.each(HIDDEN)('what is said of %s holds in the core', async (name) => {
  const { kernels } = await Bench.create();
  const { derivative, initialisation } = HIDDEN_TEXTS[name];
  expect(derivative).toBe(kernels.keepsSlope(HIDDEN.indexOf(name)) ? 'Z' : 'A');
  expect(initialisation).toBe(kernels.isGlorot(HIDDEN.indexOf(name)) ? 'Glorot' : 'He');
});
