/** A network as a safetensors file: which tensors it has, and what its metadata says. */
import { describe, options, outOfRange } from '../base/arguments.ts';
import type { Functions } from '../core/activations.ts';
import type { Architecture } from '../core/layers.ts';
import type { Normalization } from '../core/normalization.ts';
import type { KeptOptimizer } from '../core/optimizers.ts';
import type { LayerParameters } from '../core/parameters.ts';
import { encodeSafetensors, type Tensor } from './safetensors.ts';

/** A network as data: decoded once, when a file is read, and encoded once, when one is written. */
export interface Model {
  readonly architecture: Architecture;
  readonly functions: Functions;
  readonly parameters: readonly LayerParameters[];
  /** The preprocessing; undefined: inputs and outputs are used as they are. */
  readonly normalization: Normalization | undefined;
  /** Names of the outputs, in order. */
  readonly classNames?: readonly string[] | undefined;
  /** That of `trainOnBatch`, where it is to be kept. */
  readonly optimizer?: KeptOptimizer | undefined;
  /** Text by key, without the keys that relumax writes itself. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a checkpoint's file holds besides its model. */
export interface CheckpointParts {
  readonly tensors: readonly (readonly [string, Tensor])[];
  /** The text under the key `checkpoint`. */
  readonly text: string;
}

/** The metadata of every model file, which say how to use the tensors. */
export const OWN_METADATA: Readonly<Record<string, string>> = {
  format: 'relumax',
  version: '1',
  input: 'float32, or uint8 / 255',
};

/** The keys of the layers, such as 784-10-10, and of a checkpoint. */
export const LAYERS = 'layers';
export const CHECKPOINT = 'checkpoint';
/** The key of the optimizer of `trainOnBatch`, as JSON. */
export const BATCHES = 'trainOnBatch';

/** The prefix of the tensors of a block of an optimizer's state. */
export const stateName = (i: number) => `optimizer.${i}.`;

/** The key of the names of the classes, a JSON array. */
export const CLASSES = 'classes';

/** What a file's metadata says of the names of its classes. */
export function classesRecord(names: readonly string[] | undefined): Record<string, string> {
  return names ? { [CLASSES]: JSON.stringify(names) } : {};
}

export const weightName = (module: string) => `${module}.weight`;
export const biasName = (module: string) => `${module}.bias`;

/** The prefixes of the tensors of the preprocessing: `normalization.mean` … */
export const NORMALIZATION = [
  ['inputs', 'normalization'],
  ['targets', 'targets'],
] as const;
/** The name of the standard deviation in files. */
export const STD = 'deviation';

/**
 * Encodes a model as a safetensors file.
 *
 * @param added text that replaces or extends the model's metadata
 * @param checkpoint makes the file a checkpoint too
 * @throws TypeError or RangeError where the metadata cannot be written
 */
export function encodeModel(
  {
    architecture,
    parameters,
    functions,
    normalization,
    optimizer: kept,
    classNames,
    metadata,
  }: Model,
  added: Record<string, string> = {},
  checkpoint?: CheckpointParts,
): Uint8Array<ArrayBuffer> {
  const own = { ...OWN_METADATA, ...functions, [LAYERS]: architecture.text };
  // Read once: what was checked is what is written.
  const text = { ...options('metadata', added) };
  const taken = Object.keys(text).find(
    (key) => Object.hasOwn(own, key) || [CHECKPOINT, BATCHES].includes(key),
  );
  if (taken !== undefined) {
    throw outOfRange('metadata', `the key ${describe(taken)}`, 'another one: it is relumax’s own');
  }
  // Float64 first, so that all data is aligned.
  const standardized = NORMALIZATION.flatMap(([part, name]) => {
    const { mean, std } = normalization?.[part] ?? {};
    if (!mean || !std) return [];
    const shape = [mean.length];
    return [
      [`${name}.mean`, { shape, data: mean }],
      [`${name}.${STD}`, { shape, data: std }],
    ] as const;
  });
  const tensors = [
    ...standardized,
    ...tensorsOf(architecture, parameters),
    ...(kept?.state ?? []).flatMap((block, i) => tensorsOf(architecture, block, stateName(i))),
  ];
  const { optimizer, t, at, bt } = kept ?? {};
  return encodeSafetensors(checkpoint ? [...tensors, ...checkpoint.tensors] : tensors, {
    ...own,
    ...(checkpoint && { [CHECKPOINT]: checkpoint.text }),
    ...(kept && { [BATCHES]: JSON.stringify({ optimizer, t, at, bt }) }),
    ...metadata,
    ...classesRecord(classNames),
    ...text,
  });
}

/**
 * Parameters, or arrays of the same form, as tensors.
 *
 * @param prefix of their names
 */
export function tensorsOf(
  { trained }: Architecture,
  parameters: readonly LayerParameters[],
  prefix = '',
): (readonly [string, Tensor])[] {
  return trained.flatMap(({ weights: shape, module }, i) => {
    const { weights, biases } = parameters[i]!;
    return [
      [prefix + weightName(module), { shape, data: weights }],
      [prefix + biasName(module), { shape: [shape[0]!], data: biases }],
    ] as const;
  });
}
