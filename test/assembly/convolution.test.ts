/** The kernels of convolution and pooling, and that the sparse ways give the bits of the dense ones. */
import { beforeEach, describe, expect, test } from 'vitest';
import { randomFloats } from '../examples.ts';
import { relativeError } from '../reference.ts';
import { Bench, lanes4 } from './kernels.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});

/** Height, width and channels of the image, filters, kernel, and how far apart windows are. */
type Shape = [h: number, w: number, c: number, n: number, kernel: number, step: number];

const SHAPES: Shape[] = [
  [1, 1, 1, 1, 1, 1],
  [3, 2, 1, 3, 2, 1],
  [7, 6, 1, 8, 3, 1],
  [9, 8, 1, 9, 5, 1],
  [6, 9, 3, 4, 3, 2],
  [8, 8, 4, 16, 3, 1],
  [9, 7, 8, 12, 5, 1],
  [7, 7, 12, 17, 2, 1],
  [5, 6, 16, 33, 3, 1],
  [12, 13, 2, 20, 4, 3],
  [11, 11, 4, 5, 11, 4],
  [6, 5, 36, 8, 1, 1],
];

/** A value with this fraction of zeros; those of one batch of numbers are the same every time. */
function sparseFloats(count: number, zeros: number, seed: number): Float32Array {
  const chance = randomFloats(count, seed + 100);
  return randomFloats(count, seed).map((v, i) => ((chance[i]! + 1) / 2 < zeros ? 0 : v));
}

type Four = [number, number, number, number];

/** Where an image has values that are not zero. */
type Region = (y: number, x: number, h: number, w: number) => boolean;

const IMAGES: [string, Region][] = [
  ['all of it', () => true],
  ['nothing', () => false],
  ['one pixel', (y, x, h, w) => y === h >> 1 && x === w >> 1],
  ['the corners', (y, x, h, w) => (y === 0 || y === h - 1) && (x === 0 || x === w - 1)],
  ['the right half of some rows', (y, x, _, w) => y % 5 < 2 && x >= w >> 1],
];

