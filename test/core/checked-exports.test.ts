import { afterEach, describe, expect, test, vi } from 'vitest';
import type { instantiate } from '../../build/kernels.js';
import {
  type CoreExports,
  instantiateCore,
  layOutNetwork,
  type ThreadedExports,
} from '../../src/core/checked-exports.ts';
import { compiledOnce } from '../../src/core/modules/convolution.ts';
import { coreModule } from '../../src/core/modules/embedded.ts';
import { threadedModule } from '../../src/core/modules/threaded.ts';
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

const sharedMemory = () => new WebAssembly.Memory({ initial: 1, maximum: 2 ** 16, shared: true });

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
    const { network, staging } = layOutNetwork(exports, sizes);
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
    exports.accumulate(network, staging, 0, m);
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

  test('what is described of the module with threads is exported', async () => {
    const exports = await instantiateCore(
      await threadedModule(false, compiledOnce),
      sharedMemory(),
    );
    const described: Record<Exclude<keyof ThreadedExports, keyof CoreExports>, unknown> = {
      MOST_THREADS: expect.objectContaining({ value: 64 }),
      serve: expect.any(Function),
      setTeam: expect.any(Function),
      setActive: expect.any(Function),
      sessionOf: expect.any(Function),
      isPresent: expect.any(Function),
      presentCount: expect.any(Function),
      dismiss: expect.any(Function),
      fail: expect.any(Function),
    };
    for (const [name, value] of Object.entries(described)) {
      expect(exports).toHaveProperty(name, value);
    }
    const own = Object.keys(await instantiateCore(await coreModule()));
    expect(Object.keys(exports).sort()).toEqual([...own, ...Object.keys(described)].sort());
  });

  test('a memory that does not suit the module is refused', async () => {
    const [alone, threaded] = [await coreModule(), await threadedModule(false, compiledOnce)];
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    const shared = /^memory: found .*, expected a shared WebAssembly.Memory, for threads$/;
    await expect(instantiateCore(threaded)).rejects.toThrow(shared);
    await expect(instantiateCore(threaded, memory)).rejects.toThrow(shared);
    await expect(instantiateCore(alone, sharedMemory())).rejects.toThrow(
      'expected none, for the module has its own',
    );
  });

  test('threads are refused where the module has none, or not so many', async () => {
    const exports = await instantiateCore(await coreModule());
    expect(() => layOutNetwork(exports, [2, 2], 2)).toThrow('threads: found 2, expected');
    const threaded = await instantiateCore(
      await threadedModule(false, compiledOnce),
      sharedMemory(),
    );
    expect(() => layOutNetwork(threaded, [2, 2], 65)).toThrow('from 1 to 64');
    expect(layOutNetwork(threaded, [2, 2], 64).staging).toBeGreaterThan(0);
  });

  test('a second network in one instance is refused', async () => {
    const exports = await instantiateCore(await coreModule());
    layOutNetwork(exports, [2, 2]);
    expect(() => layOutNetwork(exports, [2, 2])).toThrow(
      'exports: found an instance that has a network, expected a new one',
    );
  });
});
