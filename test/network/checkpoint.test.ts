import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HIDDEN } from '../../src/core/activations.ts';
import { OPTIMIZERS } from '../../src/core/optimizers.ts';
import { Dataset } from '../../src/data/dataset.ts';
import { type Checkpoint, Checkpoints } from '../../src/network/checkpoint.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/network/checkpoint-file.ts';
import type { FitOptions } from '../../src/network/fit-options.ts';
import { ImageAugmentation } from '../../src/network/image-augmentation.ts';
import { Network } from '../../src/network/network.ts';
import { cutOff } from '../damage.ts';
import { randomBytes, randomFloats, randomLabels } from '../examples.ts';
import { expectResumes, timeless } from './resuming.ts';

const LAYERS = [30, 19, 6, 4];
const dataset = (length: number, seed: number) =>
  Dataset.from({
    inputs: randomBytes(length * 30, seed, 0.7),
    labels: randomLabels(length, 4, seed),
    classes: 4,
  });
const train = dataset(61, 1);
const validation = dataset(20, 2);
/** 5 epochs of 7 updates. */
const TRAINING: FitOptions = { epochs: 5, batchSize: 9, seed: 8 };

const augmentation = new ImageAugmentation({ width: 6, height: 5, shift: 1, scale: 0.3 });

const RECIPES: [string, FitOptions][] = [
  ['sgd', {}],
  ['sgd in order', { shuffle: false, learningRate: 0.3 }],
  ['momentum', { optimizer: 'momentum', schedule: 'cosine', warmup: 6 }],
  ['nesterov', { optimizer: { name: 'nesterov', momentum: 0.7 }, clipNorm: 0.1 }],
  ['adam', { optimizer: 'adam', schedule: { name: 'step', every: 2, factor: 0.5 } }],
  ['adamw', { optimizer: 'adamw', weightDecay: 0.1 }],
  ['rmsprop', { optimizer: { name: 'rmsprop', momentum: 0.5, centered: true } }],
  ['adagrad', { optimizer: { name: 'adagrad', learningRateDecay: 0.1, initialAccumulator: 0.2 } }],
  ['early stopping', { validation, earlyStopping: { patience: 2 }, learningRate: 0.6 }],
  ['dropout', { dropout: 0.3 }],
  ['augmentation', { augmentation, shuffle: false }],
  ...OPTIMIZERS.map((optimizer): [string, FitOptions] => [
    `${optimizer} with dropout and augmentation`,
    { optimizer, dropout: 0.2, augmentation, clipNorm: 1, schedule: 'cosine', warmup: 3 },
  ]),
  ['a schedule function', { schedule: ({ update, updates }) => 1 - update / updates, warmup: 4 }],
  ['weights', { classWeights: [1, 0, 2, 0.5], exampleWeights: randomFloats(61, 5).map(Math.abs) }],
  ['one batch', { batchSize: Infinity, optimizer: 'momentum', clipNorm: 1 }],
];

describe.each(RECIPES)('%s', (_, recipe) => {
  const options = { ...TRAINING, ...recipe };

  test('goes on from any update to the bits of a training without interruption', async () => {
    await expectResumes({ layers: LAYERS, seed: 3 }, train, options);
  });
});

test('the seconds of the epoch that it was taken in count', async () => {
  const kept: Checkpoint[] = [];
  const onCheckpoint = (checkpoint: Checkpoint) => void kept.push(checkpoint);
  const network = await Network.create({ layers: LAYERS });
  await network.fit(train, {
    ...TRAINING,
    checkpoints: new Checkpoints({ every: 3, onCheckpoint }),
  });
  const secondsOf = async ({ progress, ...rest }: Checkpoint, seconds: number | undefined) => {
    const resume = { ...rest, progress: { ...progress, seconds: seconds as number } };
    const checkpoints = new Checkpoints({ resume });
    const { epochs } = await network.fit(train, { ...TRAINING, checkpoints });
    return epochs.map((epoch) => epoch.seconds);
  };
  // After 3 updates of 7, and after the last of the third epoch.
  for (const [i, epoch] of [
    [0, 1],
    [6, 3],
  ] as const) {
    const checkpoint = kept[i]!;
    expect(checkpoint.progress.epoch).toBe(epoch);
    expect(checkpoint.progress.seconds).toBeGreaterThan(0);
    const seconds = await secondsOf(checkpoint, 1000);
    expect(seconds.map((taken) => taken >= 1000)).toEqual(seconds.map((_, j) => j === epoch - 1));
    // Of a version that did not store them.
    expect(Math.max(...(await secondsOf(checkpoint, undefined)))).toBeLessThan(1000);
  }
});

