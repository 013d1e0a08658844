/** What labels in arrays are taken for. */
import { describe, expect, it } from 'vitest';
import { datasetsFromNpy } from '../../../src/data/npy/examples.ts';
import type { LabelsReading } from '../../../src/data/npy/labels.ts';
import { npy } from '../npy-file.ts';

/** Examples with these labels, in as many parts. */
function read(labels: readonly Uint8Array[], lengths: number[], reading?: LabelsReading) {
  const files = labels.flatMap((bytes, i) => [
    { name: i === 0 ? 'x' : 'x_test', bytes: npy(new Uint8Array(lengths[i]!), [lengths[i]!, 1]) },
    { name: i === 0 ? 'y' : 'y_test', bytes },
  ]);
  return datasetsFromNpy('a.npz', files, reading);
}

const ints = (...values: number[]) => npy(Int32Array.from(values));
const repeated = (times: number, ...values: number[]) =>
  Array.from({ length: times * values.length }, (_, i) => values[i % values.length]!);

/** An array of text: code points of 32 bits. */
function texts(names: readonly string[], order: '<' | '>' = '<'): Uint8Array {
  const width = Math.max(...names.map((name) => name.length));
  const bytes = Buffer.alloc(4 * width * names.length);
  for (const [i, name] of names.entries()) {
    for (const [j, character] of [...name].entries()) {
      const at = 4 * (i * width + j);
      const point = character.codePointAt(0)!;
      if (order === '<') bytes.writeUInt32LE(point, at);
      else bytes.writeUInt32BE(point, at);
    }
  }
  return npy(bytes as Uint8Array, [names.length], { descr: `${order}U${width}` });
}

describe('text', () => {
  it.each(['<', '>'] as const)('names the classes, in order: %s', (order) => {
    const { train, test, areNames } = read(
      [texts(['dog', 'čat', '🐈'], order), texts(['dog'], order)],
      [3, 1],
    );
    expect(train).toMatchObject({ classes: 3, classNames: ['dog', 'čat', '🐈'] });
    expect([[...train.labels], [...test!.labels], areNames]).toEqual([[0, 1, 2], [0], true]);
  });

  it('may be bytes', () => {
    const bytes = Buffer.from('no\0yesno\0', 'latin1');
    const { train } = read([npy(bytes, [3], { descr: '|S3' })], [3]);
    expect([train.classNames, ...train.labels]).toEqual([['no', 'yes'], 0, 1, 0]);
  });

  it('is held against the names of a model', () => {
    const model = { classNames: ['b', 'a', 'c'], areNames: true };
    const { train } = read([texts(['a', 'b'])], [2], model);
    expect([train.classes, ...train.labels]).toEqual([3, 1, 0]);
    expect(() => read([texts(['a', 'd'])], [2], model)).toThrow(
      'y: found label "d" at example 1, expected one of "b", "a", "c"',
    );
  });

  it.each<[string, Uint8Array[], string]>([
    ['nothing', [texts(['a', ''])], 'y: found no label at example 1'],
    [
      'no text',
      [npy(Uint8Array.of(97, 255), [2], { descr: '|S1' })],
      'y: found bytes that are no text at example 1',
    ],
    [
      'no code point',
      [npy(Uint8Array.of(0, 0, 0, 0, 0, 0, 17, 0), [2], { descr: '<U1' })],
      'y: found no label at example 0',
    ],
    ['numbers beside it', [texts(['a', 'b']), ints(0, 1)], 'y_test: found labels of int32'],
    ['too few', [texts(['a'])], 'y: found 1 labels, expected 2, one for each example of x'],
  ])('is not %s', (_, labels, message) => {
    expect(() => read(labels, [2, 2])).toThrow(message);
  });

  it('has 256 classes at most', () => {
    const names = Array.from({ length: 257 }, (_, i) => `${i}`);
    expect(() => read([texts(names)], [257])).toThrow('y: found 257 different labels, expected at');
  });
});

describe('whole numbers', () => {
  it('that are two are classes, −1 and 1 too', () => {
    const { train, test, areNames } = read([ints(1, -1, 1), ints(1)], [3, 1]);
    expect([train.classNames, [...train.labels], [...test!.labels], areNames]).toEqual([
      ['-1', '1'],
      [1, 0, 1],
      [1],
      true,
    ]);
    const model = { classNames: ['-1', '1'], areNames: true, as: 'classes' } as const;
    expect([...read([ints(1, 1)], [2], model).train.labels]).toEqual([1, 1]);
    expect(() => read([ints(1, 0)], [2], model)).toThrow('y: found label "0" at example 1');
  });

  it('that are few for their examples are classes, named by their value', () => {
    const { train } = read([ints(...repeated(5, 300, 20, -100))], [15]);
    expect([train.classNames, ...train.labels.subarray(0, 3)]).toEqual([
      ['-100', '20', '300'],
      2,
      1,
      0,
    ]);
  });

  it('that are many are numbers to predict, which is said', () => {
    const prices = [300, 20, -100, 20];
    const { train, note } = read([ints(...prices)], [4]);
    expect([...train.targets!]).toEqual(prices);
    expect(note).toBe(
      '3 different whole numbers in y are numbers to predict; --output softmax takes them for classes',
    );
    const { train: classes } = read([ints(...prices)], [4], { as: 'classes' });
    expect(classes.classNames).toEqual(['-100', '20', '300']);
  });

  it('from 0 to 255 are classes without names, unless they are many', () => {
    const few = Array.from({ length: 20 }, (_, i) => i);
    expect(read([ints(...few)], [20])).toMatchObject({ areNames: false, train: { classes: 20 } });
    const many = Array.from({ length: 21 }, (_, i) => i);
    expect([...read([ints(...many)], [21]).train.targets!]).toEqual(many);
    expect(read([ints(...repeated(5, ...many))], [105]).train.classes).toBe(21);
    expect(read([ints(...many)], [21], { as: 'classes' }).train.classes).toBe(21);
  });

  it('are numbers where those are asked for', () => {
    expect([...read([ints(0, 1, 1)], [3], { as: 'numbers' }).train.targets!]).toEqual([0, 1, 1]);
    const oneHot = npy(Uint8Array.of(0, 1, 1, 0), [2, 2]);
    expect(read([oneHot], [2], { as: 'numbers' }).train.outputs).toBe(2);
  });
});
