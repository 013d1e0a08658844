/**
 * Architectures: the check of those whose layers are not all numbers, and their form as text, 24-16:tanh-3 or
 * 28x28-8c5s-p2-10.
 */
import { describe, integer, oneOf, options, outOfRange } from '../base/arguments.ts';
import { namesOf } from '../base/names.ts';
import { HIDDEN, type Hidden } from './activations.ts';
import {
  type Addition,
  type Architecture,
  type Convolution,
  copiedList,
  type Dense,
  denseArchitecture,
  type Image,
  type Layer,
  type LayerShape,
  type MaxPooling,
  MOST_UNITS,
  OR_OBJECTS,
  product,
  type TrainedShape,
} from './layers.ts';

export type {
  Architecture,
  Convolution,
  Dense,
  Image,
  Layer,
  LayerShape,
  MaxPooling,
} from './layers.ts';

const MOST_PIXELS = 512;
const PADDINGS = ['valid', 'same'] as const;

/** Input and layers, as `create` takes them. */
export interface GivenArchitecture {
  readonly input?: readonly number[] | undefined;
  readonly layers: readonly Layer[];
}

/**
 * Checks an architecture, and the names of its outputs where there are any.
 *
 * @throws TypeError or RangeError that names what is wrong
 */
export function named(given: GivenArchitecture, names: readonly string[] | undefined) {
  const architecture = checkedArchitecture(given);
  const classNames = names === undefined ? names : namesOf(names, architecture.outputs);
  return { architecture, classNames };
}

/**
 * Checks an architecture, and completes it.
 *
 * @param prefix of the names in errors
 * @throws TypeError or RangeError that names the layer
 */
export function checkedArchitecture(given: GivenArchitecture, prefix = ''): Architecture {
  const argument = `${prefix}layers`;
  const { input, layers } = given;
  if (input === undefined) return checkedDenseLayers(argument, layers);
  const image = checkedImage(`${prefix}input`, input);
  const own = copiedList(argument, layers, OR_OBJECTS);
  if (own.length === 0) throw outOfRange(argument, own, 'at least one layer');
  const shapes: LayerShape[] = [];
  const checked: Layer[] = [];
  const additions: Addition[] = [['addImage', ...image]];
  // As torch.nn.Sequential counts: an activation is a module, and what flattens the image.
  let modules = 0;
  for (const [l, layer] of own.entries()) {
    const name = `${argument}[${l}]`;
    const before = shapes.at(-1);
    const input = before?.output ?? image;
    const isFlat = before?.kind === 'dense';
    const kind = kindOf(layer, isFlat);
    if (isFlat && kind !== 'dense') {
      throw outOfRange(name, `${KINDS[kind]} after a dense layer`, 'a number of units');
    }
    const complete = checkedLayer(name, layer, kind, l + 1 === own.length);
    const { output, weights, addition } = addedTo(name, complete, input);
    checkValues(name, output);
    if (kind === 'dense' && !isFlat) modules++;
    const activation = activationOf(complete);
    shapes.push({ kind, l, input, output, activation, weights, module: `${modules}` });
    modules += weights ? 2 : 1;
    checked.push(Object.freeze(complete));
    additions.push(addition);
    if (activation) additions.push(activationOfLayer(l, activation));
  }
  const { kind, l, output } = shapes.at(-1)!;
  if (kind !== 'dense') {
    const expected = 'the number of outputs, for it is the last layer';
    throw outOfRange(`${argument}[${l}]`, KINDS[kind], expected);
  }
  return {
    input: image,
    layers: Object.freeze(checked),
    shapes,
    trained: shapes.filter((shape): shape is TrainedShape => shape.weights !== undefined),
    additions,
    features: product(image),
    outputs: output[2],
    text: architectureText({ input: image, layers: checked }),
  };
}

const KINDS = { conv: 'a convolution', maxPool: 'max pooling' } as const;

function checkedImage(argument: string, input: readonly number[]): Image {
  const expected = 'an array of height, width and channels';
  const sizes = copiedList(argument, input) as unknown as Image;
  if (sizes.length !== 3) throw outOfRange(argument, sizes, expected);
  for (const i of [0, 1]) integer(`${argument}[${i}]`, sizes[i], 1, MOST_PIXELS);
  checkValues(argument, sizes);
  return Object.freeze(sizes);
}

