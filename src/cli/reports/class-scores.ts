/** Recall and precision: of each class, of both of a single sigmoid output, or of several such outputs. */

import type { Evaluation } from '../../index.ts';
import { counted, percent } from '../terminal/numbers.ts';
import { classLabel } from './class-labels.ts';

/** How well a network finds a class, or what a sigmoid output stands for. */
export interface ClassScore {
  readonly recall: number;
  readonly precision: number;
  /** How many are of the class, or have a 1 where the output should. */
  readonly examples: number;
}

/** The scores of each class or output, in order, and what they are called. */
export interface ClassScores {
  readonly scores: readonly ClassScore[];
  /** Undefined: by their numbers, as 0 and 1 of a single sigmoid output. */
  readonly names: readonly string[] | undefined;
  /** `confusion[actual][predicted]`; none of several sigmoid outputs. */
  readonly confusion: readonly (readonly number[])[];
}

/** @param names of the classes or outputs, if they have any */
export function classScores(
  { confusion, confusions, precision, recall }: Evaluation,
  names: readonly string[] | undefined,
): ClassScores {
  const tables = confusions?.map((table) => table[1]!) ?? confusion;
  if (tables.length === recall.length) {
    const scores = recall.map((found, j) => ({
      ...{ recall: found, precision: precision[j]! },
      examples: sumOf(tables[j]!),
    }));
    return { scores, names, confusion };
  }
  // An evaluation has those of 1.
  const [[right, wrong] = [], [missed] = []] = confusion as [number, number][];
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  const none = {
    recall: share(right!, right! + wrong!),
    precision: share(right!, right! + missed!),
    examples: right! + wrong!,
  };
  const one = { recall: recall[0]!, precision: precision[0]!, examples: sumOf(confusion[1]!) };
  return { scores: [none, one], names: undefined, confusion };
}

/** Of more classes than these, only the worst are shown. */
const MANY_CLASSES = 20;
const WORST = 5;

/** The numbers of the classes to show: all, or of many the worst, by recall and then by precision. */
export function classesToShow({ scores }: ClassScores): number[] {
  const all = [...scores.keys()];
  if (all.length <= MANY_CLASSES) return all;
  return all
    .filter((label) => scores[label]!.examples > 0)
    .sort(
      (a, b) =>
        scores[a]!.recall - scores[b]!.recall || scores[a]!.precision - scores[b]!.precision,
    )
    .slice(0, WORST);
}

/**
 * A line for each of the classes to show: "class setosa: recall 90.00 %, precision 81.82 %, 10 rows".
 *
 * @param noun what the examples are
 * @param names of the classes or outputs, if they have any
 */
export function classLines(
  evaluation: Evaluation,
  noun: string,
  names: readonly string[] | undefined,
): string[] {
  if (evaluation.recall.length === 0) return [];
  const classes = classScores(evaluation, names);
  const shown = classesToShow(classes);
  const worst = shown.length < classes.scores.length ? 'worst ' : '';
  return shown.map((label) => {
    const { recall, precision, examples } = classes.scores[label]!;
    if (examples === 0) return `class ${classLabel(label, classes.names)}: no ${noun}`;
    const scores = `recall ${percent(recall)}, precision ${percent(precision)}`;
    return `${worst}class ${classLabel(label, classes.names)}: ${scores}, ${counted(examples, noun)}`;
  });
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, examples) => sum + examples, 0);
}