test('layers with activations of their own', async () => {
  const layers = [30, { dense: 9, activation: 'silu' as const }, 6, 4];
  const options = { ...TRAINING, optimizer: 'adam', dropout: 0.2 } as const;
  await expectResumes({ layers, seed: 3 }, train, options);
  const network = await Network.create({ layers });
  const kept: Checkpoint[] = [];
  const checkpoints = new Checkpoints({ onCheckpoint: (one) => void kept.push(one) });
  await network.fit(train, { ...TRAINING, checkpoints });
  const without = await Network.create({ layers: [30, 9, 6, 4] });
  await expect(
    without.fit(train, { ...TRAINING, checkpoints: new Checkpoints({ resume: kept[0]! }) }),
  ).rejects.toThrow(
    'resume.settings.layers: found [30,{"dense":9,"activation":"silu"},6,4], expected [30,9,6,4]',
  );
});

const FUNCTIONS = HIDDEN.slice(1).flatMap((hidden) =>
  (['sigmoid', 'linear'] as const).map((output) => [hidden, output] as const),
);

test.each(FUNCTIONS)('targets, with %s and a %s output', async (hidden, output) => {
  const targets = Float32Array.from({ length: 61 * 4 }, (_, i) => (i % 3) / 2);
  const numbers = Dataset.from({ inputs: train.inputs, targets, outputs: 4 });
  const network = () => Network.create({ layers: LAYERS, hidden, output });
  const options = { ...TRAINING, optimizer: 'adam', dropout: 0.1, validation: numbers } as const;
  const whole = await network();
  const kept: Checkpoint[] = [];
  const { epochs } = await whole.fit(numbers, {
    ...options,
    checkpoints: new Checkpoints({ every: 9, onCheckpoint: (one) => void kept.push(one) }),
  });
  expect(kept.length).toBe(3);
  for (const checkpoint of kept) {
    const other = await network();
    const { checkpoint: back } = decodeCheckpoint(encodeCheckpoint(checkpoint));
    expect(back).toEqual(checkpoint);
    const rest = await other.fit(numbers, {
      ...options,
      checkpoints: new Checkpoints({ resume: back }),
    });
    expect(other.parameters()).toEqual(whole.parameters());
    expect(timeless(rest.epochs)).toEqual(timeless(epochs));
  }
  const classes = await Network.create({ layers: LAYERS });
  const other = { ...TRAINING, optimizer: 'adam', dropout: 0.1 } as const;
  const resumed = { ...other, checkpoints: new Checkpoints({ resume: kept[0]! }) };
  await expect(classes.fit(train, resumed)).rejects.toThrow(
    `resume.settings.functions: found {"hidden":"${hidden}","output":"${output}"}, expected {"hidden":"relu"`,
  );
});

async function someCheckpoint(recipe: FitOptions = { optimizer: 'adam' }): Promise<Checkpoint> {
  const network = await Network.create({ layers: LAYERS, seed: 3 });
  let last: Checkpoint | undefined;
  await network.fit(train, {
    ...TRAINING,
    ...recipe,
    checkpoints: new Checkpoints({
      every: 10,
      onCheckpoint: (checkpoint) => {
        last = checkpoint;
      },
    }),
  });
  return last!;
}

