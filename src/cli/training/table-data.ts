/** The rows of a table as examples: to train on, to hold out, and to evaluate a model on. */

import { createHash } from 'node:crypto';
import { describe, outOfRange } from '../../base/arguments.ts';
import { splitRows, tenthsOf } from '../../data/split.ts';
import { Dataset, type Network } from '../../index.ts';
import { classesRecord } from '../../model/model.ts';
import { firstRowNotes } from '../../table/columns/notes.ts';
import { Faults } from '../../table/faults.ts';
import { Preprocessing } from '../../table/preprocessing.ts';
import type { Table } from '../../table/table.ts';
import { nounOf, type Reading, type Source } from '../files/formats.ts';
import { type SavedModel, withClasses } from '../files/model-file.ts';
import { readTable } from '../files/table-file.ts';
import { type RowFlags, readEncodedRows, unseenNote } from '../files/tables/encoded-rows.ts';
import { reason, UsageError, withFlags } from '../terminal/failure.ts';
import { DEFAULTS, inputName } from '../terminal/option-values.ts';
import { isDigestOf } from './digest.ts';
import { checkSplit, recordedSplit } from './split.ts';
import type { TableParts, TestData, TrainingData } from './training-data.ts';

/** Rows whose inputs are made at the same time, to hash them. */
const ROWS_AT_ONCE = 2 ** 14;

/**
 * The rows to train on and those to hold out. what turns them into numbers is fitted to the first ones.
 *
 * @throws UsageError where the fraction leaves one of the parts empty; Error that names the table, and its
 *   rows and columns
 */
export async function tableTrainingData(
  path: string,
  source: Source,
  testSplit: number | undefined,
  seed: number,
  { table: options, output }: Reading,
): Promise<TrainingData> {
  const table = await readTable(path, { ...options, output });
  const fraction = testSplit ?? DEFAULTS.testSplit;
  checkSplit(fraction, table.rows, nounOf(source));
  const rows = dividedRows(table, fraction, seed);
  const preprocessing = Preprocessing.fit(table, rows.train);
  const digest = digestOfRows(preprocessing, table);
  return {
    train: preprocessing.dataset(table, rows.train),
    heldOut: preprocessing.dataset(table, rows.test),
    source,
    shape: undefined,
    output: preprocessing.output,
    normalize: preprocessing.normalization,
    table: { table, preprocessing, rows, notes: notesOf(table, preprocessing, rows.test) },
    hasDigest: (other) => other === digest,
    record: {
      data: source.data,
      ...preprocessing.metadata,
      'test-split': String(fraction),
      seed: String(seed),
      'data-sha256': digest,
    },
  };
}

/** What whoever trains on a table should know. */
function notesOf(table: Table, preprocessing: Preprocessing, heldOut: Uint32Array): string[] {
  const unseen = preprocessing
    .unseen(table, heldOut)
    .map(({ name, cells }) => ({ text: `column ${describe(name)}`, cells }));
  return [
    ...[...table.notes, ...preprocessing.notes].map(withFlags),
    ...unseen.map(
      ({ text, cells }) =>
        `${text}: ${cells} held-out ${cells === 1 ? 'cell has a category' : 'cells have a category'} that does not occur in training`,
    ),
  ];
}

/** @throws UsageError where too few rows share their class with others */
function dividedRows(table: Table, test: number, seed: number): TableParts['rows'] {
  try {
    return table.split({ test, seed });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const { name } = table.columns.find(({ role }) => role === 'label')!;
    const where = `${table.name}: --test-split ${test} leaves no row to hold out`;
    const why = `rows that are the only ones of their class are trained on, and the classes are those of column ${describe(name)}`;
    throw new UsageError(`${where}: ${why}; --label names another`, { cause: error });
  }
}

/** The digest of all rows as examples, without having all of them at the same time. */
function digestOfRows(preprocessing: Preprocessing, table: Table): string {
  const hash = createHash('sha256');
  const expected: Uint8Array[] = [];
  for (let at = 0; at < table.rows; at += ROWS_AT_ONCE) {
    const length = Math.min(ROWS_AT_ONCE, table.rows - at);
    const part = preprocessing.dataset(
      table,
      Uint32Array.from({ length }, (_, i) => at + i),
    );
    hash.update(part.inputs);
    expected.push(bytesOf(part));
  }
  for (const bytes of expected) hash.update(bytes);
  return hash.digest('hex');
}

