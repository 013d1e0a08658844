/** What a network must beat: the best prediction that ignores the inputs. */

import { lossOfMean } from '../../core/advice.ts';
import type { Dataset, Evaluation, History, Network } from '../../index.ts';
import { greatest } from '../terminal/numbers.ts';
import type { DeadUnits } from './dead-units.ts';
import { createNetwork } from './fitting-network.ts';
import { createOptions, type TrainingSetup } from './setup.ts';

/** Loss and accuracy of that prediction. */
export interface Baseline {
  readonly loss: number;
  /** Absent with linear outputs. */
  readonly accuracy?: number;
}

/** Times the loss of the untrained network that count as a failed training. */
const MUCH_WORSE = 2;

/**
 * Times the loss of guessing, on the held-out examples, that count as a failed training: R² is then below
 * −9. Where the accuracy is better than that of guessing, some answers may be wrong with much confidence.
 */
const FAR_WORSE = 10;
const ABSURD = 1000;

/** Whether a training was of any use. */
export interface Verdict {
  /** On the held-out examples. */
  readonly baseline: Baseline;
  /** Whether the network beats it there, by loss or by accuracy. */
  readonly isBetter: boolean;
  /** Whether the training made the network much worse than it was. */
  readonly isRuined: boolean;
  /** Whether the command is to fail: it is ruined, or far worse than guessing on the held-out examples. */
  readonly isFailed: boolean;
  /** A warning, if there is one. */
  readonly complaint: string | undefined;
}

/**
 * The best constant prediction: for the loss the class frequencies, for the accuracy the most
 * frequent class, for numbers their mean. They are those of the examples that the network is
 * evaluated on, so that a network that ignores its inputs, as one with dead units, never has a lower
 * loss or a higher accuracy by chance. A useful network beats one of the two: where a class is rare,
 * the loss falls long before the accuracy rises, and where a network is overconfident, the accuracy
 * is good and the loss is not.
 */
export function baselineOf(
  dataset: Dataset,
  { output, normalization }: Pick<Network, 'output' | 'normalization'>,
): Baseline {
  const { labels, targets, outputs, length } = dataset;
  if (targets === undefined) {
    const counts = new Uint32Array(outputs);
    for (const label of labels) counts[label]!++;
    const loss = sumOf(counts, (count) => surprise(count / length));
    return { loss, accuracy: greatest(counts) / length };
  }
  if (output === 'linear') {
    // A network that standardises its targets has the loss of those.
    return { loss: lossOfMean(dataset, normalization?.targets?.std) };
  }
  const columns = Array.from({ length: outputs }, (_, j) =>
    Float64Array.from({ length }, (_, i) => targets[i * outputs + j]!),
  );
  // From the first on, since the mean of equal numbers must not come out rounded.
  const means = columns.map(
    (column) => column[0]! + sumOf(column, (value) => value - column[0]!) / length,
  );
  const entropy = (mean: number) => surprise(mean) + surprise(1 - mean);
  const commonest = columns.map((column) => {
    const above = column.filter((value) => value > 0.5).length;
    return Math.max(above, length - above);
  });
  return {
    loss: sumOf(means, entropy) / outputs,
    accuracy: sumOf(commonest, (value) => value) / (length * outputs),
  };
}

/** What is compared with the baseline, and what that is. */
interface Compared {
  readonly found: Baseline;
  readonly guessing: Baseline;
}

/**
 * Loss and accuracy where each class counts the same, as with balanced class weights: the mean over the
 * classes, and what the best constant prediction has then.
 */
function balanced(network: Network, dataset: Dataset): Compared {
  const classes = examplesByClass(dataset);
  const scores = classes.map((examples) =>
    network.evaluate(dataset.subset(Uint32Array.from(examples))),
  );
  const mean = (of: (score: Evaluation) => number) => sumOf(scores.map(of), Number) / scores.length;
  return {
    found: { loss: mean(({ loss }) => loss), accuracy: mean(({ accuracy }) => accuracy!) },
    guessing: { loss: Math.log(classes.length), accuracy: 1 / classes.length },
  };
}

