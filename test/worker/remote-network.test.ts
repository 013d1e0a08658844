/** The network in a worker, as it is built and shipped, in a worker of Node. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { DivergenceError as LocalDivergenceError, Network as LocalNetwork } from 'relumax';
import { ImageAugmentation } from 'relumax/augmentation';
import { Checkpoints } from 'relumax/checkpoint';
import {
  type BatchReport,
  Dataset,
  DivergenceError,
  type EpochReport,
  type FitOptions,
  type Inputs,
  Network,
  Pace,
  startWorker,
} from 'relumax/worker';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parametersHash } from '../../src/cli/training/parameters-hash.ts';
import { randomBytes, randomFloats, randomLabels, randomParameters } from '../examples.ts';

const LAYERS = [20, 16, 4];
const LENGTH = 1000;

function examples(seed = 1) {
  return Dataset.from({
    inputs: randomBytes(LENGTH * 20, seed, 0.5),
    labels: randomLabels(LENGTH, 4, seed),
    classes: 4,
  });
}

const networks: { dispose(): void }[] = [];
afterEach(() => {
  for (const network of networks.splice(0)) network.dispose();
});

async function create(worker?: Worker): Promise<Network> {
  const network = await Network.create({ layers: LAYERS, seed: 3, ...(worker && { worker }) });
  networks.push(network);
  return network;
}

/** Until what is under way has had time to come through. */
const moment = () => new Promise((resolve) => setTimeout(resolve, 100));

describe('the same as in the page itself', () => {
  const image = {
    input: [5, 4, 1] as const,
    layers: [{ conv: 5, kernel: 3, padding: 'same' as const }, { maxPool: 2 }, 6, 4],
  };
  test.each([
    ['dense layers', { layers: LAYERS }, 1],
    ['images', image, 1],
    ['images, by two threads', image, 2],
    [
      'layers with activations of their own',
      {
        layers: [20, { dense: 9, activation: 'tanh' as const }, { dense: 7 }, 4],
        initialization: 'he-normal' as const,
      },
      1,
    ],
  ])('every method, of %s', async (_, architecture, threads) => {
    const options = { ...architecture, seed: 3, threads };
    const local = await LocalNetwork.create(options);
    const remote = await Network.create(options);
    networks.push(remote);
    const shapeOf = ({ layers, input, features, outputs, threads }: Network | LocalNetwork) => ({
      ...{ layers, input, features, outputs, threads },
    });
    expect(shapeOf(remote)).toEqual(shapeOf(local));
    expect(remote.metadata).toEqual({});
    const dataset = examples();
    const fitting = {
      epochs: 3,
      batchSize: 16,
      learningRate: 0.2,
      seed: 5,
      validation: examples(2),
      optimizer: { name: 'adam', beta1: 0.8 },
      weightDecay: 0.01,
      clipNorm: 0.5,
      schedule: 'cosine',
      warmup: 2,
      earlyStopping: { patience: 2 },
      classWeights: [1, 0.5, 3, 0],
      exampleWeights: randomFloats(LENGTH, 6).map(Math.abs),
    } as const;
    const here = await local.fit(dataset, fitting);
    const there = await remote.fit(dataset, fitting);
    const timeless = ({ epochs, aborted, bestEpoch }: typeof here) => [
      aborted,
      bestEpoch,
      epochs.map((epoch) => ({ ...epoch, seconds: 0 })),
    ];
    expect(timeless(there)).toEqual(timeless(here));
    expect(there.epochs[0]!.weighted).toBe(true);
    const batch = [randomFloats(60, 7), randomLabels(3, 4, 8)] as const;
    expect(await remote.trainOnBatch(...batch, { learningRate: 0.3 })).toEqual(
      local.trainOnBatch(...batch, { learningRate: 0.3 }),
    );
    expect(parametersHash(await remote.parameters())).toBe(parametersHash(local.parameters()));
    expect(await remote.evaluate(dataset)).toEqual(local.evaluate(dataset));
    expect(await remote.predict(batch[0])).toEqual(local.predict(batch[0]));
    expect(await remote.classify(batch[0])).toEqual(local.classify(batch[0]));
    expect(await remote.classify(batch[0], { top: 2 })).toEqual(
      local.classify(batch[0], { top: 2 }),
    );
    expect(await remote.activations(batch[0])).toEqual(local.activations(batch[0]));
    const file = await remote.save({ metadata: { by: 'a worker' } });
    expect(file).toEqual(local.save({ metadata: { by: 'a worker' } }));
    const loaded = await Network.load(file);
    networks.push(loaded);
    expect(shapeOf(loaded)).toEqual({ ...shapeOf(local), threads: 1 });
    expect(loaded.metadata).toEqual({ by: 'a worker' });
    const other = await LocalNetwork.create({ ...options, seed: 9 });
    const parameters = other.parameters();
    await loaded.setParameters(parameters);
    expect(parametersHash(await loaded.parameters())).toBe(parametersHash(parameters));
  });
});

