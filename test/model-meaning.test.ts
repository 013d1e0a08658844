import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { meaningOf, withMeaning } from '../src/model-meaning.ts';
import { Network } from '../src/network.ts';
import { encodeSafetensors } from '../src/safetensors.ts';
import { decodeSafetensors } from '../src/safetensors-reader.ts';
import { cutOff, tally, withByteChanged } from './damage.ts';

const network = await Network.create({ layers: [3, 2], seed: 1 });
const file = network.save({ metadata: { note: 'x' } });
const classNames = ['one "1"', 'zwei'];
const normalization = {
  mean: Float32Array.of(1, -2, 1e30),
  deviation: Float32Array.of(0.5, 1, 1e-40),
};

describe('names and normalisation', () => {
  it('come back, and leave the network as it is', async () => {
    const bytes = withMeaning(file, { classNames, normalization });
    expect(meaningOf(bytes, [3, 2])).toEqual({ classNames, normalization });
    const back = await Network.load(bytes);
    expect(back.parameters()).toEqual(network.parameters());
    expect(back.metadata).toEqual({ note: 'x', classes: JSON.stringify(classNames) });
    const { tensors, metadata } = decodeSafetensors(bytes);
    expect(JSON.parse(metadata.classes!)).toEqual(classNames);
    expect(tensors.get('normalization.mean')!.data).toEqual(normalization.mean);
    expect(tensors.get('normalization.deviation')!.shape).toEqual([3]);
  });

  it('may be missing, both or either', () => {
    expect(withMeaning(file, {})).toEqual(file);
    expect(meaningOf(file, [3, 2])).toEqual({ classNames: undefined, normalization: undefined });
    expect(meaningOf(withMeaning(file, { classNames }), [3, 2])).toMatchObject({ classNames });
    const { normalization: found } = meaningOf(withMeaning(file, { normalization }), [3, 2]);
    expect(found).toEqual(normalization);
  });

  it('of any kind come back', () => {
    const names = fc.uniqueArray(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 2 });
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    const means = fc.array(float, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(names, means, (classNames, mean) => {
        const deviation = Float32Array.from(mean, (value) => Math.abs(value) || 1);
        const meaning = { classNames, normalization: { mean: Float32Array.from(mean), deviation } };
        expect(meaningOf(withMeaning(file, meaning), [3, 2])).toEqual(meaning);
      }),
    );
  });
});

describe('damaged', () => {
  const { tensors, metadata } = decodeSafetensors(file);
  const damaged = (text: string | undefined, more: Record<string, number[]>) =>
    encodeSafetensors(
      [
        ...tensors,
        ...Object.entries(more).map(
          ([name, values]) =>
            [name, { shape: [values.length], data: Float32Array.from(values) }] as const,
        ),
      ],
      { ...metadata, ...(text !== undefined && { classes: text }) },
    );
  const mean = 'normalization.mean';
  const deviation = 'normalization.deviation';

  test.each<[string, Uint8Array, string]>([
    [
      'no JSON',
      damaged('a, b', {}),
      'metadata "classes" "a, b", expected 2 different names in JSON',
    ],
    ['no list', damaged('{"0":"a"}', {}), 'metadata "classes"'],
    ['a name too few', damaged('["a"]', {}), 'metadata "classes" "[\\"a\\"]", expected 2'],
    ['a name twice', damaged('["a","a"]', {}), 'metadata "classes"'],
    ['a name that is none', damaged('["a",1]', {}), 'metadata "classes"'],
    ['means alone', damaged(undefined, { [mean]: [1, 2, 3] }), `no tensor "${deviation}"`],
    ['deviations alone', damaged(undefined, { [deviation]: [1, 2, 3] }), `no tensor "${mean}"`],
    [
      'means of another size',
      damaged(undefined, { [mean]: [1, 2], [deviation]: [1, 2, 3] }),
      `${mean} with the shape [2], expected [3]`,
    ],
    [
      'a deviation of 0',
      damaged(undefined, { [mean]: [1, 2, 3], [deviation]: [1, 0, 3] }),
      `found 0 in ${deviation}[1], expected a finite number above 0`,
    ],
    [
      'a mean that is NaN',
      damaged(undefined, { [mean]: [1, 2, Number.NaN], [deviation]: [1, 1, 3] }),
      `found NaN in ${mean}[2], expected a finite number`,
    ],
    [
      'targets of another size',
      damaged(undefined, { 'targets.mean': [1, 2, 3], 'targets.deviation': [1, 1] }),
      'targets.mean with the shape [3], expected [2], a value for each output',
    ],
    [
      'a deviation of targets below 0',
      damaged(undefined, { 'targets.mean': [1, 2], 'targets.deviation': [1, -1] }),
      'found -1 in targets.deviation[1], expected a finite number above 0',
    ],
    [
      'means of targets alone',
      damaged(undefined, { 'targets.mean': [1, 2] }),
      'no tensor "targets.d',
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => meaningOf(bytes, [3, 2])).toThrow(RangeError);
    expect(() => meaningOf(bytes, [3, 2])).toThrow(message);
    expect(() => meaningOf(bytes, [3, 2])).toThrow(/^model file: /);
  });
});

test('what was done to targets stands beside what was done to inputs', () => {
  const targets = { mean: Float32Array.of(1, -2), deviation: Float32Array.of(3, 0.5) };
  const whole = withMeaning(file, { classNames, normalization, targets });
  expect(meaningOf(whole, [3, 2])).toEqual({ classNames, normalization, targets });
  expect(meaningOf(withMeaning(file, { targets }), [3, 2]).targets).toEqual(targets);
});

describe('whatever the bytes are', () => {
  const whole = withMeaning(file, { classNames, normalization });

  it('no part of a file says anything', async () => {
    const counts = await tally(cutOff(whole), (bytes) => meaningOf(bytes, [3, 2]));
    expect(counts).toEqual({ read: 0, refused: whole.length });
  });

  it('a file with another byte is refused, or means something that fits', async () => {
    const counts = await tally(withByteChanged(whole), (bytes) => {
      const found = meaningOf(bytes, [3, 2]);
      if (found.classNames) expect(new Set(found.classNames).size).toBe(2);
      for (const value of found.normalization?.mean ?? [])
        expect(Number.isFinite(value)).toBe(true);
      for (const value of found.normalization?.deviation ?? []) expect(value).toBeGreaterThan(0);
    });
    expect(counts.refused).toBeGreaterThan(3000);
    expect(counts.read).toBeGreaterThan(300);
  });
});
