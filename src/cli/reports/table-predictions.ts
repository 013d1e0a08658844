/** Predictions for the rows of a table: printed, or written beside them. */

import type { Inputs, Outputs } from '../../data/dataset.ts';
import type { Network } from '../../index.ts';
import { firstRowNotes } from '../../table/columns/notes.ts';
import type { Preprocessing } from '../../table/preprocessing.ts';
import type { SavedModel } from '../files/model-file.ts';
import { printNotes } from '../files/table-file.ts';
import { csvRow, harmlessCell } from '../files/tables/csv-writer.ts';
import { type EncodedRow, readEncodedRows, unseenNote } from '../files/tables/encoded-rows.ts';
import { writeWhole } from '../files/whole-file.ts';
import type { PREDICT_FLAGS, Values, ValuesOf } from '../options/flags.ts';
import { EXIT, inputFailure } from '../terminal/failure.ts';
import { indexOfGreatest, numberTexts, shortest } from '../terminal/numbers.ts';
import { inputName } from '../terminal/option-values.ts';
import { oneLine } from '../terminal/safe-text.ts';
import { print, printJson, warn } from '../terminal/terminal.ts';
import { classLabel } from './class-labels.ts';

type PredictOptions = Values<'header' | 'delimiter' | 'comment' | 'json'> &
  ValuesOf<typeof PREDICT_FLAGS>;

/**
 * Answers each row of a table: with a line of file, row, class and its probability, or the outputs of a
 * network without classes; or in a file, beside its cells. A row that cannot be read is named on standard
 * error and makes the exit code 1.
 *
 * @param path of the table, or - for standard input
 * @throws Error that names the file, where all of it is wrong
 */
export async function predictTable(
  model: SavedModel,
  preprocessing: Preprocessing,
  path: string,
  options: PredictOptions,
): Promise<void> {
  const name = inputName(path);
  let bad = 0;
  const onBadRow = (fault: string) => {
    bad++;
    warn(`${name}, ${fault}`);
    process.exitCode = EXIT.failed;
  };
  const read = await readEncodedRows(path, name, preprocessing, options, onBadRow);
  const { output: file, json } = options;
  const written = file === undefined ? undefined : writtenRows(read, preprocessing, model);
  const take = written?.take ?? (json ? jsonPrinter(name, model) : linePrinter(name, model));
  let [rows, unseen] = [0, 0];
  for await (const batch of read.batches) {
    for (const [i, outputs] of outputsOf(model.network, batch.inputs).entries()) {
      const row = batch.rows[i]!;
      if (outputs instanceof RangeError) {
        onBadRow(inputFailure(outputs, `row ${row.record}`, preprocessing.features).message);
        continue;
      }
      rows++;
      unseen += row.unseen;
      take(row, outputs);
    }
  }
  printNotes([...read.notes, ...firstRowNotes(read.header), ...unseenNote(unseen)], name);
  if (file === undefined || written === undefined) return;
  await writeWhole(file, Buffer.concat(written.chunks()));
  if (json) printJson({ event: 'result', file: name, predictions: file, rows, badRows: bad });
  else print(`predictions: ${oneLine(file)}, ${rows} ${rows === 1 ? 'row' : 'rows'}`);
}

type Take = (row: EncodedRow, outputs: Outputs) => void;

function linePrinter(name: string, { network, classNames }: SavedModel): Take {
  const shown = oneLine(name);
  return ({ record }, outputs) => {
    const best = indexOfGreatest(outputs);
    const answer =
      network.output === 'softmax'
        ? [classLabel(best, classNames), shortest(outputs[best]!)]
        : numberTexts(outputs);
    print([`${shown}:${record}`, ...answer].join('\t'));
  };
}

function jsonPrinter(file: string, { network, classNames }: SavedModel): Take {
  return ({ record, unseen }, outputs) => {
    const best = indexOfGreatest(outputs);
    const answer =
      network.output === 'softmax'
        ? { class: classNames?.[best] ?? best, probabilities: [...outputs] }
        : { values: [...outputs] };
    printJson({ file, row: record, ...answer, ...(unseen > 0 && { unseen }) });
  };
}

/** Rows that are joined before they become bytes: a text can be only so long. */
const ROWS_A_CHUNK = 2 ** 14;

/** The table with the answers beside it, as text. */
function writtenRows(
  { header: { names, delimiter: found }, places }: Awaited<ReturnType<typeof readEncodedRows>>,
  { labels }: Preprocessing,
  { network, classNames }: SavedModel,
) {
  // Blanks between cells align them, which longer rows would not be.
  const delimiter = found === ' ' ? ',' : found;
  const isClass = network.output === 'softmax';
  // As the numbers beside them are written.
  const written = (text: string) => (places.decimal === ',' ? text.replace('.', ',') : text);
  const chunks: Buffer[] = [];
  const lines: string[] = [];
  const flush = () => chunks.push(Buffer.from(lines.splice(0).join('')));
  if (names !== undefined) {
    const label = labels.length === network.outputs || isClass ? labels : [];
    const answers = label.map((name) => `predicted ${name}`);
    const taken = new Set(names);
    const added = [...answers, ...(isClass ? ['probability'] : [])].map((name) => {
      let own = name;
      for (let i = 2; taken.has(own); i++) own = `${name} ${i}`;
      taken.add(own);
      return own;
    });
    lines.push(csvRow([...names, ...added], delimiter));
  }
  return {
    take({ cells }: EncodedRow, outputs: Outputs) {
      const best = indexOfGreatest(outputs);
      const answer = isClass
        ? [harmlessCell(classNames?.[best] ?? String(best)), written(shortest(outputs[best]!))]
        : numberTexts(outputs).map(written);
      lines.push(csvRow([...cells, ...answer], delimiter));
      if (lines.length >= ROWS_A_CHUNK) flush();
    },
    chunks() {
      flush();
      return chunks;
    },
  };
}

/** The outputs of a network for each row, or why it has none. */
function outputsOf(network: Network, inputs: Inputs): (Outputs | RangeError)[] {
  const { features, outputs } = network;
  const all = predicted(network, inputs);
  return Array.from({ length: inputs.length / features }, (_, i) =>
    all instanceof RangeError
      ? // One of the rows, or more; the others are predicted by themselves.
        predicted(network, inputs.subarray(i * features, (i + 1) * features))
      : all.subarray(i * outputs, (i + 1) * outputs),
  );
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
