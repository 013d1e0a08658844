import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { crossingOf, firstLayer } from '../../bench/crossover.js';
import { describe as describeLoop, listingsOf, parseListing } from '../../bench/listing.js';
import { Operands } from '../../bench/operands.js';
import { workOf } from '../../bench/roofline.js';
import { denseSteps, listSteps, loadSteps, sparseSteps, updateSteps } from '../../bench/steps.js';
import {
  denseFlop,
  executedForward,
  executedShare,
  forwardFlop,
  SPARSE_FRACTION,
} from '../../bench/works.js';
import { randomBytes } from '../examples.ts';

/** Float32 begins at 6e-8; sums of some hundred products carry it this far. */
const TOLERANCE = 2e-6;

describe('the steps to the dense product', () => {
  test.each([
    [1, 1, 1],
    [3, 2, 1],
    [4, 4, 4],
    [5, 7, 3],
    [8, 9, 5],
    [12, 13, 8],
    [17, 31, 6],
    [33, 45, 9],
  ])('are right: %i units, %i inputs, %i examples', async (n, k, m) => {
    const { steps, end } = await denseSteps(await Operands.create({ n, k, m }));
    await end();
    expect(steps.map(({ name }) => name)).toHaveLength(6);
    for (const { name, difference } of steps) expect(difference, name).toBeLessThan(TOLERANCE);
  });

  test.each([
    [16, 4, 8],
    [32, 12, 12],
    [48, 20, 20],
  ])('with those that have no tails: %i, %i, %i', async (n, k, m) => {
    const { steps, end } = await denseSteps(await Operands.create({ n, k, m }));
    await end();
    expect(steps).toHaveLength(8);
    for (const { name, difference } of steps) expect(difference, name).toBeLessThan(TOLERANCE);
  });

  test('give the bits of the core, and write nowhere else', async () => {
    const operands = await Operands.create({ n: 32, k: 20, m: 8 });
    const { core, kernels, n, k, m, ldZ, ldA, weights, inputs, biases, z, w } = operands;
    const variants = await loadSteps(operands);
    kernels.affine(z, weights, inputs, biases, n, k, m, ldZ, ldA);
    const want = operands.columns(z);
    const byRows = core.floats(w);
    const byColumns = core.columns(n, k, ldZ, (j, i) => w[j * k + i] ?? NaN);
    const given = {
      scalar: byRows,
      simd: byColumns,
      tiles4x4: byColumns,
      tiles4x8: byColumns,
      unrolled: weights,
      tiles6x8: weights,
      skipZeros: weights,
    };
    for (const [name, form] of Object.entries(given)) {
      core.readFloats(z, ldZ * m).fill(NaN);
      variants[name]?.(z, form, inputs, biases, n, k, m, ldZ, ldA);
      expect(operands.columns(z), name).toEqual(want);
    }
    core.checkGuards();
  });
});

describe('the steps for inputs that are mostly zero', () => {
  test.each([
    [16, 4, 1],
    [16, 16, 5],
    [32, 52, 7],
    [48, 300, 3],
  ])('are right: %i units, %i inputs, %i examples', async (n, k, m) => {
    const operands = await Operands.create({ n, k, m, bytes: randomBytes(k * m, 1, 0.8) });
    const steps = await sparseSteps(operands);
    expect(steps).toHaveLength(5);
    for (const { name, difference } of steps) expect(difference, name).toBeLessThan(TOLERANCE);
    operands.core.checkGuards();
  });

  test.each([
    [10, 33],
    [16, 64],
    [45, 300],
  ])('update the weights correctly: %i units, %i inputs', async (n, k) => {
    const operands = await Operands.create({ n, k, m: 1, bytes: randomBytes(k, 2, 0.8) });
    const steps = updateSteps(operands);
    for (const { name, difference } of steps) expect(difference, name).toBeLessThan(TOLERANCE);
    operands.core.checkGuards();
  });

  test.each([0, 0.2, 1])('dense and sparse products give the same bits: %d', async (share) => {
    // It throws where they do not.
    const { dense, sparse } = await firstLayer(21, 13, 6, share);
    dense();
    sparse();
  });
});

test('lines cross where the first is no longer below', () => {
  const points = [
    [1, 2],
    [2, 2.5],
    [3, 2],
  ].map(([sparse = 0, dense = 0], i) => ({
    share: i / 10,
    sparse: { ms: sparse },
    dense: { ms: dense },
  }));
  // From half a ms below to one above.
  expect(crossingOf(points)).toBeCloseTo(0.1 + 0.1 / 3);
  expect(crossingOf(points.slice(0, 2))).toBeUndefined();
});

