import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dataset, type Examples } from '../../src/data/dataset.ts';

/** A dataset whose every input is the index of its example. */
function numbered(labels: ArrayLike<number>, classes: number, features = 2): Dataset {
  const inputs = Float32Array.from({ length: labels.length * features }, (_, i) =>
    Math.floor(i / features),
  );
  return Dataset.from({ inputs, labels: Uint8Array.from(labels), classes });
}

/** The indices of the examples of a part of a numbered dataset. */
function indices({ inputs, features }: Dataset): number[] {
  return Array.from(inputs).filter((_, i) => i % features === 0);
}

function countOf(labels: Uint8Array, label: number): number {
  return labels.filter((other) => other === label).length;
}

describe('from', () => {
  it('takes the arrays without copying them', () => {
    const inputs = Uint8Array.of(1, 2, 3, 4, 5, 6);
    const labels = Uint8Array.of(0, 2);
    const dataset = Dataset.from({ inputs, labels, classes: 3 });
    expect(dataset.inputs).toBe(inputs);
    expect(dataset.labels).toBe(labels);
    expect(dataset).toMatchObject({ classes: 3, features: 3, length: 2 });
  });

  it('takes finite floats of any size and sign', () => {
    const inputs = Float32Array.of(-0, 3.4e38, -3.4e38, 1e-45);
    expect(Dataset.from({ inputs, labels: Uint8Array.of(0), classes: 1 }).features).toBe(4);
  });

  it('takes float64, which its parts have too', () => {
    const inputs = Float64Array.of(1.7e9 + 3, 1e39, -1e-300, 0);
    const targets = Float64Array.of(0.1, 1e300);
    const dataset = Dataset.from({ inputs, targets, outputs: 1 });
    expect(dataset.inputs).toBe(inputs);
    const part = dataset.subset(Uint32Array.of(1, 0));
    expect(part.inputs).toEqual(Float64Array.of(-1e-300, 0, 1.7e9 + 3, 1e39));
    expect(part.targets).toEqual(Float64Array.of(1e300, 0.1));
  });

  it('keeps the names of its classes, and its parts have them', () => {
    const classNames = ['no', 'yes'];
    const labels = Uint8Array.of(0, 1, 0, 1);
    const dataset = Dataset.from({ inputs: new Uint8Array(4), labels, classes: 2, classNames });
    const { train, test } = dataset.split({ test: 0.5, seed: 1 });
    for (const part of [dataset, train, test, dataset.subset(Uint32Array.of(1))]) {
      expect(part.classNames).toEqual(['no', 'yes']);
    }
    expect(numbered([0, 1], 2).classNames).toBeUndefined();
  });

  it('takes 256 classes, and label 255', () => {
    expect(numbered([0, 255], 256).classes).toBe(256);
  });

  const good = { inputs: new Uint8Array(4), labels: Uint8Array.of(0, 1), classes: 2 };
  const inputs = 'a Uint8Array, a Float32Array or a Float64Array';
  const classes = 'a whole number from 1 to 256';
  const multiple = 'a length that is a positive multiple of 2, the number of labels';
  it.each<[string, unknown, Error]>([
    ['nothing', undefined, new TypeError('examples: found undefined, expected an object')],
    [
      'another property',
      { ...good, class: 2 },
      new TypeError('examples: found "class", expected only inputs, labels, classes, classNames'),
    ],
    [
      'inputs in an array',
      { ...good, inputs: [1, 2] },
      new TypeError(`inputs: found an array of 2, expected ${inputs}`),
    ],
    [
      'inputs in whole numbers of 16 bits',
      { ...good, inputs: new Int16Array(4) },
      new TypeError(`inputs: found an Int16Array of 4, expected ${inputs}`),
    ],
    [
      'no labels',
      { ...good, labels: undefined },
      new TypeError('labels: found undefined, expected a Uint8Array'),
    ],
    [
      'labels of another type',
      { ...good, labels: new Uint16Array(2) },
      new TypeError('labels: found a Uint16Array of 2, expected a Uint8Array'),
    ],
    [
      'zero labels',
      { ...good, labels: new Uint8Array(0) },
      new RangeError('labels: found a Uint8Array of 0, expected at least one label'),
    ],
    [
      'zero inputs',
      { ...good, inputs: new Uint8Array(0) },
      new RangeError(`inputs: found a Uint8Array of 0, expected ${multiple}`),
    ],
    [
      'inputs cut off',
      { ...good, inputs: new Uint8Array(5) },
      new RangeError(`inputs: found a Uint8Array of 5, expected ${multiple}`),
    ],
    [
      'classes as text',
      { ...good, classes: '2' },
      new TypeError(`classes: found "2", expected ${classes}`),
    ],
    ['no class', { ...good, classes: 0 }, new RangeError(`classes: found 0, expected ${classes}`)],
    [
      '257 classes',
      { ...good, classes: 257 },
      new RangeError(`classes: found 257, expected ${classes}`),
    ],
    [
      'too few names',
      { ...good, classNames: ['a'] },
      new RangeError('classNames: found an array of 1, expected 2 names'),
    ],
    [
      'half a class',
      { ...good, classes: 1.5 },
      new RangeError(`classes: found 1.5, expected ${classes}`),
    ],
    [
      'a label past the classes',
      { ...good, labels: Uint8Array.of(1, 2) },
      new RangeError('labels[1]: found 2, expected a class from 0 to 1'),
    ],
    [
      'NaN',
      { ...good, inputs: Float32Array.of(0, 1, Number.NaN, Number.NaN) },
      new RangeError('inputs[2]: found NaN, expected a finite number'),
    ],
    [
      '−∞',
      { ...good, inputs: Float32Array.of(0, 1, 2, Number.NEGATIVE_INFINITY) },
      new RangeError('inputs[3]: found -Infinity, expected a finite number'),
    ],
  ])('refuses %s', (_, examples, error) => {
    expect(() => Dataset.from(examples as Examples)).toThrow(error);
  });
});

