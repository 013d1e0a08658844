/** How well a network does, in words: what is right of classes, or how close numbers come. */
import type { Evaluation } from '../index.ts';
import type { Baseline } from './baseline.ts';
import { classLabel } from './class-labels.ts';
import { count, fixed, loss, percent, significant } from './numbers.ts';

/** The mean of R² over the outputs. */
export function meanR2(r2: readonly number[]): number {
  return r2.reduce((sum, value) => sum + value, 0) / r2.length;
}

/** The root of the mean squared error, in the unit of the numbers, where there is one output. */
export function errorInUnits({ rmse }: Evaluation): number | undefined {
  return rmse?.length === 1 ? rmse[0] : undefined;
}

/**
 * "92.35 % of 2,000 images read correctly, loss 0.2711", or "R² 0.9312 over 100 rows, …".
 *
 * @param noun what the examples are
 * @param bold how the first figure is written
 */
export function score(evaluation: Evaluation, noun: string, bold = (text: string) => text): string {
  const { accuracy, r2, confusion } = evaluation;
  const examples = `${count(evaluation.examples)}${noun && ' '}${noun}`;
  if (r2) {
    const error = errorInUnits(evaluation);
    const inUnits = error === undefined ? '' : `, off by ${significant(error, 4)} (RMSE)`;
    return `${bold(`R² ${fixed(meanR2(r2), 4)}`)} over ${examples}${inUnits}, loss ${loss(evaluation.loss)}`;
  }
  const what = confusion.length > 0 ? 'read correctly' : 'told on the right side of ½';
  return `${bold(percent(accuracy))} of ${examples} ${what}, loss ${loss(evaluation.loss)}`;
}

/** " accuracy 92.35 %", where there is one. */
export function accuracyText(accuracy: number): string {
  return Number.isNaN(accuracy) ? '' : ` accuracy ${percent(accuracy)}`;
}

/** What a program is told of an evaluation; without what there is not. */
export function scoreFields(evaluation: Evaluation) {
  const { loss, accuracy, r2 } = evaluation;
  if (!r2) return { loss, accuracy };
  const rmse = errorInUnits(evaluation);
  return { loss, r2: meanR2(r2), ...(rmse !== undefined && { rmse }) };
}

/** What a program is told of the classes, by their numbers; nothing where there are none. */
export function classFields({ confusion, precision, recall }: Evaluation) {
  if (recall.length === 0) return {};
  return { ...(confusion.length > 0 && { confusion }), precision, recall };
}

/** What a program is told of the best answer that ignores the inputs. */
export function baselineFields({ loss, accuracy }: Baseline) {
  return Number.isNaN(accuracy) ? { loss } : { loss, accuracy };
}

/** Of more classes than these, those are told of that do worst. */
const MANY_CLASSES = 20;
const WORST = 5;

/** The classes to tell of: all, or of many the worst, by recall and then by precision. */
export function classesToShow({ confusion, precision, recall }: Evaluation): number[] {
  const all = [...recall.keys()];
  if (all.length <= MANY_CLASSES) return all;
  return all
    .filter((label) => confusion.length === 0 || examplesOf(confusion, label) > 0)
    .sort((a, b) => recall[a]! - recall[b]! || precision[a]! - precision[b]!)
    .slice(0, WORST);
}

/**
 * A line for each of the classes to tell of: "class setosa: recall 90.00 %, precision 81.82 %, 10 rows".
 *
 * @param noun what the examples are
 */
export function classLines(
  evaluation: Evaluation,
  noun: string,
  classNames: readonly string[] | undefined,
): string[] {
  const { confusion, precision, recall } = evaluation;
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
