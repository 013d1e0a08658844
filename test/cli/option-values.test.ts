import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import * as values from '../../src/cli/terminal/option-values.ts';

const { batchSize, epochs, fromZero, layerSizes, learningRate, path, seed, share } = values;

describe('takes', () => {
  it.each<[(text: string) => unknown, string, unknown]>([
    [layerSizes, '784-10-10', [784, 10, 10]],
    [layerSizes, '3-2', [3, 2]],
    [epochs, '1', 1],
    [epochs, '4294967295', 2 ** 32 - 1],
    [seed, '0', 0],
    [seed, '9007199254740991', Number.MAX_SAFE_INTEGER],
    [batchSize, '64', 64],
    [batchSize, 'full', Number.POSITIVE_INFINITY],
    [learningRate, '0.1', 0.1],
    [learningRate, '.5', 0.5],
    [learningRate, '1e-3', 0.001],
    [learningRate, '2.', 2],
    [fromZero, '0', 0],
    [fromZero, '0.01', 0.01],
    [share, '0.2', 0.2],
    [path, 'a file', 'a file'],
  ])('%o %s', (parse, text, value) => {
    expect(parse(text)).toEqual(value);
  });
});

describe('turns down', () => {
  it.each<[(text: string) => unknown, string[]]>([
    [layerSizes, ['', '784', '784-', '-10', '784--10', '784-0-10', '784x10', '1.5-2', '3-1e9']],
    [epochs, ['', '0', '-1', '1.5', '1e3', ' 1', 'ten', '0x10', '4294967296', 'Infinity']],
    [seed, ['', '-1', '0.5', '9007199254740992', 'abc']],
    [batchSize, ['', '0', '-1', '2.5', 'Full', 'Infinity', '9007199254740992']],
    [learningRate, ['', '0', '-0.1', 'NaN', 'Infinity', '1e400', '1e-400', '0x1', '0.1 ']],
    [fromZero, ['', '-0.1', 'NaN', 'Infinity', '1e400']],
    [share, ['', '0', '1', '1.5', '-0.2', '20%', 'NaN']],
    [path, ['']],
  ])('%o', (parse, texts) => {
    for (const text of texts) expect(() => parse(text), text).toThrow(InvalidArgumentError);
  });
});
