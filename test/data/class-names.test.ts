import { describe, expect, it } from 'vitest';
import { parseClassNames, withClassNames } from '../../src/data/class-names.ts';
import { Dataset } from '../../src/data/dataset.ts';
import { cutOff, tally, withByteChanged } from '../damage.ts';

const examples = (labels: number[], classNames?: string[]) =>
  Dataset.from({
    inputs: Float32Array.from(labels),
    labels: Uint8Array.from(labels),
    classes: classNames?.length ?? Math.max(...labels) + 1,
    classNames,
  });

describe('withClassNames', () => {
  it('numbers the classes anew by their names', () => {
    const { labels, inputs, ...rest } = withClassNames('x', examples([0, 1, 1], ['b', 'c']), [
      'a',
      'b',
      'c',
    ]);
    expect([...labels]).toEqual([1, 2, 2]);
    expect([...inputs]).toEqual([0, 1, 1]);
    expect(rest).toMatchObject({ classes: 3, classNames: ['a', 'b', 'c'] });
  });

  it('leaves the numbers where there were no names', () => {
    const named = withClassNames('x', examples([1, 0]), ['a', 'b', 'c']);
    expect([...named.labels]).toEqual([1, 0]);
    expect(named.classes).toBe(3);
  });

  it('lets a name go of which there is no example', () => {
    expect(withClassNames('x', examples([1], ['other', 'a']), ['a']).classes).toBe(1);
  });

  it.each([
    [examples([0, 1], ['a', 'd']), 'x, example 1: found the class "d", expected one of 2'],
    [examples([0, 2]), 'x, example 1: found class 2, expected one of 2 classes: "a", "b"'],
  ])('refuses a class that is not among them', (dataset, message) => {
    expect(() => withClassNames('x', dataset, ['a', 'b'])).toThrow(message);
  });
});

describe('parseClassNames', () => {
  const parse = (text: string | Uint8Array) =>
    parseClassNames(typeof text === 'string' ? new TextEncoder().encode(text) : text, 'c.txt');

  it.each(['T-shirt/top\nÄrmel', 'T-shirt/top\r\nÄrmel\r\n', '\ufeffT-shirt/top\nÄrmel\n'])(
    'reads a name a line: %j',
    (text) => {
      expect(parse(text)).toEqual(['T-shirt/top', 'Ärmel']);
    },
  );

  it.each<[string | Uint8Array, string]>([
    ['', 'c.txt: found line 1 empty, expected the name of a class'],
    ['a\n\nb', 'c.txt: found line 2 empty'],
    ['a\nb\na\n', 'c.txt: found "a" on lines 1 and 3, expected each name once'],
    [Uint8Array.of(0xff), 'c.txt: found bytes that are not UTF-8'],
    [new Uint8Array(2 ** 20 + 1), 'c.txt: found 1048577 bytes'],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

describe('whatever the bytes are', () => {
  const bytes = new TextEncoder().encode('T-shirt\nÄrmel\nrot\n');
  const read = (damaged: Uint8Array) => {
    const names = parseClassNames(damaged, 'c.txt');
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name.trim()).not.toBe('');
  };

  it('they are different names, or refused', async () => {
    const cut = await tally(cutOff(bytes), read);
    // Nothing at all, and half of Ä.
    expect(cut).toEqual({ read: bytes.length - 2, refused: 2 });
    const changed = await tally(withByteChanged(bytes), read);
    expect(changed.refused).toBeGreaterThan(bytes.length);
    expect(changed.read).toBeGreaterThan(bytes.length);
  });
});
