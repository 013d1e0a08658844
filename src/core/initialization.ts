/**
 * The weights that networks begin with where `initialization` says how; else the core makes them. Loaded on
 * demand, for most programs leave it to the activations.
 *
 * Only what every engine rounds alike is used: + − × ÷ and square roots.
 */
import { oneOf } from '../base/arguments.ts';
import type { Turns } from '../base/event-loop.ts';
import type { Core } from './core.ts';
import { product } from './layers.ts';

/** How weights may begin. */
export const INITIALIZATIONS = [
  'he-uniform',
  'he-normal',
  'glorot-uniform',
  'glorot-normal',
] as const;

export type Initialization = (typeof INITIALIZATIONS)[number];

/** @throws RangeError where it is none of these */
export function checkInitialization(initialization: Initialization): void {
  oneOf('initialization', initialization, INITIALIZATIONS);
}

/** How many weights are made before others may have their turn. */
const WEIGHTS_A_TURN = 2 ** 16;

/**
 * Gives each layer random weights and zero biases. Nothing else may be done with the core meanwhile. With
 * `he-uniform` and `glorot-uniform` they have the bits of those that the core makes.
 *
 * @param wordsOf the generator's words for layer index l
 * @throws RangeError as `checkInitialization`
 */
export async function initialise(
  core: Core,
  wordsOf: (l: number) => () => number,
  turns: Turns,
  initialization: Initialization,
): Promise<void> {
  checkInitialization(initialization);
  const isGlorot = initialization.startsWith('glorot');
  const draw = initialization.endsWith('normal') ? normal : uniform;
  for (const { l, weights: shape } of core.architecture.trained) {
    const [units, inputs, ...window] = shape as [number, number, ...number[]];
    const fan = product([isGlorot ? inputs + units : inputs, ...window]);
    const next = draw(wordsOf(l), fan);
    const weights = new Float32Array(product(shape));
    for (let i = 0; i < weights.length; i++) {
      weights[i] = next();
      if (i % WEIGHTS_A_TURN === 0) await turns.yieldIfDue();
    }
    core.setLayer(l, { weights, biases: new Float32Array(units) });
  }
}

/** Uniform over ±√(6 / fan), in float32 as assembly/kernels/uniform.ts has it. */
function uniform(word: () => number, fan: number): () => number {
  const limit = Math.fround(Math.sqrt(Math.fround(6 / fan)));
  return () => limit * ((word() >>> 8) * 2 ** -23 - 1);
}

/** Normal, with the variance 2 / fan: by pairs (G. Marsaglia and T. A. Bray, 1964). */
function normal(word: () => number, fan: number): () => number {
  const std = Math.sqrt(2 / fan);
  const side = () => (word() + 0.5) * 2 ** -31 - 1;
  let kept: number | undefined;
  return () => {
    const other = kept;
    kept = undefined;
    if (other !== undefined) return other;
    for (;;) {
      const [x, y] = [side(), side()];
      const s = x * x + y * y;
      if (s >= 1) continue;
      const factor = std * Math.sqrt((-2 * logarithm(s)) / s);
      kept = y * factor;
      return x * factor;
    }
  };
}

/** ln x for 0 < x < 1, within 10⁻¹⁵: engines may differ in the last bits of their own. */
function logarithm(x: number): number {
  let halvings = 0;
  for (; x < Math.SQRT1_2; x *= 2) halvings++;
  // ln x = 2 artanh t
  const t = (x - 1) / (x + 1);
  let sum = 0;
  for (let power = 21; power > 0; power -= 2) sum = sum * t * t + 1 / power;
  return 2 * t * sum - halvings * Math.LN2;
}
