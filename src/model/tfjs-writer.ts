/** Writes models for TensorFlow.js. */
import { checkFinite, fileBytes, outOfRange } from '../base/arguments.ts';
import type { Convolution, MaxPooling } from '../core/layers.ts';
import type { Standardization } from '../core/normalization.ts';
import type { LayerParameters } from '../core/parameters.ts';
import type { Model } from './model.ts';
import { decodeModel } from './model-reader.ts';
import {
  LEAKY_SLOPE,
  TFJS_ACTIVATIONS,
  type TfjsLayer,
  type TfjsModel,
  type TfjsModelJson,
  type TfjsWeight,
  transposed,
} from './tfjs-format.ts';

/**
 * Converts a file of relumax to a model for TensorFlow.js, a Sequential. `tf.loadLayersModel` loads it from
 * the two files, or from memory. What standardises inputs becomes layers before the others; what
 * standardises targets goes into the weights of the last.
 *
 * @param bytes the whole file, as `save` gives it
 * @returns what belongs in model.json, and in weights.bin beside it
 * @throws TypeError or RangeError as `Network.load`; RangeError for hidden layers with GELU, as no file of
 *   TensorFlow.js can hold them, and for targets so large that 32 bits do not hold the weights
 */
export function tfjsFromModel(bytes: Uint8Array | ArrayBuffer): TfjsModel {
  return encodeTfjs(decodeModel(fileBytes('bytes', bytes)));
}

/**
 * Encodes a model in the same way.
 *
 * @throws RangeError where TensorFlow.js cannot load it, or 32 bits do not hold its numbers
 */
export function encodeTfjs({
  architecture: { input: image, layers, shapes, features },
  functions: { hidden, output },
  parameters,
  normalization: { inputs, targets } = {},
  classNames,
}: Model): TfjsModel {
  const sequence = new Sequence(image ?? [features]);
  if (inputs) {
    const nested = (values: Float64Array) => nestedIn([...values], image?.slice(1) ?? []);
    // In two steps: in one, what a mean far above the standard deviation leaves is less exact.
    const [offset, scale] = [inputs.mean.map((mean) => -mean), inputs.std.map((std) => 1 / std)];
    for (const [what, values] of Object.entries({
      mean: offset,
      'inverse standard deviation': scale,
    })) {
      checkFinite(`${what} of the inputs in 32 bits`, Float32Array.from(values));
    }
    sequence.add('Rescaling', { scale: 1, offset: nested(offset) });
    sequence.add('Rescaling', { scale: nested(scale), offset: 0 });
  }
  let done = 0;
  for (const { kind, l, input, activation: own = hidden, weights: sizes } of shapes) {
    const layer = layers[image ? l : l + 1]!;
    if (!sizes) {
      const size = pair((layer as MaxPooling).maxPool);
      sequence.add('MaxPooling2D', { pool_size: size, strides: size, padding: 'valid' });
      continue;
    }
    const parts = parameters[done++]!;
    const isLast = done === parameters.length;
    const activation = isLast ? output : own;
    if (activation === 'gelu') {
      const expected = 'another one: TensorFlow.js looks for geluNew where a model says gelu_new';
      throw outOfRange('bytes', 'a network with the activation gelu', expected);
    }
    const [units] = sizes as [number];
    const given = {
      activation: activation === 'leaky-relu' ? 'linear' : TFJS_ACTIVATIONS[activation],
      use_bias: true,
    };
    if (kind === 'dense') {
      if (image && shapes[l - 1]?.kind !== 'dense') sequence.add('Flatten', {});
      const [height, width, channels] = input;
      const values = isLast && targets ? withTargets(parts, targets) : parts;
      const kernel = transposed(values.weights, [units, channels, height * width]);
      const shape = [kernel.length / units, units];
      sequence.addTrained('Dense', { units, ...given }, shape, kernel, values.biases);
    } else {
      const { kernel, stride = 1, padding } = layer as Convolution;
      const config = {
        filters: units,
        kernel_size: pair(kernel),
        strides: pair(stride),
        padding,
        ...given,
      };
      const channels = input[2];
      const values = transposed(parts.weights, [units, channels, kernel ** 2]);
      const shape = [...pair(kernel), channels, units];
      sequence.addTrained('Conv2D', config, shape, values, parts.biases);
    }
    if (activation === 'leaky-relu') sequence.add('LeakyReLU', { alpha: LEAKY_SLOPE });
  }
  return sequence.model(classNames && { userDefinedMetadata: { classNames: [...classNames] } });
}

