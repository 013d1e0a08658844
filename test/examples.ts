/** Seeded data for the tests. */
import { Random } from '../src/base/random.ts';
import { HIDDEN, type Hidden, type Output } from '../src/core/activations.ts';
import type { Layer } from '../src/core/layers.ts';
import { Dataset, type Inputs, type LabelsOrTargets } from '../src/data/dataset.ts';

/** `count` floats, uniform over −scale … scale. */
export function randomFloats(count: number, seed: number, scale = 1): Float32Array {
  const random = new Random(seed, 'weights');
  return Float32Array.from({ length: count }, () => (random.word() / 2 ** 31 - 1) * scale);
}

/** `count` bytes, of which the given share is zero. */
export function randomBytes(count: number, seed: number, zeros: number): Uint8Array {
  const random = new Random(seed, 'weights');
  return Uint8Array.from({ length: count }, () =>
    random.word() < zeros * 2 ** 32 ? 0 : 1 + random.below(255),
  );
}

/** `count` labels below `classes`. */
export function randomLabels(count: number, classes: number, seed: number): Uint8Array {
  const random = new Random(seed, 'split');
  return Uint8Array.from({ length: count }, () => random.below(classes));
}

/** Inputs of each kind that the core treats in its own way. */
export const INPUT_KINDS: Record<string, (count: number, seed: number) => Inputs> = {
  'bytes, many zeros': (count, seed) => randomBytes(count, seed, 0.8),
  'bytes, few zeros': (count, seed) => randomBytes(count, seed, 0.1),
  'floats, no zeros': (count, seed) => randomFloats(count, seed),
  'floats, many zeros': (count, seed) =>
    Float32Array.from(randomBytes(count, seed, 0.9), (byte) => byte / 100),
};

/** What `m` examples are compared with: classes, numbers from 0 to 1, or any. */
export function answersFor(output: Output, m: number, outputs: number, seed: number) {
  if (output === 'softmax') return randomLabels(m, outputs, seed);
  const targets = randomFloats(m * outputs, seed);
  return output === 'linear' ? targets : targets.map((t) => (t > 0.5 ? t : +(t > 0)));
}

/** Examples with what `answersFor` gives. */
export function datasetOf(inputs: Inputs, answers: LabelsOrTargets, outputs: number): Dataset {
  return answers instanceof Uint8Array
    ? Dataset.from({ inputs, labels: answers, classes: outputs })
    : Dataset.from({ inputs, targets: answers, outputs });
}

/** For some layers an activation of their own, for every other one that of the network; in turn, from a number on. */
export function ownActivations(count: number, from: number): (Hidden | undefined)[] {
  return Array.from({ length: count }, (_, l) =>
    (from + l) % 4 === 3 ? undefined : HIDDEN[(from + l) % HIDDEN.length],
  );
}

/** Layers that are to have them, all but the last; numbers and convolutions alike. */
export function withActivations(
  layers: readonly Layer[],
  own: readonly (Hidden | undefined)[],
): Layer[] {
  return layers.map((layer, l) => {
    const activation = l + 1 < layers.length ? own[l] : undefined;
    if (activation === undefined) return layer;
    if (typeof layer === 'number') return { dense: layer, activation };
    return 'maxPool' in layer ? layer : { ...layer, activation };
  });
}

/** Parameters of the size that training leaves them at, none of them zero. */
export function randomParameters(sizes: readonly number[], seed: number) {
  return sizes.slice(1).map((units, l) => ({
    weights: randomFloats(units * sizes[l]!, seed + l, Math.sqrt(6 / sizes[l]!)),
    biases: randomFloats(units, seed + 100 + l, 0.1),
  }));
}
