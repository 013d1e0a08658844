/**
 * Equations 28 to 32 of docs/equations.md in float64: the layers of reference.ts for networks that begin with
 * an image. Values are channels last, whatever the layer: number (y·W + x)·C + c of an example. Weights are in
 * PyTorch's order.
 */
import type { LayerParameters } from '../src/core/parameters.ts';
import type { Inputs, LabelsOrTargets } from '../src/data/dataset.ts';
import { randomFloats } from './examples.ts';
import {
  forward,
  RELU_SOFTMAX,
  type ReferenceFunctions,
  type ReferenceKind,
  type ReferenceLayer,
  type ReferencePass,
  scaled,
} from './reference.ts';

/** H × W × C. */
export type ImageSize = readonly [height: number, width: number, channels: number];

/** A layer of an architecture; a number is that of a dense layer's units. */
export type LayerSpec =
  | { kind: 'conv'; filters: number; kernel: number; stride: number; same: boolean }
  | { kind: 'maxPool'; size: number }
  | number;

export interface ImageArchitecture {
  input: ImageSize;
  layers: LayerSpec[];
}

/** Windows over an image: of `rows` × `columns` pixels, one for each pixel of the output. */
interface Windows {
  input: ImageSize;
  output: ImageSize;
  rows: number;
  columns: number;
  stride: number;
  /** How many rows and columns of zeros are above and left of the image. */
  top: number;
  left: number;
}

/** `28x28x1-8c5s-p2-10`: of filters, the stride is after a slash, and an s says `same`. */
export function parsedArchitecture(text: string): ImageArchitecture {
  const [image, ...layers] = text.split('-');
  const [height, width, channels = 1] = image!.split('x').map(Number);
  return {
    input: [height!, width!, channels],
    layers: layers.map((layer) => {
      if (layer.startsWith('p')) return { kind: 'maxPool', size: Number(layer.slice(1)) };
      const [, filters, kernel, same, stride = 1] =
        /^(\d+)c(\d+)(s?)(?:\/(\d))?$/.exec(layer) ?? [];
      if (filters === undefined) return Number(layer);
      return {
        kind: 'conv',
        filters: Number(filters),
        kernel: Number(kernel),
        stride: Number(stride),
        same: same === 's',
      };
    }),
  };
}

/** The architecture as options of `Network.create`. */
export function createOptions({ input, layers }: ImageArchitecture) {
  return {
    input,
    layers: layers.map((layer) => {
      if (typeof layer === 'number') return layer;
      if (layer.kind === 'maxPool') return { maxPool: layer.size };
      const { filters, kernel, stride, same } = layer;
      return { conv: filters, kernel, stride, padding: same ? 'same' : 'valid' } as const;
    }),
  };
}

/** The windows of each layer; those of a dense layer are one, of the whole image. */
function windowsOf({ input, layers }: ImageArchitecture): Windows[] {
  let [height, width, channels] = input;
  return layers.map((layer) => {
    const image: ImageSize = [height, width, channels];
    const windows = windowsOver(image, layer);
    [height, width, channels] = windows.output;
    return windows;
  });
}

function windowsOver(input: ImageSize, layer: LayerSpec): Windows {
  const [height, width, channels] = input;
  if (typeof layer === 'number') {
    const whole = { rows: height, columns: width, stride: 1, top: 0, left: 0 };
    return { input, output: [1, 1, layer], ...whole };
  }
  if (layer.kind === 'maxPool') {
    const { size } = layer;
    const output: ImageSize = [Math.floor(height / size), Math.floor(width / size), channels];
    return { input, output, rows: size, columns: size, stride: size, top: 0, left: 0 };
  }
  const { filters, kernel, stride, same } = layer;
  const steps = (size: number) =>
    same ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1;
  /** How many zeros are before the first row or column, of which as many or one more follow the last. */
  const before = (size: number) =>
    same ? Math.floor(Math.max((steps(size) - 1) * stride + kernel - size, 0) / 2) : 0;
  return {
    input,
    output: [steps(height), steps(width), filters],
    rows: kernel,
    columns: kernel,
    stride,
    top: before(height),
    left: before(width),
  };
}

const countOf = ([height, width, channels]: ImageSize) => height * width * channels;

/**
 * Visits the places of each window of m images in the order ky, kx, c, but for what is outside: `to` is the
 * number of the window's pixel in the output, `at` the number of a value in the input, channel c of its
 * pixel, and `tap` is ky times the columns plus kx.
 */
function eachPlace(
  { input, output, rows, columns, stride, top, left }: Windows,
  m: number,
  visit: (to: number, at: number, tap: number, c: number) => void,
): void {
  const [height, width, channels] = input;
  const [outputHeight, outputWidth] = output;
  for (let i = 0; i < m; i++) {
    for (let y = 0; y < outputHeight; y++) {
      for (let x = 0; x < outputWidth; x++) {
        const to = (i * outputHeight + y) * outputWidth + x;
        for (let ky = 0; ky < rows; ky++) {
          for (let kx = 0; kx < columns; kx++) {
            const [row, column] = [stride * y + ky - top, stride * x + kx - left];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            const pixel = (i * height + row) * width + column;
            for (let c = 0; c < channels; c++)
              visit(to, pixel * channels + c, ky * columns + kx, c);
          }
        }
      }
    }
  }
}

/**
 * Eq. 28 to 30. A dense layer is the convolution whose kernel is the whole image: this is how PyTorch
 * orders its weights behind `Flatten`, [out, C·H·W].
 */
