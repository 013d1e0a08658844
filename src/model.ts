/** A network as a safetensors file: which tensors it has, and what its metadata says. */
import { describe, options, outOfRange } from './arguments.ts';
import {
  damaged,
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  type TensorFile,
} from './safetensors.ts';
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
 * @param besides tensors that stand in the file besides those of the layers
 * @throws TypeError or RangeError where the metadata cannot be written
 */
export function encodeModel(
  { layers, parameters, metadata }: Model,
  besides: readonly (readonly [string, Tensor])[] = [],
): Uint8Array<ArrayBuffer> {
  const own = { ...OWN_METADATA, [LAYERS]: layers.join('-') };
  const taken = Object.keys(options('metadata', metadata)).find((key) => Object.hasOwn(own, key));
  if (taken !== undefined) {
    throw outOfRange('metadata', `the key ${describe(taken)}`, 'another one: it is relumax’s own');
  }
  return encodeSafetensors([...tensorsOf(layers, parameters), ...besides], { ...own, ...metadata });
}

/**
 * Numbers in the form of the parameters as tensors.
 *
 * @param prefix of their names
 */
export function tensorsOf(
  layers: readonly number[],
  parameters: readonly LayerParameters[],
  prefix = '',
): (readonly [string, Tensor])[] {
  return parameters.flatMap(({ weights, biases }, l) => {
    const inputs = layers[l]!;
    const units = layers[l + 1]!;
    return [
      [prefix + weightName(l), { shape: [units, inputs], data: weights }],
      [prefix + biasName(l), { shape: [units], data: biases }],
    ] as const;
  });
}

/**
 * Reads a model file back. Tensors besides those of the layers are passed over.
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
  const { layers, parameters } = layersOf(tensors);
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

/**
 * What `tensorsOf` made, out of a file's tensors.
 *
 * @throws RangeError that says which tensor is missing or wrong
 */
export function layersOf(
  tensors: TensorFile['tensors'],
  prefix = '',
): { layers: number[]; parameters: LayerParameters[] } {
  const [weightOf, biasOf] = [weightName, biasName].map((name) => (l: number) => prefix + name(l));
  const layers: number[] = [];
  const parameters: LayerParameters[] = [];
  for (let l = 0; l === 0 || tensors.has(weightOf!(l)); l++) {
    const weight = tensorOf(tensors, weightOf!(l));
    const bias = tensorOf(tensors, biasOf!(l));
    const [units, inputs] = weight.shape;
    if (weight.shape.length !== 2) {
      throw damaged(`${weightOf!(l)} with the shape [${weight.shape}]`, '[outputs, inputs]');
    }
    if (bias.shape.length !== 1 || bias.shape[0] !== units) {
      throw damaged(`${biasOf!(l)} with the shape [${bias.shape}]`, `[${units}]`);
    }
    if (l > 0 && inputs !== layers[l]) {
      throw damaged(`${weightOf!(l)} with ${inputs} inputs`, `${layers[l]}`);
    }
    if (l === 0) layers.push(inputs!);
    layers.push(units!);
    parameters.push({ weights: weight.data, biases: bias.data });
  }
  return { layers, parameters };
}

function tensorOf(tensors: TensorFile['tensors'], name: string) {
  const tensor = tensors.get(name);
  if (tensor === undefined) {
    throw damaged(`no tensor ${describe(name)} among ${tensors.size}`, 'one for each layer');
  }
  return tensor;
}
