/** Reads models of TensorFlow.js of which relumax has the same; nothing that they claim is believed. */
import {
  checkFinite,
  classOf,
  describe,
  fileBytes,
  options,
  outOfRange,
} from '../base/arguments.ts';
import { namesOf } from '../base/names.ts';
import { product } from '../core/layers.ts';
import type { LayerParameters } from '../core/parameters.ts';
import { encodeModel, type Model } from './model.ts';
import { MOST_ENTRIES } from './safetensors.ts';
import { Chain, type Step } from './tfjs-chain.ts';
import { transposed } from './tfjs-format.ts';

/** The weights of a model: all in one, or the files that model.json names, in its order. */
export type TfjsWeights = Uint8Array | ArrayBuffer | readonly (Uint8Array | ArrayBuffer)[];

/** The options of `modelFromTfjs`. */
export interface TfjsOptions {
  /**
   * Names of the outputs, in order, such as the `labels` of Teachable Machine's metadata.json. Default: those
   * that `tfjsFromModel` wrote, if any.
   */
  classNames?: readonly string[] | undefined;
}

/**
 * Converts a model that TensorFlow.js saved, a LayersModel, to a file of relumax. It is Sequential, or a
 * functional model whose layers follow one another: dense layers, convolutions, max pooling, and what
 * stands between them. The last is dense. What only its training needs is left out: the optimizer,
 * regularizers, dropout. Where it rescales its inputs, the network does too.
 *
 * @param modelJson the content of model.json, parsed or as text, or what a handler of `model.save` is given
 * @param weights float32, little-endian
 * @param given names of the classes
 * @returns bytes for `Network.load`
 * @throws TypeError where an argument is of another type
 * @throws RangeError that names the layer or the weight, where the file is damaged or relumax has no such
 *   network
 */
export function modelFromTfjs(
  modelJson: object | string,
  weights: TfjsWeights,
  given: TfjsOptions = {},
): Uint8Array<ArrayBuffer> {
  const { classNames } = options('options', given, ['classNames']);
  const model = decodeTfjs(modelJson, weights);
  if (classNames === undefined) return encodeModel(model);
  return encodeModel({ ...model, classNames: namesOf(classNames, model.architecture.outputs) });
}

/**
 * Decodes the same model.
 *
 * @throws TypeError or RangeError as `modelFromTfjs`
 */
export function decodeTfjs(modelJson: object | string, weights: TfjsWeights): Model {
  const json = plain(modelJson);
  const { format = 'layers-model', modelTopology, userDefinedMetadata } = json;
  if (format !== 'layers-model') {
    const expected = '"layers-model", which model.save writes';
    throw refused(`format ${describe(format)}`, expected);
  }
  const topology = fields('modelTopology', modelTopology);
  const chain = new Chain();
  for (const step of stepsOf(topology.model_config ?? topology)) chain.add(step);
  const { architecture, functions, trained } = chain.end();
  const tensors = new Tensors(json, weights);
  const parameters = trained.map(({ step, kernel, axes }): LayerParameters => {
    const units = axes[2];
    const own = tensors.take(step, 'kernel', kernel);
    const hasBias = step.config.use_bias ?? true;
    const biases = hasBias ? tensors.take(step, 'bias', [units]) : new Float32Array(units);
    return { weights: transposed(own, axes), biases };
  });
  tensors.checkTaken();
  const inputs = chain.standardization();
  return {
    ...{ architecture, functions, parameters },
    normalization: inputs && { inputs },
    classNames: classNamesIn(userDefinedMetadata, architecture.outputs),
    metadata: {},
  };
}

