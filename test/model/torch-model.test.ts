import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadDigits } from '../../src/data/digits.ts';
import { encodeSafetensors } from '../../src/model/safetensors.ts';
import { decodeSafetensors } from '../../src/model/safetensors-reader.ts';
import { modelFromTorch, type TorchOptions } from '../../src/model/torch-model.ts';
import { Network } from '../../src/network/network.ts';
import { expectWithin } from '../times.ts';
import { safetensors } from './safetensors-file.ts';

interface Case {
  name: string;
  file: string;
  inputs: number[];
  probabilities: number[];
}

const fixture = async (name: string) =>
  JSON.parse(await readFile(join(import.meta.dirname, '../fixtures', name), 'utf8'));
const { cases }: { cases: Case[] } = await fixture('torch-models.json');
const bytesOf = (name: string) =>
  new Uint8Array(Buffer.from(cases.find((one) => one.name === name)!.file, 'base64'));

type Given = [name: string, shape: number[], dtype?: string, data?: Uint8Array];

/** A file of these tensors, in this order; zeros of four bytes where no data is given. */
function file(tensors: Given[], metadata?: Record<string, string>): Uint8Array {
  let end = 0;
  const datas: Uint8Array[] = [];
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  for (const [name, shape, dtype = 'F32', data] of tensors) {
    datas.push(data ?? new Uint8Array(shape.reduce((product, size) => product * size, 4)));
    const begin = end;
    end += datas.at(-1)!.length;
    header[name] = { dtype, shape, data_offsets: [begin, end] };
  }
  return safetensors(JSON.stringify(header), Buffer.concat(datas));
}

/** A weight whose values tell it from others. */
const marked = (shape: number[], value: number) =>
  new Uint8Array(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value).buffer);

describe('a file of PyTorch', () => {
  it.each(cases)('predicts what PyTorch does: $name', async ({ file, inputs, probabilities }) => {
    const network = await Network.load(modelFromTorch(new Uint8Array(Buffer.from(file, 'base64'))));
    expect(network.metadata).toEqual({});
    const found = network.predict(Float32Array.from(inputs));
    expect(found).toHaveLength(probabilities.length);
    const error = Math.max(...found.map((p, i) => Math.abs(p - probabilities[i]!)));
    expect(error).toBeLessThan(1e-6);
    // PyTorch's answers tell the inputs and classes apart, or agreeing would mean little.
    expect(new Set(probabilities.map((p) => p.toFixed(3))).size).toBeGreaterThan(6);
  });

  it('keeps every bit of float32', () => {
    const bytes = bytesOf('Sequential');
    const theirs = decodeSafetensors(bytes).tensors;
    const ours = decodeSafetensors(modelFromTorch(bytes)).tensors;
    for (const l of [0, 1, 2]) {
      for (const kind of ['weight', 'bias']) {
        expect(ours.get(`layers.${l}.${kind}`)).toEqual(theirs.get(`${2 * l}.${kind}`));
      }
    }
  });

  it('of relumax itself is given back as it is', async () => {
    const bytes = (await Network.create({ layers: [3, 2], seed: 1 })).save();
    expect(modelFromTorch(bytes)).toBe(bytes);
  });
});

describe('a network of images', async () => {
  /** The state_dict after updates of a network that relumax made with seed 1, and what it predicts. */
  interface Trained extends Required<TorchOptions> {
    file: string;
    probabilities: string;
  }
  const { updates, batch, learningRate, cases } = await fixture('torch-convolution.json');
  const digits = await loadDigits();
  const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

  describe.each(cases as Trained[])('$input, $layers', ({ input, layers, file, probabilities }) => {
    const bytes = modelFromTorch(bytesOf(file), { input, layers });

    it('predicts what PyTorch does, and keeps every bit and name', async () => {
      const network = await Network.load(bytes);
      expect(network.layers).toEqual(layers);
      const wanted = new Float32Array(bytesOf(probabilities).buffer);
      const found = network.predict(digits.inputs.subarray(0, wanted.length * 78.4));
      expect(found).toHaveLength(wanted.length);
      const error = Math.max(...found.map((p, i) => Math.abs(p - wanted[i]!)));
      expect(error).toBeLessThan(1e-5);
      const ours = decodeSafetensors(bytes).tensors;
      expect(ours).toEqual(decodeSafetensors(bytesOf(file)).tensors);
    });

    it('is trained as PyTorch trains it', async () => {
      const network = await Network.create({ input, layers, seed: 1 });
      const features = network.features;
      for (let i = 0; i < updates * batch; i += batch) {
        const images = digits.inputs.subarray(i * features, (i + batch) * features);
        const labels = digits.labels.subarray(i, i + batch);
        network.trainOnBatch(images, labels, { learningRate });
      }
      const theirs = (await Network.load(bytes)).parameters();
      for (const [i, own] of network.parameters().entries()) {
        for (const kind of ['weights', 'biases'] as const) {
          const wanted = theirs[i]![kind];
          const most = Math.max(...wanted.map(Math.abs));
          const error = Math.max(...own[kind].map((value, k) => Math.abs(value - wanted[k]!)));
          expect(error / most).toBeLessThan(1e-5);
        }
      }
    });
  });
});

