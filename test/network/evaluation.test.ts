import { expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.ts';
import { Network } from '../../src/network/network.ts';
import { randomBytes, randomLabels, randomParameters } from '../examples.ts';
import { forward, referenceLayers, scaled } from '../reference.ts';

test.each([1, 5, 128, 1000])(
  '%i examples: loss, accuracy, confusion, precision and recall',
  async (m) => {
    const sizes = [20, 15, 4];
    const network = await Network.create({ layers: sizes });
    const parameters = randomParameters(sizes, 5);
    network.setParameters(parameters);
    const inputs = randomBytes(m * 20, m, 0.5);
    const labels = randomLabels(m, 4, m);
    const { logits, loss, correct } = forward(
      referenceLayers(sizes, parameters),
      scaled(inputs),
      labels,
    );
    const confusion = Array.from({ length: 4 }, () => new Array(4).fill(0));
    for (let i = 0; i < m; i++) {
      const row = logits.subarray(i * 4, i * 4 + 4);
      confusion[labels[i]!]![row.indexOf(Math.max(...row))]++;
    }
    const got = network.evaluate(Dataset.from({ inputs, labels, classes: 4 }));
    expect(got.loss).toBeCloseTo(loss, 5);
    expect(got.accuracy).toBe(correct / m);
    expect(got.examples).toBe(m);
    expect(got.confusion).toEqual(confusion);
    for (let c = 0; c < 4; c++) {
      const taken = confusion.reduce((sum, row) => sum + row[c], 0);
      const actual = confusion[c]!.reduce((sum, n) => sum + n, 0);
      expect(got.precision[c]).toBe(taken === 0 ? 0 : confusion[c]![c] / taken);
      expect(got.recall[c]).toBe(actual === 0 ? 0 : confusion[c]![c] / actual);
    }
  },
);
