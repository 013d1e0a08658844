import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSafetensors, type Tensor } from '../../src/model/safetensors.ts';
import { decodeSafetensors } from '../../src/model/safetensors-reader.ts';
import { expectWithin } from '../times.ts';
import { safetensors as file } from './safetensors-file.ts';

function bits(data: Float32Array | Float64Array): number[] {
  return [...new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4)];
}

function tensor(shape: number[], ...data: number[]): Tensor {
  return { shape, data: Float32Array.from(data) };
}

/** What Python's safetensors 0.8.0 writes for these tensors. */
const FROM_PYTHON = {
  tensors: [
    ['0.bias', tensor([2], 1, -2.5)],
    ['0.weight', tensor([2, 3], 0, 0.5, -0.5, 1e-45, 3.4028234663852886e38, -0)],
    ['scalar', tensor([], 7)],
    ['ärger "x"', tensor([0, 3])],
  ] as [string, Tensor][],
  metadata: { format: 'relumax' },
  bytes: new Uint8Array([
    ...[0x20, 1, 0, 0, 0, 0, 0, 0],
    ...new TextEncoder().encode(
      '{"__metadata__":{"format":"relumax"},' +
        '"0.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},' +
        '"0.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]},' +
        '"scalar":{"dtype":"F32","shape":[],"data_offsets":[32,36]},' +
        '"ärger \\"x\\"":{"dtype":"F32","shape":[0,3],"data_offsets":[36,36]}}   ',
    ),
    ...[0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0],
    ...[0, 0, 0, 0, 0, 0, 0, 0x3f, 0, 0, 0, 0xbf],
    ...[1, 0, 0, 0, 0xff, 0xff, 0x7f, 0x7f, 0, 0, 0, 0x80],
    ...[0, 0, 0xe0, 0x40],
  ]),
};

describe('a file of Python', () => {
  it('is written byte for byte', () => {
    const bytes = encodeSafetensors(FROM_PYTHON.tensors, FROM_PYTHON.metadata);
    expect(bytes).toEqual(FROM_PYTHON.bytes);
  });

  it('is read', () => {
    const { tensors, metadata } = decodeSafetensors(FROM_PYTHON.bytes);
    expect([...tensors]).toEqual(FROM_PYTHON.tensors);
    expect({ ...metadata }).toEqual(FROM_PYTHON.metadata);
  });
});

describe('a round trip', () => {
  const name = fc.string({ unit: 'binary' }).filter((text) => text !== '__metadata__');
  const shape = fc.array(fc.nat({ max: 4 }), { maxLength: 3 });
  const tensors = fc
    .uniqueArray(
      fc.tuple(name, shape, fc.boolean(), fc.infiniteStream(fc.nat({ max: 2 ** 32 - 1 }))),
      { selector: ([text]) => text, maxLength: 6 },
    )
    .map((all) =>
      all.map(([text, sizes, isDouble, words]): [string, Tensor] => {
        const length = sizes.reduce((product, size) => product * size, isDouble ? 2 : 1);
        const { buffer } = Uint32Array.from({ length }, () => words.next().value);
        const data = isDouble ? new Float64Array(buffer) : new Float32Array(buffer);
        return [text, { shape: sizes, data }];
      }),
    );
  const text = fc.string({ unit: 'binary' });

  it('keeps every name, shape, bit and text', () => {
    fc.assert(
      fc.property(tensors, fc.dictionary(text, text), (given, metadata) => {
        const bytes = encodeSafetensors(given, metadata);
        const decoded = decodeSafetensors(bytes);
        expect(Object.entries(decoded.metadata).sort()).toEqual(Object.entries(metadata).sort());
        expect([...decoded.tensors.keys()].sort()).toEqual(given.map(([key]) => key).sort());
        for (const [key, { shape: sizes, data }] of given) {
          const found = decoded.tensors.get(key)!;
          expect(found.shape).toEqual(sizes);
          expect(bits(found.data)).toEqual(bits(data));
        }
      }),
    );
  });

  it('aligns the data to 8 bytes, whatever the header’s length', () => {
    for (let length = 0; length < 9; length++) {
      const bytes = encodeSafetensors([['x'.repeat(length), tensor([1], 1)]], {});
      expect((bytes.length - 4) % 8).toBe(0);
      expect(bytes[8]).toBe('{'.charCodeAt(0));
    }
  });

  it('keeps the order of the tensors', () => {
    const names = ['b', 'a', '2', '10', '1'];
    const given = names.map((key, i): [string, Tensor] => [key, tensor([1], i)]);
    expect([...decodeSafetensors(encodeSafetensors(given, {})).tensors.keys()]).toEqual(names);
  });

  it('works on no tensors at all', () => {
    const bytes = encodeSafetensors([], {});
    expect(bytes).toEqual(file('{}      '));
    const { tensors: none, metadata } = decodeSafetensors(bytes);
    expect(none.size + Object.keys(metadata).length).toBe(0);
  });
});

