import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  commandOf,
  DEFAULTS,
  otherSettings,
  queryOf,
  readSettings,
  type Settings,
  settingsFromQuery,
} from '../../playground/settings/settings.ts';
import { HIDDEN } from '../../src/core/activations.ts';
import { parseArchitecture } from '../../src/core/architecture.ts';
import { denseArchitecture } from '../../src/core/layers.ts';
import { OPTIMIZERS } from '../../src/core/optimizers.ts';

const ENDS = { features: 784, classes: 10 };

const OTHER_LAYERS = [
  '28x28-8c5s-p2-16c5s-p2-10',
  '28x28-8c5/2-16c3s/2-32-10',
  '14x56-p2-10',
  '28x28-10',
  '7x14x8-4c1-20-10',
  '28x28-8c5s:tanh-p2-16c5:leaky-relu-32:elu-10',
  '784-32:leaky-relu-16-8:gelu-10',
];

const anySettings: fc.Arbitrary<Settings> = fc.record({
  architecture: fc.oneof(
    fc
      .array(fc.integer({ min: 1, max: 1024 }), { maxLength: 4 })
      .map((hidden) => denseArchitecture([784, ...hidden, 10])),
    fc.constantFrom(...OTHER_LAYERS).map((layers) => parseArchitecture(layers)),
  ),
  epochs: fc.integer({ min: 1, max: 1000 }),
  batch: fc.oneof(fc.integer({ min: 1, max: 1_000_000 }), fc.constant(Infinity)),
  optimizer: fc.constantFrom(...OPTIMIZERS),
  rate: fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
  activation: fc.constantFrom(...HIDDEN),
  schedule: fc.constantFrom('constant', 'cosine'),
  dropout: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  decay: fc.option(fc.double({ min: 0, max: 10, noNaN: true }), { nil: undefined }),
  seed: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
});

test('an address gives back the settings that made it', () => {
  fc.assert(
    fc.property(anySettings, (settings) => {
      expect(settingsFromQuery(queryOf(settings), ENDS)).toEqual(settings);
    }),
  );
});

test('an address gives back another run that it brings, by what differs', () => {
  fc.assert(
    fc.property(anySettings, anySettings, (settings, other) => {
      const query = queryOf(settings, other);
      expect(settingsFromQuery(query, ENDS)).toEqual(settings);
      expect(otherSettings(query, settings, ENDS)).toEqual(other);
    }),
  );
  expect(queryOf(DEFAULTS, { ...DEFAULTS, rate: 3 })).toBe(`${queryOf(DEFAULTS)}&with.rate=3`);
  expect(otherSettings(queryOf(DEFAULTS, DEFAULTS), DEFAULTS, ENDS)).toBeUndefined();
  expect(() => otherSettings('?with.speed=1', DEFAULTS, ENDS)).toThrow(
    /^found “with\.speed”, expected one of with\.layers, with\.activation,/,
  );
  expect(() => otherSettings('?with.rate=-1', DEFAULTS, ENDS)).toThrow(
    /^Learning rate: found “-1”/,
  );
});

test('an empty address is the notes’ network, and one of other data has its ends', () => {
  expect(settingsFromQuery('', ENDS)).toEqual(DEFAULTS);
  expect(readSettings({}, { features: 4, classes: 3 }).architecture.layers).toEqual([4, 10, 3]);
});

test('the command says what the settings are', () => {
  const settings = { ...DEFAULTS, batch: Infinity, architecture: denseArchitecture([784, 10]) };
  expect(commandOf(settings)).toBe(
    'npx relumax train --layers 784-10 --epochs 20 --batch full --optimizer sgd --learning-rate 0.1 --seed 1 --print-hash',
  );
  expect(commandOf({ ...settings, schedule: 'cosine', dropout: 0.2, decay: 0.01 })).toContain(
    '--learning-rate 0.1 --schedule cosine --dropout 0.2 --weight-decay 0.01 --seed 1',
  );
  const layers = '28x28-8c5s-p2-16c5s-p2-10';
  expect(commandOf(readSettings({ layers }, ENDS))).toContain(`train --layers ${layers} --epochs`);
});

