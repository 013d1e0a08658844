import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { startNodeWorker } from '../../src/base/workers-node.ts';
import { Dataset, type Inputs } from '../../src/data/dataset.ts';
import { type Checkpoint, Checkpoints } from '../../src/network/checkpoint.ts';
import type { Augmentation } from '../../src/network/fit-extras.ts';
import {
  ImageAugmentation,
  type ImageAugmentationOptions,
} from '../../src/network/image-augmentation.ts';
import { Network } from '../../src/network/network.ts';
import { randomBytes, randomFloats, randomLabels } from '../examples.ts';

vi.mock(import('../../src/base/workers-node.ts'), async (original) => {
  const actual = await original();
  return { ...actual, startNodeWorker: vi.fn(actual.startNodeWorker) };
});

const [WIDTH, HEIGHT] = [13, 9];
const FEATURES = WIDTH * HEIGHT;
const STILL = { width: WIDTH, height: HEIGHT, shift: 0, rotate: 0, scale: 0 };
const AT = { features: FEATURES, seed: 3, epoch: 2 };

/** The same in float64 with the engine's own functions. */
function reference(inputs: ArrayLike<number>, options: ImageAugmentation['settings']) {
  const { width, height, shift, rotate, scale } = options;
  const random = new Random(AT.seed, 'augmentation', AT.epoch);
  const drawn = (most: number) => (random.word() / 2 ** 31 - 1) * most;
  return Array.from({ length: inputs.length / FEATURES }, (_, i) => {
    const pixel = (x: number, y: number) =>
      x < 0 || y < 0 || x >= width || y >= height ? 0 : inputs[i * FEATURES + y * width + x]!;
    const [right, down, angle, size] = [
      drawn(shift),
      drawn(shift),
      drawn(rotate),
      1 + drawn(scale),
    ];
    const radians = (angle * Math.PI) / 180;
    const [cos, sin] = [Math.cos(radians) / size, Math.sin(radians) / size];
    return Array.from({ length: FEATURES }, (_, at) => {
      const x = (at % width) - (width - 1) / 2 - right;
      const y = Math.floor(at / width) - (height - 1) / 2 - down;
      const fromX = cos * x + sin * y + (width - 1) / 2;
      const fromY = -sin * x + cos * y + (height - 1) / 2;
      const [left, top] = [Math.floor(fromX), Math.floor(fromY)];
      const [u, v] = [fromX - left, fromY - top];
      const upper = pixel(left, top) * (1 - u) + pixel(left + 1, top) * u;
      const lower = pixel(left, top + 1) * (1 - u) + pixel(left + 1, top + 1) * u;
      return upper * (1 - v) + lower * v;
    });
  }).flat();
}

const cases: [string, Partial<ImageAugmentationOptions>][] = [
  ['shift', { shift: 3 }],
  ['rotate', { rotate: 30 }],
  ['rotate all around', { rotate: 180 }],
  ['scale', { scale: 0.5 }],
  ['scale as much as can be', { scale: 0.9 }],
  ['all', { shift: 2, rotate: 15, scale: 0.2 }],
];

describe.each(cases)('%s', (_, given) => {
  const options = { ...STILL, ...given };

  test('bytes and floats are moved as float64 has it', async () => {
    const augmentation = new ImageAugmentation(options);
    const bytes = randomBytes(40 * FEATURES, 1, 0.3);
    const moved = await augmentation.augment(bytes, AT);
    expect(moved).toBeInstanceOf(Uint8Array);
    for (const [i, value] of reference(bytes, options).entries()) {
      // Half a step of a byte, and 1/512 of a pixel to each side.
      expect(Math.abs(moved[i]! - value)).toBeLessThan(0.5 + (2 * 255) / 512 + 0.1);
    }
    const floats = randomFloats(40 * FEATURES, 2);
    const shifted = await augmentation.augment(floats, AT);
    for (const [i, value] of reference(floats, options).entries()) {
      expect(Math.abs(shifted[i]! - value)).toBeLessThan((2 * 2) / 512 + 1e-3);
    }
  });
});

