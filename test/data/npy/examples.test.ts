import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetsFromNpy } from '../../../src/data/npy/examples.ts';
import { hasRole } from '../../../src/data/npy/roles.ts';
import { cutOff, expectCheapRefusal, tally, withByteChanged } from '../../damage.ts';
import { npy } from '../npy-file.ts';

const PIXELS = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
const LABELS = Uint8Array.of(2, 0, 1);

/** The examples of an `x` and a `y`. */
function read(x: Uint8Array, y: Uint8Array = npy(LABELS)) {
  return datasetsFromNpy('folder', [
    { name: 'x.npy', bytes: x },
    { name: 'y.npy', bytes: y },
  ]).train;
}

/** The bytes of numbers, in the order of this processor, which is little-endian. */
function bytesOf({ buffer }: { buffer: ArrayBufferLike }): Uint8Array {
  return new Uint8Array(buffer);
}

/** The same in the other order. */
function swapped(values: { buffer: ArrayBufferLike; BYTES_PER_ELEMENT: number }): Uint8Array {
  const size = values.BYTES_PER_ELEMENT;
  const bytes = bytesOf(values);
  return bytes.map((_, i) => bytes[i - (i % size) + size - 1 - (i % size)]!);
}

describe('inputs', () => {
  it('of uint8 are bytes, whatever the dimensions', () => {
    const dataset = read(npy(PIXELS, [3, 2, 2]));
    expect(dataset.inputs).toEqual(PIXELS);
    expect(dataset).toMatchObject({ length: 3, features: 4, classes: 3 });
    expect([...dataset.labels]).toEqual([2, 0, 1]);
  });

  it.each([
    ['float32', Float32Array],
    ['float64', Float64Array],
  ])('of %s are floats as they are', (_, Floats) => {
    const { inputs } = read(npy(Floats.of(0.5, -1, 3e4, 1e-3, 255, 0), [3, 2]));
    expect(inputs).toEqual(Floats.of(0.5, -1, 3e4, 1e-3, 255, 0));
  });

  it.each<[string, Uint8Array, Float32Array | Float64Array]>([
    ['|b1', Uint8Array.of(0, 1, 1), Float32Array.of(0, 1, 1)],
    ['|i1', Uint8Array.of(0, 255, 128), Float32Array.of(0, -1, -128)],
    ['<i2', Uint8Array.of(1, 2, 0, 0, 255, 255), Float32Array.of(513, 0, -1)],
    ['>u2', Uint8Array.of(1, 2, 0, 0, 255, 255), Float32Array.of(258, 0, 65_535)],
    ['<f2', Uint8Array.of(0, 0x3c, 0, 0xc0, 1, 0), Float32Array.of(1, -2, 2 ** -24)],
    [
      '>f2',
      Uint8Array.of(0x7b, 0xff, 0x35, 0x55, 0x80, 0),
      Float32Array.of(65_504, 0.333251953125, -0),
    ],
    ['<u4', bytesOf(Uint32Array.of(0, 1, 2 ** 32 - 1)), Float64Array.of(0, 1, 2 ** 32 - 1)],
    ['<i4', bytesOf(Int32Array.of(0, -(2 ** 31), 7)), Float64Array.of(0, -(2 ** 31), 7)],
    ['>i4', swapped(Int32Array.of(0, -(2 ** 31), 7)), Float64Array.of(0, -(2 ** 31), 7)],
    ['<i8', bytesOf(BigInt64Array.of(-1n, 2n ** 53n, 7n)), Float64Array.of(-1, 2 ** 53, 7)],
    ['>i8', swapped(BigInt64Array.of(-1n, 2n ** 60n, 7n)), Float64Array.of(-1, 2 ** 60, 7)],
    ['<u8', bytesOf(BigUint64Array.of(0n, 2n ** 63n, 7n)), Float64Array.of(0, 2 ** 63, 7)],
    ['>f4', swapped(Float32Array.of(0.1, -3e38, 5)), Float32Array.of(0.1, -3e38, 5)],
    ['>f8', swapped(Float64Array.of(0.1, -3e300, 5)), Float64Array.of(0.1, -3e300, 5)],
  ])('of type %s are the same numbers', (descr, bytes, expected) => {
    expect(read(npy(bytes, [3, 1], { descr })).inputs).toEqual(expected);
  });

  it.each([1, 2, 3])('may come in version %i of the format', (version) => {
    expect(read(npy(PIXELS, [3, 4], { version })).inputs).toEqual(PIXELS);
  });

  it('in Fortran’s order come out in C’s', () => {
    const columns = Uint8Array.of(1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12);
    expect(read(npy(columns, [3, 4], { order: 'True' })).inputs).toEqual(PIXELS);
    const floats = Float64Array.from(columns);
    const { inputs } = read(npy(floats, [3, 4], { order: 'True' }));
    expect(inputs).toEqual(Float64Array.from(PIXELS));
  });

  it('in Fortran’s order come out in C’s, for any dimensions', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(sizes, (shape) => {
        const count = shape.reduce((product, size) => product * size, 1);
        const values = Uint8Array.from({ length: count }, (_, i) => i);
        const places = [...values.keys()].map((i) => {
          let rest = i;
          const place = shape.toReversed().map((size) => {
            const index = rest % size;
            rest = Math.floor(rest / size);
            return index;
          });
          return place.toReversed();
        });
        const fortran = new Uint8Array(count);
        for (const [i, place] of places.entries()) {
          let at = 0;
          for (let d = shape.length - 1; d >= 0; d--) at = at * shape[d]! + place[d]!;
          fortran[at] = values[i]!;
        }
        const labels = npy(new Uint8Array(shape[0]!));
        expect(read(npy(fortran, shape, { order: 'True' }), labels).inputs).toEqual(values);
      }),
    );
  });

  it('need not be aligned in memory', () => {
    const bytes = new Uint8Array(1 + npy(Float32Array.of(1, 2, 3)).length);
    bytes.set(npy(Float32Array.of(1, 2, 3), [3, 1]), 1);
    expect(read(bytes.subarray(1)).inputs).toEqual(Float32Array.of(1, 2, 3));
  });
});

