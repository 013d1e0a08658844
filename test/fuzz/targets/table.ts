/** Tables: the values of their columns are those in the cells. */
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Column } from '../../../src/table/column.ts';
import { Table } from '../../../src/table/table.ts';
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
const MISSING = ['', 'NA', 'n/a', 'NaN', 'null', '?', '-'];

/** What a column may hold. */
const KINDS: readonly ((dice: Dice) => (row: number) => string)[] = [
  (dice) => () => dice.pick(FORMS)(dice.double()),
  (dice) => () => String(dice.between(0, 9)),
  (dice) => () => `$${dice.between(1, 9)},${dice.between(100, 999)}.5`,
  (dice) => () => `${dice.between(1, 9)}%`,
  (dice) => {
    const words = dice.list(dice.small(1, 6), () => wordIn(dice));
    return () => dice.pick(words);
  },
  (dice) => (row) => `${wordIn(dice)}${row}`,
  (dice) => () => `20${dice.between(10, 30)}-0${dice.between(1, 9)}-1${dice.between(0, 9)}`,
  (dice) => () => `${dice.between(1, 28)}/${dice.between(1, 12)}/2012`,
  () => (row) => String(row),
  () => () => 'one',
];

function wordIn(dice: Dice): string {
  return `w${dice.of(WORD).replace(/[",;|\t\r\n#%]/g, '')}`;
}

export const table = filesTarget({
  name: 'table',
  make(dice) {
    const [rows, columns] = [dice.small(1, 30), dice.small(1, 6)];
    const missing = dice.pick([0, 0, 0.2]);
    const cellOf = dice.list(columns + 1, () => dice.pick(KINDS)(dice));
    const cells = dice.list(rows, (row) =>
      cellOf.map((cell) => (dice.chance(missing) ? dice.pick(MISSING) : cell(row))),
    );
    if (dice.chance(0.7)) {
      const first = dice.pick(['feature 0', '', 'id', 'date', '# a']);
      cells.unshift([first, ...dice.list(columns - 1, (i) => `feature ${i + 1}`), 'label']);
    }
    const delimiter = dice.pick([',', ',', ';', '\t', '|']);
    const quoted = dice.pick([0, 0, 0.1, 1]);
    const inQuotes = (cell: string) => dice.chance(quoted) || cell.includes(delimiter);
    const text = cells
      .map((row) => row.map((cell) => (inQuotes(cell) ? `"${cell}"` : cell)).join(delimiter))
      .join(dice.pick(['\n', '\n', '\r\n']));
    const before = dice.pick(['', '', '', '# made\n', '% made\n\n% here\n']);
    const bytes = Buffer.from(
      dice.pick(['', '', '\ufeff']) + before + text + dice.pick(['', '\n']),
    );
    const file = dice.chance(0.1) ? gzipSync(bytes) : bytes;
    // A first row of numbers may be taken for names, and a number before a quote is no number.
    return { files: { 't.csv': file }, valid: undefined };
  },
  read: (files) => Table.read(new Uint8Array(files['t.csv']!), { name: 't.csv' }),
  expected(files, found) {
    const bytes = files['t.csv']!;
    const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const text = textOf(isZipped ? gunzipSync(bytes) : bytes);
    const failures: string[] = [];
    for (const own of withoutComments(text)) {
      for (const delimiter of [',', ';', '\t', '|', ' ']) {
        for (const newline of ['\n', '\r\n', '\r']) {
          try {
            checkTable(recordsOf(own, delimiter, newline), found);
            return found;
          } catch (error) {
            failures.push((error as Error).message);
          }
        }
      }
    }
    throw new Error(`by no delimiter: ${failures.join('; ')}`);
  },
});

/** In the encoding that the first bytes tell; what is not UTF-8 is Windows-1252. */
function textOf(bytes: Uint8Array): string {
  const mark = Buffer.from(bytes.subarray(0, 2)).toString('hex');
  if (mark === 'fffe') return new TextDecoder('utf-16le').decode(bytes);
  if (mark === 'feff') return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const own = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
    const latin = Buffer.from(bytes).toString('latin1');
    return latin.replace(/[\u0080-\u009f]/g, (c) => own[c.charCodeAt(0) - 0x80]!);
  }
}