describe('the names of classes', () => {
  const NAMES = ['a', 'b', 'c', 'd'];
  const named = (classNames: readonly string[]) => {
    const { inputs, labels, classes } = examples();
    return Dataset.from({ inputs, labels, classes, classNames });
  };

  test('are those of the page itself: given, of the first dataset, and of a file', async () => {
    const given = [...NAMES];
    const creating = Network.create({ layers: LAYERS, classNames: given });
    given[0] = 'other';
    const remote = await creating;
    networks.push(remote);
    expect(remote.classNames).toEqual(NAMES);
    const inputs = randomFloats(20, 7);
    const found = await remote.classify(inputs, { transfer: true });
    expect(new Set(found[0]!.map(({ name }) => name))).toEqual(new Set(NAMES));
    expect(inputs).toHaveLength(0);

    const first = await create();
    expect(first.classNames).toBeUndefined();
    await first.fit(examples());
    expect(first.classNames).toBeUndefined();
    await first.fit(named(NAMES));
    expect(first.classNames).toEqual(NAMES);
    const file = await first.save();
    expect((await LocalNetwork.load(file)).classNames).toEqual(NAMES);
    const loaded = await Network.load(file);
    networks.push(loaded);
    expect(loaded.classNames).toEqual(NAMES);
    expect(await loaded.save()).toEqual(file);
  });

  test('are refused where they differ', async () => {
    const others = named(['a', 'c', 'b', 'd']);
    const differs = (argument: string) =>
      new RangeError(`${argument}.classNames: found "c" for output 1, expected "b", the network's`);
    const remote = await create();
    await expect(remote.fit(named(NAMES), { validation: others })).rejects.toThrow(
      differs('validation'),
    );
    await remote.evaluate(others);
    await remote.fit(named(NAMES));
    await expect(remote.fit(others)).rejects.toThrow(differs('dataset'));
    await expect(remote.evaluate(others)).rejects.toThrow(differs('dataset'));
    // A transfer that is refused transfers nothing.
    await expect(remote.evaluate(others, { transfer: true })).rejects.toThrow(differs('dataset'));
    expect(others.inputs).toHaveLength(LENGTH * 20);
  });
});

test('a threshold is that of the page itself; linear outputs have none, nor classes', async () => {
  const inputs = randomFloats(60 * 3, 1);
  const targets = Float32Array.from(randomLabels(120, 2, 2));
  const dataset = Dataset.from({ inputs, targets, outputs: 2 });
  const options = { layers: [3, 2], output: 'sigmoid', seed: 1 } as const;
  const [local, remote] = [await LocalNetwork.create(options), await Network.create(options)];
  networks.push(remote);
  for (const threshold of [undefined, 0.5, 0.3]) {
    expect(await remote.evaluate(dataset, { threshold })).toEqual(
      local.evaluate(dataset, { threshold }),
    );
  }
  const linear = await Network.create({ ...options, output: 'linear' });
  networks.push(linear);
  expect(await linear.evaluate(dataset)).not.toHaveProperty('accuracy');
  const batch = [inputs.subarray(0, 3), targets.subarray(0, 2)] as const;
  expect(await linear.trainOnBatch(...batch)).toEqual({ loss: expect.any(Number) });
  const message = 'threshold: found 0.5, expected a number from 0 to 1, with sigmoid outputs';
  await expect(linear.evaluate(dataset, { threshold: 0.5 })).rejects.toThrow(message);
  await expect(linear.classify(inputs, { transfer: true })).rejects.toThrow(
    new Error('classify: a linear output has no classes'),
  );
  expect(inputs).toHaveLength(180);
});

