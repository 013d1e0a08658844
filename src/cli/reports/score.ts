/** How well a network does, in words and figures: accuracy, or R² and RMSE. */

import type { Evaluation } from '../../index.ts';
import { count, fixed, loss, percent, significant } from '../terminal/numbers.ts';
import { classLabel } from './class-labels.ts';

/** The mean of R² over the outputs. */
export function meanR2(r2: readonly number[]): number {
  return r2.reduce((sum, value) => sum + value, 0) / r2.length;
}

/** The root of the mean squared error, in the unit of the numbers, where there is one output. */
export function errorInUnits({ rmse }: Evaluation): number | undefined {
  return rmse?.length === 1 ? rmse[0] : undefined;
}

/**
 * "92.35 % of 2,000 images classified correctly, loss 0.2711", or "R² 0.9312 on 100 rows, …".
 *
 * @param noun what the examples are
 * @param bold how the first figure is written
 */
export function score(evaluation: Evaluation, noun: string, bold = (text: string) => text): string {
  const { accuracy, r2 } = evaluation;
  const examples = `${count(evaluation.examples)}${noun && ' '}${noun}`;
  if (r2) {
    const error = errorInUnits(evaluation);
    const inUnits = error === undefined ? '' : `, RMSE ${significant(error, 4)}`;
    return `${bold(`R² ${fixed(meanR2(r2), 4)}`)} on ${examples}${inUnits}, loss ${loss(evaluation.loss)}`;
  }
  const right = bold(percent(accuracy!));
  const what =
    byClass(evaluation).length > 0
      ? `${right} of ${examples} classified correctly`
      : `${right} binary accuracy on ${examples}`;
  return `${what}, loss ${loss(evaluation.loss)}`;
}

/** " accuracy 92.35 %", where there is one. */
export function accuracyText(accuracy: number | undefined): string {
  return accuracy === undefined ? '' : ` accuracy ${percent(accuracy)}`;
}

/** The evaluation of a single sigmoid output as that of two classes, 0 and 1; others as they are. */
export function withBothClasses(evaluation: Evaluation): Evaluation {
  const { confusion, precision, recall } = evaluation;
  if (byClass(evaluation) === confusion) return evaluation;
  const [[right, wrong] = [], [missed] = []] = confusion as [number, number][];
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  return {
    ...evaluation,
    precision: [share(right!, right! + missed!), ...precision],
    recall: [share(right!, right! + wrong!), ...recall],
  };
}

/** The fields of an evaluation in JSON; those that do not apply are missing. */
export function scoreFields(evaluation: Evaluation) {
  const { loss, accuracy, r2 } = evaluation;
  if (!r2) return { loss, accuracy };
  const rmse = errorInUnits(evaluation);
  return { loss, r2: meanR2(r2), ...(rmse !== undefined && { rmse }) };
}

/** The fields of the classes in JSON, by class number; none where there are no classes. */
export function classFields({ confusion, confusions, precision, recall }: Evaluation) {
  if (recall.length === 0) return {};
  return { ...(confusions ? { confusions } : { confusion }), precision, recall };
}

/** The confusion of the classes: `precision` and `recall` are theirs; none where they are of outputs. */
export function byClass({ confusion, recall }: Evaluation): readonly (readonly number[])[] {
  return confusion.length === recall.length ? confusion : [];
}

/** Of more classes than these, only the worst are shown. */
const MANY_CLASSES = 20;
const WORST = 5;

/** The classes to show: all, or of many the worst, by recall and then by precision. */
export function classesToShow(evaluation: Evaluation): number[] {
  const { precision, recall } = evaluation;
  const confusion = byClass(evaluation);
  const all = [...recall.keys()];
  if (all.length <= MANY_CLASSES) return all;
  return all
    .filter((label) => confusion.length === 0 || examplesOf(confusion, label) > 0)
    .sort((a, b) => recall[a]! - recall[b]! || precision[a]! - precision[b]!)
    .slice(0, WORST);
}

/**
 * A line for each of the classes to show: "class setosa: recall 90.00 %, precision 81.82 %, 10 rows".
 *
 * @param noun what the examples are
 */
export function classLines(
  evaluation: Evaluation,
  noun: string,
  classNames: readonly string[] | undefined,
): string[] {
  const { precision, recall } = evaluation;
  const confusion = byClass(evaluation);
  const shown = classesToShow(evaluation);
  const worst = shown.length < recall.length ? 'worst ' : '';
  return shown.map((label) => {
    const scores = `recall ${percent(recall[label]!)}, precision ${percent(precision[label]!)}`;
    const examples = confusion.length > 0 ? `, ${count(examplesOf(confusion, label))} ${noun}` : '';
    return `${worst}class ${classLabel(label, classNames)}: ${scores}${examples}`;
  });
}

/** How many examples are of a class. */
export function examplesOf(confusion: readonly (readonly number[])[], label: number): number {
  return confusion[label]!.reduce((sum, examples) => sum + examples, 0);
}
