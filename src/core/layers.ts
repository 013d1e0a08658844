/** What a network consists of; architecture.ts checks that of networks whose inputs are images. */
import { classOf, integer, outOfRange, wrongType } from '../base/arguments.ts';
import type { Hidden } from './activations.ts';

/** Height, width and channels. An example's values are in this order, channels last. */
export type Image = readonly [height: number, width: number, channels: number];

/** A dense layer: each unit is connected with all inputs. */
export interface Dense {
  /** Number of units. */
  readonly dense: number;
  /** Its activation function. Default: `hidden` of the network. */
  readonly activation?: Hidden;
}

/** A convolution: filters of kernel × kernel pixels over all channels. */
export interface Convolution {
  /** Number of filters, which is that of the output's channels. */
  readonly conv: number;
  /** Height and width of the filters, 1 to 11. */
  readonly kernel: number;
  /**
   * `valid`: no padding. `same`: zeros around the image, so that with stride 1 the output has its height
   * and width; of an odd number the lower right side has one more. Default: `valid`.
   */
  readonly padding?: 'valid' | 'same';
  /** Pixels from one position of the filters to the next, 1 to 4. Default: 1. */
  readonly stride?: number;
  /** Its activation function. Default: `hidden` of the network. */
  readonly activation?: Hidden;
}

/** Max pooling: the largest value of each window, channel by channel. */
export interface MaxPooling {
  /** Height and width of the windows, 2 to 8, which do not overlap. Windows that are not full are left out. */
  readonly maxPool: number;
}

/** A layer; a number is the units of a dense one. */
export type Layer = number | Dense | Convolution | MaxPooling;

/** What follows of a layer from those before it. */
export interface LayerShape {
  readonly kind: 'dense' | 'conv' | 'maxPool';
  /** Its number in the core, from 0. */
  readonly l: number;
  /** Of a dense layer 1 × 1 × n, unless the image is its input. */
  readonly input: Image;
  readonly output: Image;
  /** Undefined: `hidden` of the network, or in the last layer its output. */
  readonly activation?: Hidden | undefined;
  /** The shape of the weights: [out, in] or [out, in, kernel, kernel]; undefined: it has no parameters. */
  readonly weights: readonly number[] | undefined;
  /** The name of its tensors in model files, before `.weight` and `.bias`. */
  readonly module: string;
}

/** The shape of a layer that has parameters. */
export type TrainedShape = LayerShape & { readonly weights: readonly number[] };

/** A function of the core, and its arguments but the network. */
export type Addition = readonly [
  add: 'addImage' | 'addLayer' | 'addConvolution' | 'addPooling' | 'setActivation',
  ...given: number[],
];

/** The layers of a network, checked. */
export interface Architecture {
  /** The image that is the input; undefined: any values, as many as the first size says. */
  readonly input?: Image;
  /** As `create` takes them, with their defaults; frozen. */
  readonly layers: readonly Layer[];
  /** Of the layers without the input; and of those that have parameters. */
  readonly shapes: readonly LayerShape[];
  readonly trained: readonly TrainedShape[];
  /** How the core gets them. */
  readonly additions: readonly Addition[];
  /** n⁰: the number of values of an example. */
  readonly features: number;
  /** nᴸ. */
  readonly outputs: number;
  /** 784-10-10, 24-16:tanh-3 or 28x28-8c5s-p2-10. */
  readonly text: string;
}

/** The most units that a layer may have: what a Wasm memory holds ends far below. */
export const MOST_UNITS = 2 ** 24;

/** How many numbers something of this shape has. */
export function product(shape: readonly number[]): number {
  return shape.reduce((count, size) => count * size);
}

/**
 * A copy of layers, or of the sizes of an image.
 *
 * @param or what they may be besides whole numbers: then objects may be among them, which are not checked
 * @throws TypeError or RangeError that names what is wrong
 */
export function copiedList(argument: string, list: readonly Layer[], or = ''): Layer[] {
  if (!Array.isArray(list)) throw wrongType(argument, list, 'an array');
  return Array.from(list, (entry, i) =>
    or && classOf(entry) === 'Object'
      ? { ...entry }
      : integer(`${argument}[${i}]`, entry, 1, MOST_UNITS, or),
  );
}

/** What layers may be besides. */
export const OR_OBJECTS = ', or an object';

/**
 * A network of dense layers alone, which all have the same activation.
 *
 * @param layers n⁰ … nᴸ; copied, as the caller may change the array while the network is made
 * @throws TypeError or RangeError that names what is wrong
 */
export function denseArchitecture(layers: readonly Layer[], argument = 'layers'): Architecture {
  const sizes = copiedList(argument, layers) as number[];
  if (sizes.length < 2) throw outOfRange(argument, sizes, 'at least two sizes');
  const shapes = sizes.slice(1).map((units, l): TrainedShape => {
    const inputs = sizes[l]!;
    return {
      kind: 'dense',
      l,
      input: [1, 1, inputs],
      output: [1, 1, units],
      weights: [units, inputs],
      module: `layers.${l}`,
    };
  });
  return {
    layers: Object.freeze(sizes),
    shapes,
    trained: shapes,
    additions: shapes.map(({ weights: [units, inputs] }) => ['addLayer', inputs!, units!]),
    features: sizes[0]!,
    outputs: sizes.at(-1)!,
    text: sizes.join('-'),
  };
}