test('balanced weights of a dataset that only the worker has any more', async () => {
  const local = await LocalNetwork.create({ layers: LAYERS, seed: 3 });
  const remote = await create();
  const dataset = examples();
  await remote.evaluate(dataset, { transfer: true });
  expect(dataset.labels.length).toBe(0);
  const options = { epochs: 2, classWeights: 'balanced' } as const;
  await local.fit(examples(), options);
  await remote.fit(dataset, options);
  expect(await remote.parameters()).toEqual(local.parameters());
  for (const [wrong, message] of [
    [{ classWeights: [1, 2] }, 'classWeights: found an array of 2, expected 4 numbers'],
    [{ classWeights: [0, 0, 0, 0] }, 'classWeights: found a weight of 0 for every example'],
    [{ exampleWeights: [1] }, `exampleWeights: found an array of 1, expected ${LENGTH} numbers`],
  ] as const) {
    await expect(remote.fit(dataset, wrong)).rejects.toThrow(message);
  }
});

describe('numbers that a network standardises', () => {
  const inputs = Float64Array.from({ length: 240 }, (_, i) => 1.7e9 + ((i * 13) % 41));
  const targets = Float64Array.from({ length: 120 }, (_, i) => 1.7e9 - ((i * 7) % 19) / 3);
  const numbers = () =>
    Dataset.from({ inputs: inputs.slice(), targets: targets.slice(), outputs: 1 });
  const shape = { layers: [2, 6, 1], output: 'linear', seed: 2 } as const;

  test('are those of a page itself, created and loaded', async () => {
    const local = await LocalNetwork.create({ ...shape, normalize: numbers() });
    const dataset = numbers();
    const remote = await Network.create({ ...shape, normalize: dataset });
    networks.push(remote);
    expect(remote.normalization).toEqual(local.normalization);
    remote.normalization!.inputs!.mean[0] = 0;
    await local.fit(numbers(), { epochs: 3 });
    await remote.fit(dataset, { epochs: 3 });
    const batch = [inputs.slice(0, 6), targets.slice(0, 3)] as const;
    expect(await remote.trainOnBatch(...batch)).toEqual(local.trainOnBatch(...batch));
    const file = await remote.save({ metadata: { by: 'a worker' } });
    expect(file).toEqual(local.save({ metadata: { by: 'a worker' } }));

    const loaded = await Network.load(file);
    networks.push(loaded);
    expect(loaded.normalization).toEqual(local.normalization);
    const predicted = await loaded.predict(inputs);
    expect(predicted).toBeInstanceOf(Float64Array);
    expect(predicted).toEqual(local.predict(inputs));
    expect(await loaded.activations(inputs)).toEqual(local.activations(inputs));
    expect(await loaded.evaluate(numbers())).toEqual(local.evaluate(numbers()));
    expect(await loaded.save()).toEqual(file);

    const raw = await Network.load(file, { normalize: false });
    networks.push(raw);
    expect(raw.normalization).toBeUndefined();
    const alone = await LocalNetwork.load(file, { normalize: false });
    const standard = Float32Array.of(0.5, -1);
    expect(await raw.predict(standard)).toEqual(alone.predict(standard));
  });

  test('may be means and standard deviations', async () => {
    const normalize = { inputs: { mean: [1, 2], std: [3, 4] }, targets: { mean: [5], std: [6] } };
    const local = await LocalNetwork.create({ ...shape, normalize });
    const remote = await Network.create({ ...shape, normalize });
    networks.push(remote);
    expect(remote.normalization).toEqual(local.normalization);
    expect(await remote.predict(inputs)).toEqual(local.predict(inputs));
    const wrong = Network.create({ ...shape, normalize: { inputs: normalize.targets } });
    await expect(wrong).rejects.toThrow(
      'normalize.inputs.mean: found an array of 1, expected 2 numbers',
    );
  });

  test('go to the worker themselves where that is asked for', async () => {
    const dataset = numbers();
    const remote = await Network.create({ ...shape, normalize: dataset, transfer: true });
    networks.push(remote);
    expect(dataset.inputs).toHaveLength(0);
    expect((await remote.evaluate(dataset)).examples).toBe(120);
  });

  test('are refused where they do not fit', async () => {
    const wrong = Network.create({ ...shape, layers: [3, 1], normalize: numbers() });
    await expect(wrong).rejects.toThrow('normalize.features: found 2, expected 3');
    const none = Network.create({ ...shape, normalize: [] as never });
    await expect(none).rejects.toThrow('normalize: found an array of 0, expected a Dataset');
    const remote = await create();
    await expect(remote.predict(new Float64Array(20).fill(1e39))).rejects.toThrow(
      'inputs[0]: found 1e+39, expected a finite number that 32 bits hold',
    );
  });
});

