/** What the library says where a training ends badly, in the page itself and in a worker. */
import * as local from 'relumax';
import { Dataset, DivergenceError, type FitOptions } from 'relumax';
import * as remote from 'relumax/worker';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { OF_FIT } from '../../src/base/hints.ts';
import { Random } from '../../src/base/random.ts';
import { FIT_OPTIONS } from '../../src/network/fit-options.ts';
import { randomBytes, randomLabels } from '../examples.ts';

const COLUMNS = 12;
/** The scales of the inputs: from 0.01 to 700. */
const SCALES = Array.from({ length: COLUMNS }, (_, j) => 0.01 * 70_000 ** (j / (COLUMNS - 1)));
/** The fraction of the targets' variance that can be explained: the rest is noise. */
const EXPLICABLE = 0.9;

/** Examples like those of house prices: inputs of different scales, targets around 22. */
function houses(length: number, seed: number): Dataset {
  const random = new Random(seed, 'weights');
  // Twelve uniform numbers less six are close to normal.
  const normal = () =>
    Array.from({ length: 12 }, () => random.word() / 2 ** 32).reduce((a, b) => a + b) - 6;
  const inputs = new Float32Array(length * COLUMNS);
  const targets = new Float64Array(length);
  // The variances of the four terms, with x² − 1 of a normal x.
  const variance = 36 + 16 + 9 * 2 + 4;
  const noise = Math.sqrt((variance * (1 - EXPLICABLE)) / EXPLICABLE);
  for (let i = 0; i < length; i++) {
    const x = Array.from({ length: COLUMNS }, normal);
    for (const [j, scale] of SCALES.entries()) inputs[i * COLUMNS + j] = (x[j]! + 2) * scale;
    const price = 22 + 6 * x[0]! - 4 * x[11]! + 3 * (x[5]! ** 2 - 1) + 2 * x[3]! * x[8]!;
    targets[i] = price + noise * normal();
  }
  return Dataset.from({ inputs, targets, outputs: 1 });
}

const train = houses(4000, 1);
const heldOut = houses(2000, 2);
const LINEAR = { layers: [COLUMNS, 32, 1], output: 'linear', seed: 1 } as const;
const WORSE = /^the network is worse than always answering the mean of the training targets: /;