test.each([
  ['bytes', 3, new Uint8Array(1)],
  ['float32', 3, new Float32Array(1)],
  ['float64', 17, new Float64Array(1)],
])('%s: %i channels move as each of them would alone', async (_, channels, kind) => {
  const Kind = kind.constructor as Float64ArrayConstructor;
  const size = { width: WIDTH, height: HEIGHT };
  const planes = Array.from({ length: channels }, (_, channel) =>
    Kind.from(randomFloats(20 * FEATURES, channel + 1, 255).map(Math.abs)),
  );
  const inputs = new Kind(20 * FEATURES * channels);
  for (let i = 0; i < inputs.length; i++) {
    inputs[i] = planes[i % channels]![Math.floor(i / channels)]!;
  }
  const augmentation = new ImageAugmentation({ ...size, channels });
  const moved = await augmentation.augment(inputs, { ...AT, features: FEATURES * channels });
  expect(moved).not.toEqual(inputs);
  for (const [channel, plane] of planes.entries()) {
    const alone = await new ImageAugmentation(size).augment(plane, AT);
    expect(areSame(moved.filter((_, i) => i % channels === channel) as Inputs, alone)).toBe(true);
  }
});

test('where nothing is to move, nothing does', async () => {
  const bytes = randomBytes(5 * FEATURES, 1, 0.3);
  expect(await new ImageAugmentation(STILL).augment(bytes, AT)).toEqual(bytes);
  const floats = randomFloats(5 * FEATURES, 1);
  expect(await new ImageAugmentation(STILL).augment(floats, AT)).toEqual(floats);
});

test('seed, epoch and place decide, and nothing else', async () => {
  const one = new ImageAugmentation({ width: WIDTH, height: HEIGHT });
  expect(one.settings).toEqual({ ...STILL, shift: 2, rotate: 10, scale: 0.1 });
  const image = randomBytes(FEATURES, 1, 0.3);
  const twice = Uint8Array.of(...image, ...image);
  const moved = await one.augment(twice, AT);
  expect(await new ImageAugmentation(one.settings).augment(twice, AT)).toEqual(moved);
  // A checkpoint of a release that knew no channels has the same settings.
  const several = { ...one.settings, channels: 3 };
  expect(new ImageAugmentation({ ...several, channels: 1 }).settings).toEqual(one.settings);
  expect(new ImageAugmentation(several).settings).toEqual(several);
  expect(moved.subarray(0, FEATURES)).not.toEqual(moved.subarray(FEATURES));
  expect(await one.augment(image, AT)).toEqual(moved.slice(0, FEATURES));
  expect(await one.augment(twice, { ...AT, epoch: 3 })).not.toEqual(moved);
  expect(await one.augment(twice, { ...AT, seed: 4 })).not.toEqual(moved);
  expect(twice).toEqual(Uint8Array.of(...image, ...image));
});

test('fit learns from the images as they are moved, in each epoch others', async () => {
  const inputs = randomBytes(60 * FEATURES, 1, 0.5);
  const dataset = Dataset.from({ inputs, labels: randomLabels(60, 3, 1), classes: 3 });
  const augmentation = new ImageAugmentation({ width: WIDTH, height: HEIGHT });
  const step = { learningRate: 0.3 };
  const network = await Network.create({ layers: [FEATURES, 8, 3], seed: 1 });
  await network.fit(dataset, { ...step, epochs: 2, batchSize: Infinity, seed: 9, augmentation });
  const other = await Network.create({ layers: [FEATURES, 8, 3], seed: 1 });
  for (const epoch of [1, 2]) {
    const moved = await augmentation.augment(inputs, { features: FEATURES, seed: 9, epoch });
    other.trainOnBatch(moved, dataset.labels, step);
  }
  expect(network.parameters()).toEqual(other.parameters());
});

