/** Predictions for the rows of a table. */

import type { Inputs, Outputs } from '../../data/dataset.ts';
import type { Network } from '../../index.ts';
import type { SavedModel } from '../files/model-file.ts';
import { printNotes, readTable } from '../files/table-file.ts';
import type { Values } from '../options/flags.ts';
import { EXIT, inputFailure, reason } from '../terminal/failure.ts';
import { indexOfGreatest, numberTexts, shortest } from '../terminal/numbers.ts';
import { oneLine } from '../terminal/safe-text.ts';
import { print, printJson, warn } from '../terminal/terminal.ts';
import { tableOptionsOf } from '../training/held-out.ts';
import { classLabel } from './class-labels.ts';

/**
 * Prints a line for each row of a table: file, row, class and its probability, or the outputs of a
 * network without classes. A row that cannot be read is named on standard error and makes
 * the exit code 1.
 *
 * @param file of the table; undefined: standard input
 * @throws Error that names the file, where all of it is wrong
 */
export async function predictTable(
  model: SavedModel,
  file: string | undefined,
  { json }: Values<'json'>,
): Promise<void> {
  const { network, classNames } = model;
  const { features, outputs } = network;
  const onBadRow = (error: Error) => {
    warn(reason(error));
    process.exitCode = EXIT.failed;
  };
  const options = { ...tableOptionsOf(model), labelled: false, onBadRow };
  const { inputs, rows, records, notes, featureNames } = await readTable(file, options);
  const name = file ?? 'stdin';
  const shown = oneLine(name);
  printNotes(notes, name, false);
  if (rows === 0) return;
  const all = predicted(network, inputs);
  const outputsOf = (i: number) => {
    if (!(all instanceof RangeError)) return all.subarray(i * outputs, (i + 1) * outputs);
    // One of the rows, or more; the others are predicted by themselves.
    const single = predicted(network, inputs.subarray(i * features, (i + 1) * features));
    if (!(single instanceof RangeError)) return single;
    onBadRow(inputFailure(single, `${name}, row ${records[i]}`, featureNames));
    return undefined;
  };
  if (network.output !== 'softmax') {
    for (let i = 0; i < rows; i++) {
      const row = outputsOf(i);
      if (row === undefined) continue;
      if (json) printJson({ file: name, row: records[i], values: [...row] });
      else print([`${shown}:${records[i]}`, ...numberTexts(row)].join('\t'));
    }
    return;
  }
  for (let i = 0; i < rows; i++) {
    const row = outputsOf(i);
    if (row === undefined) continue;
    const probabilities = [...row];
    const best = indexOfGreatest(probabilities);
    const probability = probabilities[best]!;
    if (json) {
      const found = classNames?.[best] ?? best;
      printJson({ file: name, row: records[i], class: found, probabilities });
    } else {
      print(`${shown}:${records[i]}\t${classLabel(best, classNames)}\t${shortest(probability)}`);
    }
  }
}

/** A network's outputs, or the error for an input that it cannot take. */
function predicted(network: Network, inputs: Inputs): Outputs | RangeError {
  try {
    return network.predict(inputs);
  } catch (error) {
    if (error instanceof RangeError) return error;
    throw error;
  }
}