describe('layers that are given', () => {
  const input = [6, 5, 2] as const;
  const layers = [{ conv: 3, kernel: 2 }, { conv: 4, kernel: 3, padding: 'same' }, 7, 2] as const;
  const shapes = [
    [3, 2, 2, 2],
    [4, 3, 3, 3],
    [7, 80],
    [2, 7],
  ];
  const names = ['conv1', 'conv2', 'fc1', 'fc2'];
  const tensors = shapes.map(
    (shape, i): Given => [`${names[i]}.weight`, shape, 'F32', marked(shape, i)],
  );

  it('tell where convolutions are, whatever their order in the file, and without biases', async () => {
    const bytes = modelFromTorch(file([...tensors].reverse()), { input, layers });
    const network = await Network.load(bytes);
    expect(network.layers).toEqual((await Network.create({ input, layers })).layers);
    expect(network.parameters().map(({ weights }) => weights[0])).toEqual([0, 1, 2, 3]);
    expect(network.parameters().map(({ biases }) => biases.length)).toEqual([3, 4, 7, 2]);
  });

  it('may have activations of their own', async () => {
    const given: Given[] = [
      ['0.weight', [4, 3]],
      ['2.weight', [5, 4]],
      ['4.weight', [2, 5]],
    ];
    const layers = [3, { dense: 4, activation: 'tanh' }, 5, 2] as const;
    const network = await Network.load(modelFromTorch(file(given), { layers }));
    expect([network.layers, network.hidden]).toEqual([layers, 'relu']);
  });

  it('may be dense', () => {
    const bytes = file([['0.weight', [4, 3]]]);
    expect(modelFromTorch(bytes, { layers: [3, 4] })).toEqual(modelFromTorch(bytes));
  });

  it.each<[string, Given[], string]>([
    [
      'fewer layers',
      tensors.slice(1),
      'model file: found 3 layers with a weight, expected 4, for the layers 6x5x2-3c2-4c3s-7-2',
    ],
    [
      'other weights',
      [['conv1.weight', [3, 2, 3, 3]], ...tensors.slice(1)],
      'model file, tensor "conv1.weight": found the shape [3,2,3,3], expected [3,2,2,2], for the layers 6x5x2-',
    ],
    [
      'other biases',
      [...tensors, ['fc1.bias', [8]]],
      'model file, tensor "fc1.bias": found the shape [8], expected [7], a value for each output',
    ],
  ])('refuse a file of %s', (_, given, message) => {
    expect(() => modelFromTorch(file(given), { input, layers })).toThrow(message);
  });

  it.each<[TorchOptions, string]>([
    [{ input }, 'layers: found undefined, expected an array'],
    [
      { layers: [{ conv: 3, kernel: 2 }, 2] },
      'layers[0]: found a convolution without input, expected',
    ],
    [{ input, layers: [{ conv: 3, kernel: 7 }, 2] }, 'layers[0]: a 7 × 7 kernel does not fit'],
    [{ images: 1 } as TorchOptions, 'images'],
  ])('are checked: %j', (options, message) => {
    expect(() => modelFromTorch(file(tensors), options)).toThrow(message);
  });
});

