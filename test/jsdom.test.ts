/** The library where globals are missing that pages and Node have: those that the jsdom of Jest hides. */
import { loadDigits, Network } from 'relumax';
import { Network as InWorker } from 'relumax/worker';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { parametersHash } from '../src/cli/training/parameters-hash.ts';

/** Of jsdom 26 in Jest 30. */
const MISSING = [
  'DecompressionStream',
  'MessageChannel',
  'ReadableStream',
  'Response',
  'TextDecoder',
  'TextEncoder',
  'setImmediate',
  'structuredClone',
];

const digits = (await loadDigits()).subset(Uint32Array.from({ length: 2000 }, (_, i) => i));
const LAYERS = [784, 10];
const options = { epochs: 2, seed: 1 };

const reference = await Network.create({ layers: LAYERS, seed: 1 });
await reference.fit(digits, options);
const hash = parametersHash(reference.parameters());
const file = reference.save({ metadata: { name: 'Käthe' } });

beforeEach(() => {
  for (const name of MISSING) vi.stubGlobal(name, undefined);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test('the digits are read', async () => {
  const { inputs, labels } = await loadDigits();
  expect(inputs.subarray(0, digits.inputs.length)).toEqual(digits.inputs);
  expect(labels.subarray(0, digits.length)).toEqual(digits.labels);
});

test('the digits are the same where this is not Node', async () => {
  vi.unstubAllGlobals();
  const spy = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
  onTestFinished(() => spy.mockRestore());
  const { inputs, labels } = await loadDigits();
  expect(inputs.subarray(0, digits.inputs.length)).toEqual(digits.inputs);
  expect(labels.subarray(0, digits.length)).toEqual(digits.labels);
});

test('digits say what is missing where this is not Node either', async () => {
  vi.stubGlobal('process', undefined);
  await expect(loadDigits()).rejects.toThrow(
    'loadDigits: found no DecompressionStream here, expected one, as in Chrome 80',
  );
});

test('fit trains, and gives others their turn', async () => {
  const network = await Network.create({ layers: LAYERS, seed: 1 });
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  // Long enough for several turns.
  await network.fit(digits, { ...options, epochs: 60 });
  clearInterval(timer);
  expect(turns).toBeGreaterThan(2);
  const other = await Network.create({ layers: LAYERS, seed: 1 });
  await other.fit(digits, options);
  expect(parametersHash(other.parameters())).toBe(hash);
});

describe('model files', () => {
  test('are written and read', async () => {
    const loaded = await Network.load(file);
    expect(loaded.metadata).toEqual({ name: 'Käthe' });
    expect(loaded.save({ metadata: { name: 'Käthe' } })).toEqual(file);
  });

  test('that are not UTF-8 are refused', async () => {
    const damaged = Uint8Array.from(file);
    damaged[20] = 0xff;
    await expect(Network.load(damaged)).rejects.toThrow('a header that is not UTF-8');
  });
});

test('a worker trains', async () => {
  const remote = await InWorker.create({ layers: LAYERS, seed: 1 });
  await remote.fit(digits as never, options);
  expect(parametersHash(await remote.parameters())).toBe(hash);
  expect(await remote.save({ metadata: { name: 'Käthe' } })).toEqual(file);
  remote.dispose();
});

test('a worker says what its network standardises, and saves it', async () => {
  const normalize = digits;
  const local = await Network.create({ layers: LAYERS, normalize });
  const remote = await InWorker.create({ layers: LAYERS, normalize: normalize as never });
  const { normalization } = remote;
  expect(normalization).toEqual(local.normalization);
  normalization!.inputs!.mean.fill(9);
  expect(remote.normalization).toEqual(local.normalization);
  expect(await remote.save()).toEqual(local.save());
  remote.dispose();
});

test('a worker standardises, and says by what', async () => {
  const remote = await InWorker.create({ layers: LAYERS, seed: 1, normalize: digits as never });
  const local = await Network.create({ layers: LAYERS, seed: 1, normalize: digits });
  expect(remote.normalization).toEqual(local.normalization);
  const { mean } = remote.normalization!.inputs!;
  mean.fill(1);
  expect(remote.normalization).toEqual(local.normalization);
  remote.dispose();
});
