/**
 * A checkpoint as a safetensors file: the network, as `Network.load` reads it, and beside it what the
 * optimizer keeps and the best epoch's parameters; the rest is JSON in the metadata.
 */
import { describe, outOfRange } from './arguments.ts';
import type { Checkpoint } from './checkpoint.ts';
import { CHECKPOINT, encodeModel, tensorsOf } from './model.ts';
import { decodeModel, layersOf } from './model-reader.ts';
import { damaged, decodeSafetensors } from './safetensors-reader.ts';
import type { LayerParameters } from './wasm.ts';

const stateName = (i: number) => `optimizer.${i}.`;
const BEST = 'best.';

/**
 * The bytes of a checkpoint's file.
 *
 * @param given metadata: text of your own to keep in the file
 * @throws TypeError or RangeError where the metadata cannot be written
 */
export function encodeCheckpoint(
  { parameters, state, best, normalization, progress, settings }: Checkpoint,
  given: { metadata?: Record<string, string> } = {},
): Uint8Array<ArrayBuffer> {
  const { layers, functions } = settings;
  const checkpoint = JSON.stringify({ progress, settings });
  const besides = state.flatMap((kept, i) => tensorsOf(layers, kept, stateName(i)));
  if (best) besides.push(...tensorsOf(layers, best, BEST));
  const model = { layers, parameters, functions, normalization, checkpoint };
  return encodeModel({ ...model, metadata: {} }, given.metadata, besides);
}

/**
 * Reads a checkpoint back, to the same bits. `fit` checks whether a training can go on from it.
 *
 * @throws TypeError or RangeError that says what is wrong with the file
 */
export function decodeCheckpoint(bytes: Uint8Array): {
  checkpoint: Checkpoint;
  metadata: Readonly<Record<string, string>>;
} {
  const { layers, parameters, normalization, metadata, checkpoint } = decodeModel(bytes);
  const { tensors } = decodeSafetensors(bytes);
  if (checkpoint === undefined) {
    throw damaged(`no ${describe(CHECKPOINT)} in its metadata`, 'a checkpoint');
  }
  const { progress, settings } = parsed(checkpoint);
  const besides = (prefix: string) => {
    const found = layersOf(tensors, prefix);
    if (found.layers.join() === layers.join()) return found.parameters;
    const expected = `${layers.join('-')}, as the network has`;
    throw damaged(`${prefix}layers of ${found.layers.join('-')}`, expected);
  };
  const has = (prefix: string) => tensors.has(`${prefix}layers.0.weight`);
  const state: LayerParameters[][] = [];
  while (has(stateName(state.length))) state.push(besides(stateName(state.length)));
  return {
    checkpoint: {
      parameters,
      state,
      progress,
      settings,
      ...(has(BEST) && { best: besides(BEST) }),
      ...(normalization && { normalization }),
    },
    metadata,
  };
}

function parsed(text: string): Pick<Checkpoint, 'progress' | 'settings'> {
  try {
    // An accuracy that is NaN, as in a regression, has become null.
    const value = JSON.parse(text, (key, value) =>
      key === 'accuracy' && value === null ? Number.NaN : value,
    );
    if (typeof value?.progress === 'object' && typeof value.settings === 'object') return value;
  } catch {
    // Said below.
  }
  throw outOfRange(
    `model file: metadata ${describe(CHECKPOINT)}`,
    describe(text),
    'progress and settings',
  );
}
