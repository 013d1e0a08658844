/** Models of TensorFlow.js: those that it saved, those that it loaded, and damaged ones. */
import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HIDDEN, OUTPUTS } from '../../src/core/activations.ts';
import type { Layer } from '../../src/core/architecture.ts';
import { Dataset } from '../../src/data/dataset.ts';
import { decodeModel } from '../../src/model/model-reader.ts';
import { modelFromTfjs } from '../../src/model/tfjs-reader.ts';
import { tfjsFromModel } from '../../src/model/tfjs-writer.ts';
import { Network } from '../../src/network/network.ts';

/** A model, and what TensorFlow.js predicts of some inputs. */
interface Case {
  name: string;
  modelJson: string;
  weights: string;
  inputs: string;
  outputs: string;
}

const path = join(import.meta.dirname, '../fixtures/tfjs-models.json');
const { saved, written }: { saved: Case[]; written: (Case & { file: string })[] } = JSON.parse(
  await readFile(path, 'utf8'),
);
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const floatsOf = (base64: string) => new Float32Array(bytesOf(base64).buffer);

/** Checks what a network predicts against what TensorFlow.js does. */
async function compare(file: Uint8Array, { inputs, outputs }: Case): Promise<Network> {
  const network = await Network.load(file);
  const wanted = floatsOf(outputs);
  const found = network.predict(floatsOf(inputs));
  expect(found).toHaveLength(wanted.length);
  const most = Math.max(1, ...wanted.map(Math.abs));
  const error = Math.max(...found.map((value, i) => Math.abs(value - wanted[i]!)));
  expect(error / most).toBeLessThan(1e-5);
  // Its answers tell the inputs apart, or agreeing would mean little.
  expect(new Set(wanted).size).toBe(wanted.length);
  return network;
}

describe('a model that TensorFlow.js saved', () => {
  it.each(saved)('predicts the same: $name', async (one) => {
    await compare(modelFromTfjs(one.modelJson, bytesOf(one.weights)), one);
  });

  const LAYERS: Record<string, [layers: Layer[], hidden: string, output: string]> = {
    swish: [[6, 5, 4, 3], 'silu', 'softmax'],
    gelu_new: [[6, 5, 4, 3], 'gelu', 'softmax'],
    'leaky ReLU, sigmoid, no bias': [[4, 5, 3], 'leaky-relu', 'sigmoid'],
    'strides, an activation behind pooling': [
      [{ conv: 4, kernel: 3, padding: 'same', stride: 2 }, { maxPool: 2 }, 2],
      'tanh',
      'linear',
    ],
    'other activations': [
      [
        { conv: 3, kernel: 2, padding: 'valid', stride: 1 },
        { conv: 4, kernel: 2, padding: 'valid', stride: 1, activation: 'linear' },
        { dense: 6, activation: 'silu' },
        5,
        { dense: 4, activation: 'linear' },
        3,
      ],
      'tanh',
      'softmax',
    ],
    functional: [[{ conv: 3, kernel: 2, padding: 'valid', stride: 1 }, 3], 'relu', 'softmax'],
    'a model in a model': [[12, 6, 3], 'relu', 'softmax'],
    'rescaled inputs': [[12, 5, 3], 'elu', 'softmax'],
  };
  it.each(Object.entries(LAYERS))(
    'has the layers of %s',
    async (name, [layers, hidden, output]) => {
      const { modelJson, weights } = saved.find((one) => one.name === name)!;
      const network = await Network.load(modelFromTfjs(modelJson, bytesOf(weights)));
      expect(network.layers).toEqual(layers);
      expect(network).toMatchObject({ hidden, output });
    },
  );

  it('rescales its inputs as the model does', async () => {
    const { modelJson, weights } = saved.find(({ name }) => name === 'rescaled inputs')!;
    const { normalization } = await Network.load(modelFromTfjs(modelJson, bytesOf(weights)));
    expect(normalization).toEqual({
      inputs: { mean: new Float64Array(12).fill(127.5), std: new Float64Array(12).fill(127.5) },
    });
  });
});