describe.each(SHAPES)(
  'image %i × %i × %i, %i filters of %i, %i apart',
  (h, w, c, n, kernel, step) => {
    const height = Math.floor((h - kernel) / step) + 1;
    const width = Math.floor((w - kernel) / step) + 1;
    const steps = kernel * c;
    const k = kernel * steps;
    const lanes = lanes4(n);
    const pixels = height * width;
    const [across, row] = [step * c * 4, w * c * 4];
    const down = row * step;
    const filters = randomFloats(n * k, 2);
    const biases = randomFloats(n, 3);

    const at = (y: number, x: number, i: number) =>
      (y * step + Math.floor(i / steps)) * w * c + x * step * c + (i % steps);
    /** dZ with padding lanes that are zero. */
    const gradients = (zeros: number) =>
      sparseFloats(pixels * lanes, zeros, 5).map((v, i) => (i % lanes < n ? v : 0));
    /** What may be read behind an image, and means nothing. */
    const withTail = (values: Float32Array) => Float32Array.from([...values, 7, 7, 7, 7]);

    test.each([0, 0.8])('Z = F ∗ A + b, and ReLU(Z); zeros: %d', (zeros) => {
      const a = sparseFloats(h * w * c, zeros, 1);
      const image = bench.floats(a);
      const f = bench.panels(n, k, (j, i) => filters[j * k + i]!);
      const b = bench.columns(n, 1, lanes, (j) => biases[j]!);
      const z = bench.room((pixels + 3) * lanes * 4);
      const shape = [across, down, row, height, width, n, kernel, steps] as const;
      bench.kernels.convolve(z, b, f, image, ...shape, 0, Number.NEGATIVE_INFINITY);
      const got = bench.readFloats(z, pixels * lanes);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const pixel = got.subarray((y * width + x) * lanes, (y * width + x + 1) * lanes);
          const want = Array.from({ length: n }, (_, j) => {
            let sum = biases[j]!;
            for (let i = 0; i < k; i++) sum += filters[j * k + i]! * a[at(y, x, i)]!;
            return sum;
          });
          expect(relativeError(pixel.subarray(0, n), want)).toBeLessThan(2e-6);
          expect([...pixel.subarray(n)]).toEqual(new Array(lanes - n).fill(0));
        }
      }
      bench.kernels.convolve(z, b, f, image, ...shape, 0, 0);
      const rectified = got.map((v) => Math.max(v, 0));
      expect(bench.readFloats(z, pixels * lanes)).toEqual(rectified);
      bench.checkGuards();
    });

    test.each(IMAGES)('by what is not zero: %s', (name, isSet) => {
      const a = randomFloats(h * w * c, 6).map((v, i) => {
        return isSet(Math.floor(i / c / w), Math.floor(i / c) % w, h, w) ? v : -0;
      });
      const image = bench.floats(withTail(a));
      const spans = bench.room(height * 16);
      bench.kernels.findSpans(spans, image, step * c, row, step, height, width, kernel, steps);
      const found = new Int32Array(bench.kernels.memory.buffer, spans, height * 4);
      const isZero = (y: number, x: number, ky: number) => {
        const start = at(y, x, ky * steps);
        return a.subarray(start, start + steps).every((v) => v === 0);
      };
      const inSpan = (y: number, x: number) => {
        return x >= found[y * 4]! && x < found[y * 4 + 1]!;
      };
      for (let y = 0; y < height; y++) {
        const [from, to, first, end] = [0, 1, 2, 3].map((i) => found[y * 4 + i]!) as Four;
        let filled = 0;
        for (let x = 0; x < width; x++) {
          for (let ky = 0; ky < kernel; ky++) {
            const inside = x >= from && x < to && ky >= first && ky < end;
            if (isZero(y, x, ky)) continue;
            expect(inside).toBe(true);
            filled++;
          }
        }
        // And no more than that.
        if (name === 'nothing') expect(to).toBeLessThanOrEqual(from);
        if (name === 'one pixel' && step === 1)
          expect(Math.max(to - from, 0) * (end - first)).toBe(filled);
      }

      const f = bench.panels(n, k, (j, i) => filters[j * k + i]!);
      const b = bench.columns(n, 1, lanes, (j) => biases[j]!);
      const shape = [across, down, row, height, width, n, kernel, steps] as const;
      const whole = bench.room(height * 16);
      bench.kernels.wholeSpans(whole, height, width, kernel);
      const [dense, all, sparse] = [0, whole, spans].map((which) => {
        const z = bench.room((pixels + 3) * lanes * 4);
        bench.kernels.convolve(z, b, f, image, ...shape, which, 0);
        return bench.readFloats(z, pixels * lanes);
      });
      expect(all).toEqual(dense);
      expect(sparse).toEqual(dense);

      const dz = gradients(0.5);
      const deltas = bench.floats(dz);
      const lists = [0, 0, 0].map(() => bench.room((pixels * lanes + 4) * 4)) as [
        number,
        number,
        number,
      ];
      const count = bench.kernels.listNonzeros(
        ...lists,
        deltas,
        across,
        down,
        height,
        width,
        n,
        spans,
      );
      const want = Array.from(dz).filter((v, i) => {
        const pixel = Math.floor(i / lanes);
        return v !== 0 && inSpan(Math.floor(pixel / width), pixel % width);
      });
      expect(Array.from(bench.readFloats(lists[0], count))).toEqual(want);
      bench.checkGuards();
    });

    test.each([0, 0.9, 1])('dF and dA, by all and by the nonzeros of dZ; zeros: %d', (zeros) => {
      const a = randomFloats(h * w * c, 4);
      const dz = gradients(zeros);
      const image = bench.floats(withTail(a));
      const deltas = bench.floats(dz);
      const dense = bench.panels(n, k, () => 0);
      const shape = [height, width, n, kernel, steps] as const;
      bench.kernels.filterGradient(dense, deltas, image, across, down, row, ...shape);
      const want = new Float64Array(n * k);
      const wantBelow = new Float64Array(h * w * c);
      for (let q = 0; q < pixels; q++) {
        for (let j = 0; j < n; j++) {
          for (let i = 0; i < k; i++) {
            const place = at(Math.floor(q / width), q % width, i);
            want[j * k + i]! += dz[q * lanes + j]! * a[place]!;
            wantBelow[place]! += dz[q * lanes + j]! * filters[j * k + i]!;
          }
        }
      }
      const gradient = bench.readPanels(dense, n, k);
      if (zeros < 1) expect(relativeError(gradient, want)).toBeLessThan(4e-6);
      else expect(gradient.every((v) => v === 0)).toBe(true);
      // What is behind the last value of a window is zero.
      const all = bench.readFloats(dense, bench.kernels.panelFloats(n, k));
      const filled = (values: Float32Array) => values.filter((v) => v !== 0).length;
      expect(filled(all)).toBe(filled(gradient));

      const size = pixels * lanes;
      const lists = [0, 0, 0].map(() => bench.room((size + 4) * 4)) as [number, number, number];
      const count = bench.kernels.listNonzeros(...lists, deltas, across, down, height, width, n, 0);
      expect(count).toBe(filled(dz));
      expect(bench.kernels.countNonzeros(deltas, size)).toBe(count);
      const sorted = bench.room(size * 8);
      const ends = bench.room(lanes * 4);
      bench.kernels.sortNonzeros(sorted, ends, pixels, ...lists, count, image, n);
      const byFilter = bench.floats(new Float32Array(lanes * kernel * lanes4(steps)));
      bench.kernels.sparseFilterGradient(byFilter, sorted, ends, pixels, row, n, kernel, steps);
      const sparse = bench.panels(n, k, () => 1);
      bench.kernels.gatherFilters(sparse, byFilter, n, kernel, steps, false);
      expect(bench.readPanels(sparse, n, k)).toEqual(gradient);
      bench.kernels.gatherFilters(sparse, byFilter, n, kernel, steps, true);
      expect(bench.readPanels(sparse, n, k)).toEqual(gradient.map((v) => v + v));

      if (c % 4 === 0) {
        const f = bench.floats(filters);
        const da = bench.floats(new Float32Array(h * w * c));
        bench.kernels.scatterGradient(da, ...lists, count, row, f, kernel, steps);
        const below = bench.readFloats(da, h * w * c);
        if (zeros < 1) expect(relativeError(below, wantBelow)).toBeLessThan(4e-6);
        else expect(below.every((v) => v === 0)).toBe(true);
      }
      bench.checkGuards();
    });
  },
);

