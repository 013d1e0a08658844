/** Reads models from safetensors files; loaded on demand, by `Network.load`. */
import { checked, checkFinite, describe, integer, options, outOfRange } from '../base/arguments.ts';
import { checkedFunctions, type Functions } from '../core/activations.ts';
import { parseArchitecture } from '../core/architecture.ts';
import { type Architecture, denseArchitecture } from '../core/layers.ts';
import type { Normalization, Standardization } from '../core/normalization.ts';
import { checkedOptimizer, type KeptOptimizer, stateBlocks } from '../core/optimizers.ts';
import type { LayerParameters } from '../core/parameters.ts';
import {
  BATCHES,
  biasName,
  CHECKPOINT,
  CLASSES,
  LAYERS,
  type Model,
  NORMALIZATION,
  OWN_METADATA,
  STD,
  stateName,
  weightName,
} from './model.ts';
import { namesIn } from './names.ts';
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
  const text = metadata[LAYERS];
  // Images and activations do not follow from the tensors.
  const own = text && /[x:]/.test(text) ? architectureIn(text) : undefined;
  const { architecture, parameters } = layersOf(tensors, '', own);
  if (text !== architecture.text) {
    const found = `metadata ${describe(LAYERS)} ${describe(text)}`;
    throw damaged(found, describe(architecture.text));
  }
  const functions = checkedFunctions('model file: metadata ', metadata);
  const normalization = normalize ? normalizationIn(tensors, architecture, functions) : undefined;
  const known = { ...OWN_METADATA, ...functions, [LAYERS]: text, [CHECKPOINT]: '', [BATCHES]: '' };
  const others = Object.entries(metadata).filter(([key]) => !Object.hasOwn(known, key));
  // Text that is no names is the caller's own.
  const names = namesIn(metadata[CLASSES]);
  const classNames = names?.length === architecture.outputs ? Object.freeze(names) : undefined;
  const optimizer = optimizerIn(tensors, metadata[BATCHES], architecture);
  const model = {
    architecture,
    functions,
    parameters,
    normalization,
    classNames,
    ...(optimizer && { optimizer }),
  };
  return { ...model, metadata: Object.fromEntries(others) };
}

/** @throws RangeError that names the key where it is the text of no architecture */
function architectureIn(text: string): Architecture {
  try {
    return parseArchitecture(text);
  } catch (error) {
    const found = `metadata ${describe(LAYERS)} ${describe(text)}`;
    throw damaged(found, `layers that fit each other: ${(error as Error).message}`);
  }
}

/** The optimizer of `trainOnBatch`, where a file has it. */
function optimizerIn(
  tensors: TensorFile['tensors'],
  json: string | undefined,
  architecture: Architecture,
): KeptOptimizer | undefined {
  if (json === undefined) return undefined;
  let kept: Omit<KeptOptimizer, 'state'>;
  try {
    const { optimizer: named, t, at, bt } = JSON.parse(json);
    const optimizer = checkedOptimizer('optimizer', options('optimizer', named));
    const power = (name: string, value: number) =>
      checked(name, value, 'a number from 0 to 1', (power) => power >= 0 && power <= 1);
    kept = {
      optimizer,
      t: integer('t', t, 0, Number.MAX_SAFE_INTEGER),
      at: power('at', at),
      bt: power('bt', bt),
    };
  } catch (error) {
    const found = `metadata ${describe(BATCHES)} ${describe(json)}`;
    throw damaged(found, `an optimizer: ${(error as Error).message}`);
  }
  const state = stateIn(tensors, architecture);
  const blocks = stateBlocks(kept.optimizer);
  if (state.length === blocks) return { ...kept, state };
  throw damaged(`${state.length} blocks of its optimizer’s state`, `${blocks}`);
}

/** The blocks of an optimizer's state, each in the form of the parameters. */
export function stateIn(
  tensors: TensorFile['tensors'],
  architecture: Architecture,
): LayerParameters[][] {
  const state: LayerParameters[][] = [];
  while (hasUnder(tensors, stateName(state.length), architecture)) {
    state.push(valuesUnder(tensors, stateName(state.length), architecture));
  }
  return state;
}