describe('decodeSafetensors', () => {
  const one = '"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
  const two = '"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}';

  it('copies out of bytes that lie anywhere in a buffer', () => {
    const whole = new Uint8Array(FROM_PYTHON.bytes.length + 9);
    whole.set(FROM_PYTHON.bytes, 3);
    const bytes = whole.subarray(3, 3 + FROM_PYTHON.bytes.length);
    const { tensors } = decodeSafetensors(bytes);
    bytes.fill(0);
    expect([...tensors]).toEqual(FROM_PYTHON.tensors);
  });

  it('takes entries in any order, space anywhere, escapes and unpadded headers', () => {
    const header = `{ ${two} ,\n\t"\\u0061":{"data_offsets":[0 , 4],"shape":[ 1 ],"dtype":"F32"} }\r `;
    expect([...decodeSafetensors(file(header, 8)).tensors.keys()]).toEqual(['a', 'b']);
    expect(decodeSafetensors(file(`{${one}}`, 4)).tensors.size).toBe(1);
  });

  it('takes a tensor without values between others, wherever it is listed', () => {
    const none = '"z":{"dtype":"F32","shape":[2,0],"data_offsets":[4,4]}';
    for (const header of [`{${one},${none},${two}}`, `{${two},${none},${one}}`]) {
      const { tensors } = decodeSafetensors(file(header, 8));
      expect([...tensors.keys()]).toEqual(['a', 'z', 'b']);
    }
  });

  it('takes a tensor without values whatever its other sizes are, up to 64 bits', () => {
    for (const shape of ['0,9007199254740991,9007199254740991', '4294967295,4294967296,0']) {
      const header = `{"a":{"dtype":"F32","shape":[${shape}],"data_offsets":[0,0]}}`;
      expect(decodeSafetensors(file(header)).tensors.get('a')!.data).toHaveLength(0);
    }
  });

  it('takes names that mean something to JavaScript for names', () => {
    const zero = '{"dtype":"F32","shape":[0],"data_offsets":[0,0]}';
    const { tensors, metadata } = decodeSafetensors(
      file(`{"__metadata__":{"__proto__":"x","constructor":"y"},"__proto__":${zero}}`),
    );
    expect([...tensors.keys()]).toEqual(['__proto__']);
    expect(Object.entries(metadata)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
    expect('toString' in metadata).toBe(false);
  });

  it('leaves NaN and infinity to others', () => {
    const bytes = file('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 8);
    bytes.set([0, 0, 0xc0, 0x7f, 0, 0, 0x80, 0xff], bytes.length - 8);
    expect(decodeSafetensors(bytes).tensors.get('a')!.data).toEqual(
      Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY),
    );
  });

  it('refuses what is not a Uint8Array', () => {
    expect(() => decodeSafetensors([1, 2] as unknown as Uint8Array)).toThrow(
      new TypeError('bytes: found an array of 2, expected a Uint8Array'),
    );
  });

  const entry = (fields: string) => `{"a":{${fields}}}`;
  const claims = (length: bigint) => {
    const bytes = file('{}');
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    return bytes;
  };
  it.each<[string, Uint8Array, string]>([
    ['no bytes', new Uint8Array(0), 'model file: found 0 bytes, expected a safetensors file'],
    ['seven bytes', new Uint8Array(7), 'model file: found 7 bytes'],
    ['a header of 2⁶⁴ − 1', claims(2n ** 64n - 1n), 'found a header of 18446744073709551615 bytes'],
    ['a header of 100,000,001', claims(100_000_001n), 'found a header of 100000001 bytes'],
    [
      'a header longer than the file',
      claims(100_000_000n),
      'found 10 bytes, expected a header of 100000000 after the first 8',
    ],
    [
      'a header one byte longer than the file',
      claims(3n),
      'found 10 bytes, expected a header of 3 after the first 8',
    ],
    ['an empty header', file(''), 'found the end of the header, expected "{"'],
    ['space before the header', file(' {}'), 'found " " at character 0 of the header'],
    ['a byte order mark', file('\ufeff{}'), 'at character 0 of the header, expected "{"'],
    ['an array', file('[]'), 'found "[" at character 0 of the header, expected "{"'],
    ['bytes that are not UTF-8', file(Uint8Array.of(0x7b, 0xff, 0x7d)), 'not UTF-8'],
    ['text after the header', file('{} x'), 'found "x" at character 3 of the header'],
    ['two headers', file('{}{}'), 'found "{" at character 2 of the header, expected nothing more'],
    ['a header cut off', file('{"a"'), 'found the end of the header, expected ":"'],
    ['a comma too many', file(`{${one},}`, 4), 'expected a string'],
    ['a name without end', file('{"a'), 'expected a string that is valid JSON'],
    ['a name with a line feed', file('{"a\n":1}'), 'expected a string that is valid JSON'],
    ['a wrong escape', file('{"\\x":1}'), 'expected a string that is valid JSON'],
    ['half a surrogate pair', file('{"\\ud800":1}'), 'expected a string that is valid Unicode'],
    ['a name twice', file(`{${one},${one}}`, 4), 'model file: found "a" twice, expected it once'],
    [
      'a name twice, once escaped',
      file(`{${one},"\\u0061":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8),
      'model file: found "a" twice',
    ],
    [
      '__metadata__ twice',
      file('{"__metadata__":{},"__metadata__":{}}'),
      'model file: found "__metadata__" twice',
    ],
    [
      'a key twice',
      file('{"__metadata__":{"k":"1","k":"2"}}'),
      'model file, __metadata__: found "k" twice',
    ],
    [
      'metadata that is not text',
      file('{"__metadata__":{"k":1}}'),
      'model file, __metadata__: found "1" at character 21 of the header, expected a string',
    ],
    ['metadata that is null', file('{"__metadata__":null}'), '__metadata__: found "n"'],
    ['a tensor that is a number', file('{"a":1}'), 'tensor "a": found "1" at character 5'],
    [
      'a field twice',
      file(entry('"dtype":"F32","dtype":"F32"')),
      'model file, tensor "a": found "dtype" twice',
    ],
    [
      'another field',
      file(entry('"dtype":"F32","stride":[1]')),
      'tensor "a": found "stride", expected dtype, shape and data_offsets alone',
    ],
    [
      'a field missing',
      file(entry('"dtype":"F32","shape":[0]')),
      'tensor "a": found too few fields, expected dtype, shape and data_offsets',
    ],
    [
      'another dtype',
      file(entry('"dtype":"BF16","shape":[2],"data_offsets":[0,4]'), 4),
      'model file, tensor "a": found dtype "BF16", expected F32',
    ],
    ['a dtype that is no text', file(entry('"dtype":32')), 'tensor "a": found "3" at character'],
    ['a shape that is no array', file(entry('"shape":1')), 'expected "["'],
    ['a negative size', file(entry('"shape":[-1]')), 'tensor "a": found "-" at character 15'],
    ['a fraction', file(entry('"shape":[1.0]')), 'found "." at character 16'],
    ['an exponent', file(entry('"shape":[1e2]')), 'found "e" at character 16'],
    ['a leading zero', file(entry('"shape":[01]')), 'expected a whole number from 0 to 2⁵³ − 1'],
    ['a size of 2⁵³', file(entry('"shape":[9007199254740992]')), 'expected a whole number'],
    ['a size of 20 digits', file(entry('"shape":[18446744073709551616]')), 'a whole number'],
    [
      'one offset',
      file(entry('"dtype":"F32","shape":[0],"data_offsets":[0]')),
      'tensor "a": found 1 data_offsets, expected 2',
    ],
    [
      'three offsets',
      file(entry('"dtype":"F32","shape":[0],"data_offsets":[0,0,0]')),
      'tensor "a": found 3 data_offsets, expected 2',
    ],
    [
      'offsets in reverse',
      file(`{${one},"b":{"dtype":"F32","shape":[0],"data_offsets":[4,0]}}`, 4),
      'tensor "b": found data_offsets 4 to 0',
    ],
    [
      'a shape that does not fit the offsets',
      file(entry('"dtype":"F32","shape":[2,3],"data_offsets":[0,20]'), 20),
      'tensor "a": found data_offsets 0 to 20, expected 0 to 24: 6 values, as the shape [2,3] says',
    ],
    [
      'a shape whose product wraps round to 1 in 64 bits',
      // 274177 × 67280421310721 = 2⁶⁴ + 1
      file(entry('"dtype":"F32","shape":[274177,67280421310721],"data_offsets":[0,4]'), 4),
      'tensor "a": found data_offsets 0 to 4',
    ],
    [
      'a shape whose product leaves 64 bits before a zero',
      file(entry('"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]')),
      'tensor "a": found data_offsets 0 to 0',
    ],
    [
      'a shape whose product is infinite before a zero',
      file(entry(`"dtype":"F32","shape":[${'4294967296,'.repeat(40)}0],"data_offsets":[0,0]`)),
      'tensor "a": found data_offsets 0 to 0',
    ],
    [
      'a hole at the start',
      file(`{${two}}`, 8),
      'model file, tensor "b": found data_offsets 4 to 8, expected 0 to 4: 1 values',
    ],
    [
      'a hole between tensors',
      file(`{${one},"c":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}`, 12),
      'tensor "c": found data_offsets 8 to 12, expected 4 to 8',
    ],
    [
      'tensors that overlap',
      file(`{${one},"c":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4),
      'tensor "c": found data_offsets 0 to 4, expected 4 to 8',
    ],
    ['data cut off', file(`{${one},${two}}`, 7), 'found 7 bytes of data, expected 8'],
    ['bytes after the data', file(`{${one},${two}}`, 9), 'found 9 bytes of data, expected 8'],
    [
      'terabytes that are not there',
      file(entry('"dtype":"F32","shape":[1099511627776],"data_offsets":[0,4398046511104]'), 4),
      'model file: found 4 bytes of data, expected 4398046511104',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(RangeError);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });

  it('takes time in proportion to the file, whatever stands there', () => {
    const length = 200_000;
    const headers = [
      `{"a":{"shape":[${'0,'.repeat(length / 2)}`,
      '{"a":'.repeat(length / 5),
      `{${' '.repeat(length)}`,
      `{"${'\\'.repeat(length)}`,
      `{"a":{"shape":[${'9'.repeat(length)}`,
      `{"__metadata__":{${Array.from({ length: length / 10 }, (_, i) => `"${i}":""`).join()}`,
    ];
    const started = performance.now();
    for (const header of headers) expect(() => decodeSafetensors(file(header))).toThrow(RangeError);
    expectWithin(1000, performance.now() - started);
  });

  /** Passes where `bytes` is refused properly, or is a file that stays itself on a round trip. */
  function expectRefusedOrValid(bytes: Uint8Array): boolean {
    let decoded: ReturnType<typeof decodeSafetensors>;
    try {
      decoded = decodeSafetensors(bytes);
    } catch (error) {
      if (error instanceof RangeError && error.message.startsWith('model file')) return false;
      throw error;
    }
    const again = decodeSafetensors(encodeSafetensors(decoded.tensors, decoded.metadata));
    expect(again.metadata).toEqual(decoded.metadata);
    expect([...again.tensors]).toEqual([...decoded.tensors]);
    return true;
  }

  it('refuses every file that is cut off', () => {
    for (let length = 0; length < FROM_PYTHON.bytes.length; length++) {
      expect(expectRefusedOrValid(FROM_PYTHON.bytes.subarray(0, length)), `${length}`).toBe(false);
    }
  });

  it('refuses, or reads properly, every file in which a bit is flipped', () => {
    const bytes = FROM_PYTHON.bytes.slice();
    let valid = 0;
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        bytes[at]! ^= 1 << bit;
        if (expectRefusedOrValid(bytes)) valid++;
        bytes[at]! ^= 1 << bit;
      }
    }
    // Those in the data, at least, make another file that is as good.
    expect(valid).toBeGreaterThan(36 * 8);
  });

  it('refuses, or reads properly, every file in which a byte is replaced', () => {
    const bytes = file(`{"__metadata__":{"k":"v"},${one}}`, 4);
    for (let at = 0; at < bytes.length; at++) {
      const original = bytes[at]!;
      for (let byte = 0; byte < 256; byte++) {
        bytes[at] = byte;
        expectRefusedOrValid(bytes);
      }
      bytes[at] = original;
    }
  });
});

describe('encodeSafetensors refuses', () => {
  it.each<[string, () => unknown, Error]>([
    [
      'more texts than are read again',
      () =>
        encodeSafetensors(
          [],
          Object.fromEntries(Array.from({ length: 65_537 }, (_, i) => [i, ''])),
        ),
      new RangeError(
        'tensors: found 65537 with texts in 709816 bytes, expected at most 65536 in 100000000 bytes',
      ),
    ],
    [
      'metadata that no file can hold',
      () => encodeSafetensors([], { '\ud800': '' }),
      new RangeError('a key of metadata: found "\\ud800", expected text without lone surrogates'),
    ],
    [
      'metadata that is no text',
      () => encodeSafetensors([], { epochs: 3 as unknown as string }),
      new TypeError('metadata["epochs"]: found 3, expected a string'),
    ],
  ])('%s', (_, encode, error) => {
    expect(encode).toThrow(error);
  });
});