/** The layers of a model, and their weights. */
class Sequence {
  readonly #input: readonly number[];
  readonly #layers: TfjsLayer[] = [];
  readonly #weights: TfjsWeight[] = [];
  readonly #arrays: Float32Array[] = [];

  /** @param input the shape of an example */
  constructor(input: readonly number[]) {
    this.#input = input;
  }

  /** @returns the layer's name */
  add(type: string, config: Readonly<Record<string, unknown>>): string {
    const isFirst = this.#layers.length === 0;
    const name = `${type.toLowerCase()}_${this.#layers.length + 1}`;
    const own = { name, ...(isFirst && { batch_input_shape: [null, ...this.#input] }), ...config };
    this.#layers.push({ class_name: type, config: own });
    return name;
  }

  addTrained(
    type: string,
    config: Readonly<Record<string, unknown>>,
    shape: number[],
    kernel: Float32Array,
    bias: Float32Array,
  ): void {
    const name = this.add(type, config);
    this.#weights.push({ name: `${name}/kernel`, shape, dtype: 'float32' });
    this.#weights.push({ name: `${name}/bias`, shape: [bias.length], dtype: 'float32' });
    this.#arrays.push(kernel, bias);
  }

  /** @param added to model.json */
  model(added?: Pick<TfjsModelJson, 'userDefinedMetadata'>): TfjsModel {
    const count = this.#arrays.reduce((sum, { length }) => sum + length, 0);
    const weights = new Uint8Array(4 * count);
    const view = new DataView(weights.buffer);
    let at = 0;
    for (const array of this.#arrays) {
      for (const value of array) {
        view.setFloat32(at, value, true);
        at += 4;
      }
    }
    return {
      modelJson: {
        format: 'layers-model',
        generatedBy: 'relumax',
        convertedBy: null,
        modelTopology: {
          class_name: 'Sequential',
          config: { name: 'relumax', layers: this.#layers },
          keras_version: 'tfjs-layers 4.22.0',
          backend: 'tensor_flow.js',
        },
        weightsManifest: [{ paths: ['weights.bin'], weights: this.#weights }],
        ...added,
      },
      weights,
    };
  }
}

/** Parameters of linear outputs with the targets' unit in them: they stand for std · z + mean. */
function withTargets(
  { weights, biases }: LayerParameters,
  { mean, std }: Standardization,
): LayerParameters {
  const inputs = weights.length / biases.length;
  const own = {
    weights: weights.map((weight, i) => weight * std[Math.floor(i / inputs)]!),
    biases: biases.map((bias, j) => bias * std[j]! + mean[j]!),
  };
  for (const [name, values] of Object.entries(own)) {
    checkFinite(`${name} of the last layer in the unit of the targets`, values);
  }
  return own;
}

const pair = <T>(value: T): [T, T] => [value, value];

/** An array of arrays, whose inner ones have these sizes; none: the values themselves. */
function nestedIn(values: readonly unknown[], sizes: readonly number[]): readonly unknown[] {
  const size = sizes.at(-1);
  if (size === undefined) return values;
  const inner = Array.from({ length: values.length / size }, (_, i) =>
    values.slice(i * size, (i + 1) * size),
  );
  return nestedIn(inner, sizes.slice(0, -1));
}
