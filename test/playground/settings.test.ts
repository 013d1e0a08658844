import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  commandOf,
  DEFAULTS,
  queryOf,
  readSettings,
  type Settings,
  settingsFromQuery,
} from '../../playground/settings.ts';
import { OPTIMIZERS } from '../../src/core/optimizers.ts';

const ENDS = { features: 784, classes: 10 };

const anySettings: fc.Arbitrary<Settings> = fc.record({
  layers: fc
    .array(fc.integer({ min: 1, max: 1024 }), { maxLength: 4 })
    .map((hidden) => [784, ...hidden, 10]),
  epochs: fc.integer({ min: 1, max: 1000 }),
  batch: fc.oneof(fc.integer({ min: 1, max: 1_000_000 }), fc.constant(Infinity)),
  optimizer: fc.constantFrom(...OPTIMIZERS),
  rate: fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
  seed: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
});

test('an address gives back the settings that made it', () => {
  fc.assert(
    fc.property(anySettings, (settings) => {
      expect(settingsFromQuery(queryOf(settings), ENDS)).toEqual(settings);
    }),
  );
});

test('an empty address is the notes’ network, and one of other data has its ends', () => {
  expect(settingsFromQuery('', ENDS)).toEqual(DEFAULTS);
  expect(readSettings({}, { features: 4, classes: 3 }).layers).toEqual([4, 10, 3]);
});

test('the command says what the settings are', () => {
  const settings = { ...DEFAULTS, batch: Infinity, layers: [784, 10] };
  expect(commandOf(settings)).toBe(
    'npx relumax train --layers 784-10 --epochs 20 --batch full --optimizer sgd --learning-rate 0.1 --seed 1 --print-hash',
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
    [{ epochs: '0' }, 'epochs', /^Epochs: found “0”, expected a whole number from 1 to 1000/],
    [{ epochs: '1001' }, 'epochs', /1 to 1000/],
    [{ batch: '1.5' }, 'batch', /^Batch size: found “1.5”/],
    [{ batch: '' }, 'batch', /^Batch size: found “”/],
    [{ optimizer: 'lion' }, 'optimizer', /^Optimizer: found “lion”, expected one of sgd/],
    [{ rate: '-1' }, 'rate', /^Learning rate: found “-1”, expected a number above 0/],
    [{ rate: '' }, 'rate', /number above 0/],
    [{ rate: 'Infinity' }, 'rate', /found “Infinity”/],
    [{ seed: '9007199254740992' }, 'seed', /^Seed: found “9007199254740992”/],
    [{ seed: '-1' }, 'seed', /from 0/],
  ])('%o', (texts, setting, message) => {
    expect(() => readSettings(texts, ENDS)).toThrow(
      expect.objectContaining({ setting, message: expect.stringMatching(message) }),
    );
  });
});
