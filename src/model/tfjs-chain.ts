/** The layers of a model of TensorFlow.js, one after another, as relumax has them. */
import { describe, outOfRange } from '../base/arguments.ts';
import { type Functions, HIDDEN, type Hidden, OUTPUTS, type Output } from '../core/activations.ts';
import {
  type Architecture,
  type Convolution,
  checkedArchitecture,
  type GivenArchitecture,
  type Image,
  type Layer,
} from '../core/architecture.ts';
import { product } from '../core/layers.ts';
import type { Standardization } from '../core/normalization.ts';
import { LEAKY_SLOPE, TFJS_ACTIVATIONS } from './tfjs-format.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A layer of a model. */
export interface Step {
  readonly type: string;
  readonly name: string;
  readonly config: Fields;
  /** What errors call it. */
  readonly where: string;
}

/** A layer that has weights. */
export interface TrainedStep {
  readonly step: Step;
  /** Which of the layers it is. */
  readonly index: number;
  /** The shape of its kernel, and the same as pixels, inputs and units. */
  readonly kernel: readonly number[];
  readonly axes: readonly [pixels: number, inputs: number, units: number];
  /** Layers behind it may say it. */
  activation: Activation;
  /** Whether pooling follows. */
  isPooled: boolean;
}

type Activation = Hidden | Output;

/** What comes to the same before pooling and behind it, for it keeps the order of numbers. */
const MONOTONE: readonly Activation[] = ['relu', 'leaky-relu', 'tanh', 'sigmoid', 'elu', 'linear'];

/** What the numbers of layers that are activations must be: one of these; null is 0, or none. */
type Allowed = Readonly<Record<string, readonly (number | null)[]>>;

const RELU: Allowed = { max_value: [null], negative_slope: [null], threshold: [null] };

/** What a chain is in relumax. */
export interface Chained {
  readonly architecture: Architecture;
  readonly functions: Functions;
  /** In the order of the architecture's. */
  readonly trained: readonly TrainedStep[];
}

/** Numbers for each value, each channel, or all values. */
interface Rescaling {
  readonly step: Step;
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/** Layers are added in their order. */
export class Chain {
  /** What the next layer gets of each example; empty: the first one says it. */
  #shape: readonly number[] = [];
  #features = 0;
  /** The image that is the input, where a layer needs one, and what is left of it. */
  #input: Image | undefined;
  #image: Image | undefined;
  readonly #rescalings: Rescaling[] = [];
  readonly #layers: Layer[] = [];
  readonly #trained: TrainedStep[] = [];

  /** @throws RangeError that names the layer, where relumax has none like it */
  add(step: Step): void {
    const { type, config } = step;
    const add = Chain.#READERS.get(type);
    if (!add) {
      const known = `only ${[...Chain.#READERS.keys()].join(', ')}`;
      throw refused(step, `the class ${describe(type)}`, known);
    }
    const stated = config.batch_input_shape ?? config.batch_shape;
    if (stated !== undefined) this.#begin(step, stated);
    if (this.#shape.length === 0) {
      throw refused(step, 'no batch_input_shape', 'it in the first layer');
    }
    add(this, step);
  }

