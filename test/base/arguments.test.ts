import { runInNewContext } from 'node:vm';
import { expect, describe as group, it } from 'vitest';
import {
  boolean,
  callable,
  checkAttached,
  checkLength,
  classOf,
  describe,
  fileBytes,
  integer,
  isTyped,
  options,
  outOfRange,
  seedNumber,
  typed,
  wrongType,
} from '../../src/base/arguments.ts';

function transferred<T extends ArrayBuffer | ArrayBufferView>(value: T): T {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
  return value;
}

group('describe', () => {
  class Shape {}
  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    [1.5, '1.5'],
    [-0, '-0'],
    [Number.NaN, 'NaN'],
    [7n, '7n'],
    ['a "b"', '"a \\"b\\""'],
    ['x'.repeat(41), `"${'x'.repeat(40)}…"`],
    [[1, 2], 'an array of 2'],
    [new Float32Array(3), 'a Float32Array of 3'],
    [new DataView(new ArrayBuffer(1)), 'a DataView'],
    [{ a: 1 }, 'an object'],
    [new Shape(), 'a Shape'],
    [() => 0, 'a function'],
    [Symbol('s'), 'a symbol'],
    [runInNewContext('new Float32Array(3)'), 'a Float32Array of 3'],
    [runInNewContext('[1, 2]'), 'an array of 2'],
    [runInNewContext('({})'), 'an object'],
    [transferred(new Int8Array(3)), 'an Int8Array whose memory was transferred elsewhere'],
    [
      transferred(new DataView(new ArrayBuffer(1))),
      'a DataView whose memory was transferred elsewhere',
    ],
    [transferred(new ArrayBuffer(1)), 'an ArrayBuffer whose memory was transferred elsewhere'],
    [new Uint8Array(0), 'a Uint8Array of 0'],
    [new SharedArrayBuffer(0), 'a SharedArrayBuffer'],
  ])('names %o', (value, expected) => {
    expect(describe(value)).toBe(expected);
  });
});

group('the errors', () => {
  it('name the argument, what was found and what was expected', () => {
    const type = wrongType('seed', '1', 'a number');
    expect(type).toBeInstanceOf(TypeError);
    expect(type.message).toBe('seed: found "1", expected a number');
    const range = outOfRange('seed', -1, 'a positive number');
    expect(range).toBeInstanceOf(RangeError);
    expect(range.message).toBe('seed: found -1, expected a positive number');
  });

  it('take what was found in words where it is put so', () => {
    expect(outOfRange('file', '3 bytes', '4').message).toBe('file: found 3 bytes, expected 4');
  });
});

group('typed arrays', () => {
  it('are known by what they are, of whatever realm', () => {
    expect(isTyped(new Uint8Array(1), 'Uint8Array')).toBe(true);
    expect(isTyped(Buffer.of(1), 'Uint8Array')).toBe(true);
    expect(isTyped(runInNewContext('new Float32Array(1)'), 'Uint8Array', 'Float32Array')).toBe(
      true,
    );
    for (const other of [new Int8Array(1), [1], 'text', null, undefined, new ArrayBuffer(1)]) {
      expect(isTyped(other, 'Uint8Array', 'Float32Array')).toBe(false);
    }
    expect(classOf(runInNewContext('new ArrayBuffer(1)'))).toBe('ArrayBuffer');
  });

  it('are returned where they are of the type, and have their memory', () => {
    const bytes = new Uint8Array(1);
    expect(typed('a', bytes, 'Uint8Array')).toBe(bytes);
    const empty = new Uint8Array(0);
    expect(typed('a', empty, 'Uint8Array')).toBe(empty);
    expect(() => typed('a', [1], 'Uint8Array')).toThrow(
      new TypeError('a: found an array of 1, expected a Uint8Array'),
    );
    expect(() => typed('a', transferred(bytes), 'Uint8Array')).toThrow(
      new RangeError(
        'a: found a Uint8Array whose memory was transferred elsewhere, expected one that still has its memory',
      ),
    );
  });

  it('are refused where they are as long no more', () => {
    checkLength('a', new Uint8Array(2), 2);
    expect(() => checkLength('a', new Uint8Array(1), 2)).toThrow(
      new RangeError('a: found a Uint8Array of 1, expected its 2 values'),
    );
    checkAttached('a', new ArrayBuffer(0));
    expect(() => checkAttached('a', transferred(new ArrayBuffer(1)))).toThrow(RangeError);
  });
});

