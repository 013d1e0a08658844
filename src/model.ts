/** A network as a safetensors file: which tensors it has, and what its metadata says. */
import { describe, distinctNames, options, outOfRange, wrongType } from './arguments.ts';
import type { Normalization } from './data/normalization.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  type TensorFile,
} from './safetensors.ts';
import type { LayerParameters } from './wasm.ts';

/** What stands in a model file beside the network and tells what goes into it and comes out. */
export interface Meaning {
  /** What the classes are called, in the order of the outputs. */
  readonly classNames?: readonly string[] | undefined;
  /** What was done to the raw inputs that the network learnt from; n⁰ means and deviations. */
  readonly normalization?: Normalization | undefined;
}

/** What a model file holds. */
export interface Model extends Meaning {
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
/** The key under which the classes' names stand, a JSON array. */
const CLASSES = 'classes';
const MEAN = 'normalization.mean';
const DEVIATION = 'normalization.deviation';

const weightName = (l: number) => `layers.${l}.weight`;
const biasName = (l: number) => `layers.${l}.bias`;

/**
 * The bytes of a model file.
 *
 * @throws TypeError or RangeError where the metadata cannot be written, or names or normalisation
 *   do not fit the layers
 */
export function encodeModel(model: Model): Uint8Array<ArrayBuffer> {
  const { layers, parameters, metadata } = model;
  const { classNames, normalization } = fittingMeaning(layers, model);
  const own = { ...OWN_METADATA, [LAYERS]: layers.join('-') };
  const taken = Object.keys(options('metadata', metadata)).find(isOwn);
  if (taken !== undefined) {
    throw outOfRange('metadata', `the key ${describe(taken)}`, 'another one: it is relumax’s own');
  }
  const tensors = parameters.flatMap(({ weights, biases }, l): [string, Tensor][] => {
    const inputs = layers[l]!;
    const units = layers[l + 1]!;
    return [
      [weightName(l), { shape: [units, inputs], data: weights }],
      [biasName(l), { shape: [units], data: biases }],
    ];
  });
  if (normalization !== undefined) {
    const { mean, deviation } = normalization;
    tensors.push([MEAN, { shape: [mean.length], data: mean }]);
    tensors.push([DEVIATION, { shape: [mean.length], data: deviation }]);
  }
  const names = classNames && { [CLASSES]: JSON.stringify(classNames) };
  return encodeSafetensors(tensors, { ...own, ...names, ...metadata });
}

/**
 * Reads a model file back.
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
  const normalization = tensors.has(MEAN) && {
    mean: tensorOf(tensors, MEAN).data,
    deviation: tensorOf(tensors, DEVIATION).data,
  };
  const depth = (tensors.size - (normalization ? 2 : 0)) / 2;
  if (!Number.isInteger(depth) || depth === 0) {
    throw damaged(`${tensors.size} tensors`, 'a weight and a bias for each layer');
  }
  const layers: number[] = [];
  const parameters: LayerParameters[] = [];
  for (let l = 0; l < depth; l++) {
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
      const expected = `${layers[l]} inputs, the outputs of the layer before`;
      throw damaged(`${weightName(l)} with ${inputs} inputs`, expected);
    }
    if (l === 0) layers.push(inputs!);
    layers.push(units!);
    parameters.push({ weights: weight.data, biases: bias.data });
  }
  if (metadata[LAYERS] !== layers.join('-')) {
    const found = `metadata ${describe(LAYERS)} ${describe(metadata[LAYERS])}`;
    throw damaged(found, `${describe(layers.join('-'))}, the sizes of its tensors`);
  }
  const theirs = Object.entries(metadata).filter(([key]) => !isOwn(key));
  const names = metadata[CLASSES];
  const meaning = fittingMeaning(layers, {
    classNames: names === undefined ? names : parsedNames(names),
    normalization: normalization || undefined,
  });
  return { layers, parameters, metadata: Object.fromEntries(theirs), ...meaning };
}

function isOwn(key: string): boolean {
  return key === LAYERS || key === CLASSES || Object.hasOwn(OWN_METADATA, key);
}

/** Returns names and normalisation where they fit the layers. */
function fittingMeaning(
  layers: readonly number[],
  { classNames, normalization }: Meaning,
): Meaning {
  distinctNames('classNames', classNames, layers.at(-1)!);
  if (normalization !== undefined) {
    const { mean, deviation } = options('normalization', normalization);
    for (const values of [mean, deviation]) {
      const isGood = (value: number) => Number.isFinite(value) && (values === mean || value > 0);
      if (
        !(values instanceof Float32Array && values.length === layers[0] && values.every(isGood))
      ) {
        const expected = `means and deviations: ${layers[0]} finite floats each, deviations above 0`;
        throw wrongType('normalization', values, expected);
      }
    }
  }
  return { classNames, normalization };
}

/** What the JSON text says, or the text where it is none: neither need be names. */
function parsedNames(text: string): readonly string[] {
  try {
    return JSON.parse(text);
  } catch {
    return text as never;
  }
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
