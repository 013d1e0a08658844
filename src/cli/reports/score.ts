/** How well a network does, in words and figures: accuracy, or R² and RMSE. */

import type { Evaluation } from '../../index.ts';
import { counted, fixed, loss, percent, significant } from '../terminal/numbers.ts';
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
  const examples = counted(evaluation.examples, noun);
  if (r2) {
    const error = errorInUnits(evaluation);
    const inUnits = error === undefined ? '' : `, RMSE ${significant(error, 4)}`;
    return `${bold(`R² ${fixed(meanR2(r2), 4)}`)} on ${examples}${inUnits}, loss ${loss(evaluation.loss)}`;
  }
  const right = bold(percent(accuracy!));
  const areClasses = evaluation.confusion.length === evaluation.recall.length;
  const what = areClasses
    ? `${right} of ${examples} classified correctly`
    : `${right} binary accuracy on ${examples}`;
  return `${what}, loss ${loss(evaluation.loss)}`;
}

/** " accuracy 92.35 %", where there is one. */
export function accuracyText(accuracy: number | undefined): string {
  return accuracy === undefined ? '' : ` accuracy ${percent(accuracy)}`;
}

/** The fields of an evaluation in JSON; those that do not apply are missing. */
export function scoreFields(evaluation: Evaluation) {
  const { loss, accuracy, r2 } = evaluation;
  if (!r2) return { loss, accuracy };
  const rmse = errorInUnits(evaluation);
  return { loss, r2: meanR2(r2), ...(rmse !== undefined && { rmse }) };
}

/**
 * The fields of an evaluation in JSON that are lists: by class, sigmoid output or number. Empty where
 * there is only one number, whose `scoreFields` say all.
 */
export function listFields({ confusion, confusions, precision, recall, r2, rmse }: Evaluation) {
  if (r2) return r2.length > 1 ? { r2, rmse } : {};
  return { ...(confusions ? { confusions } : { confusion }), precision, recall };
}

/**
 * A line for each of several numbers: "number height: R² 0.9312, RMSE 2.41".
 *
 * @param names of the numbers, if they have any
 */
export function numberLines(
  { r2 = [], rmse = [] }: Evaluation,
  names: readonly string[] | undefined,
): string[] {
  if (r2.length < 2) return [];
  return r2.map(
    (value, j) =>
      `number ${classLabel(j, names)}: R² ${fixed(value, 4)}, RMSE ${significant(rmse[j]!, 4)}`,
  );
}
