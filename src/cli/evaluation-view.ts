/** How well a network did on examples it had not learnt, for a reader on a terminal. */

import type { Evaluation } from '../index.ts';
import { count, loss, percent } from './numbers.ts';
import { colors, columns, labelled, print } from './terminal.ts';

/**
 * Prints accuracy and loss, labelled `label`, and the confusion matrix.
 *
 * @param classNames what the classes are called, if they have names
 */
export async function printEvaluation(
  label: string,
  evaluation: Evaluation,
  classNames: readonly string[] | undefined,
): Promise<void> {
  // Loaded here because training can start without it.
  const { confusionTable } = await import('./confusion-table.ts');
  const accuracy = colors.bold(colors.green(percent(evaluation.accuracy)));
  print(
    labelled(
      label,
      `${accuracy} of ${count(evaluation.examples)} read correctly, loss ${loss(evaluation.loss)}`,
    ),
  );
  print();
  print(confusionTable(evaluation, columns(), classNames));
}
