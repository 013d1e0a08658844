/**
 * Which columns of a table a network relies on: how much worse it does where the values of one are in
 * another order (L. Breiman, "Random forests", Machine Learning 45, 2001).
 */

import { Random } from '../../base/random.ts';
import { Dataset, type Evaluation, type Network, type Output } from '../../index.ts';
import type { InputColumn } from '../../table/preprocessing.ts';
import { evenly, fixed, percent } from '../terminal/numbers.ts';
import { oneLine } from '../terminal/safe-text.ts';
import { meanR2 } from './score.ts';

/** How often the values of each column are shuffled. */
export const SHUFFLES = 5;

/** Products that evaluating may take: a second or so. The fewest examples, whatever they take. */
const MOST_WORK = 2e9;
const FEWEST_EXAMPLES = 200;

/** What a column is worth. */
export interface Importance {
  readonly column: string;
  /** How much accuracy or R² falls: mean and standard deviation over the shuffles. */
  readonly drop: number;
  readonly std: number;
  /** How much the loss rises in the mean. */
  readonly loss: number;
}

/** What all columns are worth, the most important first. */
export interface Importances {
  readonly columns: readonly Importance[];
  /** On how many examples. */
  readonly examples: number;
}

/**
 * What each column is worth. All inputs that a column has become are taken from another example together.
 *
 * @param examples that the network has not seen
 * @param seed of the shuffles
 */
export function importances(
  network: Network,
  examples: Dataset,
  columns: readonly InputColumn[],
  seed: number,
): Importances {
  const { features } = examples;
  const work = columns.length * SHUFFLES * weightsOf(network);
  const taken = evenly(examples.length, Math.max(FEWEST_EXAMPLES, Math.floor(MOST_WORK / work)));
  const original = rowsOf(examples.inputs, taken, features);
  const shuffled = original.slice();
  const evaluate = examplesLike(examples, taken);
  const usual = network.evaluate(evaluate(original));
  const found = columns.map(({ name, first, width }, c): Importance => {
    const changes = Array.from({ length: SHUFFLES }, (_, s) => {
      const order = Uint32Array.from(taken.keys());
      new Random(seed, 'shuffle', c * SHUFFLES + s).shuffle(order);
      for (const [i, from] of order.entries()) {
        const values = original.subarray(from * features + first, from * features + first + width);
        shuffled.set(values, i * features + first);
      }
      const { loss, ...scores } = network.evaluate(evaluate(shuffled));
      return { drop: scoreOf(usual) - scoreOf(scores), loss: loss - usual.loss };
    });
    for (let at = first; at < original.length; at += features) {
      shuffled.set(original.subarray(at, at + width), at);
    }
    const drop = meanOf(changes.map((change) => change.drop));
    const squares = changes.map((change) => (change.drop - drop) ** 2);
    const loss = meanOf(changes.map((change) => change.loss));
    return { column: name, drop, std: Math.sqrt(meanOf(squares)), loss };
  });
  const sorted = found.sort((a, b) => b.drop - a.drop || b.loss - a.loss);
  return { columns: sorted, examples: taken.length };
}

/** What falls where the values of a column are shuffled, and how its figures are written. */
export function measureOf(output: Output): {
  name: 'accuracy' | 'R²';
  text: (drop: number) => string;
} {
  return output === 'linear'
    ? { name: 'R²', text: (drop) => fixed(drop, 4) }
    : { name: 'accuracy', text: (drop) => percent(drop) };
}

/** A line for each column: "column age: accuracy lower by 2.82 % (± 0.46 %) where it is shuffled". */
export function importanceLines({ columns }: Importances, output: Output): string[] {
  const { name, text } = measureOf(output);
  return columns.map(
    ({ column, drop, std }) =>
      `column ${oneLine(column)}: ${name} lower by ${text(drop)} (± ${text(std)}) where it is shuffled`,
  );
}

function weightsOf(network: Network): number {
  return network.parameters().reduce((sum, { weights }) => sum + weights.length, 0);
}

/** What makes a dataset of inputs, with the labels or targets of some examples. */
function examplesLike(examples: Dataset, taken: readonly number[]) {
  const { labels, classes, classNames, targets, outputs } = examples;
  if (targets === undefined) {
    const own = Uint8Array.from(taken, (i) => labels[i]!);
    return (inputs: Float64Array) => Dataset.from({ inputs, labels: own, classes, classNames });
  }
  const own = rowsOf(targets, taken, outputs);
  return (inputs: Float64Array) => Dataset.from({ inputs, targets: own, outputs, classNames });
}

/** Rows of so many numbers, one after another. */
function rowsOf(values: ArrayLike<number>, taken: readonly number[], width: number): Float64Array {
  const rows = new Float64Array(taken.length * width);
  for (const [i, from] of taken.entries()) {
    for (let j = 0; j < width; j++) rows[i * width + j] = values[from * width + j]!;
  }
  return rows;
}

/** Accuracy, or R². */
function scoreOf({ accuracy, r2 }: Pick<Evaluation, 'accuracy' | 'r2'>): number {
  return r2 ? meanR2(r2) : accuracy!;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
