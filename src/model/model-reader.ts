/** Reads models from safetensors files; loaded on demand, by `Network.load`. */
import { checkFinite, describe, outOfRange } from '../base/arguments.ts';
import { checkedFunctions, type Functions } from '../core/activations.ts';
import type { Normalization, Standardization } from '../core/normalization.ts';
import type { LayerParameters } from '../core/parameters.ts';
import {
  biasName,
  CHECKPOINT,
  LAYERS,
  type Model,
  NORMALIZATION,
  OWN_METADATA,
  STD,
  weightName,
} from './model.ts';
import type { TensorFile } from './safetensors.ts';
import { damaged, decodeSafetensors, tensorInFile } from './safetensors-reader.ts';

/**
 * Decodes a model file. Other tensors, such as those of a checkpoint, are ignored.
 *
 * @param normalize false: without the model's preprocessing
 * @throws TypeError or RangeError that says what is wrong with the file
 */
export function decodeModel(bytes: Uint8Array, normalize = true): Model {
  return modelIn(decodeSafetensors(bytes), normalize);
}

/**
 * The model in a file that was read.
 *
 * @throws RangeError that says what is wrong with it
 */
export function modelIn({ tensors, metadata }: TensorFile, normalize = true): Model {
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
  const functions = checkedFunctions('model file: metadata ', metadata);
  const normalization = normalize ? normalizationIn(tensors, layers, functions) : undefined;
  const own = { ...OWN_METADATA, ...functions, [LAYERS]: sizes, [CHECKPOINT]: '' };
  const others = Object.entries(metadata).filter(([key]) => !Object.hasOwn(own, key));
  const model = { layers, functions, parameters, normalization };
  return { ...model, metadata: Object.fromEntries(others) };
}

/** The preprocessing in a file; older files have it in float32. */
function normalizationIn(
  tensors: TensorFile['tensors'],
  layers: readonly number[],
  { output }: Functions,
): Normalization | undefined {
  const found: Partial<Record<keyof Normalization, Standardization>> = {};
  for (const [part, name] of NORMALIZATION) {
    const [meanName, stdName] = [`${name}.mean`, `${name}.${STD}`] as const;
    if (!(tensors.has(meanName) || tensors.has(stdName))) continue;
    if (part === 'targets' && output !== 'linear') {
      throw damaged(`${describe(meanName)} beside the output ${output}`, 'it beside linear');
    }
    const count = layers.at(part === 'inputs' ? 0 : -1)!;
    const mean = numbersOf(tensors, meanName, count, -Infinity);
    found[part] = { mean, std: numbersOf(tensors, stdName, count, 0) };
  }
  return found.inputs || found.targets ? found : undefined;
}

/** The values of a tensor, where they are `count` finite ones above `least`. */
function numbersOf(
  tensors: TensorFile['tensors'],
  name: string,
  count: number,
  least: number,
): Float64Array {
  const tensor = tensors.get(name);
  if (tensor === undefined) {
    throw damaged(`no tensor ${describe(name)}`, 'it beside its other half');
  }
  const values = Float64Array.from(tensor.data);
  if (tensor.shape.length !== 1 || values.length !== count) {
    throw damaged(`${name} with the shape [${tensor.shape}]`, `[${count}]`);
  }
  const bad = values.findIndex((value) => !(value > least && value < Infinity));
  if (bad < 0) return values;
  const expected = least === 0 ? 'a finite number above 0' : 'a finite number';
  throw damaged(`${values[bad]} in ${name}[${bad}]`, expected);
}

/**
 * Parameters from a file's tensors: the inverse of `tensorsOf`.
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
    checkFinite(`model file: ${weightOf!(l)}`, weight.data);
    checkFinite(`model file: ${biasOf!(l)}`, bias.data);
    parameters.push({ weights: weight.data, biases: bias.data });
  }
  return { layers, parameters };
}

function tensorOf(tensors: TensorFile['tensors'], name: string) {
  const tensor = tensors.get(name);
  if (tensor === undefined) {
    throw damaged(`no tensor ${describe(name)} among ${tensors.size}`, 'one for each layer');
  }
  const { shape, data } = tensor;
  if (data instanceof Float32Array) return { shape, data };
  throw outOfRange(tensorInFile(name), 'dtype "F64"', 'F32');
}
