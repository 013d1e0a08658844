import { describe, expect, it } from 'vitest';
import { baselineOf } from '../../../src/cli/training/baseline.ts';
import { Dataset, Network, type NetworkOptions } from '../../../src/index.ts';

const inputs = (length: number) => Float32Array.from({ length }, (_, i) => i / length);

describe('the best answer that ignores the inputs', () => {
  it('has the entropy of the classes and is right for the commonest', () => {
    const labels = Uint8Array.from({ length: 20 }, (_, i) => +(i === 7));
    const dataset = Dataset.from({ inputs: inputs(20), labels, classes: 3 });
    const { loss, accuracy } = baselineOf(dataset, { output: 'softmax', normalization: undefined });
    expect(loss).toBeCloseTo(-(0.95 * Math.log(0.95) + 0.05 * Math.log(0.05)), 12);
    expect(accuracy).toBe(0.95);
  });

  it('has the variance of numbers', () => {
    const targets = Float32Array.of(1, 10, 2, 10, 3, 10, 6, 14);
    const dataset = Dataset.from({ inputs: inputs(4), targets, outputs: 2 });
    expect(baselineOf(dataset, { output: 'linear', normalization: undefined }).loss).toBeCloseTo(
      (3.5 + 3) / 2,
      12,
    );
  });

  it('has the entropy of each of several labels', () => {
    const targets = Float32Array.of(1, 0, 1, 0, 1, 0, 0, 1);
    const dataset = Dataset.from({ inputs: inputs(4), targets, outputs: 2 });
    const { loss, accuracy } = baselineOf(dataset, { output: 'sigmoid', normalization: undefined });
    expect(loss).toBeCloseTo(-(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)), 12);
    expect(accuracy).toBe(0.75);
  });

  it.each([
    ['softmax', 2],
    ['sigmoid', 2],
    ['linear', 2],
  ] as const)(
    'is what no network with %s gets below that sees nothing',
    async (output, outputs) => {
      const length = 40;
      const answers =
        output === 'softmax'
          ? { labels: Uint8Array.from({ length }, (_, i) => +(i % 5 === 0)), classes: outputs }
          : {
              targets: Float32Array.from({ length: 2 * length }, (_, i) => +(i % 7 === 0)),
              outputs,
            };
      const dataset = Dataset.from({ inputs: new Float32Array(length), ...answers });
      const options: NetworkOptions = { layers: [1, outputs], seed: 1, output };
      for (const more of [{}, { normalize: dataset }]) {
        const network = await Network.create({ ...options, ...more });
        await network.fit(dataset, { epochs: 3000, batchSize: Infinity, learningRate: 1, seed: 1 });
        const { loss, accuracy } = network.evaluate(dataset);
        const baseline = baselineOf(dataset, network);
        expect(loss).toBeGreaterThan(baseline.loss - 1e-6);
        expect(loss).toBeCloseTo(baseline.loss, 4);
        expect(accuracy).toEqual(baseline.accuracy);
      }
    },
  );
});