function checkValues(argument: string, image: Image): void {
  if (product(image) <= MOST_UNITS) return;
  throw outOfRange(argument, `${image.join(' × ')} values`, `at most ${MOST_UNITS}`);
}

/** A network of dense layers, of which some may have an activation of their own. */
function checkedDenseLayers(argument: string, layers: readonly Layer[]): Architecture {
  const own = copiedList(argument, layers, OR_OBJECTS);
  const checked = own.map((layer, i) => {
    const name = `${argument}[${i}]`;
    const kind = kindOf(layer, true);
    if (kind !== 'dense') {
      throw outOfRange(name, `${KINDS[kind]} without input`, 'a number of units, or input');
    }
    if (i === 0 && typeof layer === 'object') {
      throw outOfRange(name, 'a layer', 'the number of inputs');
    }
    return Object.freeze(checkedLayer(name, layer, kind, i + 1 === own.length));
  });
  const sizes = checked.map(unitsOf);
  const architecture = denseArchitecture(sizes, argument);
  const trained = architecture.trained.map((shape, l) => {
    return { ...shape, activation: activationOf(checked[l + 1]!) };
  });
  return {
    ...architecture,
    layers: Object.freeze(checked),
    ...{ shapes: trained, trained },
    additions: trained.flatMap(({ l, activation }) => {
      const addition = architecture.additions[l]!;
      return activation ? [addition, activationOfLayer(l, activation)] : [addition];
    }),
    text: architectureText({ layers: checked }),
  };
}

/** How the core gets a layer's own activation. */
function activationOfLayer(l: number, activation: Hidden): Addition {
  return ['setActivation', l, HIDDEN.indexOf(activation)];
}

/** A layer with its defaults. */
type CheckedLayer =
  | number
  | Required<Dense>
  | (Required<Omit<Convolution, 'activation'>> & Pick<Convolution, 'activation'>)
  | MaxPooling;

/** @param isFlat whether it is behind no image, where objects are dense layers unless they say otherwise */
function kindOf(layer: Layer, isFlat = false): LayerShape['kind'] {
  if (typeof layer === 'number' || 'dense' in layer) return 'dense';
  if ('maxPool' in layer) return 'maxPool';
  return isFlat && !('conv' in layer) ? 'dense' : 'conv';
}

function checkedLayer(
  name: string,
  layer: Layer,
  kind: LayerShape['kind'],
  isLast: boolean,
): CheckedLayer {
  if (typeof layer === 'number') return layer;
  if (kind === 'dense') return checkedDense(name, layer as Dense, isLast);
  return kind === 'conv'
    ? checkedConvolution(name, layer as Convolution)
    : checkedPooling(name, layer as MaxPooling);
}

/** A layer's own activation, where it has one. */
function activationOf(layer: Layer): Hidden | undefined {
  return (layer as Partial<Dense>).activation;
}

/** Of a dense layer. */
function unitsOf(layer: CheckedLayer): number {
  return typeof layer === 'number' ? layer : (layer as Dense).dense;
}

/** What becomes of an image in a layer. */
function addedTo(
  name: string,
  layer: CheckedLayer,
  image: Image,
): Pick<LayerShape, 'output' | 'weights'> & { addition: Addition } {
  const [height, width, channels] = image;
  if (typeof layer === 'number' || 'dense' in layer) {
    const [inputs, units] = [product(image), unitsOf(layer)];
    const addition = ['addLayer', inputs, units] as const;
    return { output: [1, 1, units], weights: [units, inputs], addition };
  }
  if ('maxPool' in layer) {
    const size = layer.maxPool;
    checkFit(name, size, 'window', image);
    const output = [Math.floor(height / size), Math.floor(width / size), channels] as const;
    return { output, weights: undefined, addition: ['addPooling', size] };
  }
  const { conv, kernel, padding, stride } = layer;
  const isSame = padding === 'same';
  if (!isSame) checkFit(name, kernel, 'kernel', image);
  const side = (size: number) => Math.floor((size - (isSame ? 1 : kernel)) / stride) + 1;
  return {
    output: [side(height), side(width), conv],
    weights: [conv, channels, kernel, kernel],
    addition: ['addConvolution', conv, kernel, stride, isSame ? 1 : 0],
  };
}

function checkFit(name: string, size: number, what: string, [height, width]: Image): void {
  if (size <= Math.min(height, width)) return;
  const image = `the ${height} × ${width} image before it`;
  throw new RangeError(`${name}: a ${size} × ${size} ${what} does not fit ${image}`);
}

