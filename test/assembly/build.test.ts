import { expect, test } from 'vitest';
import { Bench } from './kernels.ts';

test('the debug build checks its arguments, the release build does not', async () => {
  const { kernels } = await Bench.create();
  const misaligned = () => kernels.relu(kernels.heapBase() + 1, 4, 0, 4);
  if (process.env.CORE_BUILD === 'debug') expect(misaligned).toThrow('unreachable');
  else expect(misaligned).not.toThrow();
});

test('the module has no mutable global, and imports nothing', async () => {
  const { kernels } = await Bench.create();
  expect(kernels.ALIGNMENT).toBeInstanceOf(WebAssembly.Global);
  for (const [name, value] of Object.entries(kernels)) {
    if (value instanceof WebAssembly.Global) {
      expect(() => {
        (value as WebAssembly.Global).value = 0;
      }, name).toThrow();
    }
  }
});
