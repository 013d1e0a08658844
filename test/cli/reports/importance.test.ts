import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { importances } from '../../../src/cli/reports/importance.ts';
import { Dataset, Network } from '../../../src/index.ts';
import type { InputColumn } from '../../../src/table/preprocessing.ts';

const random = new Random(1, 'weights');
const drawn = () => random.word() / 2 ** 31 - 1;
/** Two inputs of one column, of which one is 1, then a number that nothing depends on, then one that does. */
const ROWS = Array.from({ length: 300 }, () => {
  const isA = random.below(2);
  return [isA, 1 - isA, drawn(), drawn()];
});
const place = (name: string, first: number, width: number) =>
  ({ name, kind: 'number', first, width }) as InputColumn;
const COLUMNS = [place('kind', 0, 2), place('noise', 2, 1), place('size', 3, 1)];

/** A network that gives 5 where the first input is 1, −5 where the second is, and the size. */
async function network(output: 'linear' | 'sigmoid'): Promise<Network> {
  const network = await Network.create({ layers: [4, 1], output, seed: 1 });
  const weights = Float32Array.of(5, -5, 0, 1);
  network.setParameters([{ weights, biases: new Float32Array(1) }]);
  return network;
}

const numbers = Dataset.from({
  inputs: ROWS,
  targets: ROWS.map(([a, b, , size]) => [5 * a! - 5 * b! + size!]),
});

describe('importances', () => {
  it('are how much R² falls where all inputs of a column are shuffled together', async () => {
    const { columns, examples } = importances(await network('linear'), numbers, COLUMNS, 1);
    expect(examples).toBe(300);
    expect(columns.map(({ column }) => column)).toEqual(['kind', 'size', 'noise']);
    const [kind, size, noise] = columns;
    // Shuffled, half of the examples are off by 10 of a variance of 25⅓: R² falls by 50 / 25⅓. Had one input
    // of the column been shuffled alone, it would be less.
    expect(kind!.drop).toBeGreaterThan(1.8);
    expect(kind!.drop).toBeLessThan(2.15);
    // The size is off by the difference of two: twice its variance, ⅓.
    expect(size!.drop).toBeGreaterThan(0.02);
    expect(size!.drop).toBeLessThan(0.03);
    expect(noise).toEqual({ column: 'noise', drop: 0, std: 0, loss: 0 });
    // The loss is the mean squared error.
    expect(size!.loss).toBeGreaterThan(0.55);
    expect(size!.loss).toBeLessThan(0.8);
    expect(kind!.std).toBeGreaterThan(0);
  });

  it('are how much accuracy falls, where there is one, and are the same for the same seed', async () => {
    const labels = Dataset.from({ inputs: ROWS, targets: ROWS.map(([a]) => [a!]) });
    const found = importances(await network('sigmoid'), labels, COLUMNS, 7);
    expect(found.columns.map(({ column }) => column)).toEqual(['kind', 'size', 'noise']);
    expect(found.columns[0]!.drop).toBeGreaterThan(0.4);
    expect(found.columns[0]!.drop).toBeLessThan(0.6);
    // The accuracy stays where only the loss suffers, and that decides the order.
    expect(found.columns[1]).toMatchObject({ drop: 0, loss: expect.any(Number) });
    expect(found.columns[1]!.loss).not.toBe(0);
    expect(importances(await network('sigmoid'), labels, COLUMNS, 7)).toEqual(found);
    expect(importances(await network('sigmoid'), labels, COLUMNS, 8)).not.toEqual(found);
  });

  it('know classes by their labels', async () => {
    const softmax = await Network.create({ layers: [4, 2], seed: 1 });
    const weights = Float32Array.of(5, -5, 0, 0, -5, 5, 0, 0);
    softmax.setParameters([{ weights, biases: new Float32Array(2) }]);
    const labels = ROWS.map(([a]) => 1 - a!);
    const examples = Dataset.from({ inputs: ROWS, labels, classes: 2, classNames: ['a', 'b'] });
    const { columns } = importances(softmax, examples, COLUMNS, 1);
    expect(columns[0]).toMatchObject({ column: 'kind' });
    expect(columns.slice(1).map(({ drop }) => drop)).toEqual([0, 0]);
  });

  it('take some examples where there is much to compute', async () => {
    // 91,500 weights and 100 evaluations: 2e9 products are 218 examples, and no fewer than 200.
    const deep = await Network.create({ layers: [4, 300, 300, 1], output: 'linear', seed: 1 });
    const columns = Array.from({ length: 30 }, () => place('size', 3, 1));
    const examplesOf = (count: number) =>
      importances(deep, numbers, columns.slice(0, count), 1).examples;
    expect([10, 20, 30].map(examplesOf)).toEqual([300, 218, 200]);
  });
});
