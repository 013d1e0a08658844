/** Batches outside of a training: their optimizer, and what it keeps from call to call. */
import * as local from 'relumax';
import { type BatchOptions, Dataset } from 'relumax';
import * as remote from 'relumax/worker';
import { describe, expect, onTestFinished, test } from 'vitest';
import { OPTIMIZERS } from '../../src/core/optimizers.ts';
import { encodeSafetensors } from '../../src/model/safetensors.ts';
import { decodeSafetensors } from '../../src/model/safetensors-reader.ts';
import { randomFloats, randomLabels } from '../examples.ts';

const LAYERS = [20, 17, 4];
const LENGTH = 40;
const inputs = randomFloats(LENGTH * 20, 1);
const labels = randomLabels(LENGTH, 4, 1);
const dataset = Dataset.from({ inputs, labels, classes: 4 });

/** Number i of its batches of ten. */
const batch = (i: number) =>
  [inputs.subarray(i * 200, (i + 1) * 200), labels.subarray(i * 10, (i + 1) * 10)] as const;

const create = (given = {}) => local.Network.create({ layers: LAYERS, seed: 3, ...given });

describe.each([
  ['relumax', local.Network],
  ['relumax/worker', remote.Network],
])('%s', (_, { create: createOf, load: loadOf }) => {
  const disposed = <N extends { dispose(): void }>(network: N): N => {
    onTestFinished(() => network.dispose());
    return network;
  };
  const make = async () => disposed(await createOf({ layers: LAYERS, seed: 3 }));

  test.each(
    OPTIMIZERS.flatMap((optimizer) => [
      [{ optimizer }],
      [{ optimizer, weightDecay: 0.1, clipNorm: 0.5, learningRate: 0.05 }],
    ]),
  )('batches one by one equal a fit: %j', async (options: BatchOptions) => {
    const [network, other] = [await make(), await create()];
    const before = await other.fit(dataset, {
      ...options,
      batchSize: 10,
      epochs: 2,
      shuffle: false,
    });
    expect(before.aborted).toBe(false);
    for (let i = 0; i < 8; i++) await network.trainOnBatch(...batch(i % 4), options);
    expect(await network.parameters()).toEqual(other.parameters());
  });

  test('its optimizer is that of the last call, with its own learning rate', async () => {
    const [network, other] = [await make(), await create()];
    const adam = { optimizer: { name: 'adam', beta1: 0.8 }, learningRate: 0.001 } as const;
    for (let i = 0; i < 4; i++) other.trainOnBatch(...batch(i), adam);
    await network.trainOnBatch(...batch(0), adam);
    for (let i = 1; i < 4; i++) await network.trainOnBatch(...batch(i));
    expect(await network.parameters()).toEqual(other.parameters());
  });

  test('a training in between does not touch what it keeps', async () => {
    const network = await make();
    const adam = { optimizer: 'adam' } as const;
    await network.trainOnBatch(...batch(0), adam);
    const parameters = await network.parameters();
    await network.fit(dataset, { optimizer: 'momentum', epochs: 2 });
    await network.setParameters(parameters);
    await network.trainOnBatch(...batch(1));
    const other = await create();
    for (let i = 0; i < 2; i++) other.trainOnBatch(...batch(i), adam);
    expect(await network.parameters()).toEqual(other.parameters());
  });

  test.each([
    ['another optimizer', { optimizer: 'momentum' }],
    ['another hyperparameter', { optimizer: { name: 'adam', beta2: 0.9 } }],
  ] as const)('%s begins anew, and is not brought back', async (_, options) => {
    const network = await make();
    for (let i = 0; i < 3; i++) await network.trainOnBatch(...batch(i), { optimizer: 'adam' });
    for (const given of [options, { optimizer: 'adam' } as const]) {
      const parameters = await network.parameters();
      await network.trainOnBatch(...batch(3), given);
      const other = await create();
      other.setParameters(parameters);
      other.trainOnBatch(...batch(3), given);
      expect(await network.parameters()).toEqual(other.parameters());
    }
  });

  test('begins anew where a batch diverged', async () => {
    const network = await make();
    for (let i = 0; i < 3; i++) await network.trainOnBatch(...batch(i), { optimizer: 'momentum' });
    const parameters = await network.parameters();
    const failing = async () => network.trainOnBatch(...batch(3), { learningRate: 1e300 });
    await expect(failing()).rejects.toThrow('would make parameters NaN or infinite');
    await network.trainOnBatch(...batch(3));
    const other = await create();
    other.setParameters(parameters);
    other.trainOnBatch(...batch(3), { optimizer: 'momentum' });
    expect(await network.parameters()).toEqual(other.parameters());
  });

  // Of these no power may be in the file.
  const large = { name: 'adagrad', learningRateDecay: 2, initialAccumulator: 3 } as const;

  test.each([...OPTIMIZERS, large])(
    '%o is saved on request, and goes on where it was loaded',
    async (optimizer) => {
      const network = await make();
      for (let i = 0; i < 2; i++) await network.trainOnBatch(...batch(i), { optimizer });
      const bytes = await network.save({ optimizer: true, metadata: { note: 'x' } });
      const loaded = disposed(await loadOf(bytes));
      expect(loaded.metadata).toEqual({ note: 'x' });
      const without = disposed(await loadOf(await loaded.save()));
      for (const one of [network, loaded, without]) await one.trainOnBatch(...batch(2));
      const expected = await network.parameters();
      expect(await loaded.parameters()).toEqual(expected);
      // That of plain gradient descent keeps nothing.
      if (optimizer !== 'sgd') expect(await without.parameters()).not.toEqual(expected);
      expect(await loaded.save({ optimizer: true })).toEqual(
        await network.save({ optimizer: true, metadata: { note: 'x' } }),
      );
    },
  );

  test('a network without any has none to save', async () => {
    const network = await make();
    expect(await network.save({ optimizer: true })).toEqual(await network.save());
  });
});

