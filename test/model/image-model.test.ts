/** Model files of networks of images: saved, loaded, damaged, and as PyTorch writes them. */
import { describe, expect, test } from 'vitest';
import type { Layer } from '../../src/core/architecture.ts';
import { decodeModel } from '../../src/model/model-reader.ts';
import { encodeSafetensors, type Tensor } from '../../src/model/safetensors.ts';
import { decodeSafetensors } from '../../src/model/safetensors-reader.ts';
import { modelFromTorch } from '../../src/model/torch-model.ts';
import { Network } from '../../src/network/network.ts';
import { randomBytes } from '../examples.ts';

const INPUT = [9, 8, 3] as const;
const LAYERS: Layer[] = [
  { conv: 5, kernel: 3, padding: 'same' },
  { maxPool: 2 },
  { conv: 4, kernel: 2, stride: 2 },
  6,
  3,
];
const TEXT = '9x8x3-5c3s-p2-4c2/2-6-3';

const make = (given = {}) => Network.create({ input: INPUT, layers: LAYERS, seed: 3, ...given });
const inputs = randomBytes(4 * 9 * 8 * 3, 1, 0.5);

/** A file whose tensors and metadata are changed. */
function changed(
  bytes: Uint8Array,
  change: (tensors: Map<string, Tensor>, metadata: Record<string, string>) => void,
): Uint8Array {
  const file = decodeSafetensors(bytes);
  const tensors: Map<string, Tensor> = file.tensors;
  change(tensors, file.metadata);
  return encodeSafetensors(tensors, file.metadata);
}

describe('a model file', () => {
  test('names its tensors as torch.nn.Sequential does', async () => {
    const { tensors, metadata } = decodeSafetensors((await make()).save());
    expect(metadata.layers).toBe(TEXT);
    // Conv2d, ReLU, MaxPool2d, Conv2d, ReLU, Flatten, Linear, ReLU, Linear.
    expect([...tensors].map(([name, { shape }]) => [name, ...shape])).toEqual([
      ['0.weight', 5, 3, 3, 3],
      ['0.bias', 5],
      ['3.weight', 4, 5, 2, 2],
      ['3.bias', 4],
      ['6.weight', 6, 16],
      ['6.bias', 6],
      ['8.weight', 3, 6],
      ['8.bias', 3],
    ]);
  });

  test('gives the same network', async () => {
    const network = await make({ hidden: 'tanh', output: 'sigmoid' });
    const bytes = network.save({ metadata: { note: 'x' } });
    const loaded = await Network.load(bytes);
    const { layers, input, features, outputs, hidden, output, metadata } = loaded;
    expect({ layers, input, features, outputs, hidden, output, metadata }).toEqual({
      layers: network.layers,
      input: INPUT,
      ...{ features: 216, outputs: 3, hidden: 'tanh', output: 'sigmoid' },
      metadata: { note: 'x' },
    });
    expect(loaded.parameters()).toEqual(network.parameters());
    expect(loaded.activations(inputs)).toEqual(network.activations(inputs));
    expect(loaded.save()).toEqual(bytes);
    const again = await Network.create({ input: loaded.input!, layers: loaded.layers });
    expect(again.layers).toEqual(network.layers);
  });

  test.each<[string, string, Parameters<typeof changed>[1]]>([
    [
      'with a kernel of another shape',
      '3.weight with the shape [4,5,4,1], expected [4,5,2,2]',
      (tensors) => {
        const { data } = tensors.get('3.weight')!;
        tensors.set('3.weight', { shape: [4, 5, 4, 1], data });
      },
    ],
    ['without a bias', 'no tensor "3.bias"', (tensors) => tensors.delete('3.bias')],
    [
      'with NaN',
      '6.weight[7]: found NaN',
      (tensors) => {
        tensors.get('6.weight')!.data[7] = Number.NaN;
      },
    ],
    [
      'with other layers',
      '0.weight with the shape [5,3,3,3], expected [5,3,5,5]',
      (_, metadata) => {
        metadata.layers = '9x8x3-5c5s-p2-4c2/2-6-3';
      },
    ],
    [
      'with layers that do not fit',
      'layers that fit each other: layers[2]: a 5 × 5 kernel does not fit the 4 × 4 image before it',
      (_, metadata) => {
        metadata.layers = '9x8x3-5c3s-p2-4c5-6-3';
      },
    ],
    [
      'with layers in another form',
      `"9x8x3-5c3s/1-p2-4c2/2-6-3", expected ${JSON.stringify(TEXT)}`,
      (_, metadata) => {
        metadata.layers = '9x8x3-5c3s/1-p2-4c2/2-6-3';
      },
    ],
  ])('%s is refused', async (_, message, change) => {
    const bytes = changed((await make()).save(), change);
    expect(() => decodeModel(bytes)).toThrow(message);
  });
});

describe('a file of PyTorch', () => {
  const torchFile = async () =>
    changed((await make()).save(), (_, metadata) => {
      for (const key of Object.keys(metadata)) delete metadata[key];
    });

  test('is converted where the layers are given', async () => {
    const bytes = modelFromTorch(await torchFile(), { input: INPUT, layers: LAYERS });
    expect((await Network.load(bytes)).predict(inputs)).toEqual((await make()).predict(inputs));
    expect(Buffer.compare(bytes, (await make()).save())).toBe(0);
  });

  test('of dense layers too, where they are those of the file', async () => {
    const network = await Network.create({ layers: [4, 3, 2] });
    const bytes = changed(network.save(), (_, metadata) => {
      for (const key of Object.keys(metadata)) delete metadata[key];
    });
    expect(modelFromTorch(bytes, { layers: [4, 3, 2] })).toEqual(network.save());
    expect(() => modelFromTorch(bytes, { layers: [4, 5, 2] })).toThrow(
      'tensor "layers.0.weight": found the shape [3,4], expected [5,4], for the layers 4-5-2',
    );
  });

  test.each<[string, Layer[] | undefined]>([
    ['tensor "0.weight": found the shape [5,3,3,3], expected input and layers', undefined],
    ['found 4 layers with a weight, expected 3, for the layers', LAYERS.toSpliced(3, 1)],
    [
      'tensor "6.weight": found the shape [6,16], expected [7,16], for the layers',
      LAYERS.with(3, 7),
    ],
  ])('is refused: %s', async (message, layers) => {
    const file = await torchFile();
    expect(() => modelFromTorch(file, layers && { input: INPUT, layers })).toThrow(message);
  });
});
