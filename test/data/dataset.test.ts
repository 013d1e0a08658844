import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dataset, type Examples, type Numbers } from '../../src/data/dataset.ts';

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
      'inputs in a Set',
      { ...good, inputs: new Set([1]) },
      new TypeError('inputs: found a Set, expected an array of numbers'),
    ],
    [
      'bigints',
      { ...good, inputs: BigInt64Array.of(1n, 2n) },
      new TypeError('inputs[0]: found 1n, expected a finite number'),
    ],
    [
      'no labels',
      { ...good, labels: undefined },
      new TypeError('labels: found undefined, expected an array of numbers'),
    ],
    [
      'labels that are not whole',
      { ...good, labels: [1, 0.5] },
      new RangeError('labels[1]: found 0.5, expected a class from 0 to 1, or a one-hot row'),
    ],
    [
      'a label below 0',
      { ...good, labels: Int32Array.of(0, -1) },
      new RangeError('labels[1]: found -1, expected a class from 0 to 1, or a one-hot row'),
    ],
    [
      'labels as text',
      { ...good, labels: ['0', '1'] },
      new TypeError('labels[0]: found "0", expected a finite number'),
    ],
    [
      'rows of several lengths',
      {
        ...good,
        inputs: [
          [1, 2, 3],
          [1, 2, 3],
          [1, 2],
        ],
        labels: [0, 1, 0],
      },
      new RangeError('inputs[2]: found a row of 2, expected 3'),
    ],
    [
      'rows of several lengths in a row',
      {
        ...good,
        inputs: [
          [[1, 2], [3]],
          [
            [1, 2],
            [3, 4],
          ],
        ],
      },
      new RangeError('inputs[0][1]: found a row of 1, expected 2'),
    ],
    [
      'a number among rows',
      { ...good, inputs: [[1, 2], 3] },
      new TypeError('inputs[1]: found 3, expected an array of numbers'),
    ],
    [
      'a row among numbers',
      { ...good, inputs: [1, [2]] },
      new TypeError('inputs[1]: found an array of 1, expected a finite number'),
    ],
    [
      'a row that is missing',
      { ...good, inputs: Object.assign(new Array(2), [[1, 2]]) },
      new TypeError('inputs[1]: found undefined, expected an array of numbers'),
    ],
    [
      'bytes and floats in rows',
      { ...good, inputs: [Uint8Array.of(1, 2), Float32Array.of(1, 2)] },
      new RangeError('inputs[1]: found a row of 2, expected 2 bytes'),
    ],
    [
      'more rows than labels',
      {
        ...good,
        inputs: [
          [1, 2],
          [3, 4],
          [5, 6],
          [7, 8],
        ],
      },
      new RangeError('inputs: found an array of 4, expected 2 rows, the number of labels'),
    ],
    [
      'NaN in a row',
      { ...good, inputs: [Float32Array.of(1, 2), Float32Array.of(Number.NaN, 3)] },
      new RangeError('inputs[1][0]: found NaN, expected a finite number'),
    ],
    [
      'one-hot rows of another width',
      {
        ...good,
        labels: [
          [0, 1, 0],
          [1, 0, 0],
        ],
      },
      new RangeError('labels[0]: found a row of 3, expected 2'),
    ],
    [
      'two classes in a one-hot row',
      {
        ...good,
        labels: [
          [0, 1],
          [1, 1],
        ],
      },
      new RangeError('labels[1]: found 1,1, expected a class from 0 to 1, or a one-hot row'),
    ],
    [
      'no class in a one-hot row',
      { inputs: [1, 2], targets: [0, 1, 0, 0], classes: 2 },
      new RangeError('targets[1]: found 0,0, expected a class from 0 to 1, or a one-hot row'),
    ],
    [
      'parts of classes in a one-hot row',
      {
        inputs: [1, 2],
        targets: [
          [0.1, 0.9],
          [1, 0],
        ],
        classes: 2,
      },
      new RangeError('targets[0]: found 0.1,0.9, expected a class from 0 to 1, or a one-hot row'),
    ],
    [
      'targets of classes that are cut off',
      { inputs: [1, 2], targets: [0, 1, 0], classes: 2 },
      new RangeError(
        'targets: found an array of 3, expected a length that is a positive multiple of 2',
      ),
    ],
    [
      'targets that are cut off',
      { inputs: [1, 2], targets: [0, 1, 0], outputs: 2 },
      new RangeError(
        'targets: found an array of 3, expected a length that is a positive multiple of 2',
      ),
    ],
    [
      'outputs beside classes',
      {
        inputs: [1, 2],
        targets: [
          [0, 1],
          [1, 0],
        ],
        classes: 2,
        outputs: 2,
      },
      new TypeError(
        'examples: found "outputs", expected only inputs, targets, classes, classNames',
      ),
    ],
    [
      'neither classes nor one-hot rows',
      { inputs: [1, 2], labels: [0, 1] },
      new TypeError(`classes: found undefined, expected ${classes}`),
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

describe('forms', () => {
  const expected = { classes: 3, outputs: 3, features: 2, length: 2 };
  it('gets the number of classes from one-hot rows, or from names', () => {
    const inputs = [
      [1, 2],
      [3, 4],
    ];
    const labels = [
      [0, 0, 1],
      [1, 0, 0],
    ];
    const classNames = ['a', 'b', 'c'];
    expect(Dataset.from({ inputs, labels })).toMatchObject(expected);
    expect(Dataset.from({ inputs, labels: [2, 0], classNames })).toMatchObject(expected);
    expect(Dataset.from({ inputs, targets: labels, classes: 3 })).toMatchObject(expected);
    for (const named of [
      { inputs, targets: [1, 0], classNames: ['a'] },
      { inputs, targets: [1, 0] },
    ]) {
      expect(Dataset.from(named)).toMatchObject({ outputs: 1, features: 2 });
    }
    for (const wide of [
      { inputs, targets: labels },
      { inputs, targets: labels.flat(), classNames },
    ]) {
      expect(Dataset.from(wide)).toMatchObject({ outputs: 3, classes: 0, length: 2 });
    }
  });

  it('does not copy what can be used as it is', () => {
    const inputs = Float64Array.of(1, 2, 3, 4);
    const targets = Float32Array.of(0, 1);
    const dataset = Dataset.from({ inputs, targets });
    expect(dataset.inputs).toBe(inputs);
    expect(dataset.targets).toBe(targets);
  });

  it('has 32 bits of what 32 bits hold, else 64', () => {
    const of = (inputs: Numbers, targets: Numbers = [1]) => Dataset.from({ inputs, targets });
    expect(of([0.5, -0, 16777216]).inputs).toEqual(Float32Array.of(0.5, -0, 16777216));
    expect(of([0.1, 16777217]).inputs).toEqual(Float64Array.of(0.1, 16777217));
    expect(of(Int32Array.of(16777217)).inputs).toEqual(Float64Array.of(16777217));
    expect(of([1e39]).inputs).toEqual(Float64Array.of(1e39));
    expect(of([1], [0.1]).targets).toEqual(Float64Array.of(0.1));
    expect(of([1], Uint8Array.of(255)).targets).toEqual(Float32Array.of(255));
  });

  it('has bytes of the pixels of a canvas', () => {
    const rgba = Uint8ClampedArray.of(1, 2, 3, 255, 4, 5, 6, 255);
    const inputs = rgba.filter((_, i) => i % 4 < 3);
    expect(Dataset.from({ inputs, labels: [0], classes: 1 }).inputs).toEqual(
      Uint8Array.of(1, 2, 3, 4, 5, 6),
    );
  });
});

describe('concat and with', () => {
  const classNames = ['no', 'yes'];
  const one = Dataset.from({ inputs: Float32Array.of(1, 2, 3, 4), labels: [0, 1], classes: 2 });
  const other = Dataset.from({ inputs: [[0.1, 5]], labels: [1], classes: 2, classNames });

  it('have the examples of the first, then of the others, and the names of one that has any', () => {
    const both = Dataset.concat(one, other, one);
    expect(both.inputs).toEqual(Float64Array.of(1, 2, 3, 4, 0.1, 5, 1, 2, 3, 4));
    expect(both.labels).toEqual(Uint8Array.of(0, 1, 1, 0, 1));
    expect(both).toMatchObject({ classes: 2, features: 2, length: 5, classNames });
    const grown = one.with([[5, 6]], [[0, 1]]);
    expect(grown.inputs).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(grown.labels).toEqual(Uint8Array.of(0, 1, 1));
    expect(one.length).toBe(2);
    const numbers = Dataset.from({
      inputs: [[1], [2]],
      targets: [
        [1, 2],
        [3, 4],
      ],
    });
    const targets = numbers.with([3], [5, 6]).targets;
    expect(targets).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
  });

  it('copy', () => {
    const alone = Dataset.concat(one);
    alone.inputs.fill(9);
    alone.labels.fill(1);
    expect([...one.inputs, ...one.labels]).toEqual([1, 2, 3, 4, 0, 1]);
  });

  it('put together what was taken apart', () => {
    const cases = fc.record({
      labels: fc.uint8Array({ minLength: 2, maxLength: 40, max: 4 }),
      at: fc.nat(),
      bytes: fc.boolean(),
      targets: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ labels, at, bytes, targets }) => {
        const values = Array.from({ length: labels.length * 3 }, (_, i) => i / 3);
        const inputs = bytes ? Uint8Array.from(values) : Float64Array.from(values);
        const whole = Dataset.from(
          targets ? { inputs, targets: labels } : { inputs, labels, classes: 5 },
        );
        const cut = 1 + (at % (labels.length - 1));
        const order = Uint32Array.from(labels.keys());
        const [first, rest] = [
          whole.subset(order.subarray(0, cut)),
          whole.subset(order.subarray(cut)),
        ];
        expect({ ...Dataset.concat(first, rest) }).toEqual({ ...whole });
        expect({ ...first.with(rest.inputs, rest.labelsOrTargets) }).toEqual({ ...whole });
      }),
    );
  });

  const bytes = Dataset.from({ inputs: new Uint8Array(2), labels: [0], classes: 2 });
  const wide = Dataset.from({ inputs: [1, 2, 3], labels: [0], classes: 2 });
  const many = Dataset.from({ inputs: [1, 2], labels: [0], classes: 3 });
  const numbers = Dataset.from({ inputs: [1, 2], targets: [[0, 1]] });
  const named = Dataset.from({ inputs: [1, 2], labels: [0], classNames: ['yes', 'no'] });
  const gone = Dataset.from({ inputs: new Float32Array(2), labels: [0], classes: 2 });
  structuredClone(gone.inputs, { transfer: [gone.inputs.buffer as ArrayBuffer] });
  it.each<[string, () => unknown, Error]>([
    [
      'no dataset',
      () => Dataset.concat(),
      new RangeError('datasets: found an array of 0, expected at least one'),
    ],
    [
      'an array of datasets',
      () => Dataset.concat([one] as never),
      new TypeError('datasets[0]: found an array of 1, expected a Dataset'),
    ],
    [
      'something like a dataset',
      () => Dataset.concat(one, { ...other } as never),
      new TypeError('datasets[1]: found an object, expected a Dataset'),
    ],
    [
      'bytes to floats',
      () => Dataset.concat(one, bytes),
      new RangeError('datasets[1].inputs: found bytes, expected floats, as datasets[0] has'),
    ],
    [
      'other features',
      () => Dataset.concat(one, one, wide),
      new RangeError('datasets[2].features: found 3, expected 2, as datasets[0] has'),
    ],
    [
      'other classes',
      () => Dataset.concat(one, many),
      new RangeError('datasets[1].outputs: found 3, expected 2, as datasets[0] has'),
    ],
    [
      'targets to labels',
      () => Dataset.concat(one, numbers),
      new RangeError(
        'datasets[1].labelsOrTargets: found targets, expected labels, as datasets[0] has',
      ),
    ],
    [
      'other names',
      () => Dataset.concat(other, one, named),
      new RangeError(
        'datasets[2].classNames: found ["yes","no"], expected ["no","yes"], as datasets[0] has',
      ),
    ],
    [
      'no memory',
      () => Dataset.concat(one, gone),
      new RangeError(
        'datasets[1].inputs: found a Float32Array whose memory was transferred elsewhere, expected its 2 values',
      ),
    ],
    [
      'examples to none',
      () => gone.with([1, 2], [0]),
      new RangeError(
        'inputs: found a Float32Array whose memory was transferred elsewhere, expected its 2 values',
      ),
    ],
    [
      'rows of others features',
      () => one.with([[1, 2, 3]], [0]),
      new RangeError('inputs[0]: found a row of 3, expected 2'),
    ],
    [
      'inputs that are cut off',
      () => one.with([1, 2, 3], [0]),
      new RangeError('inputs: found an array of 3, expected 1 × 2 numbers'),
    ],
    [
      'floats to bytes',
      () => bytes.with([[1, 2]], [0]),
      new RangeError('inputs: found floats, expected bytes, as the dataset has'),
    ],
    [
      'another class',
      () => one.with([[1, 2]], [2]),
      new RangeError('labels[0]: found 2, expected a class from 0 to 1'),
    ],
    [
      'too few labels',
      () =>
        one.with(
          [
            [1, 2],
            [3, 4],
          ],
          [1],
        ),
      new RangeError('inputs: found an array of 2, expected 1 rows, the number of labels'),
    ],
  ])('refuse %s', (_, join, error) => {
    expect(join).toThrow(error);
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
    expect(indices(dataset.split({ test: 0.2 }).test).join()).toBe(
      indices(dataset.split({ test: 0.2, seed: 0 }).test).join(),
    );
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
    [{ test: 0.5, seed: -1 }, new RangeError(`seed: found -1, expected ${seeds}`)],
  ])('refuses %o', (splitOptions, error) => {
    const dataset = numbered([0, 1, 0, 1], 2);
    expect(() => dataset.split(splitOptions as { test: number; seed: number })).toThrow(error);
  });
});