test('a checkpoint comes once an epoch unless told otherwise, and the training waits for it', async () => {
  const network = await Network.create({ layers: LAYERS });
  const log: string[] = [];
  await network.fit(train, {
    ...TRAINING,
    epochs: 2,
    onBatch: ({ epoch, step }) => log.push(`${epoch}.${step}`),
    checkpoints: new Checkpoints({
      async onCheckpoint({ progress: { epoch, step } }) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        log.push(`kept ${epoch}.${step}`);
      },
    }),
  });
  const steps = (epoch: number) => Array.from({ length: 7 }, (_, i) => `${epoch}.${i + 1}`);
  expect(log).toEqual([...steps(1), 'kept 1.7', ...steps(2), 'kept 2.7']);
});

test('a network that standardises goes on as one that does, by the same numbers', async () => {
  const inputs = Float64Array.from({ length: 61 * 2 }, (_, i) => 1.7e9 + ((i * 7) % 31));
  const targets = Float64Array.from({ length: 61 }, (_, i) => 1.7e9 - (i % 13) / 3);
  const numbers = Dataset.from({ inputs, targets, outputs: 1 });
  const options = { layers: [2, 8, 1], output: 'linear', normalize: numbers } as const;
  const whole = await Network.create(options);
  const kept: Checkpoint[] = [];
  const onCheckpoint = (one: Checkpoint) => void kept.push(one);
  await whole.fit(numbers, { ...TRAINING, checkpoints: new Checkpoints({ onCheckpoint }) });
  const file = encodeCheckpoint(kept[1]!);
  const { checkpoint } = decodeCheckpoint(file);
  expect(checkpoint).toEqual(kept[1]);
  expect(checkpoint.normalization).toEqual(whole.normalization);
  const resuming = { ...TRAINING, checkpoints: new Checkpoints({ resume: checkpoint }) };
  for (const other of [await Network.create(options), await Network.load(file)]) {
    await other.fit(numbers, resuming);
    expect(other.parameters()).toEqual(whole.parameters());
    expect(other.save()).toEqual(whole.save());
  }
  const raw = await Network.load(file, { normalize: false });
  const small = Dataset.from({ inputs: inputs.map((x) => x - 1.7e9), targets, outputs: 1 });
  await expect(raw.fit(small, resuming)).rejects.toThrow(
    'resume.normalization.inputs.mean: found 2 numbers, expected 0, as the network has',
  );
  const others = await Network.create({
    ...options,
    normalize: numbers.split({ test: 0.1, seed: 1 }).train,
  });
  const { inputs: theirs } = whole.normalization!;
  await expect(others.fit(numbers, resuming)).rejects.toThrow(
    `resume.normalization.inputs.mean[0]: found ${theirs!.mean[0]}, expected 17`,
  );
});

test('the file is a model, and keeps what one has to say', async () => {
  const checkpoint = await someCheckpoint();
  const file = encodeCheckpoint(checkpoint, { metadata: { by: 'me' } });
  const network = await Network.load(file);
  expect(network.parameters()).toEqual(checkpoint.parameters);
  expect(network.metadata).toEqual({ by: 'me' });
  // What it is saved as is no checkpoint any more.
  expect(() => decodeCheckpoint(network.save())).toThrow('no "checkpoint" in its metadata');
  expect(() => network.save({ metadata: { checkpoint: '' } })).toThrow('the key "checkpoint"');
  expect(decodeCheckpoint(file)).toEqual({ checkpoint, metadata: { by: 'me' } });
});

test('epochs may be added where the schedule does not depend on them', async () => {
  const checkpoint = await someCheckpoint();
  const longer = { ...TRAINING, optimizer: 'adam', epochs: 8 } as const;
  const [one, other] = [
    await Network.create({ layers: LAYERS, seed: 3 }),
    await Network.create({ layers: LAYERS }),
  ];
  await one.fit(train, longer);
  await other.fit(train, { ...longer, checkpoints: new Checkpoints({ resume: checkpoint }) });
  expect(other.parameters()).toEqual(one.parameters());
});