test('the command for a table leaves nothing out, since its defaults are others', () => {
  const settings = { ...DEFAULTS, architecture: denseArchitecture([4, 3]), epochs: 2 };
  expect(commandOf(settings, [['data', 'a b.csv']], true)).toBe(
    "npx relumax train --data 'a b.csv' --layers 4-3 --hidden relu --epochs 2 --batch 64 --optimizer sgd --learning-rate 0.1 --schedule constant --dropout 0 --weight-decay 0 --seed 1 --print-hash",
  );
  expect(commandOf({ ...settings, optimizer: 'adamw' }, [], true)).toContain(
    '--weight-decay 0.01 ',
  );
});

describe('what cannot be is refused, by name', () => {
  test.each([
    [
      { layers: '784-0-10' },
      'layers',
      /^Layers: found “784-0-10”, expected sizes such as 784-32-10/,
    ],
    [{ layers: '784-2000-10' }, 'layers', /1 to 1024 between/],
    [{ layers: '783-10-10' }, 'layers', /784 first/],
    [{ layers: '784-10-9' }, 'layers', /10 last/],
    [{ layers: '784-ten-10' }, 'layers', /found “784-ten-10”/],
    [{ layers: '784' }, 'layers', /found “784”/],
    [
      { layers: '784-8c5-10' },
      'layers',
      /^Layers: found "784-8c5-10", expected the size of the image/,
    ],
    [{ layers: '28x28-8q5-10' }, 'layers', /^Layers: found "8q5", expected units such as 10/],
    [
      { layers: '28x28-8c5-p8-8c5-10' },
      'layers',
      /^Layers: 8c5: a 5 × 5 kernel does not fit the 3 × 3/,
    ],
    [{ layers: '28x28-8c5-8c13-10' }, 'layers', /^Layers: 8c13: found 13, expected a whole/],
    [{ layers: '900x1-10' }, 'layers', /^Layers: 900x1: found 900, expected a whole/],
    [{ layers: '28x28-8c5-p2' }, 'layers', /^Layers: p2: found max pooling, expected the number/],
    [{ layers: '28x29-8c5-10' }, 'layers', /an image of 784 values first/],
    [{ layers: '28x28-8c5-9' }, 'layers', /10 last/],
    [{ layers: '28x28-1025c1-p8-10' }, 'layers', /1 to 1024 filters or units/],
    [
      { layers: '28x28-64c5s-64c5s-10' },
      'layers',
      /at most 8,388,608 products an image; these take/,
    ],
    [{ layers: '784-32:tanh-10:tanh' }, 'layers', /found “784-32:tanh-10:tanh”, expected sizes/],
    [
      { layers: '784-8:leaky-relu-32:tan-10' },
      'layers',
      /^Layers: 32:tan: found "tan", expected one of relu, leaky-relu/,
    ],
    [{ layers: '28x28-8c5:leaky-relu-8c5:tan-10' }, 'layers', /^Layers: 8c5:tan: found "tan"/],
    [{ epochs: '0' }, 'epochs', /^Epochs: found “0”, expected a whole number from 1 to 1000/],
    [{ epochs: '1001' }, 'epochs', /1 to 1000/],
    [{ batch: '1.5' }, 'batch', /^Batch size: found “1.5”/],
    [{ batch: '' }, 'batch', /^Batch size: found “”/],
    [{ optimizer: 'lion' }, 'optimizer', /^Optimizer: found “lion”, expected one of sgd/],
    [{ rate: '-1' }, 'rate', /^Learning rate: found “-1”, expected a number above 0/],
    [{ rate: '' }, 'rate', /number above 0/],
    [{ rate: 'Infinity' }, 'rate', /found “Infinity”/],
    [{ activation: 'selu' }, 'activation', /^Activation: .*expected one of relu, leaky-relu, tanh/],
    [{ schedule: 'step:5:0.5' }, 'schedule', /^Schedule: .*expected one of constant, cosine/],
    [{ dropout: '1' }, 'dropout', /^Dropout: found “1”, expected a number from 0 to below 1/],
    [{ dropout: '' }, 'dropout', /^Dropout: found “”/],
    [{ decay: '-1' }, 'decay', /^Weight decay: found “-1”, expected a number from 0/],
    [{ decay: 'Infinity' }, 'decay', /^Weight decay: found “Infinity”/],
    [{ seed: '9007199254740992' }, 'seed', /^Seed: found “9007199254740992”/],
    [{ seed: '-1' }, 'seed', /from 0/],
  ])('%o', (texts, setting, message) => {
    expect(() => readSettings(texts, ENDS)).toThrow(
      expect.objectContaining({ setting, message: expect.stringMatching(message) }),
    );
  });
});
