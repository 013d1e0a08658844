/** The confusion matrix as a table, with recall and precision at its edges. */

import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import type { Evaluation } from '../index.ts';
import { classLabels } from './class-labels.ts';
import { colors } from './terminal.ts';

/** From this share of its class's examples on, a confusion is pointed out. */
const NOTABLE = 0.03;

/**
 * Rows are what the examples are, columns what they were taken for. Recall (the share of a row
 * that is right) and precision (the share of a column that is right) are in percent.
 *
 * Where the matrix is wider than `width` characters, each class gets one line that says the same
 * in short.
 *
 * @param classNames what the classes are called; numbers where they are left out
 */
export function confusionTable(
  evaluation: Evaluation,
  width: number,
  classNames?: readonly string[],
): string {
  const labels = classLabels(evaluation.confusion.length, classNames);
  const matrix = matrixOf(evaluation, labels);
  return widthOf(matrix) <= width ? matrix : listOf(evaluation, labels);
}

function matrixOf({ confusion, precision, recall }: Evaluation, labels: string[]): string {
  const table = ruledTable([
    colors.dim('actual'),
    ...labels.map((label) => colors.bold(label)),
    colors.dim('recall'),
  ]);
  for (const [actual, counts] of confusion.entries()) {
    const examples = total(counts);
    table.push([
      colors.bold(labels[actual]!),
      ...counts.map((count, predicted) => {
        if (count === 0) return colors.dim('·');
        if (predicted === actual) return colors.green(count);
        return count >= NOTABLE * examples ? colors.red(count) : count;
      }),
      points(recall[actual]!),
    ]);
  }
  table.push([colors.dim('precision'), ...precision.map(points), '']);
  const matrix = table.toString().trimEnd();
  const title = 'taken for';
  return `${colors.dim(title.padStart((widthOf(matrix) + title.length) / 2))}\n${matrix}`;
}

function listOf({ confusion, precision, recall }: Evaluation, labels: string[]): string {
  const table = ruledTable(
    ['class', 'examples', 'recall', 'precision', 'most often taken for'].map((title) =>
      colors.dim(title),
    ),
  );
  for (const [actual, counts] of confusion.entries()) {
    const wrong = counts.map((count, predicted) => (predicted === actual ? 0 : count));
    const most = Math.max(...wrong);
    table.push([
      colors.bold(labels[actual]!),
      total(counts),
      points(recall[actual]!),
      points(precision[actual]!),
      most === 0 ? colors.dim('·') : `${labels[wrong.indexOf(most)]} (${most})`,
    ]);
  }
  return table.toString();
}

/** A table with right-aligned columns, a rule under its head and no other lines. */
function ruledTable(head: string[]): Table.GenericTable<Table.Cell[]> {
  const rule = colors.dim('─');
  const margin = { left: '  ', 'left-mid': '  ' };
  const between = { middle: '  ', mid: rule, 'mid-mid': rule.repeat(2) };
  const frame = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    right: '',
    'right-mid': '',
  };
  return new Table({
    chars: { ...frame, ...margin, ...between },
    style: { 'padding-left': 0, 'padding-right': 0, compact: true, head: [], border: [] },
    colAligns: head.map(() => 'right'),
    head,
  }) as Table.GenericTable<Table.Cell[]>;
}

/** A share in percent without the sign: 0.9351 → 93.5. */
function points(share: number): string {
  return colors.dim((share * 100).toFixed(1));
}

function widthOf(table: string): number {
  return Math.max(...table.split('\n').map((line) => stripVTControlCharacters(line).length));
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
