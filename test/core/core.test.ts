import { describe, expect, test, vi } from 'vitest';
import { Turns } from '../../src/base/event-loop.ts';
import { Core } from '../../src/core/core.ts';
import { instantiateCore } from '../../src/core/exports.ts';
import { denseArchitecture } from '../../src/core/layers.ts';
import { coreModule } from '../../src/core/modules/embedded.ts';
import { randomBytes, randomFloats, randomLabels, randomParameters } from '../examples.ts';

/** Layer sizes around the width of a panel of weights. */
const LAYERS = [
  [300, 3],
  [301, 4, 3],
  [300, 10, 10],
  [123, 15, 3],
  [300, 16, 3],
  [300, 17, 5, 3],
  [300, 45, 3],
];

async function make(sizes: readonly number[]): Promise<Core> {
  const exports = await instantiateCore(await coreModule());
  const core = new Core(exports, denseArchitecture(sizes), { hidden: 'relu', output: 'softmax' });
  for (const [l, parameters] of randomParameters(sizes, 1).entries()) core.setLayer(l, parameters);
  core.keepOptimizer({ name: 'sgd' });
  return core;
}

const by = (learningRate: number) => ({ learningRate, weightDecay: 0, clipNorm: Infinity });

const parametersOf = (core: Core) => core.parameters();

/** Small batches of which few inputs are zero, or many, or all: bytes and floats. */
function batches(features: number, classes: number) {
  const shares = [0.97, 0.9, 0.3, 0.97, 0.5, 0.95, 0.99, 1];
  return shares.map((zeros, seed) => {
    const count = 1 + (seed % 3);
    const inputs = randomBytes(count * features, seed, zeros);
    return {
      inputs: seed % 2 === 0 ? inputs : Float32Array.from(inputs, (x) => x / 255),
      labels: randomLabels(count, classes, seed),
    };
  });
}

describe.each(LAYERS.map((sizes) => [sizes]))('%j', (sizes) => {
  test('an update gives the same bits whether it touches few columns or all', async () => {
    const [few, all] = [await make(sizes), await make(sizes)];
    const other = randomBytes(3 * sizes[0]!, 9, 0.8);
    for (const { inputs, labels } of batches(sizes[0]!, sizes.at(-1)!)) {
      for (const core of [few, all]) {
        core.begin();
        core.accumulateCopied(inputs, labels);
        // Other examples in between: which columns the batch named is forgotten.
        if (core === all) core.predict(other);
        expect(core.update(by(0.1))).toBe(true);
      }
      expect(parametersOf(few)).toEqual(parametersOf(all));
    }
  });

  test('an update of few columns or all is taken back whole', async () => {
    const core = await make(sizes);
    for (const { inputs, labels } of batches(sizes[0]!, sizes.at(-1)!)) {
      const before = parametersOf(core);
      const probabilities = core.predict(inputs);
      const update = () => {
        core.begin();
        core.accumulateCopied(inputs, labels);
        return core.update(by(0.1));
      };
      update();
      core.rollback();
      expect(parametersOf(core)).toEqual(before);
      expect(core.predict(inputs)).toEqual(probabilities);
      // Only the last one can be taken back.
      update();
      const after = parametersOf(core);
      update();
      core.rollback();
      core.rollback();
      expect(parametersOf(core)).toEqual(after);
    }
  });

  test('an update that is too large is not made, and leaves nothing behind', async () => {
    const [core, other] = [await make(sizes), await make(sizes)];
    const inputs = randomBytes(sizes[0]!, 1, 0.9);
    const labels = Uint8Array.of(1);
    const update = (one: Core, rate: number) => {
      one.begin();
      one.accumulateCopied(inputs, labels);
      return one.update(by(rate));
    };
    expect(update(core, 1e300)).toBe(false);
    expect(parametersOf(core)).toEqual(parametersOf(other));
    expect(update(core, 0.1)).toBe(true);
    update(other, 0.1);
    expect(parametersOf(core)).toEqual(parametersOf(other));
  });
});

test('a batch of several tiles updates all columns', async () => {
  const sizes = [2000, 7, 3];
  const [whole, parts] = [await make(sizes), await make(sizes)];
  const count = 2 * whole.tile + 5;
  const inputs = randomBytes(count * 2000, 4, 0.9995);
  const labels = randomLabels(count, 3, 4);
  for (const core of [whole, parts]) {
    core.begin();
    core.accumulateCopied(inputs, labels);
    if (core === parts) core.predict(Uint8Array.from(randomFloats(2000, 1)));
    core.update(by(0.1));
  }
  expect(parametersOf(whole)).toEqual(parametersOf(parts));
  const before = randomParameters(sizes, 1)[0]!.weights;
  const changed = whole.parameters()[0]!.weights.filter((w, i) => w !== before[i]);
  expect(changed.length).toBeGreaterThan(500);
});

test.each([[[5000, 300, 3]], [[20_000, 1]], [[3, 4, 2]]])(
  'with a training set in it, the memory of %j has room for all that a training needs',
  async (sizes) => {
    const core = await make(sizes);
    const labels = randomLabels(200, sizes.at(-1)!, 1);
    const inputs = randomFloats(200 * sizes[0]!, 1);
    await core.keep(inputs, labels, new Turns());
    // What is too large is refused before the training, not when a checkpoint reads the layers.
    const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow');
    try {
      core.setParameters(core.parameters());
      await core.evaluateInTurns(inputs, labels, Infinity, new Turns());
      expect(grow).not.toHaveBeenCalled();
    } finally {
      grow.mockRestore();
    }
  },
);
