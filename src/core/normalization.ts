/**
 * Numbers standardised, in float64 (docs/equations.md, eq. 23): what a network does to its inputs, and to
 * the targets that it is compared with, and how its outputs get their unit back. Loaded with the first
 * network that does so.
 */

import {
  checkFinite,
  classOf,
  describe,
  options,
  outOfRange,
  wrongType,
} from '../base/arguments.ts';
import type { Turns } from '../base/event-loop.ts';
import type { Dataset, Inputs, Outputs } from '../data/dataset.ts';
import { flat, type Numbers } from '../data/numbers.ts';
import type { Functions, Output } from './activations.ts';

/** x becomes (x − mean) / std, each column by its own two. */
export interface Standardization {
  readonly mean: Float64Array;
  /** Above 0. */
  readonly std: Float64Array;
}

/** What a network standardises. */
export interface Normalization {
  /** n⁰ columns; bytes count as x / 255 here too. */
  readonly inputs?: Standardization | undefined;
  /** nᴸ columns, of a network whose output is linear. */
  readonly targets?: Standardization | undefined;
}

/** A mean and a standard deviation for each column, as programs have them. */
export interface GivenStandardization {
  readonly mean: Numbers;
  /** Above 0. */
  readonly std: Numbers;
}

/** What a network is to standardise: a `Normalization`, or one of plain arrays. */
export interface GivenNormalization {
  /** n⁰ columns. */
  readonly inputs?: GivenStandardization | undefined;
  /** nᴸ columns, of a network whose output is linear. */
  readonly targets?: GivenStandardization | undefined;
}

/** What a normalization must fit. */
interface Shape {
  readonly features: number;
  readonly outputs: number;
  readonly output: Output;
}

/**
 * The greatest standard deviation: what is computed with outputs in the unit of their targets, up to
 * the squares of errors, then stays within float64.
 */
export const MOST_STD = 1e100;

/** How many values are seen before others may have their turn. */
const VALUES_A_TURN = 2 ** 18;

/**
 * What standardises the numbers of a new network.
 *
 * @param given a dataset to standardise by, or means and standard deviations
 * @param fitting throws where a dataset does not fit the network
 * @throws TypeError or RangeError that names what does not fit
 */
export async function normalizerFor<S extends Shape>(
  given: Dataset | GivenNormalization,
  network: S & Functions,
  fitting: (argument: string, dataset: Dataset, network: S) => void,
  turns: Turns,
): Promise<Normalizer> {
  if (!isDataset(given)) return new Normalizer(checkedNormalization(given, network));
  fitting('normalize', given, network);
  const normalization = await normalizationOf(given, network, turns);
  // Others had their turn, and may have transferred the memory.
  given.checkMemory('normalize.');
  return new Normalizer(normalization);
}

/** Whether a network is to standardise by a dataset: one of another copy of the module is one too. */
export function isDataset(given: Dataset | GivenNormalization): given is Dataset {
  return typeof (given as Dataset | undefined)?.checkMemory === 'function';
}

/**
 * A copy of a normalization that a program gives.
 *
 * @throws TypeError or RangeError that names what is wrong with it
 */
export function checkedNormalization(
  given: GivenNormalization,
  { features, outputs, output }: Shape,
): Normalization {
  if (!/^(Object|Module)$/.test(classOf(given))) {
    throw wrongType('normalize', given, 'a Dataset, or an object of means and standard deviations');
  }
  const { inputs, targets } = options('normalize', given, ['inputs', 'targets']);
  if (inputs === undefined && targets === undefined) {
    throw outOfRange('normalize', given, 'inputs, targets or both');
  }
  if (targets !== undefined && output !== 'linear') {
    throw outOfRange('normalize.targets', targets, `none beside the output ${output}`);
  }
  return {
    ...(inputs && { inputs: checkedStandardization('normalize.inputs', inputs, features) }),
    ...(targets && { targets: checkedStandardization('normalize.targets', targets, outputs) }),
  };
}

function checkedStandardization(
  argument: string,
  given: GivenStandardization,
  columns: number,
): Standardization {
  const { mean, std } = options(argument, given, ['mean', 'std']);
  const numbers = (name: string, values: Numbers) => {
    const own = Float64Array.from(flat(name, values));
    if (own.length !== columns) throw outOfRange(name, values, `${columns} numbers`);
    checkFinite(name, own);
    return own;
  };
  const own = { mean: numbers(`${argument}.mean`, mean), std: numbers(`${argument}.std`, std) };
  const bad = own.std.findIndex((value) => !(value > 0 && value <= MOST_STD));
  if (bad < 0) return own;
  const expected = `a number above 0, at most ${MOST_STD}`;
  throw outOfRange(`${argument}.std[${bad}]`, describe(own.std[bad]), expected);
}

