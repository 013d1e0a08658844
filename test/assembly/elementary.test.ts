/** exp and log, whose errors are bounded in ulp of the exact result. */

import { readFile } from 'node:fs/promises';
import { instantiate } from '@assemblyscript/loader';
import { main } from 'assemblyscript/asc';
import { beforeAll, expect, test } from 'vitest';
import { ulp } from '../reference.ts';
import { Bench } from './kernels.ts';

/** A module of its own for exp, which takes and gives vectors and so is not exported by the core. */
const PROBE = `
import { exp } from './assembly/kernels/exp';
export function exponentials(out: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    v128.store(out, exp(v128.load(x)));
    out += 16;
    x += 16;
  }
}
export const heapBase = __heap_base;`;

let exponentials: (x: ArrayLike<number>) => Float32Array;

beforeAll(async () => {
  let binary: Uint8Array | undefined;
  const target = process.env.CORE_BUILD === 'debug' ? ['--debug'] : ['-O3', '--noAssert'];
  const { error, stderr } = await main(
    ['probe.ts', '--outFile', 'probe.wasm', '--runtime', 'stub', ...target],
    {
      readFile: async (name) => (name === 'probe.ts' ? PROBE : readText(name)),
      writeFile: (name, contents) => {
        if (name === 'probe.wasm') binary = contents as Uint8Array;
      },
    },
  );
  if (error !== null || binary === undefined) throw new Error(stderr.toString());
  const { exports: probe } = await instantiate<{
    memory: WebAssembly.Memory;
    heapBase: WebAssembly.Global;
    exponentials(out: number, x: number, count: number): void;
  }>(binary.slice());
  probe.memory.grow(64);
  const x = Math.ceil(Number(probe.heapBase.value) / 16) * 16;
  exponentials = (values) => {
    const floats = new Float32Array(probe.memory.buffer, x, values.length);
    floats.set(values);
    probe.exponentials(x, x, values.length);
    return floats.slice();
  };
});

async function readText(name: string): Promise<string | null> {
  return await readFile(name, 'utf8').catch(() => null);
}

test('exp is within 1 ulp over −87.33 … 88.37', () => {
  const count = 400_000;
  const x = Float32Array.from({ length: count }, (_, i) => -87.33 + (i / count) * (88.37 + 87.33));
  const got = exponentials(x);
  let worst = 0;
  for (let i = 0; i < count; i++) {
    const want = Math.exp(x[i]!);
    worst = Math.max(worst, Math.abs(got[i]! - want) / ulp(want));
  }
  expect(worst).toBeLessThan(1);
  expect(worst).toBeGreaterThan(0.5);
});

test('exp at its edges', () => {
  const x = [0, -0, -88, -1e4, -Infinity, 89, Infinity, Number.NaN];
  const e = exponentials(x);
  expect([...e.subarray(0, 5)]).toEqual([1, 1, 0, 0, 0]);
  expect(e[5]).toBe(e[6]);
  expect(e[5]! / Math.exp(88.37626)).toBeCloseTo(1, 5);
  expect(e[7]).toBeNaN();
});

test('log is within 1e-12 of the logarithm, over the range that softmax gives and beyond', async () => {
  const { kernels } = await Bench.create();
  let worst = 0;
  for (let i = 0; i < 200_000; i++) {
    const x = Math.fround(i < 100_000 ? 1 + i / 25_000 : 2 ** ((i - 150_000) / 400));
    worst = Math.max(worst, Math.abs(kernels.log(x) - Math.log(x)));
  }
  expect(worst).toBeLessThan(1e-12);
  expect(kernels.log(1)).toBe(0);
  expect(kernels.log(Infinity)).toBe(Infinity);
  expect(kernels.log(Number.NaN)).toBeNaN();
});