test('of a schedule function a checkpoint knows that it was one', async () => {
  const schedule = () => 0.5;
  const resume = await someCheckpoint({ schedule });
  expect(resume.settings.schedule).toBe('function');
  const resumed = async (options: FitOptions) => {
    const network = await Network.create({ layers: LAYERS });
    await network.fit(train, {
      ...TRAINING,
      ...options,
      checkpoints: new Checkpoints({ resume }),
    });
  };
  await resumed({ schedule: () => 0.25 });
  await expect(resumed({})).rejects.toThrow(
    'resume.settings.schedule: found "function", expected "constant"',
  );
  // It may depend on how many epochs there are.
  await expect(resumed({ schedule, epochs: 8 })).rejects.toThrow(
    'resume.settings.epochs: found 5, expected 8',
  );
  const plain = new Checkpoints({ resume: await someCheckpoint({}) });
  const network = await Network.create({ layers: LAYERS });
  await expect(network.fit(train, { ...TRAINING, schedule, checkpoints: plain })).rejects.toThrow(
    'resume.settings.schedule: found "constant", expected "function"',
  );
});

test('weights are noticed where they are others, or missing', async () => {
  const weights = randomFloats(61, 5).map(Math.abs);
  const others = weights.with(60, 0.25);
  const weighted = await someCheckpoint({ classWeights: 'balanced', exampleWeights: weights });
  const { classWeights, exampleWeights } = weighted.settings;
  expect(classWeights).toBe('balanced');
  expect(exampleWeights).toMatch(/^[0-9a-f]{8}$/);
  const plain = await someCheckpoint({});
  const given = (name: string, expected: string) => [
    ...[`resume.settings.${name}: found `, `, expected ${expected}`],
  ];
  for (const [resume, options, [found, expected]] of [
    [weighted, { classWeights: 'balanced', exampleWeights: others }, given('exampleWeights', '"')],
    [weighted, { classWeights: 'balanced' }, given('exampleWeights', 'null')],
    [weighted, { exampleWeights: weights }, given('classWeights', 'null')],
    [
      weighted,
      { classWeights: [1, 1, 1, 1], exampleWeights: weights },
      given('classWeights', '[1,1,1,1]'),
    ],
    [plain, { classWeights: 'balanced' }, given('classWeights', '"balanced"')],
    [plain, { exampleWeights: weights }, given('exampleWeights', '"')],
  ] as const) {
    const network = await Network.create({ layers: LAYERS, seed: 4 });
    const before = network.parameters();
    const checkpoints = new Checkpoints({ resume });
    const resumed = network.fit(train, { ...TRAINING, ...(options as FitOptions), checkpoints });
    await expect(resumed).rejects.toThrow(found);
    await expect(resumed).rejects.toThrow(expected);
    expect(network.parameters()).toEqual(before);
  }
});

test('a checkpoint from before there were weights goes on', async () => {
  const { settings, ...rest } = await someCheckpoint({});
  const { classWeights: _, exampleWeights: __, ...older } = settings;
  const [whole, other] = [
    await Network.create({ layers: LAYERS, seed: 3 }),
    await Network.create({ layers: LAYERS }),
  ];
  await whole.fit(train, TRAINING);
  const checkpoints = new Checkpoints({ resume: { ...rest, settings: older } });
  await other.fit(train, { ...TRAINING, checkpoints });
  expect(other.parameters()).toEqual(whole.parameters());
});