function bytesOf({ labels, targets }: Dataset): Uint8Array {
  return targets ? new Uint8Array(targets.buffer, targets.byteOffset, targets.byteLength) : labels;
}

/**
 * The rows of a table to evaluate a model on: those that were held out when it was trained on the same
 * table, or else all that have a label.
 *
 * @throws Error that names the table, and its rows and columns
 */
export async function tableTestData(
  path: string,
  source: Source,
  { network, preprocessing = numbersFor(network) }: SavedModel,
  flags: RowFlags,
): Promise<TestData> {
  const name = inputName(path);
  const faults = new Faults();
  const onBadRow = (fault: string) => faults.addText(fault);
  const read = await readEncodedRows(path, name, preprocessing, flags, onBadRow);
  const { labels: names, classes, features } = preprocessing;
  if (read.places.labels === undefined) {
    const found = `no label column ${names.map((name) => describe(name)).join(', ')}`;
    throw outOfRange(name, found, 'the labels to compare the answers with');
  }
  const width = classes ? 1 : names.length;
  const parts: { inputs: Float64Array; labels: Uint8Array | Float64Array }[] = [];
  const records: number[] = [];
  let [unseen, unlabelled] = [0, 0];
  for await (const { rows, inputs } of read.batches) {
    const labels = new (classes ? Uint8Array : Float64Array)(rows.length * width);
    let kept = 0;
    for (const [i, row] of rows.entries()) {
      try {
        if (!preprocessing.encodeLabels(row.cells, read.places, labels, kept * width)) {
          unlabelled++;
          continue;
        }
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        onBadRow(`row ${row.record}, ${reason(error)}`);
        continue;
      }
      inputs.copyWithin(kept * features.length, i * features.length, (i + 1) * features.length);
      records.push(row.record);
      unseen += row.unseen;
      kept++;
    }
    parts.push({
      inputs: inputs.subarray(0, kept * features.length),
      labels: labels.subarray(0, kept * width),
    });
  }
  faults.check(name);
  if (records.length === 0) throw outOfRange(name, 'no row with a label', 'at least one');
  const inputs = joined(
    Float64Array,
    parts.map((part) => part.inputs),
  );
  const all = classes
    ? Dataset.from({
        inputs,
        labels: joined(
          Uint8Array,
          parts.map((part) => part.labels),
        ),
        ...{ classes: classes.length, classNames: classes },
      })
    : Dataset.from({
        inputs,
        targets: joined(
          Float64Array,
          parts.map((part) => part.labels),
        ),
        outputs: names.length,
      });
  const recorded = recordedSplit(network.metadata, source);
  const isSame = recorded !== undefined && isDigestOf(network.metadata['data-sha256'], all);
  const held = isSame
    ? splitRows(strataOf(all, network.metadata), all.length, recorded.test, recorded.seed).test
    : undefined;
  const without =
    unlabelled === 1 ? '1 row without a label is' : `${unlabelled} rows without a label are`;
  return {
    examples: held ? all.subset(held) : all,
    source,
    part: held ? 'held out' : 'all',
    notes: [
      ...read.notes,
      ...firstRowNotes(read.header),
      ...(unlabelled > 0 ? [`${without} left out`] : []),
      ...unseenNote(unseen),
    ],
    placeOf: (example) => `row ${records[held ? held[example]! : example]}`,
  };
}

/** Of which rows as many were held out; releases that wrote no `table` did not mind how large a number is. */
function strataOf({ labels, targets, outputs }: Dataset, { table }: Network['metadata']) {
  if (targets === undefined) return labels;
  return outputs === 1 && table !== undefined ? tenthsOf(targets) : undefined;
}

/** What makes inputs of a table's numbers for a model that was trained on something else. */
function numbersFor({ features, outputs, output, classNames }: Network): Preprocessing {
  const metadata = { data: 'table', label: 'label', ...classesRecord(classNames) };
  return Preprocessing.of(withClasses({ features, outputs, output, metadata }))!;
}

function joined<T extends Uint8Array | Float64Array>(
  type: new (length: number) => T,
  parts: readonly (Uint8Array | Float64Array)[],
): T {
  const all = new type(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
