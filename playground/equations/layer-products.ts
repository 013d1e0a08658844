/** What layers multiply, for one example: Z from the activations below, and gradients back through the weights. */
import type { LayerParameters } from 'relumax/worker';
import type { Convolution, LayerShape } from '../../src/core/layers.ts';

/**
 * Z = W A + b: equation 2.
 *
 * @param channels of the inputs: those of an image have their channels last, its weights have them first
 */
export function multiplied(
  { weights, biases }: LayerParameters,
  A: Float32Array,
  channels = A.length,
): Float32Array {
  const pixels = A.length / channels;
  return Float32Array.from(biases, (bias, i) => {
    let sum = bias;
    for (let c = 0; c < channels; c++) {
      const row = i * A.length + c * pixels;
      for (let k = 0; k < pixels; k++) sum += weights[row + k]! * A[k * channels + c]!;
    }
    return sum;
  });
}

/** The Z of a convolution: equation 28. */
export function convolved(
  shape: LayerShape,
  layer: Convolution,
  { weights, biases }: LayerParameters,
  A: Float32Array,
): Float32Array {
  const [height, width, filters] = shape.output;
  const [, , channels] = shape.input;
  const size = layer.kernel ** 2;
  const Z = new Float32Array(height * width * filters);
  for (let place = 0; place < height * width; place++) {
    const sums = Float64Array.from(biases);
    eachPixel(shape, layer, place, (pixel, tap) => {
      for (let c = 0; c < channels; c++) {
        const a = A[pixel * channels + c]!;
        if (a === 0) continue;
        for (let f = 0; f < filters; f++) sums[f]! += a * weights[(f * channels + c) * size + tap]!;
      }
    });
    Z.set(sums, place * filters);
  }
  return Z;
}

/**
 * Wᵀ d.
 *
 * @param channels of the inputs: those of an image have their channels last, its weights have them first
 */
export function throughDense(
  weights: Float32Array,
  d: Float32Array,
  inputs: number,
  channels = inputs,
): Float32Array<ArrayBuffer> {
  const down = new Float32Array(inputs);
  const pixels = inputs / channels;
  for (const [i, share] of d.entries()) {
    if (share === 0) continue;
    for (let c = 0; c < channels; c++) {
      const row = i * inputs + c * pixels;
      for (let k = 0; k < pixels; k++) down[k * channels + c]! += share * weights[row + k]!;
    }
  }
  return down;
}

/** The gradient of a convolution's input: equation 30. */
export function throughConvolution(
  shape: LayerShape,
  layer: Convolution,
  weights: Float32Array,
  d: Float32Array,
): Float32Array<ArrayBuffer> {
  const [height, width, channels] = shape.input;
  const [, , filters] = shape.output;
  const size = layer.kernel ** 2;
  const down = new Float32Array(height * width * channels);
  for (const [i, share] of d.entries()) {
    if (share === 0) continue;
    const filter = (i % filters) * channels * size;
    eachPixel(shape, layer, Math.floor(i / filters), (pixel, tap) => {
      for (let c = 0; c < channels; c++) {
        down[pixel * channels + c]! += share * weights[filter + c * size + tap]!;
      }
    });
  }
  return down;
}

/** Visits the pixels of the window that gives a place of a convolution's output, with their places in the kernel. */
function eachPixel(
  { input, output }: LayerShape,
  { kernel, padding, stride = 1 }: Convolution,
  place: number,
  visit: (pixel: number, tap: number) => void,
): void {
  const [height, width] = input;
  const [rows, columns] = output;
  const before = (size: number, places: number) =>
    padding === 'same' ? Math.max((places - 1) * stride + kernel - size, 0) >> 1 : 0;
  const top = Math.floor(place / columns) * stride - before(height, rows);
  const left = (place % columns) * stride - before(width, columns);
  for (let y = Math.max(top, 0); y < Math.min(top + kernel, height); y++) {
    for (let x = Math.max(left, 0); x < Math.min(left + kernel, width); x++) {
      visit(y * width + x, (y - top) * kernel + x - left);
    }
  }
}

/** The gradient of a pooling's input: each window's goes to its first largest value. */
export function throughPooling(
  { input, output }: LayerShape,
  size: number,
  d: Float32Array,
  below: Float32Array,
): Float32Array<ArrayBuffer> {
  const [, width, channels] = input;
  const [, columns] = output;
  const down = new Float32Array(below.length);
  for (const [i, share] of d.entries()) {
    if (share === 0) continue;
    const place = Math.floor(i / channels);
    const top = Math.floor(place / columns) * size;
    const start = (place % columns) * size;
    let largest = (top * width + start) * channels + (i % channels);
    for (let y = top; y < top + size; y++) {
      for (let x = start; x < start + size; x++) {
        const k = (y * width + x) * channels + (i % channels);
        if (below[k]! > below[largest]!) largest = k;
      }
    }
    down[largest]! += share;
  }
  return down;
}
