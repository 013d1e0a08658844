/** What the command writes into a model's metadata, held against the network beside it. */
import { describe, options, outOfRange } from '../../base/arguments.ts';
import { FIELD } from '../../data/digit-image.ts';
import { seed, share } from '../terminal/option-values.ts';

/** Of each key that is read again: what its text has to be. */
interface Rule {
  readonly key: string;
  readonly expected: (layers: readonly number[]) => string;
  holds(text: string, layers: readonly number[]): boolean;
  /** Whether it may not be missing. */
  readonly needed?: true;
}

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
    holds: (text) => parses(share, text),
  },
  { key: 'seed', expected: () => 'a whole number', holds: (text) => parses(seed, text) },
  {
    key: 'settings',
    expected: () => 'an object in JSON',
    holds: (text) => parses((json) => options('settings', JSON.parse(json)), text),
  },
  { key: 'data-sha256', ...HASH },
  { key: 'train-sha256', ...HASH },
  { key: 'held-out-sha256', ...HASH },
];

const OF_KINDS: Readonly<Record<string, readonly Rule[]>> = {
  digits: [],
  idx: [],
  arrays: [],
  table: [
    {
      key: 'features',
      expected: (layers) => `${layers[0]} names in JSON, one for each input`,
      holds: (text, layers) => namesIn(text)?.length === layers[0],
    },
    {
      key: 'unused',
      expected: () => 'names in JSON',
      holds: (text) => namesIn(text) !== undefined,
    },
  ],
  images: [
    {
      key: 'size',
      expected: (layers) => `a width and height, as 28x28, of ${layers[0]} pixels`,
      holds(text, layers) {
        const [, width, height] = /^(\d{1,8})x(\d{1,8})$/.exec(text) ?? [];
        return Number(width) * Number(height) === layers[0];
      },
      needed: true,
    },
  ],
};

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
  if (!Object.hasOwn(OF_KINDS, data)) return;
  const [inputs, outputs] = [layers[0], layers.at(-1)];
  if (data === 'digits' && (inputs !== FIELD * FIELD || outputs !== 10)) {
    const found = `metadata "data" "digits" of a network of ${inputs} inputs and ${outputs} outputs`;
    throw outOfRange('model file', found, `${FIELD * FIELD} and 10`);
  }
  for (const { key, expected, holds, needed } of [...RULES, ...OF_KINDS[data]!]) {
    const text = metadata[key];
    if (text === undefined ? !needed : holds(text, layers)) continue;
    const found = `metadata ${describe(key)} ${describe(text)}`;
    throw outOfRange('model file', found, expected(layers));
  }
  if ('test-split' in metadata && !('seed' in metadata)) {
    throw outOfRange('model file', 'metadata "test-split" alone', '"seed" beside it');
  }
}

/** The names in a JSON array, as a model's metadata has them; undefined where it is none. */
export function namesIn(json: string | undefined): string[] | undefined {
  try {
    const names: unknown = JSON.parse(json ?? 'null');
    return Array.isArray(names) && names.every((name) => typeof name === 'string')
      ? names
      : undefined;
  } catch {
    return undefined;
  }
}
