/** Recall and precision of the classes as a table: at the edges of the confusion matrix, or in a list. */

import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import type { Evaluation } from '../../index.ts';
import { greatest } from '../terminal/numbers.ts';
import { colors } from '../terminal/terminal.ts';
import { classLabels } from './class-labels.ts';
import { type ClassScores, classesToShow, classScores } from './class-scores.ts';

/** From this fraction of its class's examples on, a confusion is highlighted. */
const NOTABLE = 0.03;

/** Characters of a class's name, ever fewer where there is no room. */
const LENGTHS = [Number.POSITIVE_INFINITY, 20, 12];
/** Where there is least. */
const SHORTEST = 8;
/** Columns that a list does without where there is no room, the first ones first. */
const FIRST_TO_GO = ['most often predicted', 'examples'];

/**
 * Rows are the actual classes, columns the predicted ones. Recall (the fraction of a row
 * that is correct) and precision (the same of a column) are in percent.
 *
 * Where the matrix is wider than `width` characters, each class gets one line that says the same
 * in short; and where there are many, the worst do. Names are cut where it is still too wide. So does
 * each of several sigmoid outputs, which have no matrix.
 *
 * @param names of the classes or outputs. Default: their numbers
 */
export function confusionTable(
  evaluation: Evaluation,
  width: number,
  names?: readonly string[],
): string {
  const classes = classScores(evaluation, names);
  const labelsOf = (longest?: number) => classLabels(classes.scores.length, classes.names, longest);
  const fits = (table: string) => widthOf(table) <= width;
  const [full = [], short = []] = LENGTHS.map(labelsOf);
  // Of 256 classes a matrix would be long to make, and fit no terminal.
  for (const labels of classes.confusion.length > 0 ? [full, short] : []) {
    const least = labels.reduce((sum, label) => sum + label.length, 0);
    const matrix = least <= width ? matrixOf(classes, labels) : undefined;
    if (matrix !== undefined && fits(matrix)) return matrix;
  }
  let list = '';
  for (const gone of [0, 1, 2]) {
    for (const length of gone < 2 ? LENGTHS : [...LENGTHS, SHORTEST]) {
      list = listOf(classes, labelsOf(length), FIRST_TO_GO.slice(0, gone));
      if (fits(list)) return list;
    }
  }
  return list;
}

function matrixOf({ confusion, scores }: ClassScores, labels: string[]): string {
  const table = ruledTable([
    colors.dim('actual'),
    ...labels.map((label) => colors.bold(label)),
    colors.dim('recall'),
  ]);
  for (const [actual, counts] of confusion.entries()) {
    const { examples, recall } = scores[actual]!;
    table.push([
      colors.bold(labels[actual]!),
      ...counts.map((count, predicted) => {
        if (count === 0) return colors.dim('·');
        if (predicted === actual) return colors.green(count);
        return count >= NOTABLE * examples ? colors.red(count) : count;
      }),
      points(recall),
    ]);
  }
  table.push([colors.dim('precision'), ...scores.map(({ precision }) => points(precision)), '']);
  const matrix = table.toString().trimEnd();
  const title = 'predicted';
  return `${colors.dim(title.padStart((widthOf(matrix) + title.length) / 2))}\n${matrix}`;
}

/** @param without titles of columns that there is no room for */
function listOf(classes: ClassScores, labels: string[], without: readonly string[]): string {
  const { confusion, scores } = classes;
  const shown = classesToShow(classes);
  const rows = shown.map((actual) => {
    const { examples, recall, precision } = scores[actual]!;
    const cells = {
      class: colors.bold(labels[actual]!),
      examples,
      recall: points(recall),
      precision: points(precision),
    };
    const counts = confusion[actual];
    if (counts === undefined) return cells;
    const wrong = counts.map((count, predicted) => (predicted === actual ? 0 : count));
    const most = greatest(wrong);
    const taken = most === 0 ? colors.dim('·') : `${labels[wrong.indexOf(most)]} (${most})`;
    return { ...cells, 'most often predicted': taken };
  });
  const titles = Object.keys(rows[0]!).filter((title) => !without.includes(title));
  const table = ruledTable(titles.map((title) => colors.dim(title)));
  for (const row of rows) table.push(titles.map((title) => row[title as keyof typeof row]));
  const worst = `  the ${shown.length} worst of ${labels.length} classes`;
  return `${shown.length < labels.length ? `${colors.dim(worst)}\n` : ''}${table}`;
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

/** A fraction in percent without the sign: 0.9351 → 93.5. */
function points(fraction: number): string {
  return colors.dim((fraction * 100).toFixed(1));
}

function widthOf(table: string): number {
  return greatest(table.split('\n').map((line) => stripVTControlCharacters(line).length));
}