test('what is executed is the dense work without that of zeros in the first layer', () => {
  const layers = [784, 128, 10];
  const first = 2 * 784 * 128;
  expect(executedShare({ layers }, 0.25) * denseFlop({ layers })).toBeCloseTo(
    denseFlop({ layers }) - 2 * first * 0.75,
  );
  expect(executedForward({ layers }, 0.25) * forwardFlop({ layers })).toBeCloseTo(
    forwardFlop({ layers }) - first * 0.75,
  );
  expect(executedShare({ layers }, 0.5)).toBe(1);
});

test('the limit of the benchmarks is that of the core', async () => {
  const source = await readFile('assembly/network/examples.ts', 'utf8');
  expect(source).toContain(`const SPARSE_FRACTION: f32 = ${SPARSE_FRACTION};`);
});

test('a kernel’s bytes are those of its operands, once', () => {
  expect(workOf('affine', 512, 512)).toEqual({
    flop: 2 * 512 * 512 * 128,
    bytes: 4 * (512 * 512 + 2 * 512 * 128),
  });
  expect(workOf('sgd', 10, 20)).toEqual({ flop: 400, bytes: 2400 });
});

describe('listings', () => {
  test('are read from what V8 prints', () => {
    const functions = parseListing(`--- WebAssembly code ---
index: 7
Instructions (size = 9)
0x1f00     0  4889e5         REX.W movq rbp,rsp
0x1f03     3  c5fa6f04       vmovdqu xmm9,[rdi+rsi*1]
0x1f08     8  0f86           jna 0x1f80  <+0x80>
0x1f0c     c  eb             jmp 0x1f03  <+0x3>

RelocInfo (size = 3)
`);
    expect(functions.get(7)?.map(({ text }) => text)).toEqual([
      'REX.W movq rbp,rsp',
      'vmovdqu xmm9,[rdi+rsi*1]',
      'jna 0x1f80',
      'jmp 0x1f03',
    ]);
  });

  test('tell loads, products, sums and spills apart', () => {
    const { instructions, ...counts } = describeLoop([
      'vbroadcastss xmm0,[rdi+r8*1]',
      'vmovdqu xmm9,[rdi+rsi*1]',
      'vmulps xmm14,xmm13,xmm10',
      'vmulps xmm14,xmm13,[rdi+rsi*1+0x10]',
      'vaddps xmm1,xmm1,xmm14',
      'vmovups [rbp-0x60],xmm3',
      'vmovups xmm3,[rbp-0x60]',
      'vaddps xmm1,xmm1,[rbp-0x50]',
      'REX.W movq rax,[rbp-0xb0]',
      'jmp 0x1f00',
    ]);
    expect(instructions).toHaveLength(10);
    expect(counts).toEqual({
      loads: 3,
      multiplications: 2,
      additions: 1,
      spills: 3,
      others: 2,
    });
  });

  const kernels = () => readFile('build/kernels.wasm');

  test.runIf(process.arch === 'x64')(
    'have the loop of the core’s tile: eight products a step, and nothing spilled',
    async () => {
      const { affine } = await listingsOf(await kernels(), ['affine']);
      // V8 may unroll it, a whole number of steps.
      expect(affine.multiplications % 8).toBe(0);
      expect(affine.additions).toBe(affine.multiplications);
      expect(affine.loads).toBe((affine.multiplications / 8) * 6);
      expect(affine.spills).toBe(0);
      const listings = await listSteps();
      if ('missing' in listings) throw new Error(listings.missing);
      expect(listings.loops.unrolled?.spills).toBeGreaterThan(0);
      expect(listings.loops.tiles6x8?.spills).toBeGreaterThan(0);
    },
  );

  test.runIf(process.arch === 'x64')('say which export there is not', async () => {
    await expect(listingsOf(await kernels(), ['nobody'])).rejects.toThrow(
      'the module exports no function nobody',
    );
  });

  test('say on another processor that they are read on x64 alone', async () => {
    const arch = Object.getOwnPropertyDescriptor(process, 'arch');
    Object.defineProperty(process, 'arch', { ...arch, value: 'arm64' });
    try {
      await expect(listingsOf(await kernels(), ['affine'])).rejects.toThrow(
        'listings are read on x64 alone; this processor is arm64',
      );
      expect(await listSteps()).toEqual({ missing: expect.stringContaining('arm64') });
    } finally {
      if (arch) Object.defineProperty(process, 'arch', arch);
    }
  });
});