/** So many numbers, the given ones again and again. */
function repeated<T extends Inputs>(some: T, length: number): T {
  const all = new (some.constructor as new (length: number) => T)(length);
  for (let at = 0; at < length; at += some.length) all.set(some.subarray(0, length - at), at);
  return all;
}

/** Whether two arrays are of the same kind and have the same bits. */
function areSame(one: Inputs, other: Inputs): boolean {
  const [a, b] = [one, other].map(({ buffer }) => Buffer.from(buffer as ArrayBuffer));
  return one.constructor === other.constructor && a!.equals(b!);
}

describe('with several threads', () => {
  const started = vi.mocked(startNodeWorker);
  const start = started.getMockImplementation()!;
  const workers = () =>
    started.mock.results
      .filter(({ type }) => type === 'return')
      .map(({ value }) => value as unknown as import('node:worker_threads').Worker);

  beforeEach(() => {
    // Nobody has started a helper yet.
    vi.resetModules();
    started.mockClear();
  });
  afterEach(async () => {
    started.mockImplementation(start);
    await Promise.all(workers().map((worker) => worker.terminate()));
    vi.restoreAllMocks();
  });

  /** Counts how often helpers were asked for images, and how often they gave them back. */
  async function counts() {
    const { ImageSlot } = await import('../../src/threads/image-slots.ts');
    const asked = vi.spyOn(ImageSlot.prototype, 'ask');
    const read = vi.spyOn(ImageSlot.prototype, 'images');
    return {
      asked: () => asked.mock.calls.length,
      back: () => read.mock.calls.length - asked.mock.calls.length,
    };
  }

  const images = repeated(randomBytes(70 * FEATURES, 1, 0.3), 20_000 * FEATURES);
  const augmentation = new ImageAugmentation({ width: WIDTH, height: HEIGHT });

  /** Augments until helpers have given images back; the result is that of one thread. */
  async function augmentUntilBack(back: () => number, threads: number) {
    const before = back();
    for (let epoch = 1; back() === before; epoch++) {
      const one = await augmentation.augment(images, { ...AT, epoch });
      const augmented = await augmentation.augment(images, { ...AT, epoch, threads });
      expect(areSame(augmented, one)).toBe(true);
    }
  }

  test.each([
    ['bytes', 27, 28, 1, 2, new Uint8Array(1)],
    ['bytes', 28, 28, 1, 3, new Uint8Array(1)],
    ['bytes', 29, 27, 1, 5, new Uint8Array(1)],
    ['bytes', 32, 31, 3, 3, new Uint8Array(1)],
    ['float32', 29, 29, 1, 3, new Float32Array(1)],
    ['float64', 31, 17, 1, 5, new Float64Array(1)],
    ['float64', 19, 23, 3, 5, new Float64Array(1)],
    ['bytes', 1, 1, 1, 2, new Uint8Array(1)],
    ['float64', 700, 700, 1, 64, new Float64Array(1)],
  ])('%s of %i × %i × %i by %i give the same bits', async (...row) => {
    const [, width, height, channels, threads, kind] = row;
    const features = width * height * channels;
    const some = randomFloats(3_001, 5, 255);
    const Kind = kind.constructor as Float64ArrayConstructor;
    const length = features * Math.ceil((threads === 64 ? 5 : 5.5) * (2 ** 20 / features + 1));
    const inputs = repeated(Kind.from(some), length);
    const given = inputs.slice();
    const augmentation = new ImageAugmentation({ width, height, channels });
    const { back } = await counts();
    for (let epoch = 0; back() === 0; epoch++) {
      const at = { features, seed: 3, epoch };
      const one = await augmentation.augment(inputs, at);
      const augmented = await augmentation.augment(inputs, { ...at, threads });
      expect(areSame(augmented, one)).toBe(true);
      expect(augmented.buffer).toBeInstanceOf(ArrayBuffer);
    }
    expect(areSame(inputs, given)).toBe(true);
    const most = Math.min(threads, length / features, 1 + Math.floor(length / 2 ** 20));
    expect(workers()).toHaveLength(most - 1);
  });

  test('few images are left to the caller’s thread', async () => {
    const few = images.subarray(0, 100 * FEATURES);
    const one = await augmentation.augment(few, AT);
    expect(await augmentation.augment(few, { ...AT, threads: 3 })).toEqual(one);
    expect(started).not.toHaveBeenCalled();
  });

  test('two at a time have helpers of their own, which are kept', async () => {
    const { back } = await counts();
    const one = await augmentation.augment(images, AT);
    for (let i = 0; i < 3; i++) {
      const both = [0, 1].map(() => augmentation.augment(images, { ...AT, threads: 2 }));
      for (const augmented of await Promise.all(both)) expect(areSame(augmented, one)).toBe(true);
    }
    await augmentUntilBack(back, 3);
    expect(workers()).toHaveLength(2);
  });

  test('a worker that dies in between is replaced in the next epoch', async () => {
    const { asked, back } = await counts();
    await augmentUntilBack(back, 2);
    const more = repeated(images, 10 * images.length);
    const one = await augmentation.augment(more, AT);
    const before = asked() - back();
    const dying = augmentation.augment(more, { ...AT, threads: 2 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked() - back()).toBeGreaterThan(before);
    const ended = Promise.all(workers().map((worker) => worker.terminate()));
    expect(areSame(await dying, one)).toBe(true);
    await ended;
    await augmentUntilBack(back, 2);
    expect(workers()).toHaveLength(2);
  });

  test.each<[string, () => Worker]>([
    [
      'cannot start',
      () => {
        throw new Error('no workers here');
      },
    ],
    ['fail', () => start('throw new Error("not here")')],
    ['end at once', () => start('process.exit()')],
    ['never answer', () => start('setInterval(() => {}, 1000)')],
  ])('workers that %s leave all to the caller’s thread', async (_, startOther) => {
    started.mockImplementation(startOther);
    const { asked, back } = await counts();
    for (const epoch of [1, 2, 3]) {
      const one = await augmentation.augment(images, { ...AT, epoch });
      const augmented = await augmentation.augment(images, { ...AT, epoch, threads: 3 });
      expect(areSame(augmented, one)).toBe(true);
    }
    expect(started).toHaveBeenCalled();
    expect(asked() > 0).toBe(workers().length > 0);
    expect(back()).toBe(0);
  });

  test('fit gives the same bits, also resumed from a checkpoint', async () => {
    const { back } = await counts();
    const labels = randomLabels(20_000, 3, 1);
    const dataset = Dataset.from({ inputs: images, labels, classes: 3 });
    const options = { epochs: 3, batchSize: 700, seed: 9, augmentation };
    const create = (threads: number) =>
      Network.create({ layers: [FEATURES, 8, 3], seed: 1, threads });
    const one = await create(1);
    await one.fit(dataset, options);
    const two = await create(2);
    expect(two.threads).toBe(2);
    const kept: Checkpoint[] = [];
    const onCheckpoint = (checkpoint: Checkpoint) => void kept.push(structuredClone(checkpoint));
    // In the middle of the second epoch.
    await two.fit(dataset, {
      ...options,
      checkpoints: new Checkpoints({ every: 40, onCheckpoint }),
    });
    expect(two.parameters()).toEqual(one.parameters());
    for (const threads of [1, 2]) {
      const resumed = await create(threads);
      await resumed.fit(dataset, {
        ...options,
        checkpoints: new Checkpoints({ resume: kept[0]! }),
      });
      expect(resumed.parameters()).toEqual(one.parameters());
    }
    await augmentUntilBack(back, 2);
  });

  test('a network that is disposed of ends its training', async () => {
    const network = await Network.create({ layers: [FEATURES, 8, 3], threads: 2 });
    const labels = randomLabels(20_000, 3, 1);
    const dataset = Dataset.from({ inputs: images, labels, classes: 3 });
    const fitting = network.fit(dataset, { augmentation });
    network.dispose();
    await expect(fitting).rejects.toThrow('the network was disposed of while it trained');
  });

  test.each([1, 2])('an augmentation of one’s own is told that there are %i', async (threads) => {
    const network = await Network.create({ layers: [FEATURES, 3], threads });
    const own: Augmentation = { settings: {}, augment: vi.fn((inputs: Inputs) => inputs) };
    const inputs = images.slice(0, 3 * FEATURES);
    await network.fit(Dataset.from({ inputs, labels: Uint8Array.of(0, 1, 2), classes: 3 }), {
      ...{ augmentation: own, seed: 4 },
    });
    const at = { features: FEATURES, seed: 4, epoch: 1, threads };
    expect(own.augment).toHaveBeenCalledExactlyOnceWith(inputs, at);
  });

  test('the process ends by itself', async () => {
    const program = `
      import { ImageAugmentation } from 'relumax/augmentation';
      const augmentation = new ImageAugmentation({ width: 28, height: 28 });
      const at = { features: 784, seed: 1, epoch: 1, threads: 3 };
      for (let i = 0; i < 5; i++) await augmentation.augment(new Uint8Array(784 * 10_000), at);
      console.log('done');
    `;
    const args = ['--input-type=module', '--eval', program];
    const cwd = join(import.meta.dirname, '../..');
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
    expect(stdout).toBe('done\n');
  });
});

describe('what cannot be is named', () => {
  test.each<[object, string]>([
    [{ width: 0, height: 3 }, 'width: found 0, expected a whole number from 1 to 1024'],
    [{ width: 3 }, 'height: found undefined'],
    [{ ...STILL, shift: -1 }, 'shift: found -1, expected a finite number from 0'],
    [{ ...STILL, shift: 5000 }, 'shift: found 5000, expected at most 1024 pixels'],
    [{ ...STILL, rotate: 181 }, 'rotate: found 181, expected at most 180 degrees'],
    [{ ...STILL, scale: 1 }, 'scale: found 1, expected at most 0.9'],
    [{ ...STILL, channels: 0 }, 'channels: found 0, expected a whole number from 1 to 35848'],
    [
      { ...STILL, width: 1024, height: 1024, channels: 5 },
      'channels: found 5, expected a whole number from 1 to 4',
    ],
    [{ ...STILL, shear: 1 }, 'options: found "shear"'],
  ])('%j', (given, message) => {
    expect(() => new ImageAugmentation(given as ImageAugmentationOptions)).toThrow(message);
  });

  test('images of another size, and an augmentation that makes others', async () => {
    const dataset = Dataset.from({
      ...{ inputs: new Uint8Array(60), labels: new Uint8Array(5), classes: 2 },
    });
    const network = await Network.create({ layers: [12, 2] });
    const augmentation = new ImageAugmentation({ width: 4, height: 4 });
    await expect(network.fit(dataset, { augmentation })).rejects.toThrow(
      'augmentation: width × height: found 4 × 4, expected 12, as the examples have inputs',
    );
    const colour = new ImageAugmentation({ width: 2, height: 3, channels: 3 });
    await expect(network.fit(dataset, { augmentation: colour })).rejects.toThrow(
      'augmentation: width × height × channels: found 2 × 3 × 3, expected 12, as the examples have',
    );
    const shorter = { settings: {}, augment: () => new Uint8Array(48) };
    await expect(network.fit(dataset, { augmentation: shorter })).rejects.toThrow(
      'augmentation.augment: found a Uint8Array of 48, expected what gives 5 examples',
    );
    await network.fit(dataset);
  });
});
