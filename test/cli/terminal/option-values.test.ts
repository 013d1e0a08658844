import { describe, expect, it } from 'vitest';
import * as values from '../../../src/cli/terminal/option-values.ts';

const { batchSize, fraction, fromZero, layers, path, positive, schedule, seed } = values;
const epochs = values.wholeNumber(1);

describe('takes', () => {
  it.each<[values.Kind<unknown>, string, unknown]>([
    [epochs, '1', 1],
    [epochs, '4294967295', 2 ** 32 - 1],
    [seed, '0', 0],
    [seed, '9007199254740991', Number.MAX_SAFE_INTEGER],
    [batchSize, '64', 64],
    [batchSize, 'full', Number.POSITIVE_INFINITY],
    [positive, '0.1', 0.1],
    [positive, '.5', 0.5],
    [positive, '1e-3', 0.001],
    [positive, '2.', 2],
    [fromZero, '0', 0],
    [fromZero, '0.01', 0.01],
    [fraction, '0.2', 0.2],
    [path, 'a file', 'a file'],
    [schedule, 'cosine', 'cosine'],
    [schedule, 'step:5:0.5', { name: 'step', every: 5, factor: 0.5 }],
  ])('%o %s', ({ parse, format }, text, value) => {
    expect(parse(text)).toEqual(value);
    expect(parse(format(value))).toEqual(value);
  });
});

it.each([
  ['784-10-10', undefined, [784, 10, 10]],
  ['3-2', undefined, [3, 2]],
  [
    '28x28-8c5s-p2-10',
    [28, 28, 1],
    [{ conv: 8, kernel: 5, padding: 'same', stride: 1 }, { maxPool: 2 }, 10],
  ],
  ['32x30x3-4c3/2-10', [32, 30, 3], [{ conv: 4, kernel: 3, padding: 'valid', stride: 2 }, 10]],
])('takes the layers %s', (text, input, list) => {
  const network = layers.parse(text);
  expect(network).toMatchObject({ layers: list });
  expect(network.input).toEqual(input);
  expect(layers.format(network)).toBe(text);
});

describe('turns down', () => {
  it.each<[values.Kind<unknown>, string[]]>([
    [layers, ['', '784', '784-', '-10', '784--10', '784-0-10', '784x10', '1.5-2', '3-1e9']],
    [epochs, ['', '0', '-1', '1.5', '1e3', ' 1', 'ten', '0x10', '4294967296', 'Infinity']],
    [seed, ['', '-1', '0.5', '9007199254740992', 'abc']],
    [batchSize, ['', '0', '-1', '2.5', 'Full', 'Infinity', '9007199254740992']],
    [positive, ['', '0', '-0.1', 'NaN', 'Infinity', '1e400', '1e-400', '0x1', '0.1 ']],
    [fromZero, ['', '-0.1', 'NaN', 'Infinity', '1e400']],
    [fraction, ['', '0', '1', '1.5', '-0.2', '20%', 'NaN']],
    [schedule, ['', 'linear', 'step', 'step:5', 'step:0:1', 'step:5:0.5:1', 'step:a:b']],
    [path, ['']],
  ])('%o', ({ parse }, texts) => {
    for (const text of texts) expect(() => parse(text), text).toThrow(/^Expected .*\.$/);
  });
});
