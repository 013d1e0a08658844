/**
 * Checkpoints as safetensors files: the model, as `Network.load` reads it, with the state of the
 * optimizer and the parameters of the best epoch; progress and settings are JSON in the metadata.
 */
import { classOf, describe, options, outOfRange } from '../base/arguments.ts';
import { checkedFunctions } from '../core/activations.ts';
import { checkedArchitecture } from '../core/architecture.ts';
import type { LayerParameters } from '../core/parameters.ts';
import { checkedParameters } from '../core/parameters.ts';
import { CHECKPOINT, encodeModel, stateName, tensorsOf } from '../model/model.ts';
import { hasUnder, modelIn, stateIn, valuesUnder } from '../model/model-reader.ts';
import { damaged, decodeSafetensors } from '../model/safetensors-reader.ts';
import { type Checkpoint, checkedCheckpoint } from './checkpoint.ts';

const BEST = 'best.';

/**
 * Encodes a checkpoint as a safetensors file.
 *
 * @param checkpoint as passed to `onCheckpoint` of `Checkpoints`
 * @param given metadata: text of your own to keep in the file
 * @throws TypeError or RangeError that names what is wrong with the checkpoint, or where the metadata
 *   cannot be written
 */
export function encodeCheckpoint(
  checkpoint: Checkpoint,
  given: { metadata?: Record<string, string> } = {},
): Uint8Array<ArrayBuffer> {
  const { metadata } = options('options', given, ['metadata']);
  const { settings, progress, ...parts } = checkedCheckpoint('checkpoint', checkpoint);
  const architecture = checkedArchitecture(settings, 'checkpoint.settings.');
  const functions = checkedFunctions(
    'checkpoint.settings.functions.',
    options('checkpoint.settings.functions', settings.functions),
  );
  const tensors = (name: string, kept: LayerParameters[], prefix: string) =>
    tensorsOf(architecture, checkedParameters(`checkpoint.${name}`, kept, architecture), prefix);
  const { parameters, state, best, normalization } = parts;
  checkedParameters('checkpoint.parameters', parameters, architecture);
  const model = { architecture, functions, parameters, normalization, metadata: {} };
  return encodeModel(model, metadata, {
    tensors: [
      ...state.flatMap((kept, i) => tensors(`state[${i}]`, kept, stateName(i))),
      ...(best ? tensors('best', best, BEST) : []),
    ],
    text: JSON.stringify({ progress, settings }),
  });
}

/**
 * Decodes a checkpoint, bit-exactly. `fit` checks whether a training can resume from it.
 *
 * @throws TypeError or RangeError that says what is wrong with the file
 */
export function decodeCheckpoint(bytes: Uint8Array): {
  checkpoint: Checkpoint;
  metadata: Readonly<Record<string, string>>;
} {
  const file = decodeSafetensors(bytes);
  const { architecture, functions, parameters, normalization, metadata } = modelIn(file);
  const { tensors } = file;
  const text = file.metadata[CHECKPOINT];
  if (text === undefined) {
    throw damaged(`no ${describe(CHECKPOINT)} in its metadata`, 'a checkpoint');
  }
  const { progress, settings } = parsed(text);
  const { hidden, output } = functions;
  const { layers, input } = architecture;
  const named = [
    ['layers', settings.layers, layers],
    ['input', settings.input, input],
    ['functions.hidden', settings.functions?.hidden, hidden],
    ['functions.output', settings.functions?.output, output],
  ] as const;
  for (const [name, theirs, expected] of named) {
    const [found, wanted] = [theirs, expected].map((value) => JSON.stringify(value));
    if (found === wanted) continue;
    const subject = `metadata ${describe(CHECKPOINT)} with settings.${name} ${describe(found)}`;
    throw damaged(subject, `${wanted}, as the network has`);
  }
  return {
    checkpoint: {
      parameters: [...parameters],
      state: stateIn(tensors, architecture),
      progress,
      settings,
      ...(hasUnder(tensors, BEST, architecture) && {
        best: valuesUnder(tensors, BEST, architecture),
      }),
      ...(normalization && { normalization }),
    },
    metadata,
  };
}

function parsed(text: string): Pick<Checkpoint, 'progress' | 'settings'> {
  try {
    // Older checkpoints of a regression have an accuracy of null.
    const value = JSON.parse(text, (key, value) =>
      key === 'accuracy' && value === null ? undefined : value,
    );
    if (classOf(value?.progress) === 'Object' && classOf(value.settings) === 'Object') return value;
  } catch {
    // Said below.
  }
  throw outOfRange(
    `model file: metadata ${describe(CHECKPOINT)}`,
    describe(text),
    'progress and settings',
  );
}
