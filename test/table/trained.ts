/** Models of a table with text, numbers, dates and missing cells, and rows to ask them about. */
import { Random } from '../../src/base/random.ts';
import type { Output } from '../../src/core/activations.ts';
import { Network } from '../../src/network/network.ts';
import { Preprocessing, type Row, Table } from '../../src/table.ts';

const TOWNS = ['Bern', 'Ürünköy', 'a "b", c', '</script><b>', 'Lagos', ''];

/** Rows of a table; the label is the class, the number, or both of the labels. */
export function csvOf(output: Output, rows = 160, seed = 1): string {
  const random = new Random(seed, 'split', 0);
  const words = { softmax: ['kind'], linear: ['price'], sigmoid: ['a', 'b'] }[output];
  const lines = Array.from({ length: rows }, (_, i) => {
    const t = 1.7e9 + 86400 * (random.word() % 400) + 3600 * (random.word() % 24);
    const age = random.word() % 90;
    const town = TOWNS[random.word() % TOWNS.length]!;
    const score = age / 30 + (town.length % 3) + (random.word() % 100) / 100;
    const label = {
      softmax: [['low', 'mid', 'high', 'top'][Math.min(3, Math.floor(score))]],
      linear: [1e7 + 100 * score],
      sigmoid: [Number(score > 2), Number(age > 40)],
    }[output];
    const cells = [
      i % 7 === 0 ? 'NA' : age,
      `"${town.replaceAll('"', '""')}"`,
      i % 11 === 0 ? '' : new Date(t * 1000).toISOString(),
      i % 2 === 0 ? 'TRUE' : 'FALSE',
      ...label,
    ];
    return cells.join();
  });
  return [['age', 'town', 'seen', 'paid', ...words].join(), ...lines].join('\n');
}

/** A model of such a table, and its file. */
export async function trainedOn(output: Output) {
  const label = output === 'sigmoid' ? 'a,b' : undefined;
  const table = await Table.read(csvOf(output), { output, ...(label && { label }) });
  const { train, test } = table.split({ test: 0.2, seed: 3 });
  const preprocessing = Preprocessing.fit(table, train);
  const { features, normalization, classes, labels, metadata } = preprocessing;
  const network = await Network.create({
    layers: [features.length, 12, (classes ?? labels).length],
    output,
    normalize: normalization!,
    classNames: classes ?? labels,
  });
  const options = { epochs: 5, optimizer: 'adam', learningRate: 0.01 } as const;
  await network.fit(preprocessing.dataset(table, train), options);
  return { table, train, test, preprocessing, network, file: network.save({ metadata }) };
}

/** Rows with unseen categories and missing cells among others, as text and as a program has them. */
export const ROWS: readonly Row[] = [
  { age: 31, town: 'Bern', seen: new Date('2024-02-29T12:30Z'), paid: true },
  { age: '31', town: 'Bern', seen: '2024-02-29 12:30', paid: 'TRUE' },
  { age: null, town: 'Oslo', seen: '2030-01-01', paid: false },
  { age: 'NA', town: '', seen: null, paid: null },
  { town: '</script><b>' },
  { age: 1e6, town: 'a "b", c', seen: '1969-12-31T23:59:59Z', paid: 'maybe' },
];
