import { expect, it } from 'vitest';
import { columnsSection } from '../../../../src/cli/reports/html/columns.ts';
import { importanceSection } from '../../../../src/cli/reports/html/importance.ts';
import type { ReportData } from '../../../../src/cli/reports/html/report-data.ts';
import { rowsTable } from '../../../../src/cli/reports/html/rows.ts';
import type { Column } from '../../../../src/table/column.ts';

const HOSTILE = '<img src=x onerror="alert(1)">\u202e';
const COLUMNS: Column[] = [
  { name: 'name', number: 1, kind: 'text', role: 'left out', why: HOSTILE, missing: 0 },
  {
    ...{ name: 'age', number: 2, kind: 'number', role: 'input', missing: 1200 },
    values: { numbers: Float64Array.of(22, NaN, 35.5) },
  },
  {
    ...{ name: HOSTILE, number: 3, kind: 'category', role: 'input', missing: 0 },
    values: { codes: Uint32Array.of(1, 2, 1), texts: [HOSTILE, 'male'] },
  },
  { name: 'survived', number: 4, kind: 'number', role: 'label', missing: 2 },
];

function reportOf(columns: readonly Column[]): ReportData {
  const inputs = columns.filter(({ role }) => role === 'input');
  const table = {
    ...{ columns, inputs, labels: columns.filter(({ role }) => role === 'label') },
    rows: 1500,
    records: Uint32Array.of(2, 3, 5),
  };
  const used = inputs.map(({ name, kind }, i) => ({
    name,
    kind,
    first: 2 * i,
    width: 2,
    median: 28,
  }));
  const preprocessing = { columns: used, labels: ['survived'], classes: ['no', 'yes'] };
  const rows = { train: Uint32Array.of(1), test: Uint32Array.of(2, 0) };
  const plan = {
    table: { table, preprocessing, rows, notes: [`label ${HOSTILE}`] },
    output: 'softmax',
  };
  return { plan } as unknown as ReportData;
}

const cellsOf = (text: string) =>
  [...text.matchAll(/<tr><th.*?<\/tr>/g)]
    .slice(1)
    .map(([row]) => [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) => cell!));

it('says of each column what it holds, what it is used as, and how many cells are missing', () => {
  const { text } = columnsSection(reportOf(COLUMNS))!;
  expect(text).toContain('The table has 1,500 rows with a label.');
  const cells = cellsOf(text);
  expect(cells.map((row) => [row[0], row[1], row[3]])).toEqual([
    ['name', 'text', '0'],
    ['age', 'number', '1,200'],
    [expect.stringMatching(/^&lt;img src=x/), 'category', '0'],
    ['survived', 'number', '2'],
  ]);
  expect(cells[0]![2]).toMatch(/^left out/);
  expect(cells[1]![2]).toMatch(/28/);
  expect(cells[3]![2]).toMatch(/^label, 2 classes/);
  expect(text).toContain('<li>label &lt;img src=x onerror=&quot;alert(1)&quot;&gt;\ufffd</li>');
  expect(text).not.toMatch(/<img|\u202e/);
});

it('says how many columns are not shown', () => {
  const many = Array.from({ length: 250 }, (_, i) => ({ ...COLUMNS[1]!, name: `c${i}` }));
  const { text } = columnsSection(reportOf(many))!;
  expect(text).toContain('The first 200 of 250 columns.');
  expect(cellsOf(text)).toHaveLength(200);
});

it('there is no section where the examples are no rows of a table', () => {
  const data = { plan: {} } as unknown as ReportData;
  expect([columnsSection(data), importanceSection(data)]).toEqual([undefined, undefined]);
});

it('shows rows by their number in the file, and their cells as they came', () => {
  const { text } = rowsTable(reportOf(COLUMNS), [0, 1], ['actual'], (example) => [`e${example}`]);
  const rows = [...text.matchAll(/<tr>(<td.*?)<\/tr>/g)].map(([, row]) =>
    [...row!.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell]) => cell!),
  );
  expect(rows.map((row) => row.slice(0, 3))).toEqual([
    ['e0', '5', '35.5'],
    ['e1', '2', '22'],
  ]);
  expect(rows[0]![3]).toMatch(/^&lt;img src=x/);
  expect(text).not.toMatch(/<img|\u202e/);
});

it('has a bar for each column, none for one that the network is better without', () => {
  const worth = (column: string, drop: number, loss: number) => ({ column, drop, std: 0.01, loss });
  const columns = [worth(HOSTILE, 0.2, 1), worth('b', 0.05, 0.2), worth('c', -0.00001, -0.1)];
  const data = { ...reportOf(COLUMNS), importances: { columns, examples: 1000 } };
  const { text } = importanceSection(data)!;
  expect(text).toContain('how much the accuracy on 1,000 held-out examples falls');
  expect(cellsOf(text).map((row) => row.slice(1))).toEqual([
    ['<i style="width: 100%"></i>', '20.00 %', '1.00 %', '1.0000'],
    ['<i style="width: 25%"></i>', '5.00 %', '1.00 %', '0.2000'],
    ['<i style="width: 0%"></i>', '0.00 %', '1.00 %', '-0.1000'],
  ]);
  expect(text).not.toMatch(/<img|\u202e/);
  const linear = { ...data, plan: { ...data.plan, output: 'linear' } } as ReportData;
  expect(cellsOf(importanceSection(linear)!.text)[0]!.slice(2, 4)).toEqual(['0.2000', '0.0100']);
});

it('shows the columns that mattered most of many', () => {
  const columns = Array.from({ length: 60 }, (_, i) => ({
    ...{ column: `c${i}`, drop: 0, std: 0, loss: 0 },
  }));
  const { text } = importanceSection({
    ...reportOf(COLUMNS),
    importances: { columns, examples: 9 },
  })!;
  expect(text).toContain('The 30 of 60 columns that mattered most.');
  expect(cellsOf(text)).toHaveLength(30);
  expect(text).not.toMatch(/NaN/);
});
