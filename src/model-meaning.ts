/**
 * What a model file says, beside the network, of what goes in and what comes out: the names of the
 * classes, in its metadata, and what was done to the inputs, as two tensors. A network neither needs
 * nor knows it; whoever feeds and reads it does.
 */
import { describe } from './arguments.ts';
import type { Normalization } from './data/normalization.ts';
import { encodeSafetensors, type Tensor } from './safetensors.ts';
import { damaged, decodeSafetensors } from './safetensors-reader.ts';

/** What goes into a network and what comes out. */
export interface Meaning {
  /** What the classes are called, in the order of the outputs. */
  readonly classNames?: readonly string[] | undefined;
  /** What was done to the inputs that the network learnt from; n⁰ means and deviations. */
  readonly normalization?: Normalization | undefined;
  /** What was done to the numbers that it learnt to tell; nᴸ means and deviations. */
  readonly targets?: Normalization | undefined;
}

/** The key of the metadata under which the classes' names stand, a JSON array. */
const CLASSES = 'classes';
/** Of what there are means and deviations, by the beginnings of the tensors' names. */
const INPUTS = 'normalization';
const TARGETS = 'targets';

/** The model file `bytes` with what is given added to it. */
export function withMeaning(bytes: Uint8Array, meaning: Meaning): Uint8Array {
  const { classNames, normalization, targets } = meaning;
  if (!(classNames || normalization || targets)) return bytes;
  const { tensors, metadata } = decodeSafetensors(bytes);
  const all = new Map<string, Tensor>(tensors);
  if (classNames !== undefined) metadata[CLASSES] = JSON.stringify(classNames);
  for (const [name, done] of Object.entries({ [INPUTS]: normalization, [TARGETS]: targets })) {
    for (const [kind, data] of Object.entries(done ?? {})) {
      all.set(`${name}.${kind}`, { shape: [data.length], data });
    }
  }
  return encodeSafetensors(all, metadata);
}

/**
 * What the model file `bytes` says.
 *
 * @param layers n⁰ … nᴸ of the network in it
 * @throws RangeError where names or normalisation are damaged or do not fit the layers
 */
export function meaningOf(bytes: Uint8Array, layers: readonly number[]): Meaning {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const names = metadata[CLASSES];
  const normalizationAt = (name: string, count: number) => {
    const [meanName, deviationName] = [`${name}.mean`, `${name}.deviation`];
    const [mean, deviation] = [tensors.get(meanName), tensors.get(deviationName)];
    if (mean === undefined && deviation === undefined) return undefined;
    return {
      mean: floatsOf(meanName, mean, count, Number.NEGATIVE_INFINITY),
      deviation: floatsOf(deviationName, deviation, count, 0),
    };
  };
  return {
    classNames: names === undefined ? undefined : namesIn(names, layers.at(-1)!),
    normalization: normalizationAt(INPUTS, layers[0]!),
    targets: normalizationAt(TARGETS, layers.at(-1)!),
  };
}

function namesIn(json: string, count: number): readonly string[] {
  let names: unknown;
  try {
    names = JSON.parse(json);
  } catch {
    // Then it is no array of names either.
  }
  if (areNames(names, count)) return names;
  throw damaged(
    `metadata ${describe(CLASSES)} ${describe(json)}`,
    `${count} different names in JSON`,
  );
}

/** Whether `names` is an array of `count` strings, no two alike. */
function areNames(names: unknown, count: number): names is readonly string[] {
  return (
    Array.isArray(names) &&
    names.length === count &&
    new Set(names.filter((name) => typeof name === 'string')).size === count
  );
}

/** The values of a tensor, where they are `count` finite ones above `least`. */
function floatsOf(
  name: string,
  tensor: Tensor | undefined,
  count: number,
  least: number,
): Float32Array {
  if (tensor === undefined)
    throw damaged(`no tensor ${describe(name)}`, 'it beside its other half');
  const { shape, data } = tensor;
  if (shape.length !== 1 || shape[0] !== count) {
    throw damaged(
      `${name} with the shape [${shape}]`,
      `[${count}], a value for each ${name.startsWith(INPUTS) ? 'input' : 'output'}`,
    );
  }
  const bad = data.findIndex((value) => !(Number.isFinite(value) && value > least));
  if (bad < 0) return data;
  const expected = least === 0 ? 'a finite number above 0' : 'a finite number';
  throw damaged(`${data[bad]} in ${name}[${bad}]`, expected);
}
