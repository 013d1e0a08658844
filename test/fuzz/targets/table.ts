/** CSV and TSV files: the numbers and the labels are those in the cells. */
import { join } from 'node:path';
import fc from 'fast-check';
import { readTable } from '../../../src/cli/files/table-file.ts';
import type { Table } from '../../../src/data/table.ts';
import type { Dice } from '../dice.ts';
import { filesTarget, must } from '../files.ts';

/** Ways to write a number that all mean the same. */
const FORMS: readonly ((value: number) => string)[] = [
  String,
  String,
  (value) => value.toExponential(),
  (value) => (value >= 0 ? `+${value}` : String(value)),
  (value) => ` ${value} `,
];

const WORD = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });

/** Cells of one kind for a column of labels. */
function labels(dice: Dice, rows: number): string[] {
  const classes = dice.list(
    dice.small(1, 6),
    (i) => `${dice.of(WORD).replace(/[",;|\t\r\n#%]/g, '')}x${i}`,
  );
  const kind = dice.pick(['words', 'whole', 'numbers']);
  return dice.list(rows, () => {
    if (kind === 'words') return dice.pick(classes);
    return kind === 'whole' ? String(dice.between(0, 9)) : String(dice.double());
  });
}

export const table = filesTarget({
  name: 'table',
  onDisk: true,
  make(dice) {
    const [rows, columns] = [dice.small(1, 30), dice.small(1, 6)];
    const answers = labels(dice, rows);
    const cells = dice.list(rows, (i) => [
      ...dice.list(columns, () => dice.pick(FORMS)(dice.double())),
      answers[i]!,
    ]);
    if (dice.chance(0.5)) cells.unshift([...dice.list(columns, (i) => `feature ${i}`), 'label']);
    const delimiter = dice.pick([',', ',', ';', '\t', '|']);
    const quoted = dice.pick([0, 0, 0.1, 1]);
    const text = cells
      .map((row) => row.map((cell) => (dice.chance(quoted) ? `"${cell}"` : cell)).join(delimiter))
      .join(dice.pick(['\n', '\n', '\r\n']));
    const name = delimiter === '\t' ? dice.pick(['t.tsv', 't.csv']) : 't.csv';
    const file = Buffer.from(dice.pick(['', '', '\ufeff']) + text + dice.pick(['', '\n']));
    // A first row of numbers may be taken for names, and a number before a quote is no number.
    return { files: { [name]: file }, valid: undefined };
  },
  read: (files, folder) => readTable(join(folder, Object.keys(files)[0]!), {}),
  expected(files, found) {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Object.values(files)[0]);
    const failures: string[] = [];
    for (const delimiter of [',', ';', '\t', '|', '\x1e', '\x1f']) {
      for (const newline of ['\n', '\r\n', '\r']) {
        try {
          checkTable(recordsOf(text, delimiter, newline), found);
          return found;
        } catch (error) {
          failures.push((error as Error).message);
        }
      }
    }
    throw new Error(`by no delimiter: ${failures.join('; ')}`);
  },
});

/** Cells by RFC 4180, with any delimiter and any line's end. */
function recordsOf(text: string, delimiter: string, newline: string): string[][] {
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const cells: string[] = [];
    for (;;) {
      let cell = '';
      if (text[at] === '"') {
        const [, quoted] = /^"((?:[^"]|"")*)"/.exec(text.slice(at)) ?? [];
        must(quoted !== undefined, 'a quote that is not closed');
        cell = quoted.replaceAll('""', '"');
        at += quoted.length + 2;
        // Blanks may follow a quote, and so may the other end of a line.
        while (
          /\s/.test(text[at] ?? '') &&
          !text.startsWith(delimiter, at) &&
          !text.startsWith(newline, at)
        )
          at++;
      } else {
        const ends = [text.indexOf(delimiter, at), text.indexOf(newline, at)].filter((i) => i >= 0);
        const end = Math.min(text.length, ...ends);
        cell = text.slice(at, end);
        at = end;
      }
      cells.push(cell);
      if (!text.startsWith(delimiter, at)) break;
      at += delimiter.length;
    }
    must(at >= text.length || text.startsWith(newline, at), 'something after a quote');
    at += newline.length;
    records.push(cells);
  }
  return records;
}

/** @throws Error where a table is not what its cells say */
function checkTable(records: readonly string[][], found: Table): void {
  const { inputs, rows, featureNames, label, notes } = found;
  const numbers = found.records;
  const unused = notes.flatMap(({ kind, column }) =>
    kind.startsWith('row ') && column ? [column - 1] : [],
  );
  const features = inputs.length / rows;
  const width = features + 1 + unused.length;
  const filled = records.flatMap((cells, i) =>
    cells.length === 1 && cells[0]!.trim() === '' ? [] : [{ cells, number: i + 1 }],
  );
  const names = featureNames && filled.shift()!.cells.map((cell) => cell.trim());
  // R's header has no cell for the rows' names, and some rows end with a delimiter.
  if (names && names.length === width - 1) names.unshift('');
  must(filled.length === rows, `${filled.length} rows`);
  const labelColumn = names ? names.indexOf(label!) : Number(label) - 1;
  const unnamed =
    names && labelColumn < 0 ? Number(/^column (\d+)$/.exec(label!)?.[1]) - 1 : labelColumn;
  const { classes, classNames, numbers: values } = found.labels!;
  for (const [row, { cells, number }] of filled.entries()) {
    must(numbers[row] === number, `row ${number}`);
    const isWhole =
      cells.length === width || (cells.length === width + 1 && cells[width]!.trim() === '');
    must(isWhole, `${cells.length} cells`);
    const own = cells.slice(0, width);
    const numbersOfRow = own.flatMap((cell, i) =>
      i === unnamed || unused.includes(i) ? [] : [Number(cell)],
    );
    const theirs = inputs.subarray(row * features, (row + 1) * features);
    must(numbersOfRow.length === features, 'as many inputs');
    must(
      numbersOfRow.every((value, i) => Object.is(value, theirs[i])),
      `inputs of row ${number}`,
    );
    const text = own[unnamed]!.trim();
    must(text !== '', 'no label');
    if (classes) {
      const name = classNames[classes[row]!]!;
      must(name === text || Number(name) === Number(text), `label of row ${number}`);
    }
    if (values) must(Object.is(values[row], Number(text)), `number of row ${number}`);
  }
}
