import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { Dataset } from '../../src/data/dataset.ts';
import {
  ImageAugmentation,
  type ImageAugmentationOptions,
} from '../../src/network/image-augmentation.ts';
import { Network } from '../../src/network/network.ts';
import { randomBytes, randomFloats, randomLabels } from '../examples.ts';

const [WIDTH, HEIGHT] = [13, 9];
const FEATURES = WIDTH * HEIGHT;
const STILL = { width: WIDTH, height: HEIGHT, shift: 0, rotate: 0, scale: 0 };
const AT = { features: FEATURES, seed: 3, epoch: 2 };

/** The same in float64 with the engine's own functions. */
function reference(inputs: ArrayLike<number>, options: Required<ImageAugmentationOptions>) {
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

describe('what cannot be is named', () => {
  test.each<[object, string]>([
    [{ width: 0, height: 3 }, 'width: found 0, expected a whole number from 1 to 1024'],
    [{ width: 3 }, 'height: found undefined'],
    [{ ...STILL, shift: -1 }, 'shift: found -1, expected a finite number from 0'],
    [{ ...STILL, shift: 5000 }, 'shift: found 5000, expected at most 1024 pixels'],
    [{ ...STILL, rotate: 181 }, 'rotate: found 181, expected at most 180 degrees'],
    [{ ...STILL, scale: 1 }, 'scale: found 1, expected at most 0.9'],
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
    const shorter = { settings: {}, augment: () => new Uint8Array(48) };
    await expect(network.fit(dataset, { augmentation: shorter })).rejects.toThrow(
      'augmentation.augment: found a Uint8Array of 48, expected what gives 5 examples',
    );
    await network.fit(dataset);
  });
});
