import { expect, it } from 'vitest';
import { confusionTable } from '../../src/cli/confusion-table.ts';
import type { Evaluation } from '../../src/index.ts';

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
    '              taken for',
    '     actual      0     1     2  recall',
    '  ────────────────────────────────────',
    '          0      9     1     ·    90.0',
    '          1      ·    18     2    90.0',
    '          2      ·     9     1    10.0',
    '  precision  100.0  64.3  33.3',
  ]);
});

it('calls the classes by their names', () => {
  expect(confusionTable(EVALUATION, 80, ['a', 'Bär', 'x'.repeat(30)]).split('\n')).toEqual([
    '                            taken for',
    '                actual      a   Bär  xxxxxxxxxxxxxxxxxxx…  recall',
    '  ───────────────────────────────────────────────────────────────',
    '                     a      9     1                     ·    90.0',
    '                   Bär      ·    18                     2    90.0',
    '  xxxxxxxxxxxxxxxxxxx…      ·     9                     1    10.0',
    '             precision  100.0  64.3                  33.3',
  ]);
  expect(confusionTable(EVALUATION, 30, ['a', 'b', 'c'])).toContain('b (1)');
});

it('gives each class a line where the matrix is too wide', () => {
  expect(confusionTable(EVALUATION, 30).split('\n')).toEqual([
    '  class  examples  recall  precision  most often taken for',
    '  ────────────────────────────────────────────────────────',
    '      0        10    90.0      100.0                 1 (1)',
    '      1        20    90.0       64.3                 2 (2)',
    '      2        10    10.0       33.3                 1 (9)',
  ]);
});
