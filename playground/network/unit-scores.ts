/** How strongly each held-out example excites a unit. */
import type { Dataset, Outputs } from 'relumax/worker';
import { type LayerShape, product } from '../../src/core/layers.ts';
import type { UnitPlace } from './unit-place.ts';

/** Numbers in an answer of the worker, at most, unless one example has more. */
const MOST_NUMBERS = 2 ** 18;

/** The activations of all layers for some inputs; undefined if another run has begun. */
export type AskActivations = (inputs: Dataset['inputs']) => Promise<Outputs[] | undefined>;

/**
 * The activation of a unit for each example; of a filter the largest in its feature map. The examples are
 * sent in parts, and only the unit's numbers are kept. While training goes on, later parts see later
 * parameters.
 *
 * @param shapes of all layers
 * @returns undefined if another run has begun, or `isWanted` no longer says so
 */
export async function scoresOf(
  { layer, unit }: UnitPlace,
  shapes: readonly LayerShape[],
  { inputs, features, length }: Dataset,
  ask: AskActivations,
  isWanted: () => boolean,
): Promise<Float64Array | undefined> {
  const numbers = shapes.reduce((sum, { output }) => sum + product(output), 0);
  const part = Math.max(1, Math.floor(MOST_NUMBERS / numbers));
  const [height, width, channels] = shapes[layer]!.output;
  const scores = new Float64Array(length);
  for (let from = 0; from < length; from += part) {
    const to = Math.min(from + part, length);
    const found = await ask(inputs.subarray(from * features, to * features));
    if (found === undefined || !isWanted()) return undefined;
    const activations = found[layer]!;
    for (let i = from; i < to; i++) {
      const first = (i - from) * height * width * channels + unit;
      let largest = -Infinity;
      for (let pixel = 0; pixel < height * width; pixel++) {
        largest = Math.max(largest, activations[first + pixel * channels]!);
      }
      scores[i] = largest;
    }
  }
  return scores;
}

/** What the scores say of a unit as a whole. */
export interface Activity {
  /** The share of examples with an activation above 0. */
  readonly active: number;
  readonly mean: number;
}

export function activityOf(scores: Float64Array): Activity {
  let [active, sum] = [0, 0];
  for (const score of scores) {
    if (score > 0) active++;
    sum += score;
  }
  return { active: active / scores.length, mean: sum / scores.length };
}

/**
 * The examples with the largest scores, the largest first.
 *
 * @param least only scores above it count
 */
export function mostExciting(scores: Float64Array, most: number, least: number): number[] {
  return Array.from(scores.keys())
    .filter((i) => scores[i]! > least)
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, most);
}
