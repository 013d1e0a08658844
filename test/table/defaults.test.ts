/** What tables are trained with where nobody says otherwise, and that it learns. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { Network } from '../../src/network/network.ts';
import { tableDefaults } from '../../src/table/defaults.ts';
import { Preprocessing } from '../../src/table/preprocessing.ts';
import { Table } from '../../src/table/table.ts';

describe('the defaults of a table', () => {
  it.each([
    [1, 300, 32, 2],
    [100, 300, 32, 0.02],
    [101, 100, 32, 0.02],
    [5_000, 100, 32, 0.0004],
    [5_001, 40, 32, 0.0004],
    [50_001, 20, 64, 0.00004],
    [1_000_000, 10, 128, 0.000002],
  ])('of %i rows are %i epochs of batches of %i, weight decay %d', (...expected) => {
    const [rows] = expected;
    const { epochs, batchSize, weightDecay, hiddenLayers } = tableDefaults(rows);
    expect([rows, epochs, batchSize, weightDecay]).toEqual(expected);
    expect(hiddenLayers).toEqual([64, 32]);
  });

  it('take longer for more accuracy where there are rows for it', () => {
    expect(tableDefaults(999, { best: true })).toEqual(tableDefaults(999));
    expect(tableDefaults(1_000, { best: true })).toEqual({
      ...tableDefaults(1_000),
      ...{ hiddenLayers: [128, 64], epochs: 200, weightDecay: 0.005 },
    });
  });

  it('are not there for what is no number of rows', () => {
    expect(() => tableDefaults(0)).toThrow(
      'rows: found 0, expected a whole number from 1 to 4294967295',
    );
  });
});

describe('a table that is trained with its defaults', () => {
  const random = new Random(1, 'weights');
  // Twelve uniform numbers less six are close to normal.
  const noise = () =>
    Array.from({ length: 12 }, () => random.word() / 2 ** 32).reduce((a, b) => a + b) - 6;
  const rowsOf = (count: number, row: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => row(i));

  it('tells the halves of seconds apart', async () => {
    const rows = rowsOf(200, (i) => `${1_700_000_000 + i},${i < 100 ? 'early' : 'late'}`);
    expect(await evaluation('t,label', rows)).toMatchObject({ accuracy: 1 });
  });

  it('finds a difference of 4 in a column around 10⁸', async () => {
    const rows = rowsOf(500, (i) => `${1e8 + noise() + 4 * (i % 2)},${'ab'[i % 2]}`);
    const { accuracy } = await evaluation('x,y', rows);
    expect(accuracy).toBeGreaterThanOrEqual(0.98);
  });

  it('predicts numbers around 1.7 · 10⁹ in their unit', async () => {
    const rows = rowsOf(300, () => {
      const x = noise();
      return `${x},${1.7e9 + 100 * x}`;
    });
    const { r2, rmse } = await evaluation('x,y', rows);
    expect(r2?.[0]).toBeGreaterThan(0.99);
    // In the unit of the targets, whose standard deviation is 100: a tenth of it is an R² of 0.99.
    expect(rmse?.[0]).toBeCloseTo(100 * Math.sqrt(1 - r2![0]!), -1);
  });
});

/** What a network gives on the fifth of the rows that is held out. */
async function evaluation(header: string, rows: readonly string[]) {
  const table = await Table.read([header, ...rows].join('\n'));
  const { train, test } = table.split({ test: 0.2 });
  const preprocessing = Preprocessing.fit(table, train);
  const examples = preprocessing.dataset(table, train);
  const { hiddenLayers, hidden, ...fit } = tableDefaults(examples.length);
  const network = await Network.create({
    layers: [examples.features, ...hiddenLayers, examples.outputs],
    hidden,
    output: table.output,
    ...(preprocessing.normalization && { normalize: preprocessing.normalization }),
  });
  await network.fit(examples, fit);
  return network.evaluate(preprocessing.dataset(table, test));
}
