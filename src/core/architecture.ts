/** Architectures: the check of those with convolutions, and their form as text, 28x28-8c5s-p2-10. */
import { describe, integer, oneOf, options, outOfRange } from '../base/arguments.ts';
import {
  type Addition,
  type Architecture,
  type Convolution,
  copiedList,
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

// With it, for networks that are given names: another file would be another for every page.
export { namesOf } from '../base/names.ts';
export type {
  Architecture,
  Convolution,
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
 * Checks an architecture, and completes it.
 *
 * @param prefix of the names in errors
 * @throws TypeError or RangeError that names the layer
 */
export function checkedArchitecture(given: GivenArchitecture, prefix = ''): Architecture {
  const argument = `${prefix}layers`;
  const { input, layers } = given;
  if (input === undefined) return denseArchitecture(layers, argument);
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
    const complete = checkedLayer(name, layer, isFlat);
    const { output, weights, addition } = addedTo(name, complete, input);
    checkValues(name, output);
    const kind = kindOf(complete);
    if (kind === 'dense' && !isFlat) modules++;
    shapes.push({ kind, l, input, output, weights, module: `${modules}` });
    modules += weights ? 2 : 1;
    checked.push(Object.freeze(complete));
    additions.push(addition);
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

/** A layer with its defaults. */
type CheckedLayer = number | Required<Convolution> | MaxPooling;

function kindOf(layer: CheckedLayer): LayerShape['kind'] {
  if (typeof layer === 'number') return 'dense';
  return 'maxPool' in layer ? 'maxPool' : 'conv';
}

/** @param isFlat whether it comes after a dense layer */
function checkedLayer(name: string, layer: Layer, isFlat: boolean): CheckedLayer {
  if (typeof layer === 'number') return layer;
  const isPooling = 'maxPool' in layer;
  if (isFlat) {
    const found = `${KINDS[isPooling ? 'maxPool' : 'conv']} after a dense layer`;
    throw outOfRange(name, found, 'a number of units');
  }
  return isPooling ? checkedPooling(name, layer) : checkedConvolution(name, layer);
}

/** What becomes of an image in a layer. */
function addedTo(
  name: string,
  layer: CheckedLayer,
  image: Image,
): Pick<LayerShape, 'output' | 'weights'> & { addition: Addition } {
  const [height, width, channels] = image;
  if (typeof layer === 'number') {
    const inputs = product(image);
    const addition = ['addLayer', inputs, layer] as const;
    return { output: [1, 1, layer], weights: [layer, inputs], addition };
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

function checkedPooling(name: string, layer: MaxPooling): MaxPooling {
  const { maxPool } = options(name, layer, ['maxPool']);
  return { maxPool: integer(`${name}.maxPool`, maxPool, 2, 8) };
}

function checkedConvolution(name: string, layer: Convolution): Required<Convolution> {
  const known = ['conv', 'kernel', 'padding', 'stride'] as const;
  const { conv, kernel, padding = 'valid', stride = 1 } = options(name, layer, known);
  return {
    conv: integer(`${name}.conv`, conv, 1, MOST_UNITS),
    kernel: integer(`${name}.kernel`, kernel, 1, 11),
    padding: oneOf(`${name}.padding`, padding, PADDINGS),
    stride: integer(`${name}.stride`, stride, 1, 4),
  };
}

/** 784-10-10, or 28x28-8c5s-p2-10. */
export function architectureText({ input, layers }: GivenArchitecture): string {
  const image = input && [input.slice(0, input[2] === 1 ? 2 : 3).join('x')];
  return [...(image ?? []), ...layers.map(layerText)].join('-');
}

function layerText(layer: Layer): string {
  if (typeof layer === 'number') return `${layer}`;
  if ('maxPool' in layer) return `p${layer.maxPool}`;
  const { conv, kernel, padding, stride = 1 } = layer;
  return `${conv}c${kernel}${padding === 'same' ? 's' : ''}${stride === 1 ? '' : `/${stride}`}`;
}

/**
 * The architecture that a text stands for.
 *
 * @param prefix of the names in errors
 * @throws RangeError that says what is wrong with it
 */
export function parseArchitecture(text: string, prefix = ''): Architecture {
  const argument = `${prefix}layers`;
  const parts = text.split('-');
  const image = /^(\d+)x(\d+)(?:x(\d+))?$/.exec(parts[0]!);
  const layers = (image ? parts.slice(1) : parts).map((part) => parsedLayer(argument, part));
  if (image === null && layers.some((layer) => typeof layer === 'object')) {
    throw outOfRange(argument, describe(text), 'the size of the image first, such as 28x28');
  }
  const input = image?.slice(1).map((size = '1') => Number(size));
  return checkedArchitecture({ input, layers }, prefix);
}

function parsedLayer(argument: string, text: string): Layer {
  const [, units, filters, kernel, same, stride = '1', pool] =
    /^(?:(\d+)|(\d+)c(\d+)(s?)(?:\/(\d+))?|p(\d+))$/.exec(text) ?? [];
  if (units) return Number(units);
  if (pool) return { maxPool: Number(pool) };
  if (!filters) {
    const expected = 'units such as 10, a convolution such as 8c5, 8c5s or 8c5/2, or pooling, p2';
    throw outOfRange(argument, describe(text), expected);
  }
  return {
    conv: Number(filters),
    kernel: Number(kernel),
    padding: same ? 'same' : 'valid',
    stride: Number(stride),
  };
}