describe('the order of the layers', () => {
  it.each<[string, string[]]>([
    ['numbers, not their digits', ['2', '9', '10']],
    ['numbers after a prefix', ['net.0', 'net.3', 'net.12']],
    ['numbers in names', ['fc1', 'fc2', 'fc10']],
    ['numbers before a suffix', ['blocks.1.linear', 'blocks.2.linear', 'blocks.11.linear']],
    ['nested numbers', ['0.0', '0.2', '1']],
  ])('comes from %s', (_, modules) => {
    const tensors = modules.map(
      (name, i): Given => [`${name}.weight`, [2, 2], 'F32', marked([2, 2], i)],
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(tensors, { minLength: 3 }), (shuffled) => {
        const { tensors: ours } = decodeSafetensors(modelFromTorch(file(shuffled)));
        for (const i of [0, 1, 2]) expect(ours.get(`layers.${i}.weight`)!.data[0]).toBe(i);
      }),
    );
  });

  it('needs no number where there is one layer', () => {
    for (const prefix of ['', 'linear.']) {
      const bytes = file([
        [`${prefix}weight`, [2, 3]],
        [`${prefix}bias`, [2]],
      ]);
      expect(decodeSafetensors(modelFromTorch(bytes)).metadata.layers).toBe('3-2');
    }
  });
});

describe('other element types', () => {
  const one = (dtype: string, data: ArrayBufferView) => {
    const { buffer, byteOffset, byteLength } = data;
    const values = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
    const count = byteLength / (dtype === 'F64' ? 8 : 2);
    const bytes = modelFromTorch(file([['weight', [1, count], dtype, values]]));
    return [...decodeSafetensors(bytes).tensors.get('layers.0.weight')!.data];
  };

  it('F16: every finite number of the 65,536', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i).filter(
      (word) => (word & 0x7c00) !== 0x7c00,
    );
    const expected = [...bits].map((word) => {
      const [sign, exponent, fraction] = [word >> 15 ? -1 : 1, (word >> 10) & 31, word & 1023];
      return (
        sign * (exponent === 0 ? fraction / 2 ** 24 : (1024 + fraction) * 2 ** (exponent - 25))
      );
    });
    expect(one('F16', bits)).toEqual(expected);
  });

  it('BF16: the upper half of a float32', () => {
    const values = [1, -2.5, 0.15625, 2 ** -126, -(2 ** 127), 0];
    const bits = new Uint32Array(Float32Array.from(values).buffer);
    expect(
      one(
        'BF16',
        Uint16Array.from(bits, (word) => word >>> 16),
      ),
    ).toEqual(values);
  });

  it('F64: rounded', () => {
    const values = [0.1, -1e-30, 16777217, 3.4e38];
    expect(one('F64', Float64Array.from(values))).toEqual(values.map(Math.fround));
  });
});