test('threads and images give the same bits', async () => {
  const input = [5, 4, 1] as const;
  const shapes = [{ layers: LAYERS }, { input, layers: [{ conv: 4, kernel: 3 }, 6, 4] }];
  for (const shape of shapes) {
    const hashes = [];
    for (const threads of [1, 2]) {
      const network = await create({ ...shape, threads });
      for (let i = 0; i < 8; i++) network.trainOnBatch(...batch(i % 4), { optimizer: 'adamw' });
      const bytes = network.save({ optimizer: true });
      const loaded = await local.Network.load(bytes);
      loaded.trainOnBatch(...batch(0));
      network.trainOnBatch(...batch(0));
      expect(loaded.parameters()).toEqual(network.parameters());
      hashes.push(bytes);
    }
    expect(hashes[1]).toEqual(hashes[0]);
  }
});

describe('a damaged file', () => {
  const saved = async () => {
    const network = await create();
    network.trainOnBatch(...batch(0), { optimizer: 'adam' });
    return decodeSafetensors(network.save({ optimizer: true }));
  };
  const json = (change: object) => {
    const optimizer = { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    return JSON.stringify({ optimizer, t: 1, at: 0.9, bt: 0.999, ...change });
  };

  test.each([
    ['{', 'metadata "trainOnBatch" "{", expected an optimizer: '],
    ['null', 'expected an optimizer: '],
    [json({ optimizer: null }), 'optimizer: found null, expected an object'],
    [json({ optimizer: { name: 'best' } }), 'optimizer: found "best", expected one of sgd'],
    [json({ optimizer: { name: 'adam', beta1: 2 } }), 'optimizer.beta1: found 2'],
    [json({ t: -1 }), 't: found -1'],
    [json({ t: undefined }), 't: found undefined'],
    [json({ bt: 2 }), 'bt: found 2, expected a number from 0 to 1'],
    [json({ at: '0' }), 'at: found "0"'],
    [json({ at: null }), 'at: found null'],
    [json({ optimizer: { name: 'momentum' } }), '2 blocks of its optimizer’s state, expected 1'],
  ])('with %s', async (text, message) => {
    const { tensors, metadata } = await saved();
    const bytes = encodeSafetensors([...tensors], { ...metadata, trainOnBatch: text });
    await expect(local.Network.load(bytes)).rejects.toThrow(message);
  });

  test('without a tensor', async () => {
    const { tensors, metadata } = await saved();
    for (const name of ['optimizer.1.layers.0.weight', 'optimizer.0.layers.1.bias']) {
      const rest = [...tensors].filter(([key]) => key !== name);
      await expect(local.Network.load(encodeSafetensors(rest, metadata))).rejects.toThrow(
        /model file: found (1 blocks|no tensor "optimizer.0.layers.1.bias")/,
      );
    }
  });
});

test('the key of its metadata is relumax’s own', async () => {
  const network = await create();
  expect(() => network.save({ metadata: { trainOnBatch: 'x' } })).toThrow(
    'metadata: found the key "trainOnBatch"',
  );
});