/** The text, and what it is without comments before the table: all of them, and all but the last. */
function withoutComments(text: string): string[] {
  const [before = ''] = /^(?:[^\S\r\n]*(?:[#%].*)?(?:\r\n?|\n))*/.exec(text) ?? [];
  const lines = before.split(/(?<=\n)|(?<=\r)(?!\n)/);
  const blank = (some: readonly string[]) => some.map((line) => line.replace(/[^\r\n]/g, ''));
  const rest = text.slice(before.length);
  const allButLast = [...blank(lines.slice(0, -1)), ...lines.slice(-1)].join('');
  return [text, blank(lines).join('') + rest, allButLast + rest];
}

/** Cells by RFC 4180, with any delimiter and any line's end; with a blank as the delimiter, any blanks. */
function recordsOf(text: string, delimiter: string, newline: string): string[][] {
  const records: string[][] = [];
  let at = 0;
  const isBlank = (i: number) => /\s/.test(text[i] ?? '') && !text.startsWith(newline, i);
  const skipBlanks = () => {
    while (delimiter === ' ' && isBlank(at)) at++;
  };
  while (at < text.length) {
    const cells: string[] = [];
    skipBlanks();
    for (;;) {
      let cell = '';
      if (text[at] === '"') {
        const [, quoted] = /^"((?:[^"]|"")*)"/.exec(text.slice(at)) ?? [];
        must(quoted !== undefined, 'a quote that is not closed');
        cell = quoted.replaceAll('""', '"');
        at += quoted.length + 2;
        // Blanks may follow a quote, and so may the other end of a line.
        while (delimiter !== ' ' && isBlank(at) && !text.startsWith(delimiter, at)) at++;
      } else {
        const start = at;
        const isEnd = (i: number) => (delimiter === ' ' ? isBlank(i) : text[i] === delimiter);
        while (at < text.length && !isEnd(at) && !text.startsWith(newline, at)) at++;
        cell = text.slice(start, at);
      }
      cells.push(cell);
      if (delimiter === ' ') {
        const end = at;
        skipBlanks();
        if (at === end || at === text.length || text.startsWith(newline, at)) break;
      } else {
        if (!text.startsWith(delimiter, at)) break;
        at++;
      }
    }
    must(at >= text.length || text.startsWith(newline, at), 'something after a quote');
    at += newline.length;
    records.push(cells.map((text) => text.trim()));
  }
  return records;
}

/** @throws Error where a table is not what its cells say */
function checkTable(records: readonly string[][], found: Table): void {
  const { columns, rows, withoutLabel, notes } = found;
  const [, first = '1'] = /^row (\d+) has the names/m.exec(notes.join('\n')) ?? [];
  const numbers = [...found.records];
  must(numbers.length === rows, 'as many records as rows');
  const filled = records.flatMap((cells, i) =>
    (cells.join('') === '' && cells.length === 1) || i + 1 < Number(first) ? [] : [i + 1],
  );
  const isNamed = columns.some(({ name, number }) => name !== `column ${number}`);
  const unread = filled.filter((number) => !numbers.includes(number));
  // A header; or the names of classes that scikit-learn writes.
  must(unread.length - withoutLabel <= 1, 'all rows but the header');
  must(isNamed ? unread.includes(filled[0]!) : true, 'a header');
  for (const column of columns) {
    if (isNamed) checkName(column, records[filled[0]! - 1]!, columns.length);
    const { values } = column;
    if (values === undefined) continue;
    for (const [row, number] of numbers.entries()) {
      const text = records[number - 1]?.[column.number - 1];
      must(text !== undefined, `a cell in row ${number}`);
      if ('codes' in values) checkText(text, values.texts[values.codes[row]! - 1], column);
      else checkNumber(text, values.numbers[row]!, column, found);
    }
  }
}

function checkName({ name, number }: Column, header: readonly string[], width: number): void {
  // R's header has no cell for the rows' names.
  const place = number - 1 - Number(header.length === width - 1);
  const cell = header[place] ?? '';
  const own = place === 0 ? cell.replace(/^[#%]\s+/, '') : cell;
  const written = own || `column ${number}`;
  must(name === written || name.startsWith(`${written}.`), `the name ${name}`);
}

const isMissing = (text: string) =>
  MISSING.some((other) => other.toLowerCase() === text.toLowerCase()) ||
  /^#n\/a$|^<na>$/i.test(text);

function checkText(text: string, found: string | undefined, { role }: Column): void {
  if (found === undefined) must(isMissing(text), `${text} is missing`);
  else must(found === text || (role === 'label' && isNumber(text)), `${found} is ${text}`);
}

const isNumber = (text: string) => /\d/.test(text);

function checkNumber(text: string, value: number, { kind, odd }: Column, { decimal }: Table): void {
  if (Number.isNaN(value)) {
    must(isMissing(text) || odd?.texts.includes(text), `${text} is missing`);
    return;
  }
  if (kind === 'date') {
    const known = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) / 1000 : value;
    must(value === known, `${value} is ${text}`);
    return;
  }
  const digits = text
    .replace('−', '-')
    .replace(decimal === '.' ? /[^-+.\deE]/g : /[^-+,\deE]/g, '');
  must(Object.is(Number(digits.replace(',', '.')), value), `${value} is ${text}`);
}