describe('subset', () => {
  const dataset = numbered([3, 1, 4, 1, 5], 6);

  it('copies the examples in the order given, some more than once', () => {
    const subset = dataset.subset(Uint32Array.of(4, 0, 4));
    expect(subset.inputs).toEqual(Float32Array.of(4, 4, 0, 0, 4, 4));
    expect(subset.labels).toEqual(Uint8Array.of(5, 3, 5));
    expect(subset).toMatchObject({ classes: 6, features: 2, length: 3 });
    subset.inputs.fill(9);
    subset.labels.fill(0);
    expect(dataset.inputs[8]).toBe(4);
    expect(dataset.labels[4]).toBe(5);
  });

  it('copies bytes out of a Buffer, whose slice would share them', () => {
    const inputs = Buffer.from([1, 2, 3]);
    const bytes = Dataset.from({ inputs, labels: new Uint8Array(3), classes: 1 });
    const subset = bytes.subset(Uint32Array.of(2, 1));
    inputs.fill(0);
    expect(subset.inputs).toEqual(Uint8Array.of(3, 2));
  });

  it.each<[unknown, Error]>([
    [[0], new TypeError('examples: found an array of 1, expected a Uint32Array')],
    [
      new Uint32Array(0),
      new RangeError('examples: found a Uint32Array of 0, expected at least one index'),
    ],
    [Uint32Array.of(0, 5), new RangeError('examples[1]: found 5, expected an index from 0 to 4')],
  ])('refuses %o', (examples, error) => {
    expect(() => dataset.subset(examples as Uint32Array)).toThrow(error);
  });
});