describe('a model for TensorFlow.js', () => {
  it.each(written)('is the one that it loaded, and predicts the same: $name', async (one) => {
    const file = bytesOf(one.file);
    const { modelJson, weights } = tfjsFromModel(file);
    expect(JSON.stringify(modelJson)).toBe(one.modelJson);
    expect(weights).toEqual(bytesOf(one.weights));
    await compare(file, one);
    // And so does the network that is made of it again.
    await compare(modelFromTfjs(modelJson, weights), one);
  });

  it('goes back with every bit', async () => {
    const image = [5, 4, 2] as const;
    const layers = fc.oneof(
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 5 }),
      fc.constantFrom<Layer[]>(
        [{ maxPool: 2 }, 4, 3],
        [{ conv: 3, kernel: 2 }, { conv: 2, kernel: 3, padding: 'same', stride: 2 }, 2],
        [{ conv: 5, kernel: 3, padding: 'same' }, { maxPool: 3 }, 6, 1],
      ),
    );
    const hidden = fc.constantFrom(...HIDDEN.filter((name) => name !== 'gelu'));
    const seed = fc.nat();
    await fc.assert(
      fc.asyncProperty(
        layers,
        hidden,
        fc.constantFrom(...OUTPUTS),
        seed,
        async (layers, hidden, output, seed) => {
          const isDense = layers.every((layer) => typeof layer === 'number') && layers.length > 1;
          const input = isDense ? undefined : image;
          const network = await Network.create({ layers, input, hidden, output, seed });
          const { modelJson, weights } = tfjsFromModel(network.save());
          const back = await Network.load(modelFromTfjs(modelJson, weights));
          expect(back.parameters()).toEqual(network.parameters());
          expect(back.layers).toEqual(network.layers);
          expect(back.input).toEqual(network.input);
          expect(back.output).toBe(output);
          // Of a network without hidden layers there is nothing to say it.
          if (network.parameters().length > 1) expect(back.hidden).toBe(hidden);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('keeps the preprocessing of inputs', async () => {
    const inputs = Float64Array.from(
      { length: 60 },
      (_, i) => 1e6 + ((i * 37) % 11) * 3 ** (i % 3),
    );
    const normalize = Dataset.from({ inputs, labels: new Uint8Array(20), classes: 2 });
    const network = await Network.create({ layers: [3, 2], normalize });
    const { modelJson, weights } = tfjsFromModel(network.save());
    const { mean, std } = decodeModel(modelFromTfjs(modelJson, weights)).normalization!.inputs!;
    const own = network.normalization!.inputs!;
    expect(mean).toEqual(own.mean);
    for (const [i, value] of std.entries()) expect(value / own.std[i]!).toBeCloseTo(1, 15);
  });

  it('is refused where TensorFlow.js loads none, or 32 bits do not hold it', async () => {
    const gelu = await Network.create({ layers: [2, 3, 1], hidden: 'gelu' });
    expect(() => tfjsFromModel(gelu.save())).toThrow(
      'bytes: found a network with the activation gelu, expected another one',
    );
    const targets = Float64Array.of(-1e99, 1e99);
    const normalize = Dataset.from({ inputs: new Float32Array(2), targets, outputs: 1 });
    const large = await Network.create({ layers: [1, 1], output: 'linear', normalize });
    expect(() => tfjsFromModel(large.save())).toThrow(
      'weights of the last layer in the unit of the targets[0]: found',
    );
    for (const [most, what] of [
      [1e-60, 'inverse standard deviation'],
      [1e60, 'mean'],
    ] as const) {
      const inputs = Float64Array.of(0, most);
      const normalize = Dataset.from({ inputs, labels: new Uint8Array(2), classes: 2 });
      const network = await Network.create({ layers: [1, 2], normalize });
      expect(() => tfjsFromModel(network.save())).toThrow(
        `${what} of the inputs in 32 bits[0]: found`,
      );
    }
    expect(() => tfjsFromModel(new Uint8Array(9))).toThrow('model file');
    expect(() => tfjsFromModel('model' as never)).toThrow(TypeError);
  });
});

/** The one with two convolutions. */
const images = saved.find(({ name }) => name === 'convolutions')!;
const { modelJson: text } = images;
const bytes = bytesOf(images.weights);

describe('takes the same model', () => {
  const wanted = modelFromTfjs(text, bytes);
  const parsed = JSON.parse(text);

  it.each<[string, object | string, Parameters<typeof modelFromTfjs>[1]]>([
    ['parsed', parsed, bytes],
    ['with a buffer', parsed, bytes.buffer],
    ['as model.save gives it to a handler', artifacts(), bytes.buffer],
    [
      'in several files',
      shards(3),
      [bytes.subarray(0, 5), bytes.subarray(5, 9), bytes.subarray(9)],
    ],
    ['in several files that were joined', shards(3), bytes],
    ['as Keras is converted', keras(), bytes],
    ['with the weights in another order', reordered().json, reordered().bytes],
    ['with what an optimizer keeps', optimized().json, optimized().bytes],
  ])('%s', (_, json, weights) => {
    expect(modelFromTfjs(json, weights)).toEqual(wanted);
  });

  function artifacts() {
    const { weightsManifest, ...rest } = parsed;
    return { ...rest, weightSpecs: weightsManifest[0].weights, weightData: bytes.buffer };
  }

  function shards(count: number) {
    const [{ weights }] = parsed.weightsManifest;
    const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
    return { ...parsed, weightsManifest: [{ paths, weights }] };
  }

  function keras() {
    const { class_name, config } = parsed.modelTopology;
    const [first, ...others] = config.layers;
    const { batch_input_shape, ...own } = first.config;
    const input = { class_name: 'InputLayer', config: { batch_input_shape, name: 'input_1' } };
    const layers = [input, { ...first, config: own }, ...others];
    const model_config = { class_name, config: { layers } };
    return { ...parsed, modelTopology: { keras_version: '2.15.0', model_config } };
  }

  function reordered() {
    const [{ paths, weights }] = parsed.weightsManifest;
    const tensors = weights.map((spec: { shape: number[] }, i: number) => {
      const sizes = weights.map(
        ({ shape }: { shape: number[] }) => 4 * shape.reduce((a, b) => a * b),
      );
      const begin = sizes.slice(0, i).reduce((a: number, b: number) => a + b, 0);
      return [spec, bytes.subarray(begin, begin + sizes[i])] as const;
    });
    tensors.reverse();
    const specs = tensors.map(([spec]: [unknown]) => spec);
    return {
      json: { ...parsed, weightsManifest: [{ paths, weights: specs }] },
      bytes: new Uint8Array(Buffer.concat(tensors.map(([, data]: [unknown, Uint8Array]) => data))),
    };
  }

  function optimized() {
    const [{ paths, weights }] = parsed.weightsManifest;
    const kept = { name: 'Variable', shape: [2], dtype: 'int32', group: 'optimizer' };
    return {
      json: { ...parsed, weightsManifest: [{ paths, weights: [...weights, kept] }] },
      bytes: new Uint8Array(Buffer.concat([bytes, new Uint8Array(8)])),
    };
  }
});

describe('names of the classes', () => {
  const names = ['a', 'Käthe', '"'];

  it('are those given, and go there and back', async () => {
    const network = await Network.load(modelFromTfjs(text, bytes, { classNames: names }));
    expect(network.classNames).toEqual(names);
    const { modelJson, weights } = tfjsFromModel(network.save());
    expect(modelJson.userDefinedMetadata).toEqual({ classNames: names });
    for (const json of [modelJson, JSON.stringify(modelJson)]) {
      expect((await Network.load(modelFromTfjs(json, weights))).classNames).toEqual(names);
    }
    const others = modelFromTfjs(modelJson, weights, { classNames: ['x', 'y', 'z'] });
    expect((await Network.load(others)).classNames).toEqual(['x', 'y', 'z']);
  });

  it('are not made of what a user has in the metadata', async () => {
    for (const classNames of [['a', 'b'], ['a', 'b', 3], 'abc', null, { length: 3 }]) {
      const json = JSON.stringify({ ...JSON.parse(text), userDefinedMetadata: { classNames } });
      expect((await Network.load(modelFromTfjs(json, bytes))).classNames).toBeUndefined();
    }
  });

  it('are refused where they do not fit', () => {
    const given = { classNames: names.slice(1) };
    expect(() => modelFromTfjs(text, bytes, given)).toThrow(
      'classNames: found an array of 2, expected 3 names',
    );
    expect(() => modelFromTfjs(text, bytes, { names } as never)).toThrow(
      'options: found "names", expected only classNames',
    );
  });
});

it('an image that no layer needs is any values', async () => {
  const network = await Network.create({ input: [3, 2, 2], layers: [4], seed: 1 });
  const { modelJson, weights } = tfjsFromModel(network.save());
  const back = await Network.load(modelFromTfjs(modelJson, weights));
  expect(back.layers).toEqual([12, 4]);
  const inputs = Float32Array.from({ length: 12 }, (_, i) => i % 5);
  expect(back.predict(inputs)).toEqual(network.predict(inputs));
});

/** What model.json holds. */
interface Topology {
  layers: AtLeastFive<LayerJson>;
  output_layers: unknown[];
}
interface LayerJson {
  class_name: string;
  name?: unknown;
  config: Record<string, unknown>;
  inbound_nodes?: [[[unknown, ...unknown[]], ...unknown[]]];
}
interface Json {
  format?: string;
  modelTopology?: { class_name: string; config: Topology };
  weightsManifest: [{ paths: string[]; weights: AtLeastFive<Spec> }];
}
interface Spec extends Record<string, unknown> {
  shape: number[];
}
type AtLeastFive<T> = T[] & Readonly<Record<0 | 1 | 2 | 3 | 4, T>>;

/** The same file with something else in it. */
function changed(
  change: (json: Json, layers: Topology['layers'], weights: AtLeastFive<Spec>) => void,
  of = text,
): string {
  const json: Required<Json> = JSON.parse(of);
  change(json, json.modelTopology.config.layers, json.weightsManifest[0].weights);
  return JSON.stringify(json);
}

describe('refuses', () => {
  const dense = (class_name: string, config = {}) => ({
    class_name,
    config: { name: 'x', ...config },
  });
  const known =
    'expected only InputLayer, Dense, Conv2D, MaxPooling2D, Flatten, Reshape, Rescaling, Activation, ';

  it.each<[string, string, string]>([
    [
      'another class',
      changed((_, layers) => layers.splice(1, 0, dense('BatchNormalization'))),
      `modelJson, layer "x": found the class "BatchNormalization", ${known}`,
    ],
    [
      'another activation',
      changed((_, layers) => (layers[0].config.activation = 'selu')),
      'found the activation "selu", expected one of relu, tanh, sigmoid, elu, gelu_new, swish, softmax, linear, the layer LeakyReLU',
    ],
    [
      'an activation of hidden layers in the outputs',
      changed((_, layers) => (layers.at(-1)!.config.activation = 'relu')),
      'layer "dense_Dense22": found the activation relu, expected one of softmax, sigmoid, linear',
    ],
    [
      'two activations of one layer',
      changed((_, layers) => layers.push(dense('Activation', { activation: 'tanh' }))),
      'layer "x": found the activation tanh, expected it behind a layer that has weights and no activation',
    ],
    [
      'an activation that pooling does not keep',
      changed((_, layers) => {
        layers[0].config.activation = 'linear';
        layers.splice(2, 0, dense('Activation', { activation: 'swish' }));
      }),
      'layer "x": found the activation silu behind pooling, expected it before pooling',
    ],
    [
      'another slope',
      changed((_, layers) => {
        layers[0].config.activation = 'linear';
        layers.splice(1, 0, dense('LeakyReLU', { alpha: 0.3 }));
      }),
      'layer "x": found alpha 0.3, expected 0.01',
    ],
    [
      'an activation of outputs in a hidden layer',
      changed((_, layers) => (layers[2].config.activation = 'softmax')),
      'layer "conv2d_Conv2D2": found the activation softmax, expected one of relu, leaky-relu,',
    ],
    [
      'a ReLU with a limit',
      changed((_, layers) => layers.push(dense('ReLU', { max_value: 6 }))),
      'layer "x": found max_value 6, expected null',
    ],
    [
      'kernels that are not square',
      changed((_, layers) => (layers[0].config.kernel_size = [3, 5])),
      'found kernel_size [3,5], expected a number, the same for height and width',
    ],
    [
      'large kernels',
      changed((_, layers) => (layers[0].config.kernel_size = [13, 13])),
      'layer "conv2d_Conv2D1": kernel: found 13, expected a whole number from 1 to 11',
    ],
    [
      'kernels larger than the image',
      changed((_, layers) => {
        Object.assign(layers[0].config, { kernel_size: [9, 9], padding: 'valid' });
      }),
      'layer "conv2d_Conv2D1": a 9 × 9 kernel does not fit the 9 × 8 image before it',
    ],
    [
      'dilation',
      changed((_, layers) => (layers[0].config.dilation_rate = [2, 2])),
      'found dilation_rate 2, expected 1',
    ],
    ['groups', changed((_, layers) => (layers[0].config.groups = 2)), 'found groups 2, expected 1'],
    [
      'channels first',
      changed((_, layers) => (layers[0].config.data_format = 'channels_first')),
      'found data_format "channels_first", expected "channels_last"',
    ],
    [
      'other padding',
      changed((_, layers) => (layers[0].config.padding = 'causal')),
      'padding: found "causal", expected one of valid, same',
    ],
    [
      'pooling that overlaps',
      changed((_, layers) => (layers[1].config.strides = [1, 1])),
      'layer "max_pooling2d_MaxPooling2D1": found strides 1, expected 2, as pool_size',
    ],
    [
      'pooling with padding',
      changed((_, layers) => (layers[1].config.padding = 'same')),
      'found padding "same", expected "valid"',
    ],
    [
      'a dense layer on pixels',
      changed((_, layers) => layers.splice(3, 1)),
      'found an input of 3 × 3 × 5 values, expected Flatten before it',
    ],
    [
      'a convolution on values',
      changed((_, layers) => layers.splice(1, 1, layers[3])),
      'found an input of 216 values, expected height, width and channels',
    ],
    [
      'a convolution behind a dense layer',
      changed((_, layers) =>
        layers.push(dense('Reshape', { target_shape: [1, 1, 3] }), {
          ...layers[2],
          config: { ...layers[2].config, kernel_size: 1 },
        }),
      ),
      'found an image that no layer left so, expected no Dense or Reshape before it',
    ],
    [
      'another shape of as many values',
      changed((_, layers) => layers.splice(2, 0, dense('Reshape', { target_shape: [2, -1, 7] }))),
      'layer "x": found target_shape [2,-1,7], expected a shape of 48 values',
    ],
    [
      'rescaling between layers',
      changed((_, layers) => layers.splice(2, 0, dense('Rescaling', { scale: 2 }))),
      'layer "x": found it between other layers, expected it before all that have weights or pool',
    ],
    [
      'rescaling by 0',
      changed((_, layers) =>
        layers.unshift(dense('Rescaling', { scale: 0, batch_input_shape: [null, 9, 8, 2] })),
      ),
      'layer "x": found scale 0, expected finite numbers above 0: 1, 2 or 144',
    ],
    [
      'numbers that rescaling makes too large',
      changed((_, layers) =>
        layers.unshift(
          dense('Rescaling', { scale: 1e-300, batch_input_shape: [null, 9, 8, 2] }),
          dense('Rescaling', { scale: 1e-300 }),
        ),
      ),
      'layer "x": found a product that 64 bits do not hold, expected another scale and offset',
    ],
    [
      'no input shape',
      changed((_, layers) => delete layers[0].config.batch_input_shape),
      'layer "conv2d_Conv2D1": found no batch_input_shape, expected it in the first layer',
    ],
    [
      'an open input shape',
      changed((_, layers) => (layers[0].config.batch_input_shape = [null, null, null, 2])),
      'found batch_input_shape [null,null,null,2], expected the sizes of an example behind null',
    ],
    [
      'another input shape inside',
      changed((_, layers) => (layers[4].config.batch_input_shape = [null, 5])),
      'found batch_input_shape [null,5], expected [null,45]',
    ],
    [
      'a convolution as the last layer',
      changed((_, layers) => layers.splice(2)),
      'modelJson: found no Dense as its last layer, expected one, which gives the outputs',
    ],
    [
      'no layers',
      changed((_, layers) => layers.splice(0)),
      'modelJson: found no Dense as its last',
    ],
    [
      'a graph model',
      changed((json) => (json.format = 'graph-model')),
      'modelJson: found format "graph-model", expected "layers-model", which model.save writes',
    ],
    [
      'no layers at all',
      changed((json) => delete json.modelTopology),
      'modelJson: found modelTopology undefined, expected an object',
    ],
    ['what is no JSON', text.slice(0, 99), 'modelJson: found what is no JSON, expected that of'],
    [
      'quantized weights',
      changed((_, __, weights) => (weights[0].quantization = { dtype: 'uint8', scale: 1, min: 0 })),
      'modelJson: found weight "conv2d_Conv2D1/kernel" quantized, expected float32',
    ],
    [
      'a missing weight',
      changed((_, __, weights) => (weights[1].name = 'other')),
      'layer "conv2d_Conv2D1": found no weight "conv2d_Conv2D1/bias", expected it in modelJson',
    ],
    [
      'a weight of another shape',
      changed((_, __, weights) => (weights[0].shape = [3, 3, 3, 2])),
      'weight "conv2d_Conv2D1/kernel": found the shape [3,3,3,2], expected [3,3,2,3]',
    ],
    [
      'a weight of another type',
      changed((_, __, weights) => (weights[0].dtype = 'int32')),
      'weight "conv2d_Conv2D1/kernel": found dtype "int32", expected "float32"',
    ],
    [
      'a weight twice',
      changed((_, __, weights) => (weights[1].name = weights[0].name)),
      'modelJson: found weight "conv2d_Conv2D1/kernel" twice, expected it once',
    ],
    [
      'a weight that no layer has',
      changed((_, layers) => (layers[0].config.use_bias = false)),
      'modelJson: found weight "conv2d_Conv2D1/bias", expected only those of the layers',
    ],
    [
      'a weight of a wild shape',
      changed((_, __, weights) => (weights[0].shape = [2 ** 50, 2 ** 50])),
      'found weight "conv2d_Conv2D1/kernel" of the shape [1125899906842624,1125899906842624], expected',
    ],
  ])('%s', (_, json, message) => {
    expect(() => modelFromTfjs(json, bytes)).toThrow(RangeError);
    expect(() => modelFromTfjs(json, bytes)).toThrow(message);
  });

  it.each<[string, (config: Topology) => void, string]>([
    [
      'two outputs',
      ({ output_layers: outputs }) => outputs.push(outputs[0]),
      'found output_layers, expected the output of one layer, for layers must follow one another',
    ],
    [
      'a layer with two inputs',
      ({ layers }) => layers[2].inbound_nodes![0].push('other'),
      'found inbound_nodes of layer "conv2d_Conv2D4", expected the output of one layer',
    ],
    [
      'a layer beside the others',
      ({ layers }) => layers.push({ ...layers[1], name: 'beside' }),
      'found 1 layers beside the way from input to output, expected layers that follow one another',
    ],
    [
      'a loop',
      ({ layers }) => (layers[1].inbound_nodes![0][0][0] = layers[2].name),
      'found layer "conv2d_Conv2D4" undefined, expected an object',
    ],
  ])('a functional model with %s', (_, change, message) => {
    const { modelJson, weights } = saved.find(({ name }) => name === 'functional')!;
    const json = changed(({ modelTopology }) => change(modelTopology!.config), modelJson);
    expect(() => modelFromTfjs(json, bytesOf(weights))).toThrow(message);
  });

  it('files that are not those of the model', () => {
    const json = changed((json) => (json.weightsManifest[0].paths = ['a.bin', 'b.bin']));
    expect(() => modelFromTfjs(json, [bytes])).toThrow(
      'weights: found 1 files, expected 2, the first of them "a.bin"',
    );
    for (let length = 0; length < bytes.length; length++) {
      expect(() => modelFromTfjs(text, bytes.subarray(0, length))).toThrow(
        `weights: found ${length} bytes, expected ${bytes.length}, which those of modelJson take`,
      );
    }
    const more = new Uint8Array(bytes.length + 1);
    expect(() => modelFromTfjs(text, more)).toThrow('weights: found');
  });

  it('numbers that are none', () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      const damaged = bytes.slice();
      new DataView(damaged.buffer).setFloat32(8, value, true);
      expect(() => modelFromTfjs(text, damaged)).toThrow(
        `weights, "conv2d_Conv2D1/kernel"[2]: found ${value}, expected a finite number`,
      );
    }
  });

  it('other arguments', () => {
    for (const json of [7, null, undefined, [], new Map()]) {
      expect(() => modelFromTfjs(json as never, bytes)).toThrow(TypeError);
    }
    for (const weights of [7, null, undefined, {}, 'x', [7], [null], new Float32Array(9)]) {
      expect(() => modelFromTfjs(text, weights as never)).toThrow(TypeError);
    }
    const loop: Record<string, unknown> = { weightsManifest: [] };
    loop.modelTopology = loop;
    expect(() => modelFromTfjs(loop, bytes)).toThrow('modelJson: found what is no JSON');
  });

  it('models in models without end, at once', () => {
    let model: unknown = { class_name: 'Dense', config: {} };
    for (let i = 0; i < 1e5; i++) model = { class_name: 'Sequential', config: [model] };
    const found = 'modelJson: found more than 65536 layers, expected fewer';
    const json = `{"modelTopology":${'{"class_name":"Sequential","config":['.repeat(1e5)}${']}'.repeat(1e5)}}`;
    expect(() => modelFromTfjs(json, bytes)).toThrow(found);
  });

  it('a large shape without taking its memory', () => {
    const json = changed((_, layers) =>
      layers.unshift(dense('Rescaling', { scale: 2, batch_input_shape: [null, 2 ** 40] })),
    );
    const before = process.memoryUsage().arrayBuffers;
    expect(() => modelFromTfjs(json, bytes)).toThrow(RangeError);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
  });
});

describe('whatever its text is', () => {
  it('with any character changed, it is refused or a model', () => {
    const counts = { refused: 0, models: 0 };
    for (let at = 0; at < text.length; at++) {
      const json = text.slice(0, at) + ['0', '"', '[', 'x'][at % 4] + text.slice(at + 1);
      try {
        expect(decodeModel(modelFromTfjs(json, bytes)).parameters).toHaveLength(4);
        counts.models++;
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        expect((error as Error).message).toMatch(/^(modelJson|weights)/);
        counts.refused++;
      }
    }
    expect(counts.refused).toBeGreaterThan(500);
    expect(counts.models).toBeGreaterThan(500);
  });
});
