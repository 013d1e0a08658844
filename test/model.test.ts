import { describe, expect, test } from 'vitest';
import { Network } from '../src/network.ts';
import { encodeSafetensors } from '../src/safetensors.ts';
import { decodeSafetensors } from '../src/safetensors-reader.ts';
import { cutOff, expectCheapRefusal, tally, withByteChanged } from './damage.ts';
import { randomFloats } from './examples.ts';

const OWN = {
  format: 'relumax',
  version: '1',
  hidden: 'relu',
  output: 'softmax',
  input: 'float32, or uint8 / 255',
};

describe('save and load', () => {
  test.each([[[1, 1]], [[7, 5, 3]], [[784, 10, 10]]])(
    '%j comes back to the same bits',
    async (layers) => {
      const network = await Network.create({ layers, seed: 9 });
      const file = network.save({ metadata: { note: 'für später' } });
      const back = await Network.load(file);
      expect(back.layers).toEqual(layers);
      expect(back.metadata).toEqual({ note: 'für später' });
      expect(back.parameters()).toEqual(network.parameters());
      expect(back.save({ metadata: { ...back.metadata } })).toEqual(file);
      const inputs = randomFloats(layers[0]! * 9, 1);
      expect(back.predict(inputs)).toEqual(network.predict(inputs));
    },
  );

  test('the file names its tensors and says how they are used', async () => {
    const network = await Network.create({ layers: [3, 5, 2], seed: 1 });
    const { tensors, metadata } = decodeSafetensors(network.save());
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
      ['layers.0.weight', [5, 3]],
      ['layers.0.bias', [5]],
      ['layers.1.weight', [2, 5]],
      ['layers.1.bias', [2]],
    ]);
    expect(tensors.get('layers.1.weight')!.data).toEqual(network.parameters()[1]!.weights);
    expect({ ...metadata }).toEqual({ ...OWN, layers: '3-5-2' });
  });

  test('metadata that would hide relumax’s own is refused', async () => {
    const network = await Network.create({ layers: [3, 2] });
    expect(() => network.save({ metadata: { layers: '1' } })).toThrow(
      'metadata: found the key "layers"',
    );
    expect(() => network.save({ metadata: { a: 1 as never } })).toThrow(TypeError);
    expect(() => network.save({ meta: {} } as never)).toThrow('expected only metadata');
  });
});

describe('a file that is no model', () => {
  const tensor = (...shape: number[]) => ({
    shape,
    data: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(0.5),
  });
  const good = {
    'layers.0.weight': tensor(4, 3),
    'layers.0.bias': tensor(4),
    'layers.1.weight': tensor(2, 4),
    'layers.1.bias': tensor(2),
  };
  const file = (tensors: Record<string, ReturnType<typeof tensor>>, metadata = {}) =>
    encodeSafetensors(Object.entries(tensors), { ...OWN, layers: '3-4-2', ...metadata });

  test('the good one loads', async () => {
    expect((await Network.load(file(good))).layers).toEqual([3, 4, 2]);
    const { buffer } = file(good);
    expect((await Network.load(buffer)).layers).toEqual([3, 4, 2]);
    const more = file({ note: tensor(7), ...good });
    expect((await Network.load(more)).layers).toEqual([3, 4, 2]);
  });

  test.each<[string, Uint8Array, string]>([
    ['not relumax’s', file(good, { format: 'pt' }), 'metadata "format" "pt", expected "relumax"'],
    ['of a later version', file(good, { version: '2' }), 'metadata "version" "2"'],
    [
      'of an unknown activation',
      file(good, { hidden: 'swish' }),
      'metadata hidden: found "swish", expected one of relu, leaky-relu',
    ],
    ['of an unknown output', file(good, { output: '' }), 'metadata output: found "", expected'],
    [
      'whose metadata disagrees',
      file(good, { layers: '3-5-2' }),
      'metadata "layers" "3-5-2", expected "3-4-2"',
    ],
    ['with no tensors', file({}), 'no tensor "layers.0.weight" among 0'],
    [
      'with half a layer too many',
      file({ ...good, 'layers.2.weight': tensor(2, 2) }),
      'no tensor "layers.2.bias"',
    ],
    [
      'with a layer too many',
      file({ ...good, 'layers.2.weight': tensor(2, 2), 'layers.2.bias': tensor(2) }),
      'metadata "layers" "3-4-2", expected "3-4-2-2"',
    ],
    ['with other names', file({ a: tensor(1, 1), b: tensor(1) }), 'no tensor "layers.0.weight"'],
    [
      'with a bias of another size',
      file({ ...good, 'layers.0.bias': tensor(5) }),
      'layers.0.bias with the shape [5], expected [4]',
    ],
    [
      'with a flat weight',
      file({ ...good, 'layers.0.weight': tensor(12) }),
      'layers.0.weight with the shape [12]',
    ],
    [
      'whose layers do not meet',
      file({ ...good, 'layers.1.weight': tensor(2, 5) }),
      'layers.1.weight with 5 inputs',
    ],
    [
      'with an empty layer',
      file({ 'layers.0.weight': tensor(2, 0), 'layers.0.bias': tensor(2) }, { layers: '0-2' }),
      'layers[0]: found 0',
    ],
    [
      'with a NaN',
      file({ ...good, 'layers.1.bias': { shape: [2], data: Float32Array.of(1, Number.NaN) } }),
      'layers.1.bias[1]: found NaN',
    ],
    ['cut short', file(good).subarray(0, 300), 'model file'],
    ['empty', new Uint8Array(0), 'model file'],
  ])('%s', async (_, bytes, message) => {
    const failure = await Network.load(bytes).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RangeError);
    expect((failure as Error).message).toContain(message);
  });

  test('not even bytes', async () => {
    await expect(Network.load('model' as never)).rejects.toThrow('bytes: found "model"');
  });
});

describe('whatever its bytes are, a model', async () => {
  const file = (await Network.create({ layers: [3, 2, 2], seed: 3 })).save();

  test('is refused wherever it is cut off', async () => {
    const counts = await tally(cutOff(file), (bytes) => Network.load(bytes));
    expect(counts).toEqual({ read: 0, refused: file.length });
  });

  test('is refused, or a network of the same layers, where any byte is another', async () => {
    const counts = await tally(withByteChanged(file), async (bytes) => {
      using network = await Network.load(bytes);
      expect(network.layers).toEqual([3, 2, 2]);
    });
    expect(counts.refused).toBeGreaterThan(3000);
    expect(counts.read).toBeGreaterThan(300);
  });

  test('is refused at once where it claims what no memory holds', () => {
    const claim = new TextEncoder().encode(
      '{"layers.0.weight":{"dtype":"F32","shape":[1099511627776,0],"data_offsets":[0,0]},' +
        '"layers.0.bias":{"dtype":"F32","shape":[1099511627776],"data_offsets":[0,4398046511104]}}',
    );
    const bytes = new Uint8Array(8 + claim.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(claim.length), true);
    bytes.set(claim, 8);
    const message = 'found 0 bytes of data, expected 4398046511104';
    expectCheapRefusal(() => decodeSafetensors(bytes), message);
  });
});