  /** @throws RangeError where the chain does not end in outputs */
  end(): Chained {
    const last = this.#trained.at(-1);
    if (last?.step.type !== 'Dense') {
      throw outOfRange('modelJson', 'no Dense as its last layer', 'one, which gives the outputs');
    }
    const output = activationOf(last, OUTPUTS);
    const inner = this.#trained.slice(0, -1);
    // That of the first is the default.
    const hidden = inner[0] ? activationOf(inner[0], HIDDEN) : 'relu';
    const layers = [...this.#layers];
    for (const trained of inner) {
      const activation = activationOf(trained, HIDDEN);
      if (activation === hidden) continue;
      const layer = layers[trained.index]!;
      const own = typeof layer === 'number' ? { dense: layer } : (layer as Convolution);
      layers[trained.index] = { ...own, activation };
    }
    if (!this.#input) layers.unshift(this.#features);
    return {
      architecture: checkedArchitecture({ input: this.#input, layers }),
      functions: { hidden, output },
      trained: this.#trained,
    };
  }

  /** What rescales the inputs: after each layer they are (x − mean) / std. */
  standardization(): Standardization | undefined {
    if (this.#rescalings.length === 0) return undefined;
    const mean = new Float64Array(this.#features);
    const std = new Float64Array(this.#features).fill(1);
    for (const { step, scale, offset } of this.#rescalings) {
      for (let i = 0; i < std.length; i++) {
        std[i]! /= scale[i % scale.length]!;
        mean[i]! -= offset[i % offset.length]! * std[i]!;
        if (Number.isFinite(mean[i]) && std[i]! > 0 && std[i]! < Infinity) continue;
        throw refused(step, 'a product that 64 bits do not hold', 'another scale and offset');
      }
    }
    return { mean, std };
  }

  /** The classes that are read. What is needed for training alone does nothing. */
  static readonly #READERS = new Map<string, (chain: Chain, step: Step) => void>([
    ['InputLayer', () => {}],
    ['Dense', (chain, step) => chain.#addDense(step)],
    ['Conv2D', (chain, step) => chain.#addConvolution(step)],
    ['MaxPooling2D', (chain, step) => chain.#addPooling(step)],
    ['Flatten', (chain, step) => chain.#flatten(step)],
    ['Reshape', (chain, step) => chain.#reshape(step)],
    ['Rescaling', (chain, step) => chain.#rescale(step)],
    ['Activation', (chain, step) => chain.#activate(step, step.config.activation)],
    ['ReLU', (chain, step) => chain.#addActivation(step, 'relu', RELU)],
    [
      'LeakyReLU',
      (chain, step) => chain.#addActivation(step, 'leaky-relu', { alpha: [LEAKY_SLOPE] }),
    ],
    ['ELU', (chain, step) => chain.#addActivation(step, 'elu', { alpha: [1] })],
    ['Softmax', (chain, step) => chain.#addActivation(step, 'softmax', { axis: [-1, 1] })],
    ['Dropout', () => {}],
    ['AlphaDropout', () => {}],
    ['GaussianDropout', () => {}],
    ['GaussianNoise', () => {}],
  ]);

  #begin(step: Step, stated: unknown): void {
    const [, ...sizes] = Array.isArray(stated) ? (stated as unknown[]) : [];
    if (sizes.length === 0 || !sizes.every(isSize)) {
      const expected = 'the sizes of an example behind null, such as [null,784]';
      throw refused(step, `batch_input_shape ${textOf(stated)}`, expected);
    }
    if (this.#shape.length === 0) {
      this.#shape = sizes as number[];
      this.#features = product(this.#shape);
    } else if (`${sizes}` !== `${this.#shape}`) {
      throw refused(step, `batch_input_shape ${textOf(stated)}`, `[null,${this.#shape}]`);
    }
  }

  #addDense(step: Step): void {
    const units = step.config.units as number;
    if (this.#shape.length !== 1) {
      throw refused(step, `an input of ${this.#shape.join(' × ')} values`, 'Flatten before it');
    }
    const [size] = this.#shape as [number];
    shapeBehind(step, { layers: [size, units] });
    const [height, width, channels] = this.#image ?? [1, 1, size];
    const axes = [height * width, channels, units] as const;
    this.#train(step, units, [size, units], axes);
    this.#shape = [units];
    this.#image = undefined;
  }

  #addConvolution(step: Step): void {
    const { filters, padding = 'valid', groups = 1 } = step.config;
    const image = this.#imageFor(step);
    const kernel = sizeIn(step, 'kernel_size');
    const stride = sizeIn(step, 'strides', 1);
    const dilation = sizeIn(step, 'dilation_rate', 1);
    if (groups !== 1) throw refused(step, `groups ${textOf(groups)}`, '1');
    if (dilation !== 1) throw refused(step, `dilation_rate ${dilation}`, '1');
    const layer = { conv: filters, kernel, stride, padding } as Convolution;
    const output = shapeBehind(step, { input: image, layers: [layer, 1] });
    const channels = image[2];
    const shape = [kernel, kernel, channels, layer.conv];
    this.#train(step, layer, shape, [kernel * kernel, channels, layer.conv]);
    this.#leave(output);
  }

  #addPooling(step: Step): void {
    const image = this.#imageFor(step);
    const maxPool = sizeIn(step, 'pool_size', 2);
    const stride = sizeIn(step, 'strides', maxPool);
    const { padding = 'valid' } = step.config;
    if (stride !== maxPool) throw refused(step, `strides ${stride}`, `${maxPool}, as pool_size`);
    const layer = { maxPool };
    const output = shapeBehind(step, { input: image, layers: [layer, 1] });
    const isFull = image.slice(0, 2).every((size) => size % maxPool === 0);
    if (padding !== 'valid' && !(padding === 'same' && isFull)) {
      throw refused(step, `padding ${describe(padding)}`, '"valid"');
    }
    this.#layers.push(layer);
    const last = this.#trained.at(-1);
    if (last) last.isPooled = true;
    this.#leave(output);
  }

  /** The image that a layer gets. */
  #imageFor(step: Step): Image {
    checkFormat(step);
    if (this.#shape.length !== 3) {
      const found = `an input of ${this.#shape.join(' × ')} values`;
      throw refused(step, found, 'height, width and channels');
    }
    const image = this.#shape as Image;
    if (this.#layers.length === 0) this.#image = this.#input = image;
    if (`${this.#image}` !== `${image}`) {
      throw refused(step, 'an image that no layer left so', 'no Dense or Reshape before it');
    }
    return image;
  }

  #leave(image: Image): void {
    this.#shape = this.#image = image;
  }

  #train(step: Step, layer: Layer, kernel: readonly number[], axes: TrainedStep['axes']): void {
    const index = this.#layers.push(layer) - 1;
    this.#trained.push({ step, index, kernel, axes, activation: 'linear', isPooled: false });
    this.#activate(step, step.config.activation ?? 'linear');
  }

  #flatten(step: Step): void {
    checkFormat(step);
    this.#shape = [product(this.#shape)];
  }

  /** The values stay in their order. */
  #reshape(step: Step): void {
    const { target_shape: target } = step.config;
    const values = product(this.#shape);
    const given = (Array.isArray(target) ? target : []) as number[];
    // One may be −1: what is left for it.
    const left = values / -product([1, ...given]);
    const shape = given.map((size) => (size === -1 ? left : size));
    const isShape = shape.every(isSize);
    if (given.length === 0 || !isShape || product(shape) !== values) {
      throw refused(step, `target_shape ${textOf(target)}`, `a shape of ${values} values`);
    }
    this.#shape = shape;
  }

  /** x becomes scale · x + offset, of what was rescaled before. */
  #rescale(step: Step): void {
    if (this.#layers.length > 0) {
      throw refused(step, 'it between other layers', 'it before all that have weights or pool');
    }
    const channels = this.#shape.at(-1)!;
    const count = this.#features;
    const valuesOf = (key: string, least: number, or?: number) => {
      const given = step.config[key] ?? or;
      const values = [given].flat(3) as number[];
      const fits = [1, channels, count].includes(values.length);
      if (fits && values.every((value) => Number.isFinite(value) && value > least)) return values;
      const expected = `finite numbers${least === 0 ? ' above 0' : ''}: 1, ${channels} or ${count}`;
      throw refused(step, `${key} ${textOf(given)}`, expected);
    };
    const scale = valuesOf('scale', 0);
    this.#rescalings.push({ step, scale, offset: valuesOf('offset', -Infinity, 0) });
  }

  /** The activation of the layer before; its name is that of TensorFlow.js. */
  #activate(step: Step, name: unknown): void {
    const found = Object.entries(TFJS_ACTIVATIONS).find(([, theirs]) => theirs === name)?.[0];
    if (found === undefined) {
      const known = [...new Set(Object.values(TFJS_ACTIVATIONS)), 'the layer LeakyReLU'];
      throw refused(step, `the activation ${describe(name)}`, `one of ${known.join(', ')}`);
    }
    this.#setActivation(step, found as Activation);
  }

  #setActivation(step: Step, activation: Activation): void {
    if (activation === 'linear') return;
    const last = this.#trained.at(-1);
    const expected = 'it behind a layer that has weights and no activation of its own';
    if (last?.activation !== 'linear') {
      throw refused(step, `the activation ${activation}`, expected);
    }
    if (last.isPooled && !MONOTONE.includes(activation)) {
      throw refused(step, `the activation ${activation} behind pooling`, 'it before pooling');
    }
    last.activation = activation;
  }

  /** A layer that is an activation, where its numbers are those of relumax. */
  #addActivation(step: Step, activation: Activation, numbers: Allowed): void {
    for (const [key, allowed] of Object.entries(numbers)) {
      // Python writes numbers of 32 bits with all their digits.
      const found = (step.config[key] || null) as number | null;
      const isThis = (one: number | null) =>
        found === one || Math.fround(found!) === Math.fround(one!);
      if (!allowed.some(isThis)) throw refused(step, `${key} ${textOf(found)}`, `${allowed[0]}`);
    }
    this.#setActivation(step, activation);
  }
}

/** The shape behind a layer; its errors name the layer. */
function shapeBehind(step: Step, given: GivenArchitecture): Image {
  try {
    return checkedArchitecture(given).shapes[0]!.output;
  } catch (error) {
    const reason = (error as Error).message.replace(/^layers\[\d\][.:]? */, '');
    throw new RangeError(`${step.where}: ${reason}`, { cause: error });
  }
}

/** The name of an activation, where it is one of some. */
function activationOf<Name>({ step, activation }: TrainedStep, names: readonly Name[]): Name {
  if (names.includes(activation as Name)) return activation as Name;
  throw refused(step, `the activation ${activation}`, `one of ${names.join(', ')}`);
}

/** A number, which may be there twice, for height and width. */
function sizeIn(step: Step, key: string, or?: number): number {
  const found = step.config[key] ?? or;
  const [size, width] = [found, found].flat() as number[];
  if (typeof size === 'number' && size === width) return size;
  throw refused(step, `${key} ${textOf(found)}`, 'a number, the same for height and width');
}

const isSize = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;

function checkFormat(step: Step): void {
  const { data_format: format } = step.config;
  if ((format ?? 'channels_last') === 'channels_last') return;
  throw refused(step, `data_format ${describe(format)}`, '"channels_last"');
}

/** JSON of a value, for an error. */
function textOf(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function refused({ where }: Pick<Step, 'where'>, found: string, expected: string): RangeError {
  return outOfRange(where, found, expected);
}
