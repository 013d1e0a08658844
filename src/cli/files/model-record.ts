/** What the command writes into a model's metadata, held against the network beside it. */
import { describe, options, outOfRange } from '../../base/arguments.ts';
import { FIELD } from '../../data/digit-image.ts';
import { fraction, seed } from '../terminal/option-values.ts';
import { formatOf, type Rule } from './formats.ts';

const HASH = { expected: () => 'a SHA-256', holds: (text: string) => /^[\da-f]{64}$/.test(text) };

/** Whether a parser of the command line takes a text. */
function parses(parse: (text: string) => unknown, text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

const RULES: readonly Rule[] = [
  {
    key: 'test-split',
    expected: () => 'a number above 0 and below 1',
    holds: (text) => parses(fraction.parse, text),
  },
  { key: 'seed', expected: () => 'a whole number', holds: (text) => parses(seed.parse, text) },
  {
    key: 'settings',
    expected: () => 'an object in JSON',
    holds: (text) => parses((json) => options('settings', JSON.parse(json)), text),
  },
  { key: 'data-sha256', ...HASH },
  { key: 'train-sha256', ...HASH },
  { key: 'held-out-sha256', ...HASH },
];

/**
 * Checks the metadata of a model that the command trained; what others have written there is theirs.
 *
 * @throws RangeError that names the key
 */
export function checkRecord(
  metadata: Readonly<Record<string, string>>,
  layers: readonly number[],
): void {
  const { data = '' } = metadata;
  const format = formatOf(data);
  if (format === undefined) return;
  const [inputs, outputs] = [layers[0], layers.at(-1)];
  if (data === 'digits' && (inputs !== FIELD * FIELD || outputs !== 10)) {
    const found = `metadata "data" "digits" of a network of ${inputs} inputs and ${outputs} outputs`;
    throw outOfRange('model file', found, `${FIELD * FIELD} and 10`);
  }
  for (const { key, expected, holds, needed } of [...RULES, ...(format.rules ?? [])]) {
    const text = metadata[key];
    if (text === undefined ? !needed : holds(text, layers)) continue;
    const found = `metadata ${describe(key)} ${describe(text)}`;
    throw outOfRange('model file', found, expected(layers));
  }
  if ('test-split' in metadata && !('seed' in metadata)) {
    throw outOfRange('model file', 'metadata "test-split" alone', '"seed" beside it');
  }
}
