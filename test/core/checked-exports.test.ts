import { afterEach, describe, expect, test, vi } from 'vitest';
import type { instantiate } from '../../build/kernels.js';
import {
  type CoreExports,
  instantiateCore,
  layOutNetwork,
} from '../../src/core/checked-exports.ts';
import { coreModule } from '../../src/core/embedded.ts';
import { Network } from '../../src/network/network.ts';
import { randomBytes, randomLabels, randomParameters } from '../examples.ts';

type Compiled = Awaited<ReturnType<typeof instantiate>>;

/** How many parameters a function has, optional ones included. */
type Arity<F> = F extends (...args: infer A) => unknown ? Required<A>['length'] : 'no function';

/** The exports that have more or fewer parameters than is described. */
type Differing = {
  [K in keyof CoreExports]: Arity<CoreExports[K]> extends Arity<Compiled[K]> ? never : K;
}[keyof CoreExports];

/** This compiles only where the description says what the compiler of the core says. */
const agrees: [Differing] extends [never] ? true : Differing = true;

test('what is described is exported', async () => {
  expect(agrees).toBe(true);
  const exports: object = await instantiateCore(await coreModule());
  expect(exports).toHaveProperty('memory');
  for (const name of ['layOut', 'accumulate', 'update', 'predict']) {
    expect(exports).toHaveProperty(name, expect.any(Function));
  }
});

describe('on a big-endian processor', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  // docs/architecture.md says how it was tried on an emulated one.
  test('no network is made, and the error says why', async () => {
    const saved = (await Network.create({ layers: [2, 2] })).save();
    class BigEndian extends Uint16Array {
      /** As numbers lie there: the higher byte first. */
      static override of(...values: number[]) {
        return new Uint16Array(values.map((value) => ((value & 255) << 8) | (value >> 8)));
      }
    }
    vi.stubGlobal('Uint16Array', BigEndian);
    const message = 'relumax does not run on big-endian processors';
    await expect(instantiateCore(await coreModule())).rejects.toThrow(message);
    await expect(Network.create({ layers: [2, 2] })).rejects.toThrow(message);
    await expect(Network.load(saved)).rejects.toThrow(message);
  });
});

describe('used without the host', () => {
  test('trains to the bits of Network', async () => {
    const sizes = [9, 6, 3];
    const m = 50;
    const inputs = randomBytes(m * 9, 1, 0.5);
    const labels = randomLabels(m, 3, 2);
    const parameters = randomParameters(sizes, 3);

    const exports = await instantiateCore(await coreModule());
    const { network, workspace, staging } = layOutNetwork(exports, sizes);
    exports.memory.grow(1);
    const memory = exports.memory.buffer;
    const at = staging + exports.ALIGNMENT.value;
    for (const [l, { weights, biases }] of parameters.entries()) {
      new Float32Array(memory, at, weights.length).set(weights);
      new Float32Array(memory, at + weights.byteLength, biases.length).set(biases);
      exports.setLayer(network, 0, l, at, at + weights.byteLength);
    }
    new Uint8Array(memory, at, inputs.length).set(inputs);
    new Uint8Array(memory, at + inputs.length, m).set(labels);
    exports.describeExamples(staging, 1, at, at + inputs.length, 0);
    exports.begin(network);
    exports.accumulate(network, workspace, staging, 0, m);
    expect(exports.update(network, 0.5)).toBe(1);

    const same = await Network.create({ layers: sizes });
    same.setParameters(parameters);
    const { loss, correct } = same.trainOnBatch(inputs, labels, { learningRate: 0.5 });
    expect(exports.meanLoss(network)).toBe(loss);
    expect(exports.correct(network)).toBe(correct);
    for (const [l, { weights }] of same.parameters().entries()) {
      exports.getLayer(network, 0, l, at, at + weights.byteLength);
      expect(new Float32Array(memory, at, weights.length)).toEqual(weights);
    }
  });

  test('a second network in one instance is refused', async () => {
    const exports = await instantiateCore(await coreModule());
    layOutNetwork(exports, [2, 2]);
    expect(() => layOutNetwork(exports, [2, 2])).toThrow(
      'exports: found an instance that has a network, expected a new one',
    );
  });
});
