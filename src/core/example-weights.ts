/** The weights of the examples of a training (docs/equations.md, eq. 33). Loaded with the first one that has any. */
import { describe, notNegative, outOfRange, wrongType } from '../base/arguments.ts';
import type { Dataset, LabelsOrTargets } from '../data/dataset.ts';
import type { Functions } from './activations.ts';

/** The options of `fit` that give weights; the lists are copies of what was given. */
export interface Weighting {
  classWeights?: 'balanced' | readonly number[] | undefined;
  exampleWeights?: readonly number[] | undefined;
}

/** The network, as far as weights depend on it. */
interface Weighted extends Pick<Functions, 'output'> {
  /**
   * Whether it has its own copy of a dataset, which may have no memory here: then only what does not depend
   * on labels or targets is checked.
   */
  holds?(dataset: Dataset): boolean;
}

/**
 * The weight of each example: that of its class times its own.
 *
 * @param dataset that fits the network
 * @throws TypeError or RangeError that names the option, or the array whose memory was transferred
 */
export function exampleWeightsOf(
  dataset: Dataset,
  { classWeights, exampleWeights }: Weighting,
  network: Weighted,
): Float32Array {
  const isElsewhere = network.holds?.(dataset);
  if (!isElsewhere) dataset.checkMemory('dataset.');
  const { length } = dataset;
  const classes = isElsewhere ? [] : dataset.labelsOrTargets;
  // Not by what is falsy, which is wrong but for undefined.
  const ofClasses =
    classWeights === undefined
      ? undefined
      : classWeightsOf(dataset, classes, classWeights, network.output);
  const own =
    exampleWeights === undefined
      ? undefined
      : checkedList('exampleWeights', exampleWeights, length, 'example');
  const weights = Float32Array.from(
    { length },
    (_, i) => (ofClasses?.[classes[i]!] ?? 1) * (own?.[i] ?? 1),
  );
  const name = own ? 'exampleWeights' : 'classWeights';
  const large = weights.indexOf(Infinity);
  if (large >= 0) {
    throw outOfRange(name, `too large a weight for example ${large}`, 'one that 32 bits hold');
  }
  if (weights.every((weight) => weight === 0)) {
    throw outOfRange(name, 'a weight of 0 for every example', 'at least one above 0');
  }
  return weights;
}

/** The weight of each class: of labels, or 0 and 1 where there is one output that is a probability. */
function classWeightsOf(
  { targets, outputs, length }: Dataset,
  classesOf: LabelsOrTargets | readonly number[],
  given: NonNullable<Weighting['classWeights']>,
  output: Functions['output'],
): ArrayLike<number> {
  if (targets) {
    if (output !== 'sigmoid' || outputs > 1) {
      const network = `${outputs} ${output} output${outputs > 1 ? 's' : ''}`;
      const expected = `none, for the network has ${network}: use exampleWeights`;
      throw outOfRange('classWeights', describe(given), expected);
    }
    const bad = classesOf.findIndex((target) => target !== 0 && target !== 1);
    if (bad >= 0) {
      throw outOfRange(
        `dataset.targets[${bad}]`,
        classesOf[bad],
        '0 or 1, for there are classWeights',
      );
    }
  }
  const classes = targets ? 2 : outputs;
  if (given !== 'balanced') {
    return checkedList('classWeights', given, classes, 'class', ', or "balanced"');
  }
  const counts = new Float64Array(classes);
  for (const label of classesOf) counts[label]!++;
  const occurring = counts.filter((count) => count > 0).length;
  return counts.map((count) => length / (occurring * count));
}

function checkedList(
  name: string,
  list: readonly number[],
  count: number,
  of: string,
  or = '',
): readonly number[] {
  const expected = `${count} numbers, one for each ${of}${or}`;
  if (!Array.isArray(list)) throw wrongType(name, list, expected);
  if (list.length !== count) throw outOfRange(name, list, expected);
  // Not by their index from the first on: the name of each would take longer than its check.
  const bad = list.findIndex((w) => typeof w !== 'number' || !(w >= 0 && w < Infinity));
  if (bad >= 0) notNegative(`${name}[${bad}]`, list[bad]!);
  return list;
}