describe('refuses', () => {
  const weight: Given = ['0.weight', [4, 3]];
  const bias: Given = ['0.bias', [4]];
  const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
  const doubles = (...values: number[]) => new Uint8Array(Float64Array.from(values).buffer);
  it.each<[string, Uint8Array, string]>([
    ['no tensors', file([]), 'model file: found no tensors, expected NAME.weight [out, in]'],
    [
      'a convolution',
      file([['0.weight', [4, 1, 3, 3]]]),
      'model file, tensor "0.weight": found the shape [4,1,3,3], expected input and layers to be given',
    ],
    [
      'a normalisation, by what it keeps',
      file([weight, ['1.num_batches_tracked', [], 'I64', new Uint8Array(8)]]),
      'tensor "1.num_batches_tracked": found it, expected only NAME.weight and NAME.bias',
    ],
    [
      'a normalisation, by its weight',
      file([weight, bias, ['1.weight', [4]]]),
      'tensor "1.weight": found the shape [4], expected [out, in]',
    ],
    ['a recurrence', file([['rnn.weight_ih_l0', [4, 3]]]), 'tensor "rnn.weight_ih_l0": found it'],
    [
      'layers that do not meet',
      file([weight, ['2.weight', [2, 5]]]),
      'tensor "2.weight": found 5 inputs, expected 4, the outputs of "0.weight"',
    ],
    ['a bias alone', file([bias]), 'tensor "0.bias": found no weight beside it'],
    [
      'a bias of another size',
      file([weight, ['0.bias', [3]]]),
      'tensor "0.bias": found the shape [3], expected [4]',
    ],
    [
      'names without an order',
      file([
        ['head.weight', [2, 2]],
        ['body.weight', [2, 2]],
      ]),
      'expected names that differ in a number',
    ],
    [
      'numbers that are the same',
      file([
        ['fc1.weight', [2, 2]],
        ['fc01.weight', [2, 2]],
      ]),
      'expected names that differ in a number',
    ],
    [
      'whole numbers',
      file([['0.weight', [1, 1], 'I32']]),
      'tensor "0.weight": found dtype "I32", expected F32, F64, F16, BF16',
    ],
    [
      'a type that the format does not have',
      file([['0.weight', [1, 1], 'constructor']]),
      'tensor "0.weight": found dtype "constructor", expected F4 or',
    ],
    [
      'NaN',
      file([weight, ['0.bias', [4], 'F32', floats(0, 1, Number.NaN, 2)]]),
      'tensor "0.bias", value 2: found NaN, expected a finite number',
    ],
    [
      'what 32 bits do not hold',
      file([['0.weight', [1, 2], 'F64', doubles(1, 1e39)]]),
      'tensor "0.weight", value 1: found 1e+39',
    ],
    [
      'infinity in 16 bits',
      file([['0.weight', [1, 1], 'F16', Uint8Array.of(0, 0x7c)]]),
      'value 0: found Infinity',
    ],
    [
      'NaN in 16 bits',
      file([['0.weight', [1, 1], 'F16', Uint8Array.of(1, 0x7c)]]),
      'value 0: found NaN',
    ],
    [
      'another framework',
      file([weight], { format: 'tf' }),
      'metadata "format" "tf", expected "pt" (PyTorch), "relumax" or none',
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => modelFromTorch(bytes)).toThrow(RangeError);
    expect(() => modelFromTorch(bytes)).toThrow(message);
  });

  it('an empty layer that claims petabytes of biases, at once and without taking them', () => {
    const bytes = file([['0.weight', [2 ** 50, 0], 'F32', new Uint8Array(0)]]);
    const before = process.memoryUsage().arrayBuffers;
    const started = performance.now();
    expect(() => modelFromTorch(bytes)).toThrow('found the shape [1125899906842624,0]');
    expectWithin(100, performance.now() - started);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
  });

  it('what is not bytes', () => {
    expect(() => modelFromTorch('net' as never)).toThrow(TypeError);
  });
});

describe('whatever its bytes are', () => {
  /** Whether it gives a file that can be read; throws where it fails otherwise than it may. */
  function converts(bytes: Uint8Array): boolean {
    let model: Uint8Array;
    try {
      model = modelFromTorch(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      expect((error as Error).message).toMatch(/^model file.*: found .*, expected /s);
      return false;
    }
    expect(decodeSafetensors(model).tensors.size).toBeGreaterThan(1);
    return true;
  }

  it.each(['Sequential', 'float16'])('%s: cut off anywhere, it is refused', (name) => {
    const bytes = bytesOf(name);
    for (let length = 0; length < bytes.length; length++) {
      expect(converts(bytes.subarray(0, length)), `${length}`).toBe(false);
    }
    expect(converts(bytes)).toBe(true);
  });

  it.each(['Sequential', 'float16'])(
    '%s: with any bit flipped, it is refused or a model',
    (name) => {
      const bytes = bytesOf(name);
      const counts = { refused: 0, models: 0 };
      for (let at = 0; at < bytes.length; at++) {
        for (let bit = 0; bit < 8; bit++) {
          bytes[at]! ^= 1 << bit;
          counts[converts(bytes) ? 'models' : 'refused']++;
          bytes[at]! ^= 1 << bit;
        }
      }
      expect(counts.refused).toBeGreaterThan(1000);
      expect(counts.models).toBeGreaterThan(500);
    },
  );

  it('any Linears come out as they went in', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 6 });
    const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
    const gap = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(sizes, fc.infiniteStream(finite), fc.infiniteStream(gap), (layers, any, gaps) => {
        const next = (length: number) =>
          Float32Array.from({ length }, () => any.next().value as number);
        let index = 0;
        const given = layers.slice(1).flatMap((units, l) => {
          const inputs = layers[l]!;
          index += gaps.next().value as number;
          return [
            [`net.${index}.weight`, { shape: [units, inputs], data: next(units * inputs) }],
            [`net.${index}.bias`, { shape: [units], data: next(units) }],
          ] as const;
        });
        const { tensors, metadata } = decodeSafetensors(
          modelFromTorch(encodeSafetensors(given, {})),
        );
        expect(metadata.layers).toBe(layers.join('-'));
        expect([...tensors.values()]).toEqual(given.map(([, tensor]) => tensor));
      }),
    );
  });
});
