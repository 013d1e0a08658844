import { expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.ts';
import { Network } from '../../src/network/network.ts';
import { answersFor, datasetOf, randomBytes, randomLabels, randomParameters } from '../examples.ts';
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

/** A network of three sigmoid outputs, or fewer, and examples with targets of 0, 1 and between. */
async function withTargets(outputs: number, m: number, output: 'sigmoid' | 'linear' = 'sigmoid') {
  const sizes = [20, 15, outputs];
  const network = await Network.create({ layers: sizes, output });
  network.setParameters(randomParameters(sizes, 5));
  const inputs = randomBytes(m * 20, m, 0.5);
  const targets = answersFor('sigmoid', m, outputs, m + 1) as Float32Array;
  return { network, inputs, targets, dataset: Dataset.from({ inputs, targets, outputs }) };
}

test.each(
  [1, 2, 3].flatMap((outputs) =>
    [undefined, 0, 0.2, 0.5, 0.9, 1].flatMap((threshold) =>
      [1, 130].map((m) => [outputs, threshold, m] as const),
    ),
  ),
)('%i sigmoid outputs above the threshold %d, %i examples', async (outputs, threshold, m) => {
  const { network, inputs, targets, dataset } = await withTargets(outputs, m);
  const got = network.evaluate(dataset, { threshold });
  const probabilities = network.predict(inputs);
  const tables = Array.from({ length: outputs }, (_, j) => {
    const table = [
      [0, 0],
      [0, 0],
    ];
    for (let i = j; i < targets.length; i += outputs) {
      table[Number(targets[i]! > 0.5)]![Number(probabilities[i]! > (threshold ?? 0.5))]!++;
    }
    return table;
  });
  const right = tables.reduce((sum, table) => sum + table[0]![0]! + table[1]![1]!, 0);
  expect(got.accuracy).toBe(right / (m * outputs));
  expect(got.confusion).toEqual(outputs === 1 ? tables[0] : []);
  expect(got.confusions).toEqual(outputs === 1 ? undefined : tables);
  const share = (part: number, rest: number) => (part + rest === 0 ? 0 : part / (part + rest));
  expect(got.precision).toEqual(tables.map(([no, yes]) => share(yes![1]!, no![1]!)));
  expect(got.recall).toEqual(tables.map(([, yes]) => share(yes![1]!, yes![0]!)));
});

test('the threshold of two classes is that of class 1', async () => {
  const network = await Network.create({ layers: [2, 2] });
  // The probability of class 1 is σ(x − y).
  network.setParameters([{ weights: Float32Array.of(0, 1, 1, 0), biases: new Float32Array(2) }]);
  const inputs = Float32Array.of(-2, 0, -1, 0, 0, 0, 1, 0, 2, 0, 3, 0);
  const labels = Uint8Array.of(0, 1, 1, 0, 1, 1);
  const dataset = Dataset.from({ inputs, labels, classes: 2 });
  const of = (threshold?: number) => {
    const { accuracy, confusion, precision, recall } = network.evaluate(dataset, { threshold });
    return { accuracy, confusion, precision, recall };
  };
  const usual = {
    accuracy: 3 / 6,
    confusion: [
      [1, 1],
      [2, 2],
    ],
    precision: [1 / 3, 2 / 3],
    recall: [1 / 2, 2 / 4],
  };
  expect([of(), of(0.5)]).toEqual([usual, usual]);
  // σ(−1) = 0.27, σ(2) = 0.88, σ(3) = 0.95.
  expect(of(0.2)).toEqual({
    accuracy: 5 / 6,
    confusion: [
      [1, 1],
      [0, 4],
    ],
    precision: [1, 4 / 5],
    recall: [1 / 2, 1],
  });
  expect(of(0.9).confusion).toEqual([
    [2, 0],
    [3, 1],
  ]);
  expect(of(1).confusion).toEqual([
    [2, 0],
    [4, 0],
  ]);
});

test('linear outputs have errors, and no accuracy', async () => {
  const { network, dataset } = await withTargets(2, 30, 'linear');
  const { r2, rmse, loss, ...others } = network.evaluate(dataset);
  expect(others).toEqual({ examples: 30, confusion: [], precision: [], recall: [] });
  expect([r2!.length, rmse!.length]).toEqual([2, 2]);
  const { epochs } = await network.fit(dataset, {
    validation: dataset,
    onBatch: (report) => expect(report).not.toHaveProperty('accuracy'),
  });
  expect(epochs[0]).not.toHaveProperty('accuracy');
  expect(epochs[0]!.validation).toEqual({ loss: expect.any(Number) });
  const { inputs, targets } = dataset;
  const batch = network.trainOnBatch(inputs, targets!, { learningRate: 0.001 });
  expect(batch).toEqual({ loss: expect.any(Number) });
});

test.each([
  ['three classes', 3, 'softmax', 0.5],
  ['one class', 1, 'softmax', 0.5],
  ['linear outputs', 2, 'linear', 0.5],
  ['a threshold below 0', 2, 'softmax', -0.1],
  ['a threshold above 1', 2, 'sigmoid', 1.1],
] as const)('%s: the threshold is refused', async (_, outputs, output, threshold) => {
  const network = await Network.create({ layers: [20, outputs], output });
  const answers = answersFor(output, 4, outputs, 1);
  const dataset = datasetOf(randomBytes(80, 1, 0.5), answers, outputs);
  expect(() => network.evaluate(dataset, { threshold })).toThrow(
    new RangeError(
      `threshold: found ${threshold}, expected a number from 0 to 1, with sigmoid outputs or two classes`,
    ),
  );
});