/**
 * Mean and standard deviation of each input over the examples, and, for a linear output, of each
 * target. The standard deviation is the root of the mean square of x − mean, as scikit-learn has it,
 * and 1 where a column has but one value.
 *
 * @throws RangeError where a standard deviation is too large
 */
export async function normalizationOf(
  { inputs, features, targets, outputs }: Dataset,
  { output }: Functions,
  turns: Turns,
): Promise<Normalization> {
  const ofInputs = { inputs: await standardizationOf('inputs', inputs, features, turns) };
  if (targets === undefined || output !== 'linear') return ofInputs;
  return { ...ofInputs, targets: await standardizationOf('targets', targets, outputs, turns) };
}

async function standardizationOf(
  name: string,
  values: Inputs,
  columns: number,
  turns: Turns,
): Promise<Standardization> {
  const unit = unitOf(values);
  const rows = values.length / columns;
  const first = Float64Array.from(values.subarray(0, columns), (value) => value / unit);
  const varies = new Uint8Array(columns);
  /** The mean of what is made of each value, for each column; sums run in the order of the rows. */
  const meanOf = async (make: (value: number, column: number) => number) => {
    const sums = new Float64Array(columns);
    for (let i = 0; i < values.length; ) {
      const end = Math.min(i + VALUES_A_TURN, values.length);
      for (let column = i % columns; i < end; i++) {
        sums[column]! += make(values[i]! / unit, column);
        if (++column === columns) column = 0;
      }
      await turns.yieldIfDue();
    }
    return sums.map((sum) => sum / rows);
  };
  const mean = await meanOf((value, column) => {
    if (value !== first[column]) varies[column] = 1;
    return value;
  });
  // That of equal values may come out rounded.
  for (const [column, value] of first.entries()) if (!varies[column]) mean[column] = value;
  // About the rounded mean, since that is what is subtracted: where rounding moves it by more than the
  // values differ, they still come out around 1.
  const squares = await meanOf((value, column) => (value - mean[column]!) ** 2);
  // It is 0 where it is too small for 64 bits.
  const std = squares.map((square) => Math.sqrt(square) || 1);
  const bad = std.findIndex((value) => !(value <= MOST_STD));
  if (bad >= 0) {
    throw new RangeError(
      `normalize.${name}: found a standard deviation of ${std[bad]} in column ${bad + 1}, ` +
        `expected at most ${MOST_STD}`,
    );
  }
  return { mean, std };
}

/** Applies a normalization. */
export class Normalizer {
  readonly #normalization: Normalization;

  /**
   * @param normalization finite numbers; nobody else may change its arrays
   * @throws RangeError where a standard deviation is too large
   */
  constructor(normalization: Normalization) {
    for (const [part, columns] of Object.entries(normalization)) {
      const std: Float64Array | undefined = columns?.std;
      const bad = std?.find((value) => value > MOST_STD);
      if (bad === undefined) continue;
      throw new RangeError(
        `normalization.${part}: found a standard deviation of ${bad}, expected at most ${MOST_STD}`,
      );
    }
    this.#normalization = normalization;
  }

  /** What it standardises, in copies. */
  get normalization(): Normalization {
    const { inputs, targets } = this.#normalization;
    const copy = ({ mean, std }: Standardization) => ({ mean: mean.slice(), std: std.slice() });
    return { ...(inputs && { inputs: copy(inputs) }), ...(targets && { targets: copy(targets) }) };
  }

  /** Whether it standardises inputs, or targets. */
  has(part: keyof Normalization): boolean {
    return this.#normalization[part] !== undefined;
  }

  /**
   * to := (x − mean) / std                                        (docs/equations.md, eq. 23)
   *
   * computed in float64 and rounded once, of whole rows of a part that it has.
   */
  standardize(part: keyof Normalization, values: Inputs, to: Float32Array): void {
    const { mean, std } = this.#normalization[part]!;
    const unit = unitOf(values);
    for (let i = 0; i < values.length; ) {
      for (let column = 0; column < mean.length; column++, i++) {
        const value = values[i]!;
        // A third of the time goes into dividing by 1.
        to[i] = ((unit === 1 ? value : value / unit) - mean[column]!) / std[column]!;
      }
    }
  }

  /** Outputs in the unit of the targets, in float64; where those are not standardised, as they are. */
  restored(outputs: Float32Array<ArrayBuffer>): Outputs {
    const { targets } = this.#normalization;
    if (targets === undefined) return outputs;
    const { mean, std } = targets;
    const values = new Float64Array(outputs.length);
    for (let i = 0; i < values.length; i++) {
      const column = i % mean.length;
      values[i] = outputs[i]! * std[column]! + mean[column]!;
    }
    return values;
  }
}

/** What stands for 1: bytes count as x / 255. */
function unitOf(values: Inputs): number {
  return values.BYTES_PER_ELEMENT === 1 ? 255 : 1;
}