/** Whether a file has tensors in the form of the parameters under a prefix. */
export function hasUnder(
  tensors: TensorFile['tensors'],
  prefix: string,
  { trained }: Architecture,
): boolean {
  return tensors.has(prefix + weightName(trained[0]!.module));
}

/** Those tensors. */
export function valuesUnder(
  tensors: TensorFile['tensors'],
  prefix: string,
  architecture: Architecture,
): LayerParameters[] {
  const found = layersOf(tensors, prefix, architecture);
  if (found.architecture.text === architecture.text) return found.parameters;
  const expected = `${architecture.text}, as the network has`;
  throw damaged(`${prefix}layers of ${found.architecture.text}`, expected);
}

/** The preprocessing in a file; older files have it in float32. */
function normalizationIn(
  tensors: TensorFile['tensors'],
  { features, outputs }: Architecture,
  { output }: Functions,
): Normalization | undefined {
  const found: Partial<Record<keyof Normalization, Standardization>> = {};
  for (const [part, name] of NORMALIZATION) {
    const [meanName, stdName] = [`${name}.mean`, `${name}.${STD}`] as const;
    if (!(tensors.has(meanName) || tensors.has(stdName))) continue;
    if (part === 'targets' && output !== 'linear') {
      throw damaged(`${describe(meanName)} beside the output ${output}`, 'it beside linear');
    }
    const count = part === 'inputs' ? features : outputs;
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
 * @param known the architecture, where it does not follow from the tensors
 * @throws RangeError that says which tensor is missing or wrong
 */
export function layersOf(
  tensors: TensorFile['tensors'],
  prefix = '',
  known?: Architecture,
): { architecture: Architecture; parameters: LayerParameters[] } {
  if (known) {
    const parameters = known.trained.map(
      ({ module, weights }) => layerOf(tensors, prefix + module, weights).parameters,
    );
    const more = weightName(`${prefix}layers.${parameters.length}`);
    if (!tensors.has(more)) return { architecture: known, parameters };
    throw damaged(`a tensor ${describe(more)}`, `none, for the layers ${known.text}`);
  }
  const sizes: number[] = [];
  const parameters: LayerParameters[] = [];
  const moduleOf = (l: number) => `${prefix}layers.${l}`;
  for (let l = 0; l === 0 || tensors.has(weightName(moduleOf(l))); l++) {
    const layer = layerOf(tensors, moduleOf(l));
    const [units, inputs] = layer.shape;
    if (l > 0 && inputs !== sizes[l]) {
      throw damaged(`${weightName(moduleOf(l))} with ${inputs} inputs`, `${sizes[l]}`);
    }
    if (l === 0) sizes.push(inputs!);
    sizes.push(units!);
    parameters.push(layer.parameters);
  }
  return { architecture: denseArchitecture(sizes), parameters };
}

/** The parameters of a layer, and the shape of its weights, which is the expected one, or any of a matrix. */
function layerOf(
  tensors: TensorFile['tensors'],
  module: string,
  expected?: readonly number[],
): { shape: readonly number[]; parameters: LayerParameters } {
  const [weightOf, biasOf] = [weightName(module), biasName(module)];
  const weight = tensorOf(tensors, weightOf);
  const bias = tensorOf(tensors, biasOf);
  const { shape } = weight;
  if (expected ? `${shape}` !== `${expected}` : shape.length !== 2) {
    const wanted = expected ? `[${expected}]` : '[outputs, inputs]';
    throw damaged(`${weightOf} with the shape [${shape}]`, wanted);
  }
  if (bias.shape.length !== 1 || bias.shape[0] !== shape[0]) {
    throw damaged(`${biasOf} with the shape [${bias.shape}]`, `[${shape[0]}]`);
  }
  checkFinite(`model file: ${weightOf}`, weight.data);
  checkFinite(`model file: ${biasOf}`, bias.data);
  return { shape, parameters: { weights: weight.data, biases: bias.data } };
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
