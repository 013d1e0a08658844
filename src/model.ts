/** A network as a safetensors file: which tensors it has, and what its metadata says. */
import { describe, options, outOfRange } from './arguments.ts';
import type { NetworkContents } from './live-network.ts';
import { encodeSafetensors, type Tensor } from './safetensors.ts';
import type { LayerParameters } from './wasm.ts';

/** What a model file holds. */
export interface Model extends NetworkContents {
  /** What the one who saved it had to say. */
  metadata: Record<string, string>;
}

/** What is always in the metadata, so that whoever reads the file knows how to use the tensors. */
export const OWN_METADATA: Readonly<Record<string, string>> = {
  format: 'relumax',
  version: '1',
  input: 'float32, or uint8 / 255',
};

/** The key under which the sizes stand, for example 784-10-10. */
export const LAYERS = 'layers';

export const weightName = (l: number) => `layers.${l}.weight`;
export const biasName = (l: number) => `layers.${l}.bias`;

/**
 * The bytes of a model file.
 *
 * @param besides tensors that stand in the file besides those of the layers
 * @throws TypeError or RangeError where the metadata cannot be written
 */
export function encodeModel(
  { layers, parameters, functions, metadata }: Model,
  besides: readonly (readonly [string, Tensor])[] = [],
): Uint8Array<ArrayBuffer> {
  const own = { ...OWN_METADATA, ...functions, [LAYERS]: layers.join('-') };
  const taken = Object.keys(options('metadata', metadata)).find((key) => Object.hasOwn(own, key));
  if (taken !== undefined) {
    throw outOfRange('metadata', `the key ${describe(taken)}`, 'another one: it is relumax’s own');
  }
  return encodeSafetensors([...tensorsOf(layers, parameters), ...besides], { ...own, ...metadata });
}

/**
 * Numbers in the form of the parameters as tensors.
 *
 * @param prefix of their names
 */
export function tensorsOf(
  layers: readonly number[],
  parameters: readonly LayerParameters[],
  prefix = '',
): (readonly [string, Tensor])[] {
  return parameters.flatMap(({ weights, biases }, l) => {
    const inputs = layers[l]!;
    const units = layers[l + 1]!;
    return [
      [prefix + weightName(l), { shape: [units, inputs], data: weights }],
      [prefix + biasName(l), { shape: [units], data: biases }],
    ] as const;
  });
}