describe('what does not belong together is refused, by name', () => {
  test.each<[string, FitOptions, RegExp]>([
    ['batch', { batchSize: 8 }, /^resume.settings.batchSize: found 9, expected 8/],
    ['full batch', { batchSize: Infinity }, /^resume.settings.batchSize: found 9, expected null/],
    ['rate', { learningRate: 0.5 }, /^resume.settings.learningRate: found 0.001, expected 0.5/],
    ['optimizer', { optimizer: 'adamw' }, /^resume.settings.optimizer: found {"name":"adam"/],
    ['seed', { seed: 9 }, /^resume.settings.seed: found 8, expected 9/],
    ['fewer epochs', { epochs: 4 }, /^resume.settings.epochs: found 5, expected 4/],
    ['schedule', { schedule: 'cosine' }, /^resume.settings.schedule: found "constant"/],
  ])('%s', async (_, options, message) => {
    const network = await Network.create({ layers: LAYERS });
    const before = network.parameters();
    const resume = await someCheckpoint();
    const checkpoints = new Checkpoints({ resume });
    const fitting = network.fit(train, { ...TRAINING, optimizer: 'adam', ...options, checkpoints });
    await expect(fitting).rejects.toThrow(message);
    expect(network.parameters()).toEqual(before);
  });

  test('another network, other data, damaged state', async () => {
    const resume = await someCheckpoint();
    const checkpoints = new Checkpoints({ resume });
    const options = { ...TRAINING, optimizer: 'adam', checkpoints } as const;
    const other = await Network.create({ layers: [30, 4] });
    await expect(other.fit(train, options)).rejects.toThrow(
      'resume.settings.layers: found [30,19,6,4], expected [30,4]',
    );
    const network = await Network.create({ layers: LAYERS });
    await expect(network.fit(validation, options)).rejects.toThrow(
      'resume.settings.examples: found 61, expected 20',
    );
    const broken: [Partial<Checkpoint>, string][] = [
      [
        { state: resume.state.slice(1) },
        'resume.state: found an array of 1, expected an array of 2',
      ],
      [{ state: [resume.state[0]!, []] }, 'resume.state[1]: found 0 entries'],
      [{ parameters: [] }, 'resume.parameters: found 0 entries'],
      [{ progress: { ...resume.progress, step: 8 } }, 'resume.progress.step: found 8'],
      [{ progress: { ...resume.progress, epoch: 6 } }, 'resume.progress.epoch: found 6'],
      [
        { progress: { ...resume.progress, history: [] } },
        'resume.progress.history: found an array of 0',
      ],
      [
        { progress: { ...resume.progress, lossSum: Number.NaN } },
        'resume.progress.lossSum: found NaN',
      ],
    ];
    for (const [part, message] of broken) {
      const resumed = async () => {
        const checkpoints = new Checkpoints({ resume: { ...resume, ...part } });
        await network.fit(train, { ...options, checkpoints });
      };
      await expect(resumed()).rejects.toThrow(message);
    }
  });
});

test('wrong options are named', () => {
  const wrong: [object, string][] = [
    [{ every: 0 }, 'every: found 0, expected a whole number from 1'],
    [{ onCheckpoint: 'x' }, 'onCheckpoint: found "x", expected a function'],
    [{ resume: 1 }, 'resume: found 1, expected an object'],
    [{ file: 'x' }, 'options: found "file"'],
  ];
  for (const [options, message] of wrong) expect(() => new Checkpoints(options)).toThrow(message);
});

describe('a damaged file', () => {
  test('any truncation, and any byte that is another, gives one error or the same checkpoint', async () => {
    const file = encodeCheckpoint(await someCheckpoint({ optimizer: 'momentum' }));
    const attempt = (bytes: Uint8Array) => {
      try {
        decodeCheckpoint(bytes);
      } catch (error) {
        expect(error).toSatisfy((e) => e instanceof RangeError || e instanceof TypeError);
        expect((error as Error).message).toMatch(/: found .*, expected /s);
      }
    };
    const header = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
    for (const bytes of cutOff(file)) {
      expect(() => decodeCheckpoint(bytes)).toThrow(/: found .*, expected /s);
    }
    fc.assert(
      fc.property(fc.nat(header - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = file.slice();
        bytes[at]! ^= change;
        attempt(bytes);
      }),
      { numRuns: 500 },
    );
  });

  test('a model is no checkpoint, and NaN is no state', async () => {
    const network = await Network.create({ layers: LAYERS });
    expect(() => decodeCheckpoint(network.save())).toThrow('no "checkpoint" in its metadata');
    const checkpoint = await someCheckpoint({ optimizer: 'momentum' });
    const { biases } = checkpoint.state[0]![1]!;
    biases[2] = Number.NaN;
    expect(() => encodeCheckpoint(checkpoint)).toThrow(
      'checkpoint.state[0][1].biases[2]: found NaN',
    );
    biases[2] = 12345.5;
    const bytes = Buffer.from(encodeCheckpoint(checkpoint));
    bytes.writeFloatLE(Number.NaN, bytes.indexOf(Buffer.from(Float32Array.of(12345.5).buffer)));
    expect(() => decodeCheckpoint(bytes)).toThrow('optimizer.0.layers.1.bias[2]: found NaN');
  });
});

test('Checkpoints are of one training at a time', async () => {
  const resume = await someCheckpoint();
  const checkpoints = new Checkpoints({ resume });
  const options = { ...TRAINING, optimizer: 'adam', checkpoints } as const;
  const [one, two] = [
    await Network.create({ layers: LAYERS }),
    await Network.create({ layers: LAYERS }),
  ];
  const before = two.parameters();
  const first = one.fit(train, options);
  await expect(two.fit(train, options)).rejects.toThrow(
    'checkpoints: found those of another fit, expected ones that are not in use',
  );
  expect(two.parameters()).toEqual(before);
  await first;
  await two.fit(train, options);
  expect(two.parameters()).toEqual(one.parameters());
  // And after a training that failed.
  const onEpoch = () => {
    throw new Error('of the callback');
  };
  await expect(two.fit(train, { ...options, onEpoch })).rejects.toThrow('of the callback');
  await two.fit(train, options);
  expect(two.parameters()).toEqual(one.parameters());
});

test('an augmentation whose settings no checkpoint can hold is refused before anything has changed', async () => {
  const network = await Network.create({ layers: LAYERS });
  const before = network.parameters();
  const own = { settings: { seed: 1n }, augment: augmentation.augment.bind(augmentation) };
  const checkpoints = new Checkpoints({});
  await expect(network.fit(train, { ...TRAINING, augmentation: own, checkpoints })).rejects.toThrow(
    'augmentation.settings: found an object, expected what JSON can write',
  );
  expect(network.parameters()).toEqual(before);
});

test('what a receiver does to a checkpoint changes nothing of the training', async () => {
  const [plain, changed] = [
    await Network.create({ layers: LAYERS }),
    await Network.create({ layers: LAYERS }),
  ];
  const options: FitOptions = { ...TRAINING, validation, optimizer: 'momentum' };
  const { epochs } = await plain.fit(train, options);
  const history = await changed.fit(train, {
    ...options,
    checkpoints: new Checkpoints({
      onCheckpoint({ settings, progress, state }) {
        Object.assign(settings.optimizer, { momentum: 0 });
        state[0]![0]!.weights.fill(0);
        for (const report of progress.history) Object.assign(report.validation!, { loss: 0 });
      },
    }),
  });
  expect(changed.parameters()).toEqual(plain.parameters());
  expect(timeless(history.epochs)).toEqual(timeless(epochs));
});

test('a training goes on after 200,000 epochs', async () => {
  const recipe: FitOptions = { epochs: 11, batchSize: Infinity, optimizer: 'adam' };
  const resume = await someCheckpoint(recipe);
  const [report] = resume.progress.history;
  const history = Array.from({ length: 200_000 }, (_, i) => ({ ...report!, epoch: i + 1 }));
  Object.assign(resume.progress, { history, epoch: 200_001, step: 0 });
  resume.settings.epochs = 200_001;
  const { checkpoint } = decodeCheckpoint(encodeCheckpoint(resume));
  const network = await Network.create({ layers: LAYERS });
  const checkpoints = new Checkpoints({ resume: checkpoint });
  const options = { ...TRAINING, ...recipe, epochs: 200_001, checkpoints };
  const { epochs } = await network.fit(train, options);
  expect(epochs).toHaveLength(200_001);
  expect(epochs.at(-2)).toEqual({ ...report, epoch: 200_000 });
});
