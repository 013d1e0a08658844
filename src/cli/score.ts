/** How well a network does, in words: what is right of classes, or how close numbers come. */
import type { Evaluation } from '../index.ts';
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