/** Units and activation; the units alone, as a number, where it has none of its own. */
function checkedDense(name: string, layer: Dense, isLast: boolean): number | Required<Dense> {
  const { dense, activation } = options(name, layer, ['dense', 'activation']);
  integer(`${name}.dense`, dense, 1, MOST_UNITS);
  if (activation === undefined) return dense;
  if (isLast) {
    const expected = 'none, for it is the last layer: the option output says its function';
    throw outOfRange(`${name}.activation`, describe(activation), expected);
  }
  return { dense, activation: checkedActivation(name, activation) };
}

function checkedActivation(name: string, activation: Hidden): Hidden {
  return oneOf(`${name}.activation`, activation, HIDDEN);
}

function checkedPooling(name: string, layer: MaxPooling): MaxPooling {
  const { maxPool } = options(name, layer, ['maxPool']);
  return { maxPool: integer(`${name}.maxPool`, maxPool, 2, 8) };
}

function checkedConvolution(name: string, layer: Convolution) {
  const known = ['conv', 'kernel', 'padding', 'stride', 'activation'] as const;
  const { conv, kernel, padding = 'valid', stride = 1, activation } = options(name, layer, known);
  return {
    conv: integer(`${name}.conv`, conv, 1, MOST_UNITS),
    kernel: integer(`${name}.kernel`, kernel, 1, 11),
    padding: oneOf(`${name}.padding`, padding, PADDINGS),
    stride: integer(`${name}.stride`, stride, 1, 4),
    ...(activation !== undefined && { activation: checkedActivation(name, activation) }),
  };
}

/** 784-10-10, 24-16:tanh-3 or 28x28-8c5s-p2-10. */
export function architectureText({ input, layers }: GivenArchitecture): string {
  const image = input && [input.slice(0, input[2] === 1 ? 2 : 3).join('x')];
  return [...(image ?? []), ...layers.map(layerText)].join('-');
}

function layerText(layer: Layer): string {
  if (typeof layer === 'number') return `${layer}`;
  if ('maxPool' in layer) return `p${layer.maxPool}`;
  const { activation } = layer;
  const own = activation ? `:${activation}` : '';
  if ('dense' in layer) return `${layer.dense}${own}`;
  const { conv, kernel, padding, stride = 1 } = layer;
  const step = stride === 1 ? '' : `/${stride}`;
  return `${conv}c${kernel}${padding === 'same' ? 's' : ''}${step}${own}`;
}

/** A hyphen between layers; that of leaky-relu is none. */
export const BETWEEN = /-(?!relu)/;

/**
 * The architecture that a text stands for.
 *
 * @param prefix of the names in errors
 * @throws RangeError that says what is wrong with it
 */
export function parseArchitecture(text: string, prefix = ''): Architecture {
  const argument = `${prefix}layers`;
  const parts = text.split(BETWEEN);
  const image = /^(\d+)x(\d+)(?:x(\d+))?$/.exec(parts[0]!);
  const layers = (image ? parts.slice(1) : parts).map((part) => parsedLayer(argument, part));
  if (image === null && layers.some((layer) => kindOf(layer) !== 'dense')) {
    throw outOfRange(argument, describe(text), 'the size of the image first, such as 28x28');
  }
  const input = image?.slice(1).map((size = '1') => Number(size));
  return checkedArchitecture({ input, layers }, prefix);
}

function parsedLayer(argument: string, text: string): Layer {
  const [, units, filters, kernel, same, stride = '1', name, pool] =
    /^(?:(?:(\d+)|(\d+)c(\d+)(s?)(?:\/(\d+))?)(?::(.+))?|p(\d+))$/.exec(text) ?? [];
  // Checked with the rest.
  const activation = name as Hidden | undefined;
  if (units) return activation ? { dense: Number(units), activation } : Number(units);
  if (pool) return { maxPool: Number(pool) };
  if (!filters) {
    const expected =
      'units such as 10, a convolution such as 8c5, 8c5s or 8c5/2, either with an activation such as 10:tanh, or pooling, p2';
    throw outOfRange(argument, describe(text), expected);
  }
  return {
    conv: Number(filters),
    kernel: Number(kernel),
    padding: same ? 'same' : 'valid',
    stride: Number(stride),
    ...(activation && { activation }),
  };
}
