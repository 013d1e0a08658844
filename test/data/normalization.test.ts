import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dataset } from '../../src/data/dataset.ts';
import { normalizationOf, normalized } from '../../src/data/normalization.ts';

const examples = (inputs: Float32Array, features: number) =>
  Dataset.from({ inputs, labels: new Uint8Array(inputs.length / features), classes: 1 });

describe('normalizationOf', () => {
  it('is mean and root mean square deviation, feature by feature', () => {
    const { mean, deviation } = normalizationOf(examples(Float32Array.of(1, 10, 3, 40), 2));
    expect([...mean]).toEqual([2, 25]);
    expect([...deviation]).toEqual([1, 15]);
  });

  it('leaves a feature that never changes at its distance from what it was', () => {
    const dataset = examples(Float32Array.of(0.1, 0.1, 0.1, 0.1, 0.1, 0.1), 2);
    const normalization = normalizationOf(dataset);
    expect([...normalization.deviation]).toEqual([1, 1]);
    for (const value of normalized(dataset, normalization).inputs) expect(value).toBe(0);
  });

  it('copes with a mean that 32 bits round by more than the values differ', () => {
    const dataset = examples(
      Float32Array.from({ length: 999 }, (_, i) => 1.6e9 + 128 * (i % 2)),
      1,
    );
    const { inputs } = normalized(dataset, normalizationOf(dataset));
    const squares = [...inputs].reduce((sum, value) => sum + value * value, 0) / 999;
    expect(squares).toBeCloseTo(1, 5);
  });

  it('gives 1 for a deviation too small for 32 bits', () => {
    const { deviation } = normalizationOf(
      examples(Float32Array.of(0, ...Array(99).fill(0), 1e-45), 1),
    );
    expect([...deviation]).toEqual([1]);
  });

  it('holds the deviation of the largest floats', () => {
    const most = 3.4028234663852886e38;
    const dataset = examples(Float32Array.of(most, most, -most, -most), 1);
    expect(normalizationOf(dataset).deviation[0]).toBe(most);
    expect([...normalized(dataset, normalizationOf(dataset)).inputs]).toEqual([1, 1, -1, -1]);
  });

  it('makes any values mean 0 and mean square 1, and finite', () => {
    // Deviations of the smallest floats have few bits.
    const value = fc
      .float({ min: -1e6, max: 1e6, noNaN: true })
      .map((float) => (Math.abs(float) < 1e-30 ? 0 : float));
    const rows = fc
      .integer({ min: 2, max: 50 })
      .chain((count) => fc.array(value, { minLength: 3 * count, maxLength: 3 * count }));
    fc.assert(
      fc.property(rows, (values) => {
        const dataset = examples(Float32Array.from(values), 3);
        const { inputs } = normalized(dataset, normalizationOf(dataset));
        for (let feature = 0; feature < 3; feature++) {
          const column = [...inputs].filter((_, i) => i % 3 === feature);
          const raw = new Set(values.map(Math.fround).filter((_, i) => i % 3 === feature));
          const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
          const square = column.reduce((sum, value) => sum + value * value, 0) / column.length;
          expect(Number.isFinite(square)).toBe(true);
          if (raw.size > 1 && square > 0) expect(square).toBeLessThan(1.001);
          if ([...raw].every((value) => value === 0 || Math.abs(value) > 1e-3) && raw.size > 1) {
            expect(square).toBeCloseTo(1, 3);
            const spread = Math.max(...raw) - Math.min(...raw);
            const size = Math.max(...[...raw].map(Math.abs));
            if (spread > 1e-3 * size) expect(Math.abs(mean)).toBeLessThan(1e-3);
          }
        }
      }),
    );
  });
});