function convolution(windows: Windows): ReferenceKind {
  const { input, output, rows, columns } = windows;
  const [filters, channels, taps] = [output[2], input[2], rows * columns];
  const weightAt = (n: number, tap: number, c: number) => (n * channels + c) * taps + tap;
  return {
    isActivated: true,
    forward({ weights, biases }, a, m) {
      const z = Float64Array.from(
        { length: m * countOf(output) },
        (_, index) => biases[index % filters]!,
      );
      eachPlace(windows, m, (to, at, tap, c) => {
        for (let n = 0; n < filters; n++) {
          z[to * filters + n]! += weights[weightAt(n, tap, c)]! * a[at]!;
        }
      });
      return z;
    },
    backward({ weights }, a, dz, m) {
      const dw = new Float64Array(filters * channels * taps);
      const db = new Float64Array(filters);
      const da = new Float64Array(m * countOf(input));
      for (const [index, d] of dz.entries()) db[index % filters]! += d / m;
      eachPlace(windows, m, (to, at, tap, c) => {
        for (let n = 0; n < filters; n++) {
          const d = dz[to * filters + n]!;
          dw[weightAt(n, tap, c)]! += (d * a[at]!) / m;
          da[at]! += d * weights[weightAt(n, tap, c)]!;
        }
      });
      return { weights: dw, biases: db, da };
    },
  };
}

/** The numbers of the values under each window, channel by channel, for each value of m outputs. */
function pools(windows: Windows, m: number): number[][] {
  const { output } = windows;
  const places = Array.from({ length: m * countOf(output) }, (): number[] => []);
  eachPlace(windows, m, (to, at, _, c) => places[to * output[2] + c]!.push(at));
  return places;
}

/** Eq. 31 and 32. */
function maxPooling(windows: Windows): ReferenceKind {
  const none = new Float64Array(0);
  return {
    isActivated: false,
    forward(_, a, m) {
      return Float64Array.from(pools(windows, m), (places) =>
        Math.max(...places.map((at) => a[at]!)),
      );
    },
    backward(_, a, dz, m) {
      const da = new Float64Array(m * countOf(windows.input));
      for (const [index, places] of pools(windows, m).entries()) {
        const first = places.reduce((best, at) => (a[at]! > a[best]! ? at : best));
        da[first]! += dz[index]!;
      }
      return { weights: none, biases: none, da };
    },
  };
}

const hasParameters = (layer: LayerSpec) => typeof layer === 'number' || layer.kind === 'conv';

/** The layers of a network, pools included, from the parameters of those that have some. */
export function imageLayers(
  architecture: ImageArchitecture,
  parameters: readonly LayerParameters[],
): ReferenceLayer[] {
  let next = 0;
  return windowsOf(architecture).map((windows, l) => {
    const isPool = !hasParameters(architecture.layers[l]!);
    const { weights, biases } = isPool ? { weights: [], biases: [] } : parameters[next++]!;
    return {
      weights: Float64Array.from(weights),
      biases: Float64Array.from(biases),
      inputs: countOf(windows.input),
      units: countOf(windows.output),
      kind: isPool ? maxPooling(windows) : convolution(windows),
    };
  });
}

/** Parameters of the size that training leaves them at, none of them zero. */
export function randomImageParameters(
  architecture: ImageArchitecture,
  seed: number,
): LayerParameters[] {
  return windowsOf(architecture).flatMap(({ input, output, rows, columns }, l) => {
    if (!hasParameters(architecture.layers[l]!)) return [];
    const [inputs, units] = [rows * columns * input[2], output[2]];
    return {
      weights: randomFloats(units * inputs, seed + l, Math.sqrt(6 / inputs)),
      biases: randomFloats(units, seed + 100 + l, 0.1),
    };
  });
}

/** The number that the core gives a unit: each pixel's channels are filled up to a multiple of four. */
export function paddedNumbers(
  architecture: ImageArchitecture,
): (l: number, unit: number) => number {
  const channels = windowsOf(architecture).map(({ output }) => output[2]);
  return (l, unit) => {
    const pixel = Math.floor(unit / channels[l]!);
    return pixel * 4 * Math.ceil(channels[l]! / 4) + (unit % channels[l]!);
  };
}

/**
 * How far a batch is from where a derivative jumps: the least |Z| before ReLU, and the least difference
 * between a pool's maximum and what is less.
 */
function distanceFromKinks(
  architecture: ImageArchitecture,
  { activations, sums }: ReferencePass,
  { hidden, own }: ReferenceFunctions,
): number {
  let least = Infinity;
  for (const [l, windows] of windowsOf(architecture).slice(0, -1).entries()) {
    const [a, z] = [activations[l]!, sums[l]!];
    if (hasParameters(architecture.layers[l]!)) {
      if (/relu/.test(own?.[l] ?? hidden))
        least = z.reduce((so, value) => Math.min(so, Math.abs(value)), least);
      continue;
    }
    for (const [index, places] of pools(windows, z.length / countOf(windows.output)).entries()) {
      for (const at of places) {
        if (a[at]! < z[index]!) least = Math.min(least, z[index]! - a[at]!);
      }
    }
  }
  return least;
}

/**
 * The first inputs, by seed, for which no derivative jumps within `margin`: what is nearer than a rounding
 * error, or than the step of a finite difference, may be on the other side there.
 */
export function inputsOffKinks<T extends Inputs>(
  architecture: ImageArchitecture,
  layers: readonly ReferenceLayer[],
  make: (seed: number) => T,
  answers: LabelsOrTargets,
  margin: number,
  functions = RELU_SOFTMAX,
): T {
  for (let seed = 1; seed <= 100; seed++) {
    const inputs = make(seed);
    const pass = forward(layers, scaled(inputs), answers, functions);
    if (distanceFromKinks(architecture, pass, functions) > margin) return inputs;
  }
  throw new Error(`no inputs are farther than ${margin} from where a derivative jumps`);
}
