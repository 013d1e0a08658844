/** Reads networks out of safetensors files. Loaded by those who load a model, and by nobody else. */
import { checkAttached, checkFinite, classOf, describe, isTyped, wrongType } from './arguments.ts';
import { checkedFunctions } from './functions.ts';
import { biasName, LAYERS, type Model, OWN_METADATA, weightName } from './model.ts';
import type { TensorFile } from './safetensors.ts';
import { damaged, decodeSafetensors } from './safetensors-reader.ts';
import type { LayerParameters } from './wasm.ts';

/**
 * Reads a model file back. Tensors besides those of the layers are passed over.
 *
 * @throws TypeError or RangeError that says what is wrong with the file
 */
export function decodeModel(bytes: Uint8Array | ArrayBuffer): Model {
  if (!isTyped(bytes, 'Uint8Array') && classOf(bytes) !== 'ArrayBuffer') {
    throw wrongType('bytes', bytes, 'a Uint8Array or an ArrayBuffer');
  }
  checkAttached('bytes', bytes);
  const file = isTyped(bytes, 'Uint8Array') ? bytes : new Uint8Array(bytes);
  const { tensors, metadata } = decodeSafetensors(file);
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
  const own = { ...OWN_METADATA, ...functions, [LAYERS]: sizes };
  const theirs = Object.entries(metadata).filter(([key]) => !Object.hasOwn(own, key));
  return { layers, parameters, functions, metadata: Object.fromEntries(theirs) };
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
  return tensor;
}
