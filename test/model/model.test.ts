import { describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.ts';
import { encodeSafetensors } from '../../src/model/safetensors.ts';
import { decodeSafetensors } from '../../src/model/safetensors-reader.ts';
import { modelFromTorch } from '../../src/model/torch-model.ts';
import { Network } from '../../src/network/network.ts';
import { cutOff, expectCheapRefusal, tally, withByteChanged } from '../damage.ts';
import { randomFloats } from '../examples.ts';

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

describe('a network that standardises', async () => {
  const inputs = Float64Array.from({ length: 60 }, (_, i) => 1.7e9 + ((i * i) % 37) / 3);
  const targets = Float64Array.from({ length: 40 }, (_, i) => -1e6 + (i % 11) / 7);
  const dataset = Dataset.from({ inputs, targets, outputs: 2 });
  const network = await Network.create({
    ...{ layers: [3, 4, 2], seed: 2, hidden: 'tanh', output: 'linear' },
    normalize: dataset,
  });
  await network.fit(dataset, { epochs: 2 });
  const file = network.save({ metadata: { classes: '["a","b"]', data: 'table' } });
  const { tensors, metadata } = decodeSafetensors(file);

  test('comes back bit-exactly, with PyTorch’s reader before it too', async () => {
    for (const bytes of [file, modelFromTorch(file)]) {
      const back = await Network.load(bytes);
      expect(back.normalization).toEqual(network.normalization);
      expect(back.predict(inputs)).toEqual(network.predict(inputs));
      expect(back.evaluate(dataset)).toEqual(network.evaluate(dataset));
      expect(back.save()).toEqual(file);
      await back.fit(dataset, { epochs: 1, seed: 1 });
      const twin = await Network.load(file);
      await twin.fit(dataset, { epochs: 1, seed: 1 });
      expect(back.save()).toEqual(twin.save());
    }
  });

  test('says how in tensors of float64, aligned, which any safetensors reader knows', () => {
    const { inputs, targets } = network.normalization!;
    expect([...tensors].slice(0, 4)).toEqual([
      ['normalization.mean', { shape: [3], data: inputs!.mean }],
      ['normalization.deviation', { shape: [3], data: inputs!.std }],
      ['targets.mean', { shape: [2], data: targets!.mean }],
      ['targets.deviation', { shape: [2], data: targets!.std }],
    ]);
    const header = new TextDecoder().decode(file.subarray(8, 600));
    expect(header).toContain(
      '"normalization.mean":{"dtype":"F64","shape":[3],"data_offsets":[0,24]}',
    );
  });

  test('is the network alone where that is asked for', async () => {
    const raw = await Network.load(file, { normalize: false });
    expect(raw.normalization).toBeUndefined();
    expect(raw.parameters()).toEqual(network.parameters());
    const { mean, std } = network.normalization!.inputs!;
    const standard = Float32Array.from(inputs, (x, i) => (x - mean[i % 3]!) / std[i % 3]!);
    const [told, restored] = [raw.predict(standard), network.predict(inputs)];
    expect(told).toBeInstanceOf(Float32Array);
    const { targets: unit } = network.normalization!;
    expect(restored).toEqual(
      Float64Array.from(told, (y, i) => y * unit!.std[i % 2]! + unit!.mean[i % 2]!),
    );
    expect([...decodeSafetensors(raw.save()).tensors.keys()]).not.toContain('targets.mean');
    await expect(Network.load(file, { normalize: 0 as never })).rejects.toThrow(
      'normalize: found 0, expected true or false',
    );
    await expect(Network.load(file, { raw: true } as never)).rejects.toThrow('only normalize');
  });

  test('keeps the metadata that it was loaded with, and what is added', async () => {
    const back = await Network.load(file);
    expect(back.metadata).toEqual({ classes: '["a","b"]', data: 'table' });
    const again = await Network.load(back.save({ metadata: { data: 'mine', note: 'x' } }));
    expect(again.metadata).toEqual({ classes: '["a","b"]', data: 'mine', note: 'x' });
    expect(() => back.save({ metadata: 'x' as never })).toThrow('metadata: found "x"');
  });

  test('may be of an older file, in float32', async () => {
    const older = encodeSafetensors(
      [...tensors].map(([name, { shape, data }]) => [
        name,
        { shape, data: Float32Array.from(data) },
      ]),
      metadata,
    );
    const { inputs: found } = (await Network.load(older)).normalization!;
    expect(found!.mean).toEqual(
      Float64Array.from(Float32Array.from(network.normalization!.inputs!.mean)),
    );
  });

  const withTensors = (more: Record<string, number[] | undefined>, other = {}) =>
    encodeSafetensors(
      [
        ...[...tensors].filter(([name]) => !(name in more)),
        ...Object.entries(more).flatMap(([name, values]) =>
          values
            ? [[name, { shape: [values.length], data: Float64Array.from(values) }] as const]
            : [],
        ),
      ],
      { ...metadata, ...other },
    );
  const [mean, deviation] = ['normalization.mean', 'normalization.deviation'];

  test.each<[string, Uint8Array, string]>([
    [
      'means alone',
      withTensors({ [deviation!]: undefined }),
      `no tensor "${deviation}", expected it beside its other half`,
    ],
    [
      'standard deviations alone',
      withTensors({ 'targets.mean': undefined }),
      'no tensor "targets.mean"',
    ],
    [
      'means of another size',
      withTensors({ [mean!]: [1, 2] }),
      `${mean} with the shape [2], expected [3]`,
    ],
    [
      'targets of another size',
      withTensors({ 'targets.deviation': [1, 2, 3] }),
      'targets.deviation with the shape [3], expected [2]',
    ],
    [
      'a standard deviation of 0',
      withTensors({ [deviation!]: [1, 0, 3] }),
      `found 0 in ${deviation}[1], expected a finite number above 0`,
    ],
    [
      'a mean that is NaN',
      withTensors({ 'targets.mean': [1, Number.NaN] }),
      'found NaN in targets.mean[1], expected a finite number',
    ],
    [
      'targets of probabilities',
      withTensors({}, { output: 'softmax' }),
      '"targets.mean" beside the output softmax, expected it beside linear',
    ],
    [
      'weights of float64',
      withTensors({ 'layers.1.bias': [1, 2] }),
      'tensor "layers.1.bias": found dtype "F64", expected F32',
    ],
  ])('is not one of %s', async (_, bytes, message) => {
    await expect(Network.load(bytes)).rejects.toThrow(RangeError);
    await expect(Network.load(bytes)).rejects.toThrow(message);
    await expect(Network.load(bytes)).rejects.toThrow(/^model file/);
  });

  test('is refused wherever its file is cut off, and fits where any byte is another', async () => {
    const counts = await tally(cutOff(file), (bytes) => Network.load(bytes));
    expect(counts).toEqual({ read: 0, refused: file.length });
    const changed = await tally(withByteChanged(file), async (bytes) => {
      using found = await Network.load(bytes);
      for (const { mean, std } of Object.values(found.normalization ?? {})) {
        expect(mean.every(Number.isFinite) && std.every((value: number) => value > 0)).toBe(true);
      }
    });
    expect(changed.refused).toBeGreaterThan(3000);
    expect(changed.read).toBeGreaterThan(300);
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
