import { describe, expect, it } from 'vitest';
import { classLines, classScores } from '../../../src/cli/reports/class-scores.ts';
import { confusionTable } from '../../../src/cli/reports/confusion-table.ts';
import { listFields, numberLines, score } from '../../../src/cli/reports/score.ts';
import { Dataset, type Evaluation, Network } from '../../../src/index.ts';

const NONE = { loss: 0.5, examples: 10, confusion: [], precision: [], recall: [] };

/** The evaluation of a network without hidden layers that gives 1 where its input is positive. */
async function signs(targets: number[][], inputs: number[][]): Promise<Evaluation> {
  const width = targets[0]!.length;
  const network = await Network.create({ layers: [width, width], output: 'sigmoid', seed: 1 });
  const weights = Float32Array.from({ length: width ** 2 }, (_, i) => +(i % (width + 1) === 0));
  network.setParameters([{ weights, biases: new Float32Array(width) }]);
  return network.evaluate(Dataset.from({ inputs, targets }));
}

describe('a single sigmoid output', () => {
  // Of three ones two are found, and of five zeros four are left alone.
  const targets = [1, 1, 1, 0, 0, 0, 0, 0].map((target) => [target]);
  const inputs = [1, 1, -1, 1, -1, -1, -1, -1].map((input) => [input]);

  it('has the scores of both classes, 0 and 1', async () => {
    const evaluation = await signs(targets, inputs);
    expect(classScores(evaluation, ['rain'])).toEqual({
      names: undefined,
      confusion: [
        [4, 1],
        [1, 2],
      ],
      scores: [
        { recall: 4 / 5, precision: 4 / 5, examples: 5 },
        { recall: 2 / 3, precision: 2 / 3, examples: 3 },
      ],
    });
    expect(classLines(evaluation, 'rows', ['rain'])).toEqual([
      'class 0: recall 80.00 %, precision 80.00 %, 5 rows',
      'class 1: recall 66.67 %, precision 66.67 %, 3 rows',
    ]);
    expect(score(evaluation, 'rows')).toMatch(/^75\.00 % binary accuracy on 8 rows, loss /);
  });

  it('has 0, not NaN, for a class that never occurs', async () => {
    const { scores } = classScores(await signs([[1], [1]], [[1], [1]]), undefined);
    expect(scores).toEqual([
      { recall: 0, precision: 0, examples: 0 },
      { recall: 1, precision: 1, examples: 2 },
    ]);
  });
});

it('several sigmoid outputs are told of by their names, how many have each, and no matrix', async () => {
  const evaluation = await signs(
    [
      [1, 0],
      [1, 1],
      [0, 1],
      [0, 1],
    ],
    [
      [1, 1],
      [-1, 1],
      [-1, 1],
      [-1, -1],
    ],
  );
  expect(classLines(evaluation, 'rows', ['rain', 'wind'])).toEqual([
    'class rain: recall 50.00 %, precision 100.00 %, 2 rows',
    'class wind: recall 66.67 %, precision 66.67 %, 3 rows',
  ]);
  expect(confusionTable(evaluation, 80, ['rain', 'wind']).split('\n')).toEqual([
    '  class  examples  recall  precision',
    '  ──────────────────────────────────',
    '   rain         2    50.0      100.0',
    '   wind         3    66.7       66.7',
  ]);
});

it('of many classes the five worst have a line, those without examples none', () => {
  const confusion = Array.from({ length: 30 }, (_, i) =>
    Array.from({ length: 30 }, (_, j) => (i === 0 ? 0 : i === j ? i : +(j === 0))),
  );
  const recall = confusion.map((row, i) => row[i]! && row[i]! / (row[i]! + 1));
  const precision = confusion.map((_, i) => +(i > 0));
  const lines = classLines({ ...NONE, confusion, recall, precision }, 'rows', undefined);
  expect(lines.map((line) => line.slice(0, line.indexOf(',')))).toEqual([
    'worst class 1: recall 50.00 %',
    'worst class 2: recall 66.67 %',
    'worst class 3: recall 75.00 %',
    'worst class 4: recall 80.00 %',
    'worst class 5: recall 83.33 %',
  ]);
});

it('numbers have no classes; several have a line each, and lists in JSON', () => {
  const one = { ...NONE, r2: [0.9], rmse: [12.3456] };
  expect(classLines(one, 'rows', undefined)).toEqual([]);
  expect([numberLines(one, ['a']), listFields(one)]).toEqual([[], {}]);
  const two = { ...NONE, r2: [0.9, -1e-9], rmse: [12.3456, 2e6] };
  expect(numberLines(two, ['a', '\u202eb'])).toEqual([
    'number a: R² 0.9000, RMSE 12.35',
    'number \ufffdb: R² 0.0000, RMSE 2000000',
  ]);
  expect(listFields(two)).toEqual({ r2: two.r2, rmse: two.rmse });
});