/** The names that `tfjsFromModel` wrote; what else stands there is the user's own. */
function classNamesIn(metadata: unknown, count: number): readonly string[] | undefined {
  const { classNames } = (metadata ?? {}) as { classNames?: unknown };
  const areNames = Array.isArray(classNames) && classNames.length === count;
  return areNames && classNames.every((name) => typeof name === 'string') ? classNames : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** What is read of model.json, as plain JSON, whatever the object is. */
function plain(modelJson: object | string): Fields {
  let text = modelJson;
  if (typeof text !== 'string') {
    const given = options('modelJson', text as Fields);
    const { format, modelTopology, weightsManifest, weightSpecs, userDefinedMetadata } = given;
    fields('modelTopology', modelTopology);
    list('weightsManifest', weightsManifest ?? weightSpecs);
    text = { format, modelTopology, weightsManifest, weightSpecs, userDefinedMetadata };
  }
  let json: unknown;
  try {
    json = JSON.parse(typeof text === 'string' ? text : JSON.stringify(text));
  } catch {
    throw refused('what is no JSON', 'that of model.json');
  }
  return fields('the value', json);
}

/** The classes of models, which may be layers too. */
const MODELS: readonly unknown[] = ['Sequential', 'Model', 'Functional'];

/** The layers in their order, with those of models among them in their place. */
function* stepsOf(model: unknown): Generator<Step> {
  const waiting = [model];
  for (let count = 0; waiting.length > 0; count++) {
    if (count > MOST_ENTRIES) throw refused(`more than ${MOST_ENTRIES} layers`, 'fewer');
    const { class_name: type, config } = fields('a layer', waiting.pop());
    if (MODELS.includes(type)) {
      // The first one last, for they are taken from the end.
      for (const layer of layersOf(type, config).reverse()) waiting.push(layer);
    } else {
      const own = fields('config of a layer', config);
      const name = `${own.name}`;
      const where = `modelJson, layer ${describe(name)}`;
      yield { type: `${type}`, name, config: own, where };
    }
  }
}

/** The layers of a model in the order in which they are called. */
function layersOf(type: unknown, config: unknown): unknown[] {
  // Once the config of a Sequential was a list.
  if (Array.isArray(config)) return [...config];
  const { layers, output_layers: outputs } = fields('config of a model', config);
  const all = list('layers', layers);
  if (type === 'Sequential') return all;
  const byName = new Map(all.map((layer) => [fields('a layer', layer).name, layer]));
  const ordered: unknown[] = [];
  for (let name = calledBy('output_layers', outputs); name !== undefined; ) {
    const layer = fields(`layer ${describe(name)}`, byName.get(name));
    byName.delete(name);
    ordered.push(layer);
    const nodes = list('inbound_nodes', layer.inbound_nodes);
    name =
      nodes.length > 0 ? calledBy(`inbound_nodes of layer ${describe(name)}`, nodes) : undefined;
  }
  if (ordered.length < all.length) {
    const found = `${all.length - ordered.length} layers beside the way from input to output`;
    throw refused(found, 'layers that follow one another');
  }
  return ordered.reverse();
}

/** The layer whose output is named alone: [[[name, node, tensor, {}]]], or less deep. */
function calledBy(what: string, nodes: unknown): unknown {
  let node = nodes;
  while (Array.isArray(node) && node.length === 1) node = node[0];
  const [name, , tensor] = Array.isArray(node) ? (node as unknown[]) : [];
  if (typeof name === 'string' && tensor === 0) return name;
  throw refused(what, 'the output of one layer, for layers must follow one another');
}

/** The bytes that a number takes. */
const BYTES = new Map<unknown, number>([
  ['float32', 4],
  ['int32', 4],
  ['uint8', 1],
  ['bool', 1],
]);

interface Tensor {
  readonly shape: readonly number[];
  readonly dtype: unknown;
  readonly begin: number;
}

/** The weights by name. */
class Tensors {
  readonly #data: DataView;
  readonly #tensors = new Map<string, Tensor>();

  /** @throws RangeError where the list of the weights is damaged, or is not that of the bytes */
  constructor({ weightsManifest, weightSpecs }: Fields, weights: TfjsWeights) {
    const groups = list(
      'weightsManifest',
      weightsManifest ?? [{ paths: [], weights: weightSpecs }],
    );
    const paths: unknown[] = [];
    let end = 0;
    for (const group of groups) {
      const { paths: own = [], weights: specs } = fields('a group of weights', group);
      for (const path of list('paths', own)) paths.push(path);
      for (const spec of list('weights', specs)) end += this.#add(fields('a weight', spec), end);
    }
    const bytes = joined(weights, paths);
    if (bytes.length !== end) {
      throw outOfRange('weights', `${bytes.length} bytes`, `${end}, which those of modelJson take`);
    }
    this.#data = new DataView(bytes.buffer);
  }

  /** @returns how many bytes it takes */
  #add({ name, shape, dtype, quantization, group }: Fields, begin: number): number {
    const where = `weight ${describe(name)}`;
    if (quantization) throw refused(`${where} quantized`, 'float32');
    const size = BYTES.get(dtype);
    if (size === undefined) throw refused(`${where} of dtype ${describe(dtype)}`, '"float32"');
    const sizes = list(`the shape of ${where}`, shape) as number[];
    const count = product([1, ...sizes]);
    const areSizes = sizes.every((each) => Number.isSafeInteger(each) && each >= 0);
    if (!areSizes || !Number.isSafeInteger(size * count)) {
      throw refused(`${where} of the shape [${sizes.slice(0, 8)}]`, 'sizes');
    }
    // What an optimizer keeps is nothing to the network.
    if (group !== 'optimizer') {
      if (this.#tensors.has(`${name}`)) throw refused(`${where} twice`, 'it once');
      this.#tensors.set(`${name}`, { shape: sizes, dtype, begin });
    }
    return size * count;
  }

  /**
   * The values of a weight, which is then taken.
   *
   * @throws RangeError where it is not there, or not of this shape, or a value is not finite
   */
  take({ name, where }: Step, kind: string, shape: readonly number[]): Float32Array {
    const weight = `${name}/${kind}`;
    const tensor = this.#tensors.get(weight);
    if (!tensor) throw outOfRange(where, `no weight ${describe(weight)}`, 'it in modelJson');
    this.#tensors.delete(weight);
    const own = `modelJson, weight ${describe(weight)}`;
    if (`${tensor.shape}` !== `${shape}`) {
      throw outOfRange(own, `the shape [${tensor.shape.slice(0, 8)}]`, `[${shape}]`);
    }
    if (tensor.dtype !== 'float32') {
      throw outOfRange(own, `dtype ${describe(tensor.dtype)}`, '"float32"');
    }
    const values = new Float32Array(product(shape));
    for (let i = 0; i < values.length; i++) {
      values[i] = this.#data.getFloat32(tensor.begin + 4 * i, true);
    }
    checkFinite(`weights, ${describe(weight)}`, values);
    return values;
  }

  /** @throws RangeError where no layer has one of the weights */
  checkTaken(): void {
    const [name] = this.#tensors.keys();
    if (name !== undefined) throw refused(`weight ${describe(name)}`, 'only those of the layers');
  }
}

/** Files one behind another. */
function joined(weights: TfjsWeights, paths: readonly unknown[]): Uint8Array<ArrayBuffer> {
  if (!Array.isArray(weights)) return fileBytes('weights', weights as Uint8Array);
  if (weights.length > MOST_ENTRIES) {
    throw outOfRange('weights', `${weights.length} files`, `at most ${MOST_ENTRIES}`);
  }
  const files = weights.map((file, i) => fileBytes(`weights[${i}]`, file));
  if (paths.length > 0 && files.length !== paths.length) {
    const expected = `${paths.length}, the first of them ${describe(paths[0])}`;
    throw outOfRange('weights', `${files.length} files`, expected);
  }
  const all = new Uint8Array(files.reduce((length, file) => length + file.length, 0));
  let end = 0;
  for (const file of files) {
    all.set(file, end);
    end += file.length;
  }
  return all;
}

function fields(what: string, value: unknown): Fields {
  if (classOf(value) === 'Object') return value as Fields;
  throw refused(`${what} ${describe(value)}`, 'an object');
}

function list(what: string, value: unknown): unknown[] {
  if (Array.isArray(value) && value.length <= MOST_ENTRIES) return value;
  throw refused(`${what} ${describe(value)}`, `an array of at most ${MOST_ENTRIES}`);
}

function refused(found: string, expected: string): RangeError {
  return outOfRange('modelJson', found, expected);
}