describe('labels', () => {
  it.each([
    ['uint8', Uint8Array.of(2, 0, 1)],
    ['int16', Int16Array.of(2, 0, 1)],
    ['int32', Int32Array.of(2, 0, 1)],
    ['int64', BigInt64Array.of(2n, 0n, 1n)],
    ['float32', Float32Array.of(2, 0, 1)],
    ['float64', Float64Array.of(2, 0, 1)],
  ])('may be %s', (_, labels) => {
    expect([...read(npy(PIXELS, [3, 4]), npy(labels)).labels]).toEqual([2, 0, 1]);
    expect([...read(npy(PIXELS, [3, 4]), npy(labels, [3, 1])).labels]).toEqual([2, 0, 1]);
  });

  it.each<[string, Uint8Array, string]>([
    ['NaN', npy(Float32Array.of(Number.NaN, 1, 1)), 'y.npy: found label NaN at example 0'],
    ['2⁶³ − 1', npy(BigInt64Array.of(0n, 0n, 2n ** 63n - 1n)), 'y.npy: found label beyond 2⁵³ at'],
    [
      'too few',
      npy(Uint8Array.of(1, 0)),
      'y.npy: found 2 labels, expected 3, one for each example',
    ],
    ['one number', npy(new Uint8Array(1), []), 'y.npy: found the shape (), expected one label'],
  ])('are not %s', (_, labels, message) => {
    expect(() => read(npy(PIXELS, [3, 4]), labels)).toThrow(message);
  });

  it('may be one-hot, of any type and in either order', () => {
    const oneHot = [0, 0, 1, 1, 0, 0, 0, 1, 0];
    for (const values of [Uint8Array.from(oneHot), Float64Array.from(oneHot)]) {
      const dataset = read(npy(PIXELS, [3, 4]), npy(values, [3, 3]));
      expect([[...dataset.labels], dataset.classes]).toEqual([[2, 0, 1], 3]);
    }
    const fortran = npy(Uint8Array.of(0, 1, 0, 0, 0, 1, 1, 0, 0), [3, 3], { order: 'True' });
    expect([...read(npy(PIXELS, [3, 4]), fortran).labels]).toEqual([2, 0, 1]);
  });
});

