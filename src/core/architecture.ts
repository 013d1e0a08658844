/** Architectures: the check of those with convolutions, and their form as text, 28x28-8c5s-p2-10. */
import { describe, integer, oneOf, options, outOfRange, wrongType } from '../base/arguments.ts';
import {
  type Architecture,
  type Convolution,
  denseArchitecture,
  type Image,
  type Layer,
  type LayerShape,
  type MaxPooling,
  MOST_UNITS,
} from './layers.ts';

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
  if (!Array.isArray(layers)) throw wrongType(argument, layers, 'an array of layers');
  if (layers.length === 0) throw outOfRange(argument, layers, 'at least one layer');
  const shapes: LayerShape[] = [];
  let before = image;
  // As torch.nn.Sequential counts: an activation is a module, and what flattens the image.
  let modules = 0;
  for (const [l, layer] of Array.from<Layer>(layers).entries()) {
    const name = `${argument}[${l}]`;
    const isDense = shapes.at(-1)?.kind === 'dense';
    if (typeof layer === 'number' && !isDense) modules++;
    const shape = shapeOf(name, layer, before, isDense, `${modules}`);
    checkValues(name, shape.output);
    modules += shape.weights ? 2 : 1;
    before = shape.output;
    shapes.push(shape);
  }
  const { kind } = shapes.at(-1)!;
  if (kind !== 'dense') {
    const expected = 'the number of outputs, for it is the last layer';
    throw outOfRange(`${argument}[${shapes.length - 1}]`, KINDS[kind], expected);
  }
  const checked = shapes.map(({ layer }) => Object.freeze(layer));
  return {
    input: image,
    layers: Object.freeze(checked),
    shapes,
    features: valuesOf(image),
    outputs: before[2],
    text: architectureText({ input: image, layers: checked }),
  };
}

const KINDS = { conv: 'a convolution', maxPool: 'max pooling' } as const;

function checkedImage(argument: string, input: readonly number[]): Image {
  const expected = 'an array of height, width and channels';
  if (!Array.isArray(input)) throw wrongType(argument, input, expected);
  if (input.length !== 3) throw outOfRange(argument, input, expected);
  const sizes = Array.from(input, (size, i) =>
    integer(`${argument}[${i}]`, size, 1, i < 2 ? MOST_PIXELS : MOST_UNITS),
  ) as unknown as Image;
  checkValues(argument, sizes);
  return Object.freeze(sizes);
}

function valuesOf([height, width, channels]: Image): number {
  return height * width * channels;
}

function checkValues(argument: string, image: Image): void {
  if (valuesOf(image) <= MOST_UNITS) return;
  throw outOfRange(argument, `${image.join(' × ')} values`, `at most ${MOST_UNITS}`);
}

/** What a layer becomes behind an image, or behind a dense layer. */
function shapeOf(
  name: string,
  layer: Layer,
  input: Image,
  isFlat: boolean,
  module: string,
): LayerShape {
  if (typeof layer !== 'object' || layer === null) {
    if (typeof layer !== 'number') {
      throw wrongType(name, layer, 'a number, { conv, kernel } or { maxPool }');
    }
    const units = integer(name, layer, 1, MOST_UNITS);
    const weights = [units, valuesOf(input)];
    return { kind: 'dense', layer: units, input, output: [1, 1, units], weights, module };
  }
  const kind = 'maxPool' in layer ? 'maxPool' : 'conv';
  if (isFlat) throw outOfRange(name, `${KINDS[kind]} after a dense layer`, 'a number of units');
  const [height, width, channels] = input;
  const checked =
    'maxPool' in layer ? checkedPooling(name, layer) : checkedConvolution(name, layer);
  if ('maxPool' in checked) {
    const size = checked.maxPool;
    checkFit(name, size, 'window', input);
    const output = [Math.floor(height / size), Math.floor(width / size), channels] as const;
    return { kind, layer: checked, input, output, weights: undefined, module };
  }
  const { conv, kernel, padding, stride } = checked;
  if (padding === 'valid') checkFit(name, kernel, 'kernel', input);
  const least = padding === 'same' ? 1 : kernel;
  const [rows, columns] = [height, width].map((size) => Math.floor((size - least) / stride) + 1);
  const weights = [conv, channels, kernel, kernel];
  return { kind, layer: checked, input, output: [rows!, columns!, conv], weights, module };
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
