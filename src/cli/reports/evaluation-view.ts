/** How well a network did on held-out examples, for a reader on a terminal. */

import type { Evaluation } from '../../index.ts';
import { colors, columns, labelled, print } from '../terminal/terminal.ts';
import { score } from './score.ts';

/**
 * Prints accuracy or R² and loss, labelled `label`, and the confusion matrix where there is one.
 *
 * @param classNames what the classes are called, if they have names
 */
export async function printEvaluation(
  label: string,
  evaluation: Evaluation,
  classNames: readonly string[] | undefined,
): Promise<void> {
  const bold = (text: string) => colors.bold(colors.green(text));
  print(labelled(label, score(evaluation, '', bold)));
  if (evaluation.confusion.length === 0) return;
  // Loaded here because training can start without it.
  const { confusionTable } = await import('./confusion-table.ts');
  print();
  print(confusionTable(evaluation, columns(), classNames));
}