describe('a network that cannot be made', () => {
  const options = { layers: LAYERS, transfer: true };
  test.each([
    [{ ...options, layers: [19, 4] }, RangeError, 'normalize.features: found 20, expected 19'],
    [{ ...options, layers: [20] }, RangeError, 'layers: found an array of 1'],
    [{ ...options, seed: -1 }, RangeError, 'seed: found -1'],
    [{ ...options, output: 'linear' as const }, RangeError, 'normalize: found labels, expected'],
    [{ ...options, output: 'none' as 'linear' }, RangeError, 'output: found "none"'],
    [{ ...options, sede: 1 }, TypeError, 'options: found "sede"'],
  ])('leaves the dataset here: %o', async (wrong, type, message) => {
    const dataset = examples();
    const made = Network.create({ ...wrong, normalize: dataset });
    await expect(made).rejects.toThrow(type);
    await expect(made).rejects.toThrow(message);
    expect(dataset.inputs).toHaveLength(LENGTH * 20);
    expect(dataset.labels).toHaveLength(LENGTH);
  });
});

describe('errors', () => {
  test('of options that a worker does not support, before anything is sent', async () => {
    const remote = await create();
    const dataset = examples();
    const unsupported: [FitOptions, string][] = [
      [
        { schedule: () => 1 },
        'schedule: found a function, expected constant, cosine or step: a worker does not support functions',
      ],
      [{ checkpoints: new Checkpoints({}) }, 'checkpoints: found a Checkpoints, expected none'],
      [
        { augmentation: new ImageAugmentation({ width: 5, height: 4 }) },
        'augmentation: found an ImageAugmentation, expected none',
      ],
    ];
    for (const [options, message] of unsupported) {
      const fitting = remote.fit(dataset, { ...options, transfer: true });
      await expect(fitting).rejects.toThrow(TypeError);
      await expect(fitting).rejects.toThrow(message);
    }
    expect(dataset.inputs).toHaveLength(LENGTH * 20);
  });

  test('keep their types and their words', async () => {
    const local = await LocalNetwork.create({ layers: LAYERS });
    const remote = await create();
    const dataset = examples();
    const wrong = {
      dataset: {} as Dataset,
      small: Dataset.from({ inputs: new Uint8Array(4), labels: new Uint8Array(2), classes: 4 }),
      text: 'text' as unknown as Uint8Array,
      nan: Float32Array.from({ length: 20 }, () => Number.NaN),
    };
    const calls: ((network: LocalNetwork | Network) => unknown)[] = [
      (n) => n.fit(wrong.dataset),
      (n) => n.fit(wrong.small),
      (n) => n.fit(dataset, { learningRate: -1 }),
      (n) => n.fit(dataset, { epoch: 1 } as object),
      (n) => n.fit(dataset, { onEpoch: 1 } as object),
      (n) => n.fit(dataset, { pace: 1 } as object),
      (n) => n.fit(dataset, { validation: wrong.small }),
      (n) => n.fit(dataset, { learningRate: 1e30, epochs: 3 }),
      (n) => n.trainOnBatch(wrong.nan, new Uint8Array(1)),
      (n) => n.trainOnBatch(new Uint8Array(20), new Uint8Array([4])),
      (n) => n.trainOnBatch(new Uint8Array(20), new Uint8Array(2)),
      (n) => n.evaluate(wrong.small),
      (n) => n.predict(wrong.text),
      (n) => n.predict(new Uint8Array(21)),
      (n) => n.activations(new Uint8Array(0)),
      (n) => n.setParameters([]),
      (n) => n.save({ metadata: { format: 'x' } }),
    ];
    for (const call of calls) {
      const [here, there] = await Promise.all(
        [local, remote].map(async (network) => {
          try {
            await call(network);
          } catch (error) {
            return error as DivergenceError;
          }
          throw new Error(`${call} did not throw`);
        }),
      );
      expect(there!.constructor).toBe(here!.constructor);
      expect(there!.message).toBe(here!.message);
      expect([there!.epoch, there!.step]).toEqual([here!.epoch, here!.step]);
    }
    expect(DivergenceError).toBe(LocalDivergenceError);
  });

  test.each([
    [{ layers: [3] }, RangeError, /^layers: /],
    [{ layers: [3, 2], seeds: 1 }, TypeError, /^options: found "seeds"/],
    [{ layers: [3, 2], worker: {} }, TypeError, /^worker: found an object, expected a Worker/],
  ])('creating %j', async (options, type, message) => {
    const made = Network.create(options as { layers: number[] });
    await expect(made).rejects.toThrow(type);
    await expect(made).rejects.toThrow(message);
  });

  test('a damaged file', async () => {
    await expect(Network.load(new Uint8Array(7))).rejects.toThrow(RangeError);
  });
});

