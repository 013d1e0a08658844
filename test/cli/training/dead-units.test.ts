import { expect, test } from 'vitest';
import { deadText, deadUnits } from '../../../src/cli/training/dead-units.ts';
import { Dataset, Network } from '../../../src/index.ts';

/** A network 2-3-2-1 whose unit 1 of layer 1 lives for one example alone, and whose unit 2 never does. */
async function network(hidden: 'relu' | 'tanh') {
  const made = await Network.create({ layers: [2, 3, 2, 2], hidden });
  const [, second, third] = made.parameters();
  made.setParameters([
    { weights: Float32Array.of(1, 0, 0, 1, -1, -1), biases: Float32Array.of(0, -1, 0) },
    { weights: second!.weights.fill(1), biases: second!.biases },
    third!,
  ]);
  return made;
}

const examples = (last: number) =>
  Dataset.from({
    inputs: Float32Array.from({ length: 2 * 600 }, (_, i) =>
      i === 1199 ? last : i % 2 === 0 ? 1 : 0,
    ),
    labels: new Uint8Array(600),
    classes: 2,
  });

test('units that are 0 for every example are counted, layer by layer', async () => {
  const relu = await network('relu');
  expect((await deadUnits(relu, examples(2))).map(({ dead }) => dead)).toEqual([[2], []]);
  const layers = await deadUnits(relu, examples(0));
  expect(layers).toEqual([
    { layer: 1, dead: [1, 2], units: 3 },
    { layer: 2, dead: [], units: 2 },
  ]);
  expect(deadText(layers)).toBe('2 of 3 units of layer 1');
  expect(deadText(layers.slice(1))).toBeUndefined();
});

test('of layers with activations of their own those with ReLU count', async () => {
  const made = await Network.create({
    layers: [2, { dense: 3, activation: 'elu' }, { dense: 4, activation: 'relu' }, 5, 2],
    hidden: 'tanh',
  });
  const [, second] = made.parameters();
  second!.biases.fill(-1e3);
  made.setParameters(made.parameters().map((layer, l) => (l === 1 ? second! : layer)));
  expect(await deadUnits(made, examples(2))).toEqual([{ layer: 2, dead: [0, 1, 2, 3], units: 4 }]);
});

test('what is no ReLU does not die', async () => {
  expect(await deadUnits(await network('tanh'), examples(0))).toEqual([]);
});