describe('targets', () => {
  it('are numbers with fractions, or several an example', () => {
    const one = read(npy(PIXELS, [3, 4]), npy(Float64Array.of(0.5, 1, -7)));
    expect([...one.targets!]).toEqual([0.5, 1, -7]);
    expect([one.outputs, one.length]).toEqual([1, 3]);
    const two = read(npy(PIXELS, [3, 4]), npy(Uint8Array.of(0, 1, 1, 1, 0, 0), [3, 2]));
    expect([[...two.targets!], two.outputs]).toEqual([[0, 1, 1, 1, 0, 0], 2]);
    const order = { order: 'True' } as const;
    const fortran = npy(Float32Array.of(1, 3, 5, 2, 4, 6), [3, 2], order);
    expect([...read(npy(PIXELS, [3, 4]), fortran).targets!]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each<[string, Uint8Array, string]>([
    ['too few', npy(Float32Array.of(0.5, 1)), 'y.npy: found the shape (2), expected 3 × numbers'],
    [
      'NaN',
      npy(Float32Array.of(0.5, Number.NaN, 1)),
      'y.npy: found NaN in example 1, expected finite numbers',
    ],
    ['none', npy(new Float32Array(0), [3, 0]), 'y.npy: found the shape (3, 0)'],
  ])('are not %s', (_, targets, message) => {
    expect(() => read(npy(PIXELS, [3, 4]), targets)).toThrow(message);
  });

  it('are as many of the test examples as of the training examples', () => {
    const files = ['x', 'y', 'x_test', 'y_test'].map((name) => {
      const bytes = name.startsWith('x')
        ? npy(PIXELS, [3, 4])
        : npy(new Float32Array(name === 'y' ? 6 : 9).fill(0.5), [3, name === 'y' ? 2 : 3]);
      return { name: `${name}.npy`, bytes };
    });
    expect(() => datasetsFromNpy('a', files)).toThrow(
      'y_test.npy: found 3 numbers per example, expected 2, as in y.npy',
    );
  });
});

describe('names', () => {
  const x = npy(PIXELS, [3, 4]);
  const y = npy(LABELS);
  const named = (...names: string[]) =>
    datasetsFromNpy(
      'a.npz',
      names.map((name) => ({ name, bytes: /x|image|data|input|feature/i.test(name) ? x : y })),
    );

  it.each([
    [['x', 'y'], false],
    [['images.npy', 'labels.npy'], false],
    [['data', 'target'], false],
    [['X_train', 'y_train', 'X_test', 'y_test'], true],
    [['train_images', 'train_labels', 'test_images', 'test_labels'], true],
    [['train-features', 'train-targets', 'val-features', 'val-targets'], true],
    [['xtrain', 'ytrain', 'x_val', 'y_val', 'x_test', 'y_test', 'note'], true],
    [['/some/where/x.npy', '/some/where/y.npy'], false],
  ])('%j are understood', (names, hasTest) => {
    const { train, test } = named(...names);
    expect(train.length).toBe(3);
    expect(test !== undefined).toBe(hasTest);
  });

  it.each([
    [
      [],
      'a.npz: found no arrays, expected x_train and y_train (and x_test and y_test), or x and y',
    ],
    [['x'], 'a.npz: found "x", expected x_train and y_train'],
    [['x_test', 'y_test'], 'a.npz: found "x_test", "y_test", expected x_train'],
    [['x', 'y', 'x_test'], 'a.npz: found "x", "y", "x_test", expected'],
    [['x', 'images', 'y'], 'a.npz: found both "x" and "images", expected one array of each kind'],
    [['x', 'x_train', 'y'], 'a.npz: found both "x" and "x_train"'],
  ])('%j are not enough', (names, message) => {
    expect(() => named(...names)).toThrow(new RegExp(`^${message.replace(/[()]/g, '\\$&')}`));
  });

  it('of other arrays mean nothing', () => {
    for (const name of ['weights', 'xy', 'my_x', 'x_train_test', 'trainx_test', 'y2']) {
      expect([name, hasRole(name)]).toEqual([name, false]);
    }
  });

  it('of classes may be given', () => {
    const files = [
      { name: 'x', bytes: x },
      { name: 'y', bytes: y },
    ];
    const names = ['a', 'b', 'c', 'd'];
    expect(datasetsFromNpy('a', files, { classNames: names }).train).toMatchObject({
      classes: 4,
      classNames: names,
    });
    expect(() => datasetsFromNpy('a', files, { classNames: ['a', 'b'] })).toThrow(
      'a: found 2 names of classes, expected at least 3, as the labels need',
    );
  });

  it('of two parts must have examples alike', () => {
    const files = [
      { name: 'x', bytes: x },
      { name: 'y', bytes: y },
      { name: 'x_test', bytes: npy(new Uint8Array(9), [3, 3]) },
      { name: 'y_test', bytes: npy(Uint8Array.of(0, 0, 6)) },
    ];
    expect(() => datasetsFromNpy('a', files)).toThrow(
      'x_test: found 3 values per example, expected 4, as in x',
    );
    files[2] = { name: 'x_test', bytes: x };
    const { train, test } = datasetsFromNpy('a', files);
    expect([train.classes, test!.classes]).toEqual([7, 7]);
  });
});

describe('refuses', () => {
  const whole = npy(PIXELS, [3, 4]);
  it.each<[string, Uint8Array, string]>([
    ['no bytes', new Uint8Array(0), 'x.npy: found other bytes at the start, expected a .npy file'],
    ['a zip file', Buffer.from('PK\x03\x04 and so on'), 'found other bytes at the start'],
    [
      'a version to come',
      npy(PIXELS, [3, 4], { version: 4 }),
      'found version 4.0, expected version 1',
    ],
    ['a header cut off', whole.subarray(0, 60), 'found a header of 118 bytes, expected at most 50'],
    [
      'values cut off',
      whole.subarray(0, -1),
      'found 11 bytes of values, expected 12, 1 each for (3, 4)',
    ],
    [
      'values left over',
      Buffer.concat([whole, Buffer.of(1)]),
      'found 13 bytes of values, expected 12',
    ],
    ['a claim of 2⁹⁰ values', npy(PIXELS, [2 ** 30, 2 ** 30, 2 ** 30]), 'found 12 bytes of values'],
    ['a claim of zero times many', npy(PIXELS, [0, 999999999999]), 'found 12 bytes of values'],
    [
      'no examples',
      npy(new Uint8Array(0), [0, 4]),
      'found the shape (0, 4), expected examples × values',
    ],
    ['a flat array', npy(PIXELS, [12]), 'found the shape (12), expected examples × values'],
    ['objects', npy(PIXELS, [3], { descr: '|O' }), 'found Python objects, expected integers'],
    ['text', npy(PIXELS, [3, 1], { descr: '<U1' }), 'found text, expected inputs that are numbers'],
    ['text of no length', npy(PIXELS, [3, 1], { descr: '<U0' }), 'found values of type "<U0"'],
    [
      'integers beyond 2⁵³',
      npy(BigInt64Array.of(1n, 2n ** 53n + 1n, 2n), [3, 1]),
      'found a number beyond 2⁵³ in example 1, expected integers that 64-bit floats hold',
    ],
    ['complex numbers', npy(PIXELS, [3], { descr: '<c8' }), 'found values of type "<c8"'],
    [
      'a type from a prototype',
      npy(PIXELS, [3], { descr: '<constructor' }),
      'found values of type',
    ],
    [
      'NaN',
      npy(Float32Array.of(1, 2, Number.NaN), [3, 1]),
      'found NaN in example 2, expected finite',
    ],
    ['infinity', npy(Float64Array.of(1, Infinity, 3), [3, 1]), 'found Infinity in example 1'],
    [
      'a record',
      npy(PIXELS, [3], {
        whole: "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,), }",
      }),
      'found the header',
    ],
    ['another dictionary', npy(PIXELS, [3], { whole: "{'shape': (3,)}" }), 'found the header'],
    ['a negative size', npy(PIXELS, [3], { shape: '(-3, 4)' }), 'found the header'],
    ['more after the header', npy(PIXELS, [3], { shape: '(3,), }, {' }), 'found the header'],
  ])('%s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
    expect(() => read(bytes)).toThrow(RangeError);
    expect(() => read(bytes)).toThrow(/^x\.npy: /);
  });
});

describe('whatever the bytes are', () => {
  it('they are examples, or a RangeError', () => {
    const originals = [
      npy(PIXELS, [3, 4]),
      npy(Float64Array.of(1, 2, 3), [3, 1], { order: 'True', version: 2 }),
    ];
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.constantFrom(...originals),
        changes,
        fc.option(fc.nat()),
        (whole, edits, cut) => {
          const bytes = Uint8Array.from(whole);
          for (const [at, value] of edits) bytes[at % bytes.length] = value;
          try {
            const dataset = read(bytes.subarray(0, cut === null ? undefined : cut % bytes.length));
            expect(dataset.length).toBe(3);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a damaged array', () => {
  const whole = npy(PIXELS, [3, 4]);

  it('is refused wherever it is cut off', async () => {
    expect(await tally(cutOff(whole), (bytes) => read(bytes))).toEqual({
      read: 0,
      refused: whole.length,
    });
    const labels = npy(LABELS);
    expect((await tally(cutOff(labels), (bytes) => read(whole, bytes))).read).toBe(0);
  });

  it('is refused, or three examples, where any byte is another', async () => {
    const counts = await tally(withByteChanged(whole), (bytes) => {
      expect(read(bytes).length).toBe(3);
    });
    expect(counts.refused).toBeGreaterThan(300);
    // Each value may be any other.
    expect(counts.read).toBeGreaterThan(12 * 8);
  });

  it('is refused at once where it claims what no memory holds', () => {
    for (const shape of ['(1099511627776, 4)', '(3, 4503599627370496)']) {
      expectCheapRefusal(() => read(npy(PIXELS, [3, 4], { shape })), 'x.npy: found');
    }
  });
});