describe('while it trains', () => {
  test('it answers, and stops for a signal', async () => {
    const remote = await create();
    const controller = new AbortController();
    const fitting = remote.fit(examples(), { epochs: 1e6, signal: controller.signal });
    const before = parametersHash(await remote.parameters());
    await moment();
    expect(parametersHash(await remote.parameters())).not.toBe(before);
    expect(await remote.predict(new Uint8Array(20))).toHaveLength(4);
    expect((await remote.evaluate(examples())).examples).toBe(LENGTH);
    const parameters = randomParameters(LAYERS, 1);
    await expect(remote.setParameters(parameters)).rejects.toThrow('is being trained by fit');
    controller.abort();
    expect((await fitting).aborted).toBe(true);
    await remote.setParameters(parameters);
  });

  test('with a signal that has aborted before', async () => {
    const signal = AbortSignal.abort();
    const history = await (await create()).fit(examples(), { signal });
    expect(history).toEqual({ epochs: [], aborted: true });
  });

  test('every epoch is told, of the updates only the latest, and the last in any case', async () => {
    const remote = await create();
    const told: EpochReport[] = [];
    const batches: BatchReport[] = [];
    let messages = 0;
    const { epochs } = await remote.fit(examples(), {
      epochs: 200,
      batchSize: 10,
      onEpoch: (report) => told.push(report),
      onBatch: (report) => {
        messages++;
        batches.push(report);
      },
    });
    expect(told).toEqual(epochs);
    expect(batches.at(-1)).toMatchObject({ epoch: 200, step: 100, examples: LENGTH });
    expect(messages).toBeLessThan(2000);
    const order = batches.map(({ epoch, step }) => epoch * 1000 + step);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test.each(['onEpoch', 'onBatch'])('what %s throws ends it', async (name) => {
    const remote = await create();
    const error = new Error('enough');
    let calls = 0;
    const fitting = remote.fit(examples(), {
      epochs: 1e6,
      [name]: () => {
        calls++;
        throw error;
      },
    });
    await expect(fitting).rejects.toBe(error);
    expect(calls).toBe(1);
    await remote.fit(examples());
  });

  test('the losses of all batches are told, each once and in order', async () => {
    const options = { epochs: 3, batchSize: 10 };
    const expected: number[] = [];
    const local = await LocalNetwork.create({ layers: LAYERS, seed: 3 });
    await local.fit(examples(), {
      ...options,
      onBatch: ({ batchLoss }) => expected.push(batchLoss),
    });
    const remote = await create();
    const losses: number[] = [];
    await remote.fit(examples(), {
      ...options,
      onBatch({ batchLoss, batchLosses }) {
        losses.push(...batchLosses);
        expect(batchLosses.at(-1)).toBe(batchLoss);
      },
    });
    expect(losses).toEqual(expected);
  });

  test.each(['onEpoch', 'onBatch'])('it waits while a promise of %s is pending', async (name) => {
    const [remote, straight] = [await create(), await create()];
    const dataset = examples();
    const options = { epochs: 300, batchSize: 10 };
    await straight.fit(dataset, options);
    const hash = async () => parametersHash(await remote.parameters());
    let [pending, calls] = [0, 0];
    let held: string[] = [];
    await remote.fit(dataset, {
      ...options,
      async [name]() {
        expect(++pending).toBe(1);
        if (calls++ === 0) {
          await moment();
          held = [await hash()];
          await moment();
          held.push(await hash());
        }
        await Promise.resolve();
        pending--;
      },
    });
    expect(pending).toBe(0);
    expect(calls).toBeGreaterThan(1);
    const [first, second] = held;
    expect(second).toBe(first);
    const last = await hash();
    expect(first).not.toBe(last);
    expect(last).toBe(parametersHash(await straight.parameters()));
  });

  test.each(['onEpoch', 'onBatch'])('a promise of %s that is rejected ends it', async (name) => {
    const remote = await create();
    const error = new Error('enough');
    let calls = 0;
    const callback = async () => {
      calls++;
      await moment();
      throw error;
    };
    await expect(remote.fit(examples(), { epochs: 1e6, [name]: callback })).rejects.toBe(error);
    expect(calls).toBe(1);
    await remote.fit(examples());
  });

  test('a pace holds it, and ends nowhere else', async () => {
    const options = { epochs: 2, batchSize: 100, seed: 1 };
    const dataset = examples();
    const straight = await create();
    await straight.fit(dataset, options);
    const remote = await create();
    const pace = new Pace({ paused: true });
    const seen: number[] = [];
    const onBatch = ({ epoch, step }: BatchReport) => seen.push((epoch - 1) * 10 + step);
    const initial = parametersHash(await remote.parameters());
    pace.step();
    const fitting = remote.fit(dataset, { ...options, pace, onBatch });
    await moment();
    expect(seen.at(-1)).toBe(1);
    pace.step(2);
    pace.step();
    await moment();
    expect(seen.at(-1)).toBe(4);
    expect(parametersHash(await remote.parameters())).not.toBe(initial);
    pace.step(10);
    pace.pause();
    pace.step(3);
    pace.resume();
    await fitting;
    expect(seen.at(-1)).toBe(20);
    expect(parametersHash(await remote.parameters())).toBe(
      parametersHash(await straight.parameters()),
    );
  });
});

describe('data', () => {
  test('is copied, of a view only what it shows', async () => {
    const remote = await create();
    const dataset = examples();
    const part = Dataset.from({
      inputs: dataset.inputs.subarray(200, 400),
      labels: dataset.labels.subarray(10, 20),
      classes: 4,
    });
    await remote.fit(part);
    expect(part.inputs).toHaveLength(200);
    expect((await remote.evaluate(part)).examples).toBe(10);
  });

  test('is transferred where that is asked for, and stays known to its worker', async () => {
    const worker = startWorker();
    const [first, second] = [await create(worker), await create(worker)];
    const [dataset, copy] = [examples(), examples()];
    await first.fit(dataset, { transfer: true });
    expect(dataset.inputs).toHaveLength(0);
    expect(dataset.labels).toHaveLength(0);
    await second.fit(dataset);
    expect(await second.evaluate(dataset)).toEqual(await first.evaluate(copy));
    const elsewhere = await create();
    await expect(elsewhere.fit(dataset)).rejects.toThrow(
      'dataset.inputs: found a Uint8Array whose memory was transferred elsewhere, expected its 20000',
    );
    const inputs = new Uint8Array(40);
    await first.predict(inputs, { transfer: true });
    expect(inputs).toHaveLength(0);
    worker.terminate();
  });

  test.each(['sigmoid', 'linear'] as const)(
    'is transferred with the targets of a %s',
    async (output) => {
      const of = () =>
        Dataset.from({
          inputs: randomFloats(200, 1),
          targets: Float64Array.from({ length: 40 }, (_, i) => i % 2),
          outputs: 2,
        });
      const [dataset, copy] = [of(), of()];
      const options = { layers: [10, 2], output };
      const local = await LocalNetwork.create({ ...options, normalize: copy });
      const remote = await Network.create({ ...options, normalize: dataset, transfer: true });
      networks.push(remote);
      expect(dataset.targets).toHaveLength(0);
      const { epochs } = await local.fit(copy, { validation: copy });
      const { epochs: theirs } = await remote.fit(dataset, { validation: dataset });
      expect(theirs[0]!.validation).toEqual(epochs[0]!.validation);
      expect(await remote.evaluate(dataset)).toEqual(local.evaluate(copy));
    },
  );

  test('whose memory was transferred elsewhere is refused, until the worker has it', async () => {
    const remote = await create();
    const transfer = ({ buffer }: Inputs) =>
      structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
    const gone = (name: string) => `${name}: found a Uint8Array whose memory was transferred`;
    for (const name of ['inputs', 'labels'] as const) {
      const dataset = examples();
      transfer(dataset[name]);
      await expect(remote.fit(dataset)).rejects.toThrow(gone(`dataset.${name}`));
      await expect(remote.evaluate(dataset)).rejects.toThrow(gone(`dataset.${name}`));
      const fitting = remote.fit(examples(), { validation: dataset });
      await expect(fitting).rejects.toThrow(gone(`validation.${name}`));
    }
    const known = examples();
    const evaluation = await remote.evaluate(known);
    transfer(known.inputs);
    expect(await remote.evaluate(known)).toEqual(evaluation);
    await remote.fit(examples(), { validation: known });
    const inputs = new Uint8Array(20);
    transfer(inputs);
    await expect(remote.predict(inputs)).rejects.toThrow(gone('inputs'));
    const parameters = await remote.parameters();
    transfer(parameters[1]!.biases);
    await expect(remote.setParameters(parameters)).rejects.toThrow(
      'parameters[1].biases: found a Float32Array whose memory was transferred elsewhere',
    );
  });

  test('in shared memory, or of another realm, is copied and not transferred', async () => {
    const remote = await create();
    const dataset = examples();
    const shared = new Uint8Array(new SharedArrayBuffer(LENGTH * 20));
    shared.set(dataset.inputs);
    const labels: Uint8Array = runInNewContext('(values) => new Uint8Array(values)')(
      dataset.labels,
    );
    expect(labels).not.toBeInstanceOf(Uint8Array);
    const unusual = Dataset.from({ inputs: shared, labels, classes: 4 });
    expect(await remote.evaluate(unusual)).toEqual(await remote.evaluate(dataset));
    const transferred = Dataset.from({ inputs: shared, labels, classes: 4 });
    await expect(remote.evaluate(transferred, { transfer: true })).rejects.toThrow(
      'dataset.inputs: found an array in shared memory, expected an array that spans its whole buffer',
    );
    const foreign = Dataset.from({ inputs: dataset.inputs, labels, classes: 4 });
    await remote.evaluate(foreign, { transfer: true });
    expect(labels).toHaveLength(0);
  });

  test('is not transferred where others have a view of it, or an option is wrong', async () => {
    const remote = await create();
    const dataset = examples();
    const part = Dataset.from({
      inputs: dataset.inputs.subarray(20),
      labels: dataset.labels.subarray(1),
      classes: 4,
    });
    await expect(remote.fit(part, { transfer: true })).rejects.toThrow(
      'dataset.inputs: found a view of 19980 of 20000 bytes, expected an array that spans its whole',
    );
    await expect(remote.fit(dataset, { transfer: true, epochs: 0 })).rejects.toThrow('epochs');
    await expect(remote.evaluate(dataset, { transfer: true, x: 1 } as object)).rejects.toThrow('x');
    expect(dataset.inputs).toHaveLength(20000);
  });
});

describe('disposal', () => {
  test('ends what is under way, and all that comes after', async () => {
    const remote = await create();
    const fitting = remote.fit(examples(), { epochs: 1e6 });
    const ended = expect(fitting).rejects.toThrow('fit: the network was disposed of');
    await remote.parameters();
    remote.dispose();
    remote.dispose();
    await ended;
    await expect(remote.predict(new Uint8Array(20))).rejects.toThrow(
      'predict: the network has been',
    );
  });

  test('leaves a worker that was passed, and its other networks', async () => {
    const worker = startWorker();
    const [first, second] = [await create(worker), await create(worker)];
    const pace = new Pace({ paused: true });
    const fitting = expect(first.fit(examples(), { pace })).rejects.toThrow(
      'fit: the network was disposed of while it trained',
    );
    first[Symbol.dispose]();
    await fitting;
    expect(await second.parameters()).toHaveLength(2);
    worker.terminate();
  });
});

/** How a program of its own ends, and what it prints. */
async function run(program: string): Promise<{ stdout: string; code: number | null }> {
  const args = ['--input-type=module', '--eval', program];
  const child = spawn(process.execPath, args, {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 30_000,
  });
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { stdout, code };
}

describe('a program that disposes of nothing', () => {
  const PROGRAM = `
    import { Dataset, Network } from 'relumax/worker';
    const network = await Network.create({ layers: [2, 8, 2] });
    const dataset = Dataset.from({
      inputs: new Uint8Array(2_000_000), labels: new Uint8Array(1_000_000), classes: 2,
    });
    // Nothing but the promise keeps the program here.
    network.fit(dataset).then(({ epochs }) => console.log('epochs:', epochs.length));
  `;

  test('ends when its promises are settled, and not before', async () => {
    expect(await run(PROGRAM)).toEqual({ stdout: 'epochs: 1\n', code: 0 });
  });

  test('where the engine has a page’s workers too, as Bun and Deno have', async () => {
    const workers = `
      globalThis.Worker = class {
        constructor() { throw new Error('this one would keep the program alive'); }
      };`;
    // Before the imports, which are evaluated first otherwise.
    const program = `${workers}${PROGRAM.replace(
      "import { Dataset, Network } from 'relumax/worker';",
      "const { Dataset, Network } = await import('relumax/worker');",
    )}`;
    expect(await run(program)).toEqual({ stdout: 'epochs: 1\n', code: 0 });
  });
});

describe('where the script of the worker is missing', () => {
  let folder: string;
  // Anew for each: once one is missing, all start in the other way.
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'relumax-'));
    const dist = fileURLToPath(new URL('../../dist', import.meta.url));
    const filter = (path: string) => !path.endsWith('worker-thread.js');
    await cp(dist, folder, { recursive: true, filter });
    // For the files to be modules.
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test.each([false, true])(
    'another gets what went to the first, also a dataset, transfer: %s',
    async (transfer) => {
      const { href } = pathToFileURL(join(folder, 'worker.js'));
      const library: typeof import('relumax/worker') = await import(href);
      const numbers = library.Dataset.from({
        inputs: Float64Array.of(1, 2, 3, 4),
        targets: Float64Array.of(10, 20, 30, 40),
        outputs: 1,
      });
      const network = await library.Network.create({
        ...{ layers: [1, 1], output: 'linear', normalize: numbers, transfer },
      });
      expect(network.normalization!.inputs!.mean).toEqual(Float64Array.of(2.5));
      expect(numbers.inputs.length).toBe(transfer ? 0 : 4);
      const { epochs } = await network.fit(numbers);
      expect(epochs).toHaveLength(1);
      network.dispose();
    },
  );
});

test('a page and a worker of different releases', async () => {
  const worker = startWorker();
  const post = worker.postMessage.bind(worker);
  worker.postMessage = ((message: { relumax: number }, transfer: Transferable[]) =>
    post({ ...message, relumax: message.relumax + 1 }, transfer)) as typeof worker.postMessage;
  await expect(create(worker)).rejects.toThrow('of different releases');
  worker.terminate();
});
