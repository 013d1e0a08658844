/** `classify`: classes with name and probability, the most probable first. */
import { expect, test } from 'vitest';
import { Network } from '../../src/network/network.ts';
import { randomBytes, randomParameters } from '../examples.ts';

test.each(['softmax', 'sigmoid'] as const)('%s outputs, in order', async (output) => {
  const layers = [6, 9, 5];
  const classNames = ['a', 'b', 'c', 'd', 'e'];
  const network = await Network.create({ layers, output, classNames });
  network.setParameters(randomParameters(layers, 2));
  const inputs = randomBytes(40 * 6, 3, 0.3);
  const outputs = network.predict(inputs);
  const all = network.classify(inputs);
  expect(all).toHaveLength(40);
  for (const [i, found] of all.entries()) {
    const own = [...outputs.subarray(i * 5, i * 5 + 5)];
    expect(found.map(({ probability }) => probability)).toEqual(own.toSorted((a, b) => b - a));
    expect(new Set(found.map((one) => one.class)).size).toBe(5);
    for (const { class: number, name, probability } of found) {
      expect([name, probability]).toEqual([classNames[number], own[number]]);
    }
  }
  expect(network.classify(inputs, { top: 2 })).toEqual(all.map((found) => found.slice(0, 2)));
  expect(network.classify(inputs, { top: 5 })).toEqual(all);
});

test('equal ones come in the order of their numbers, which are their names', async () => {
  const network = await Network.create({ layers: [1, 4] });
  const biases = Float32Array.of(0, 1, 0, 1);
  network.setParameters([{ weights: new Float32Array(4), biases }]);
  const [found] = network.classify(new Float32Array(1));
  expect(found!.map((one) => [one.class, one.name])).toEqual([
    [1, '1'],
    [3, '3'],
    [0, '0'],
    [2, '2'],
  ]);
});

test('what is wrong is refused', async () => {
  const network = await Network.create({ layers: [2, 3] });
  const inputs = new Float32Array(4);
  for (const top of [0, 4, 1.5]) {
    expect(() => network.classify(inputs, { top })).toThrow(
      new RangeError(`top: found ${top}, expected a whole number from 1 to 3`),
    );
  }
  expect(() => network.classify(new Float32Array(3))).toThrow('inputs: found a Float32Array of 3');
  const linear = await Network.create({ layers: [2, 3], output: 'linear' });
  expect(() => linear.classify(inputs)).toThrow(
    new Error('classify: a linear output has no classes'),
  );
  network.dispose();
  expect(() => network.classify(inputs)).toThrow('classify: the network has been disposed of');
});
