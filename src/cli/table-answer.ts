/** What a network that was trained on a table says of the rows of another. */

import { classLabel } from './class-labels.ts';
import { readTable } from './csv-file.ts';
import { EXIT, reason } from './failure.ts';
import type { SavedModel } from './model-file.ts';
import { numberTexts, shortest } from './numbers.ts';
import { oneLine } from './safe-text.ts';
import { tableOptionsOf } from './source.ts';
import { printNotes } from './table-advice.ts';
import { print, printJson, warn } from './terminal.ts';

/**
 * Prints a line for each row of a table: file, row, class and its probability, or the numbers that a
 * network tells which has no classes. A row that cannot be read is named on standard error and makes
 * the exit code 1.
 *
 * @param file of the table; undefined: standard input
 * @throws Error that names the file, where all of it is wrong
 */
export async function answerTable(
  model: SavedModel,
  file: string | undefined,
  { json }: { json?: true },
): Promise<void> {
  const { network, classNames } = model;
  const { layers } = network;
  const onBadRow = (error: Error) => {
    warn(reason(error));
    process.exitCode = EXIT.failed;
  };
  const options = { ...tableOptionsOf(model), labelled: false, onBadRow };
  const { inputs, rows, records, notes } = await readTable(file, options);
  const name = file ?? 'stdin';
  const shown = oneLine(name);
  printNotes(notes, name, false);
  if (rows === 0) return;
  const answers = network.predict(inputs);
  const classes = layers.at(-1)!;
  if (network.output !== 'softmax') {
    for (let i = 0; i < rows; i++) {
      const row = answers.subarray(i * classes, (i + 1) * classes);
      if (json) printJson({ file: name, row: records[i], values: [...row] });
      else print([`${shown}:${records[i]}`, ...numberTexts(row)].join('\t'));
    }
    return;
  }
  for (let i = 0; i < rows; i++) {
    const probabilities = [...answers.subarray(i * classes, (i + 1) * classes)];
    // As many as anyone's model has, so they are no arguments.
    const probability = probabilities.reduce((most, other) => Math.max(most, other));
    const best = probabilities.indexOf(probability);
    if (json) {
      const answer = classNames?.[best] ?? best;
      printJson({ file: name, row: records[i], class: answer, probabilities });
    } else {
      print(`${shown}:${records[i]}\t${classLabel(best, classNames)}\t${shortest(probability)}`);
    }
  }
}
