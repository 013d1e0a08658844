/**
 * TensorFlow.js' LayersModels, as far as relumax has the same: model.json, which is JSON with the layers
 * (`modelTopology`, https://github.com/tensorflow/tfjs, tfjs-layers/src/keras_format) and a list of the
 * weights (`weightsManifest`), and the weights, float32, little-endian, one after another.
 */
import type { Hidden, Output } from '../core/activations.ts';

/** A layer: its class, and the arguments of its constructor, in Python's spelling. */
export interface TfjsLayer {
  class_name: string;
  config: Record<string, unknown>;
}

/** A tensor in the file of the weights. */
export interface TfjsWeight {
  name: string;
  shape: number[];
  dtype: 'float32';
}

/** What model.json holds. */
export interface TfjsModelJson {
  format: 'layers-model';
  generatedBy: string;
  convertedBy: null;
  modelTopology: {
    class_name: 'Sequential';
    config: { name: string; layers: TfjsLayer[] };
    keras_version: string;
    backend: string;
  };
  /** One group of weights in one file. */
  weightsManifest: [{ paths: [string]; weights: TfjsWeight[] }];
  /** What `model.getUserDefinedMetadata()` gives, of a network whose classes have names. */
  userDefinedMetadata?: { classNames: string[] };
}

/** A model for TensorFlow.js. */
export interface TfjsModel {
  /** For the file model.json, by `JSON.stringify`. */
  modelJson: TfjsModelJson;
  /** The file weights.bin beside it. */
  weights: Uint8Array<ArrayBuffer>;
}

/** What TensorFlow.js calls the activations; leaky ReLU is a layer of its own there. */
export const TFJS_ACTIVATIONS: Readonly<Record<Exclude<Hidden, 'leaky-relu'> | Output, string>> = {
  relu: 'relu',
  tanh: 'tanh',
  sigmoid: 'sigmoid',
  elu: 'elu',
  gelu: 'gelu_new',
  silu: 'swish',
  softmax: 'softmax',
  linear: 'linear',
};

/** The slope of leaky ReLU below 0. */
export const LEAKY_SLOPE = 0.01;

/**
 * The values of an array of three axes, in the opposite order. Weights [pixels, inputs, units], as
 * TensorFlow.js has them, become relumax' [units, inputs, pixels], and the reverse; the pixels are those of
 * a kernel, or of the image before a dense layer.
 */
export function transposed(
  values: Float32Array,
  [first, second, third]: readonly [number, number, number],
): Float32Array<ArrayBuffer> {
  const to = new Float32Array(values.length);
  let from = 0;
  for (let i = 0; i < first; i++) {
    for (let j = 0; j < second; j++) {
      for (let k = 0; k < third; k++) to[(k * second + j) * first + i] = values[from++]!;
    }
  }
  return to;
}