describe.each([
  ['relumax', local.Network],
  ['relumax/worker', remote.Network],
])('%s', (_, { create }) => {
  const make = async (given: local.NetworkOptions) => {
    const network = await create(given);
    onTestFinished(() => network.dispose());
    return network;
  };
  const failureOf = (fitting: Promise<unknown>) =>
    fitting.then(
      () => expect.unreachable(),
      (error: Error) => error,
    );

  test('house prices are learned where they are normalized, and nothing is said', async () => {
    const network = await make({ ...LINEAR, normalize: train });
    const onWarning = vi.fn();
    const schedule = 'cosine';
    const options = { epochs: 30, optimizer: 'adam', learningRate: 0.01, schedule } as const;
    await network.fit(train, { ...options, onWarning });
    const { r2 } = await network.evaluate(heldOut);
    expect(r2![0]).toBeGreaterThan(EXPLICABLE - 0.02);
    expect(onWarning).not.toHaveBeenCalled();
  });

  test('where they are not, a divergence says so', async () => {
    const network = await make(LINEAR);
    const error = await failureOf(network.fit(train));
    expect(error).toBeInstanceOf(DivergenceError);
    expect(error.message).toMatch(
      /^the loss became NaN or infinite in epoch 1, step \d+, layer \d; .*; the inputs go from -\d+ to \d{4}, the targets go from -[\d.]+ to [\d.]+, and are not normalized: use Network.create\(\{ …, normalize: dataset \}\)$/,
    );
    expect(error.stack).toContain('normalize: dataset');
    expect(error.message.match(/normalized/g)).toHaveLength(1);
  });

  test('inputs alone are named where no targets are far off', async () => {
    const network = await make({ layers: [2, 2], seed: 1 });
    const inputs = Float32Array.from({ length: 200 }, (_, i) => (i % 7) * 100);
    const dataset = Dataset.from({ inputs, labels: randomLabels(100, 2, 1), classes: 2 });
    const { message } = await failureOf(network.fit(dataset, { learningRate: 1e300 }));
    expect(message).toContain('; the inputs go from 0 to 600, and are not normalized');
  });

  test.each([
    ['bytes', randomBytes(300, 1, 0.5)],
    ['small numbers', Float32Array.from(randomBytes(300, 1, 0.5), (x) => x / 30)],
  ])('of %s it says nothing of the kind', async (_, inputs) => {
    const network = await make({ layers: [3, 4, 2], seed: 1 });
    const dataset = Dataset.from({ inputs, labels: randomLabels(100, 2, 1), classes: 2 });
    const { message } = await failureOf(network.fit(dataset, { learningRate: 1e30 }));
    expect(message).toMatch(/; try a learning rate smaller than 1e\+30$/);
  });

  test('of a network that normalizes neither', async () => {
    const network = await make({ ...LINEAR, normalize: train });
    const { message } = await failureOf(network.fit(train, { learningRate: 1e30 }));
    expect(message).toMatch(/; try a learning rate smaller than 1e\+30$/);
  });

  test('ended worse than the mean, it warns, by the console unless told otherwise', async () => {
    const options: FitOptions = { learningRate: 1e-10, optimizer: 'adam' };
    const network = await make(LINEAR);
    const onWarning = vi.fn();
    await network.fit(train, { ...options, onWarning });
    const [[message] = []] = onWarning.mock.calls;
    expect(message).toMatch(WORSE);
    const [, loss, mean] = /loss is (\S+), and that of the mean (\S+);/.exec(message)!;
    expect(loss).toBe((await network.evaluate(train)).loss.toPrecision(4));
    expect(Number(mean)).toBeCloseTo(74 / EXPLICABLE, -1);
    expect(message).toContain('not normalized: use Network.create({ …, normalize: dataset })');
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    onTestFinished(() => warn.mockRestore());
    await network.fit(train, options);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(WORSE)]]);
    expect(onWarning).toHaveBeenCalledTimes(1);
  });

  test('a network that normalizes is advised otherwise', async () => {
    const network = await make({ ...LINEAR, normalize: train, seed: 2 });
    const onWarning = vi.fn();
    await network.fit(train, { learningRate: 1e-10, onWarning });
    expect(onWarning.mock.calls).toEqual([[expect.stringMatching(WORSE)]]);
    expect(onWarning.mock.calls[0]![0]).toMatch(/; try another learning rate, or more epochs$/);
  });

  test('an aborted training and equal targets are no reason', async () => {
    const onWarning = vi.fn();
    const network = await make(LINEAR);
    const controller = new AbortController();
    controller.abort();
    await network.fit(train, { learningRate: 1e-10, signal: controller.signal, onWarning });
    const targets = new Float32Array(100).fill(3);
    const equal = Dataset.from({ inputs: train.inputs.subarray(0, 1200), targets, outputs: 1 });
    await network.fit(equal, { learningRate: 1e-10, optimizer: 'adam', onWarning });
    expect(onWarning).not.toHaveBeenCalled();
  });

  test.each([
    ['validationSplit', 0.2, 'dataset.split({ test: 0.2'],
    ['validationData', heldOut, 'validation takes a Dataset'],
    ['callbacks', [], 'onEpoch and onBatch'],
    ['classWeight', { 0: 1 }, 'classWeights'],
    ['sampleWeight', [1], 'exampleWeights'],
    ['loss', 'mse', 'the loss follows from output'],
    ['metrics', ['mae'], 'network.evaluate(dataset)'],
    ['verbose', 1, 'console.log(report)'],
    ['initialEpoch', 3, 'Checkpoints of relumax/checkpoint'],
    ['stepsPerEpoch', 3, 'batchSize at a time'],
    ['validationSteps', 3, 'a whole Dataset'],
  ])('fit knows what %s is here', async (name, value, hint) => {
    const network = await make(LINEAR);
    const error = await failureOf(network.fit(train, { [name]: value } as never));
    expect(error).toBeInstanceOf(TypeError);
    const start = `options: found "${name}", expected only epochs, `;
    expect(error.message.startsWith(start)).toBe(true);
    expect(error.message.replace(/^.*?; /s, '')).toContain(hint);
    expect(error.stack).toContain(hint);
  });

  test.each([
    ['units', 'layers: [inputs, …, outputs]'],
    ['inputShape', 'input: [height, width, channels]'],
    ['activation', 'hidden is the activation'],
    ['kernelInitializer', 'initialization'],
    ['optimizer', 'fit takes the optimizer'],
    ['loss', 'the loss follows from output'],
    ['metrics', 'network.evaluate(dataset)'],
  ])('create knows what %s is here', async (name, hint) => {
    const { message } = await failureOf(create({ layers: [2, 2], [name]: 'x' } as never));
    expect(message).toMatch(new RegExp(`^options: found "${name}", expected only layers, `));
    expect(message.replace(/^.*?; /s, '')).toContain(hint);
  });

  test.each([
    [{ optimizer: 'rmsProp' }, /^optimizer: found "rmsProp", .*; its name here is rmsprop$/],
    [{ optimizer: { name: 'rmsprop', decay: 0.9 } }, /^optimizer: found "decay", .* it is alpha/],
    [{ earlyStopping: { monitor: 'val_loss' }, validation: train }, /"monitor", .* validation/],
    [{ classWeights: { 0: 1, 1: 24 } }, /^classWeights: found an object, .* such as \[1, 24\]$/],
  ])('options of %j', async (given, message) => {
    const network = await make(LINEAR);
    expect((await failureOf(network.fit(train, given as never))).message).toMatch(message);
  });

  test.each([
    [{ hidden: 'swish' }, 'silu'],
    [{ initialization: 'heUniform' }, 'he-uniform'],
    [{ layers: [2, { dense: 3, activation: 'leakyReLU' }, 2] }, 'leaky-relu'],
  ])('the names in %j', async (given, name) => {
    const { message } = await failureOf(create({ layers: [2, 2], ...given } as never));
    expect(message).toMatch(new RegExp(`; its name here is ${name}$`));
  });

  test('sizes in place of options', async () => {
    const { message } = await failureOf(create([2, 1] as never));
    expect(message).toMatch(/^options: found an array of 2, .*; create takes \{ layers: /);
  });

  test('and of a convolution', async () => {
    const layers = [{ conv: 4, kernel: 3, strides: 2 }, 2] as never;
    const { message } = await failureOf(create({ input: [8, 8, 1], layers }));
    expect(message).toMatch(/^layers\[0\]: found "strides", .*; stride is one number/);
  });

  test('arrays in place of a dataset', async () => {
    const network = await make(LINEAR);
    const trained = network.fit.bind(network) as (...given: unknown[]) => Promise<unknown>;
    for (const [xs, ys] of [
      [[[1]], [1]],
      [train.inputs, train.targets],
    ]) {
      const { message } = await failureOf(trained(xs, ys));
      expect(message).toMatch(/^(dataset|options): found an? .*; .*Dataset\.from\(/);
    }
    await expect(network.fit(train, { validation: [] } as never)).rejects.toThrow('Dataset.from(');
  });

  test('other errors are as they were', async () => {
    const network = await make(LINEAR);
    const { message } = await failureOf(network.fit(train, { lazy: true } as never));
    expect(message).toMatch(/^options: found "lazy", expected only [\w, ]+$/);
    const error = new TypeError('options: found "loss", expected only mine');
    const onEpoch = () => {
      throw error;
    };
    await expect(network.fit(train, { optimizer: 'adam', onEpoch })).rejects.toBe(error);
  });
});

test('options that there are need no hint', () => {
  expect(Object.keys(OF_FIT).filter((name) => Object.hasOwn(FIT_OPTIONS, name))).toEqual([]);
});