/** The examples of each class that occurs; of one sigmoid output, of its targets 0 and 1. */
function examplesByClass({ targets, labels }: Dataset): number[][] {
  const classes = new Map<number, number[]>();
  for (const [i, label] of (targets ?? labels).entries()) {
    const examples = classes.get(label);
    if (examples) examples.push(i);
    else classes.set(label, [i]);
  }
  return [...classes.values()];
}

/**
 * Compares a training with the baseline and with the untrained network.
 *
 * @param network the trained network
 * @param test its evaluation on the held-out examples
 * @param dead its dead units on them
 */
export async function verdictOf(
  network: Network,
  setup: TrainingSetup,
  history: History,
  test: Evaluation,
  dead: readonly DeadUnits[],
): Promise<Verdict> {
  const { data, output, learningRate } = setup;
  const baseline = baselineOf(data.heldOut, network);
  const areWeighted = setup.fit.classWeights !== undefined;
  const { found, guessing: best }: Compared = areWeighted
    ? balanced(network, data.heldOut)
    : { found: test as Baseline, guessing: baseline };
  // Where all that was held out is of one class, or one number, nothing can be better.
  const isTrivial = best.loss === 0;
  const isBetter = found.loss < best.loss || found.accuracy! > best.accuracy!;
  const verdict = { baseline, isBetter, isRuined: false, isFailed: false, complaint: undefined };
  const [ended, least] = [found.loss, best.loss].map((value) => value.toPrecision(4));
  const constant = areWeighted
    ? 'all classes alike, each counting the same,'
    : output === 'softmax'
      ? 'the class frequencies'
      : 'the mean';
  if (isBetter) {
    if (!(found.loss > ABSURD * best.loss)) return verdict;
    const complaint = `the network is far too sure of wrong answers: its loss on the held-out examples is ${ended}, and that of always predicting ${constant} is ${least}; try a smaller learning rate or fewer epochs`;
    return { ...verdict, isFailed: true, complaint };
  }
  const asGood = { ...verdict, isBetter: true };

  const kept = history.bestEpoch ?? history.epochs.length;
  const { loss } = history.epochs[kept - 1]!;
  // That of a weighted loss has the same weights.
  const guessing = areWeighted
    ? Math.log(examplesByClass(data.train).length)
    : baselineOf(data.train, network).loss;
  const usualLoss = isTrivial ? guessing : best.loss;
  const isFarWorse = usualLoss > 0 && found.loss > FAR_WORSE * usualLoss;
  if (loss < guessing) {
    if (isTrivial && !isFarWorse) return asGood;
    const what = isFarWorse
      ? 'is worse than guessing on what it was not trained on'
      : 'does not generalise';
    const complaint = `the network ${what}: its loss on the held-out examples is ${ended}, and that of always predicting ${constant} is ${least}; try fewer epochs, a smaller network or more examples`;
    return { ...verdict, isFailed: isFarWorse, complaint };
  }
  const before = await untrainedLoss(setup);
  if (loss > MUCH_WORSE * before) {
    const [worse, then] = [loss, before].map((value) => value.toPrecision(4));
    const complaint = `the training failed: the loss ended at ${worse}, and was ${then} before the training; try a learning rate smaller than ${learningRate}`;
    return { ...verdict, isRuined: true, isFailed: true, complaint };
  }
  if (isTrivial && !isFarWorse) return asGood;
  const isDead = dead.some((layer) => layer.dead.length === layer.units);
  const advice = isDead
    ? `a learning rate smaller than ${learningRate}`
    : `another learning rate than ${learningRate}, or more epochs`;
  const [last, usual] = [loss, guessing].map((value) => value.toPrecision(4));
  const complaint = `the network is no better than a constant prediction: its loss ended at ${last}, and that of always predicting ${constant} is ${usual}; try ${advice}`;
  return { ...verdict, isFailed: isFarWorse, complaint };
}

/** The loss on the training examples before any update. */
async function untrainedLoss(setup: TrainingSetup): Promise<number> {
  const { architecture, data } = setup;
  const network = await createNetwork(data, architecture, createOptions(setup));
  const { loss } = network.evaluate(data.train);
  network.dispose();
  return loss;
}

/** −p ln p. */
function surprise(fraction: number): number {
  return fraction > 0 ? -fraction * Math.log(fraction) : 0;
}

function sumOf(values: Iterable<number>, of: (value: number) => number): number {
  let sum = 0;
  for (const value of values) sum += of(value);
  return sum;
}