describe.each([
  [4, 4, 4, 2],
  [7, 9, 8, 3],
  [5, 5, 12, 5],
  [9, 8, 1, 2],
  [8, 9, 3, 4],
  [17, 16, 4, 8],
])('image %i × %i × %i, windows of %i', (h, w, c, size) => {
  const height = Math.floor(h / size);
  const width = Math.floor(w / size);
  // Equal values in every window, and windows of one value alone.
  const a = randomFloats(h * w * c, 1).map((v) => Math.max(0, Math.round(v * 3)));

  test('P is the maximum, and its gradient goes to the first of equals', () => {
    const image = bench.floats(a);
    const p = bench.room(height * width * c * 4);
    bench.kernels.maxPool(p, image, w * c * 4, height, width, c, size);
    const dp = randomFloats(height * width * c, 2);
    const want = new Float32Array(height * width * c);
    const wantBelow = new Float32Array(h * w * c);
    for (let i = 0; i < want.length; i++) {
      const [y, x] = [Math.floor(i / c / width) * size, (Math.floor(i / c) % width) * size];
      let first = -1;
      for (let at = 0; at < size * size; at++) {
        const place = ((y + Math.floor(at / size)) * w + x + (at % size)) * c + (i % c);
        if (first < 0 || a[place]! > a[first]!) first = place;
      }
      want[i] = a[first]!;
      wantBelow[first] = dp[i]!;
    }
    expect(bench.readFloats(p, want.length)).toEqual(want);
    if (c % 4 === 0) {
      const da = bench.floats(new Float32Array(h * w * c));
      const deltas = bench.floats(dp);
      bench.kernels.maxPoolBackward(da, deltas, p, image, w * c * 4, height, width, c, size);
      expect(bench.readFloats(da, wantBelow.length)).toEqual(wantBelow);
    }
    bench.checkGuards();
  });

  test.each(['first', 'last'])('NaN in the %s place of a window stays NaN', (place) => {
    const values = a.slice();
    const at = place === 'first' ? 0 : ((size - 1) * w + size - 1) * c;
    values[at] = Number.NaN;
    const p = bench.room(height * width * c * 4);
    bench.kernels.maxPool(p, bench.floats(values), w * c * 4, height, width, c, size);
    expect(bench.readFloats(p, 1)[0]).toBeNaN();
  });
});

test('rows are copied, and cleared', () => {
  for (const width of [1, 3, 4, 5, 8, 11]) {
    const x = bench.floats(randomFloats(3 * (width + 2), 1));
    const out = bench.floats(new Float32Array(3 * (width + 1)).fill(7));
    bench.kernels.copyRows(out, (width + 1) * 4, x, (width + 2) * 4, 3, width);
    for (let y = 0; y < 3; y++) {
      const row = bench.readFloats(out + y * (width + 1) * 4, width + 1);
      expect([...row]).toEqual([...bench.readFloats(x + y * (width + 2) * 4, width), 7]);
    }
    bench.kernels.clear(out, lanes4(width) - 4);
    expect(bench.readFloats(out, lanes4(width) - 4).every((v) => v === 0)).toBe(true);
  }
  bench.checkGuards();
});