describe('split', () => {
  it('is disjoint, complete, stratified and in order', () => {
    const cases = fc.record({
      labels: fc.uint8Array({ minLength: 4, maxLength: 300, max: 6 }),
      test: fc.double({ min: 0.15, max: 0.85, noNaN: true }),
      seed: fc.maxSafeNat(),
    });
    fc.assert(
      fc.property(cases, ({ labels, test, seed }) => {
        const dataset = numbered(labels, 7);
        const parts = dataset.split({ test, seed });
        expect(parts.test.length).toBe(Math.round(test * labels.length));
        const both = [...indices(parts.train), ...indices(parts.test)];
        expect(both.sort((a, b) => a - b)).toEqual([...labels.keys()]);
        for (const part of [parts.train, parts.test]) {
          const examples = indices(part);
          expect(examples).toEqual(examples.toSorted((a, b) => a - b));
          expect([...part.labels]).toEqual(examples.map((example) => labels[example]));
          expect(part).toMatchObject({ classes: 7, features: 2 });
        }
        for (let label = 0; label < 7; label++) {
          const share = test * countOf(labels, label);
          expect(Math.abs(countOf(parts.test.labels, label) - share)).toBeLessThan(1);
        }
      }),
    );
  });

  it('gives the same parts for the same seed, others for another', () => {
    const dataset = numbered(new Uint8Array(50), 1);
    const testOf = (seed: number) => indices(dataset.split({ test: 0.2, seed }).test).join();
    expect(testOf(1)).toBe(testOf(1));
    expect(new Set([0, 1, 2, 2 ** 32, 2 ** 32 + 1].map(testOf)).size).toBe(5);
  });

  it('chooses the examples that the generator names', () => {
    // Worked out with the reference generator of test/random.test.ts.
    const dataset = numbered(
      Array.from({ length: 30 }, (_, i) => i % 3),
      3,
    );
    expect(indices(dataset.split({ test: 0.3, seed: 1 }).test)).toEqual([
      5, 7, 12, 14, 16, 18, 19, 20, 27,
    ]);
  });

  it('chooses each example equally often', () => {
    const dataset = numbered([0, 0, 0, 0, 0, 1, 1, 1, 1, 1], 2);
    const counts = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 2_000; seed++) {
      for (const example of indices(dataset.split({ test: 0.4, seed }).test)) counts[example]!++;
    }
    for (const count of counts) expect(Math.abs(count - 800)).toBeLessThan(100);
  });

  it('gives the lower class the rest where remainders are equal', () => {
    expect([...numbered([1, 0], 2).split({ test: 0.5, seed: 3 }).test.labels]).toEqual([0]);
  });

  it('is exact for a fraction that no float represents', () => {
    // 0.29 × 100 is a little less than 29 in floating point.
    const labels = Array.from({ length: 300 }, (_, i) => i % 3);
    const { test } = numbered(labels, 3).split({ test: 0.29, seed: 1 });
    expect([0, 1, 2].map((label) => countOf(test.labels, label))).toEqual([29, 29, 29]);
  });

  it('copies', () => {
    const dataset = numbered([0, 0, 0, 0], 1);
    const { train, test } = dataset.split({ test: 0.5, seed: 1 });
    train.inputs.fill(9);
    test.inputs.fill(9);
    expect(indices(dataset)).toEqual([0, 1, 2, 3]);
  });

  const between = 'a number between 0 and 1';
  const both = 'a fraction that leaves some of the 4 examples in both parts';
  const seeds = `a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`;
  it.each<[unknown, Error]>([
    [undefined, new TypeError('options: found undefined, expected an object')],
    [
      { test: 0.5, seed: 1, share: 1 },
      new TypeError('options: found "share", expected only test, seed'),
    ],
    [{ test: '0.5', seed: 1 }, new TypeError(`test: found "0.5", expected ${between}`)],
    [{ test: 0, seed: 1 }, new RangeError(`test: found 0, expected ${between}`)],
    [{ test: 1, seed: 1 }, new RangeError(`test: found 1, expected ${between}`)],
    [{ test: -0.5, seed: 1 }, new RangeError(`test: found -0.5, expected ${between}`)],
    [{ test: Number.NaN, seed: 1 }, new RangeError(`test: found NaN, expected ${between}`)],
    [{ test: 0.1, seed: 1 }, new RangeError(`test: found 0.1, expected ${both}`)],
    [{ test: 0.9, seed: 1 }, new RangeError(`test: found 0.9, expected ${both}`)],
    [{ test: 0.5 }, new TypeError(`seed: found undefined, expected ${seeds}`)],
    [{ test: 0.5, seed: -1 }, new RangeError(`seed: found -1, expected ${seeds}`)],
  ])('refuses %o', (splitOptions, error) => {
    const dataset = numbered([0, 1, 0, 1], 2);
    expect(() => dataset.split(splitOptions as { test: number; seed: number })).toThrow(error);
  });
});