group('integer', () => {
  it.each([2, 3, 9])('returns %d, from 2 to 9', (value) => {
    expect(integer('n', value, 2, 9)).toBe(value);
  });

  it.each([1, 10, 2.5, Number.NaN, Number.POSITIVE_INFINITY, -3])('refuses %d', (value) => {
    expect(() => integer('n', value, 2, 9)).toThrow(
      new RangeError(`n: found ${value}, expected a whole number from 2 to 9`),
    );
  });

  it.each([['3'], [3n], [undefined], [null], [[3]]])('refuses %o, no number', (value) => {
    expect(() => integer('n', value, 2, 9)).toThrow(TypeError);
  });
});

group('seedNumber', () => {
  it('takes the whole numbers that a number holds exactly', () => {
    expect(seedNumber('seed', 0)).toBe(0);
    expect(seedNumber('seed', 2 ** 53 - 1)).toBe(2 ** 53 - 1);
    for (const seed of [-1, 2 ** 53, 0.5, Number.NaN]) {
      expect(() => seedNumber('seed', seed)).toThrow(RangeError);
    }
    expect(() => seedNumber('seed', undefined)).toThrow(TypeError);
  });
});

group('callable', () => {
  it('takes a function', () => {
    const call = () => 0;
    expect(callable('onEpoch', call)).toBe(call);
    expect(() => callable('onEpoch', 'call' as unknown)).toThrow(
      new TypeError('onEpoch: found "call", expected a function'),
    );
  });
});

group('boolean', () => {
  it('takes true or false', () => {
    expect(boolean('shuffle', false)).toBe(false);
    expect(() => boolean('shuffle', 0)).toThrow(
      new TypeError('shuffle: found 0, expected true or false'),
    );
  });
});

group('fileBytes', () => {
  it('copies the bytes of a view or a buffer', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    for (const given of [bytes, Buffer.from(bytes), bytes.buffer]) {
      const copy = fileBytes('bytes', given);
      expect([...copy]).toEqual([1, 2, 3]);
      expect(copy.buffer).not.toBe(ArrayBuffer.isView(given) ? given.buffer : given);
    }
    expect(() => fileBytes('bytes', 'text' as unknown as Uint8Array)).toThrow(
      new TypeError('bytes: found "text", expected a Uint8Array or an ArrayBuffer'),
    );
    expect(() => fileBytes('bytes', transferred(Uint8Array.of(1)))).toThrow(RangeError);
  });
});

group('options', () => {
  it('takes an object of known properties', () => {
    const given = { test: 0.2 };
    expect(options('options', given, ['test'])).toBe(given);
    expect(options('options', {}, [])).toEqual({});
  });

  it('takes instances of classes, objects of other realms and modules', async () => {
    class Options {
      test = 1;
    }
    const given = [new Options(), runInNewContext('({ test: 1 })'), Object.create(null)];
    for (const value of [...given, await import('../damage.ts')]) {
      expect(options('options', value)).toBe(value);
    }
  });

  it.each([
    [undefined],
    [null],
    ['test'],
    [3],
    [['test']],
    [() => 0],
    [new Map([['test', 1]])],
    [Promise.resolve({ test: 1 })],
    [new Date()],
    [new Float32Array(1)],
  ])('refuses %o', (value) => {
    expect(() => options('options', value as unknown as object, [])).toThrow(TypeError);
  });

  it('refuses a property that is not known', () => {
    const misspelt = { tset: 0.2 } as unknown as { test: number };
    expect(() => options('options', misspelt, ['test'])).toThrow(
      new TypeError('options: found "tset", expected only test'),
    );
  });
});
