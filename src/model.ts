/** A network as a safetensors file: which tensors it has, and what its metadata says. */
import { describe, options, outOfRange } from './arguments.ts';
import { decodeSafetensors, encodeSafetensors, type TensorFile } from './safetensors.ts';
import type { LayerParameters } from './wasm.ts';

/** What a model file holds. */
export interface Model {
  /** n⁰ … nᴸ. */
  layers: number[];
  parameters: LayerParameters[];
  /** What the one who saved it had to say. */
  metadata: Record<string, string>;
}

/** What is always in the metadata, so that whoever reads the file knows how to use the tensors. */
const OWN_METADATA: Readonly<Record<string, string>> = {
  format: 'relumax',
  version: '1',
  hidden: 'relu',
  output: 'softmax',
  input: 'float32, or uint8 / 255',
};

/** The key under which the sizes stand, for example 784-10-10. */
const LAYERS = 'layers';

const weightName = (l: number) => `layers.${l}.weight`;
const biasName = (l: number) => `layers.${l}.bias`;

/**
 * The bytes of a model file.
 *
 * @throws TypeError or RangeError where the metadata cannot be written
 */
export function encodeModel({ layers, parameters, metadata }: Model): Uint8Array<ArrayBuffer> {
  const own = { ...OWN_METADATA, [LAYERS]: layers.join('-') };
  const taken = Object.keys(options('metadata', metadata)).find((key) => Object.hasOwn(own, key));
  if (taken !== undefined) {
    throw outOfRange('metadata', `the key ${describe(taken)}`, 'another one: it is relumax’s own');
  }
  const tensors = parameters.flatMap(({ weights, biases }, l) => {
    const inputs = layers[l]!;
    const units = layers[l + 1]!;
    return [
      [weightName(l), { shape: [units, inputs], data: weights }],
      [biasName(l), { shape: [units], data: biases }],
    ] as const;
  });
  return encodeSafetensors(tensors, { ...own, ...metadata });
}

/**
 * Reads a model file back. Tensors beside those of the layers are passed over.
 *
 * @throws TypeError or RangeError that says what is wrong with the file
 */
export function decodeModel(bytes: Uint8Array): Model {
  const { tensors, metadata } = decodeSafetensors(bytes);
  for (const [key, expected] of Object.entries(OWN_METADATA)) {
    const found = metadata[key];
    if (found !== expected) {
      throw damaged(`metadata ${describe(key)} ${describe(found)}`, describe(expected));
    }
  }
  const layers: number[] = [];
  const parameters: LayerParameters[] = [];
  for (let l = 0; l === 0 || tensors.has(weightName(l)); l++) {
    const weight = tensorOf(tensors, weightName(l));
    const bias = tensorOf(tensors, biasName(l));
    const [units, inputs] = weight.shape;
    if (weight.shape.length !== 2) {
      throw damaged(`${weightName(l)} with the shape [${weight.shape}]`, '[outputs, inputs]');
    }
    if (bias.shape.length !== 1 || bias.shape[0] !== units) {
      throw damaged(`${biasName(l)} with the shape [${bias.shape}]`, `[${units}]`);
    }
    if (l > 0 && inputs !== layers[l]) {
      throw damaged(`${weightName(l)} with ${inputs} inputs`, `${layers[l]}`);
    }
    if (l === 0) layers.push(inputs!);
    layers.push(units!);
    parameters.push({ weights: weight.data, biases: bias.data });
  }
  const sizes = layers.join('-');
  if (metadata[LAYERS] !== sizes) {
    const found = `metadata ${describe(LAYERS)} ${describe(metadata[LAYERS])}`;
    throw damaged(found, describe(sizes));
  }
  const theirs = Object.entries(metadata).filter(
    ([key]) => key !== LAYERS && !Object.hasOwn(OWN_METADATA, key),
  );
  return { layers, parameters, metadata: Object.fromEntries(theirs) };
}

function tensorOf(tensors: TensorFile['tensors'], name: string) {
  const tensor = tensors.get(name);
  if (tensor === undefined) {
    throw damaged(`no tensor ${describe(name)} among ${tensors.size}`, 'one for each layer');
  }
  return tensor;
}

function damaged(found: string, expected: string): RangeError {
  return outOfRange('model file', found, expected);
}
