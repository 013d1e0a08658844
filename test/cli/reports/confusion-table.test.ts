import { expect, it } from 'vitest';
import { confusionTable } from '../../../src/cli/reports/confusion-table.ts';
import type { Evaluation } from '../../../src/index.ts';

const EVALUATION: Evaluation = {
  loss: 0.5,
  accuracy: 0.7,
  examples: 40,
  confusion: [
    [9, 1, 0],
    [0, 18, 2],
    [0, 9, 1],
  ],
  precision: [1, 18 / 28, 1 / 3],
  recall: [0.9, 0.9, 0.1],
};

it('shows the matrix, recall by row and precision by column', () => {
  expect(confusionTable(EVALUATION, 80).split('\n')).toEqual([
    '              predicted',
    '     actual      0     1     2  recall',
    '  ────────────────────────────────────',
    '          0      9     1     ·    90.0',
    '          1      ·    18     2    90.0',
    '          2      ·     9     1    10.0',
    '  precision  100.0  64.3  33.3',
  ]);
});

it('calls the classes by their names, cut only where there is no room', () => {
  const names = ['a', 'Bär', 'x'.repeat(30)];
  expect(confusionTable(EVALUATION, 90, names)).toContain('x'.repeat(30));
  expect(confusionTable(EVALUATION, 80, names).split('\n')).toEqual([
    '                            predicted',
    '                actual      a   Bär  xxxxxxxxxxxxxxxxxxx…  recall',
    '  ───────────────────────────────────────────────────────────────',
    '                     a      9     1                     ·    90.0',
    '                   Bär      ·    18                     2    90.0',
    '  xxxxxxxxxxxxxxxxxxx…      ·     9                     1    10.0',
    '             precision  100.0  64.3                  33.3',
  ]);
});

it('gives each class a line where the matrix is too wide, with what there is room for', () => {
  const names = ['one', 'two', 'three'].map((name) => name.repeat(4));
  expect(confusionTable(EVALUATION, 72, names).split('\n')).toEqual([
    '         class  examples  recall  precision  most often predicted',
    '  ───────────────────────────────────────────────────────────────',
    '  oneoneoneone        10    90.0      100.0      twotwotwotwo (1)',
    '  twotwotwotwo        20    90.0       64.3      threethreet… (2)',
    '  threethreet…        10    10.0       33.3      twotwotwotwo (9)',
  ]);
  expect(confusionTable(EVALUATION, 37).split('\n')).toEqual([
    '  class  examples  recall  precision',
    '  ──────────────────────────────────',
    '      0        10    90.0      100.0',
    '      1        20    90.0       64.3',
    '      2        10    10.0       33.3',
  ]);
  expect(confusionTable(EVALUATION, 30).split('\n')[0]).toBe('  class  recall  precision');
});

it('tells of the worst of many classes', () => {
  const confusion = Array.from({ length: 30 }, (_, i) =>
    Array.from({ length: 30 }, (_, j) => (i === j ? 10 : +(j === 0 && i % 5 === 0 && i > 0) * i)),
  );
  const recall = confusion.map((row, i) => row[i]! / row.reduce((sum, n) => sum + n, 0));
  const precision = recall.map((_, j) => 10 / confusion.reduce((sum, row) => sum + row[j]!, 0));
  const table = confusionTable({ ...EVALUATION, confusion, precision, recall }, 60);
  expect(table.split('\n').map((line) => line.slice(0, 36))).toEqual([
    '  the 5 worst of 30 classes',
    '  class  examples  recall  precision',
    '  ──────────────────────────────────',
    '     25        35    28.6      100.0',
    '     20        30    33.3      100.0',
    '     15        25    40.0      100.0',
    '     10        20    50.0      100.0',
    '      5        15    66.7      100.0',
  ]);
});
