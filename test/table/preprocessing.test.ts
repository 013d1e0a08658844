/** What becomes of a table's cells, and what the answers are. */
import { describe, expect, it, test } from 'vitest';
import { Network } from '../../src/network/network.ts';
import { type Answer, Preprocessing } from '../../src/table/preprocessing.ts';
import { Table } from '../../src/table/table.ts';
import { dates, numbers, tableOf, texts } from './tables.ts';

const NONE = Number.NaN;

/** Six rows, of which the last two are held out. */
const people = () =>
  tableOf({
    age: numbers(20, NONE, 40, 60, NONE, 10),
    sex: texts('male', 'female', 'female', 'male', 'other', ''),
    town: texts('b', '', 'a', 'b', 'a', ''),
    seen: {
      kind: 'date',
      ...dates('2024-01-31', '2024-02-01', '', '2024-02-07', '2024-03-01', ''),
    },
    lives: texts('yes', 'no', 'no', 'yes', 'no', 'yes'),
  });
const TRAIN = Uint32Array.of(0, 1, 2, 3);
const HELD = Uint32Array.of(4, 5);
const seconds = (text: string) => Date.parse(text) / 1000;

describe('the inputs of a table', () => {
  const preprocessing = Preprocessing.fit(people(), TRAIN);

  it('have names', () => {
    expect(preprocessing.features).toEqual([
      ...['age', 'age missing', 'sex = female', 'sex = male', 'town = a', 'town = b'],
      ...['town missing', 'seen', 'seen missing', 'seen in Jan', 'seen in Feb'],
      ...['seen on Wed', 'seen on Thu'],
    ]);
    expect(preprocessing.columns.map(({ name, first, width }) => [name, first, width])).toEqual([
      ['age', 0, 2],
      ['sex', 2, 2],
      ['town', 4, 3],
      ['seen', 7, 6],
    ]);
  });

  it('are what the training rows teach', () => {
    const { inputs, labels, classNames } = preprocessing.dataset(people(), TRAIN);
    const width = preprocessing.features.length;
    const rows = [...TRAIN].map((row) => [...inputs.slice(row * width, (row + 1) * width)]);
    const [first, second, , fourth] = ['2024-01-31', '2024-02-01', '', '2024-02-07'].map(seconds);
    expect(rows).toEqual([
      [20, 0, 0, 1, 0, 1, 0, first, 0, 1, 0, 1, 0],
      [40, 1, 1, 0, 0, 0, 1, second, 0, 0, 1, 0, 1],
      [40, 0, 1, 0, 1, 0, 0, second, 1, 0, 0, 0, 0],
      [60, 0, 0, 1, 0, 1, 0, fourth, 0, 0, 1, 1, 0],
    ]);
    expect(labels).toEqual(Uint8Array.of(1, 0, 0, 1));
    expect(classNames).toEqual(['no', 'yes']);
  });

  it('of other rows have zeros for what is new, and it is counted', () => {
    const { inputs } = preprocessing.dataset(people(), HELD);
    expect([...inputs.slice(2, 4)]).toEqual([0, 0]);
    expect([...inputs.slice(13)]).toEqual([
      ...[10, 0, 0, 0, 0, 0, 1, seconds('2024-02-01'), 1, 0, 0, 0, 0],
    ]);
    expect(preprocessing.unseen(people(), HELD)).toEqual([{ name: 'sex', cells: 1 }]);
    expect(preprocessing.unseen(people(), TRAIN)).toEqual([]);
  });

  it('are standardised where they are numbers or dates', () => {
    const { mean, std } = preprocessing.normalization!.inputs!;
    expect(mean[0]).toBe(40);
    expect(std[0]).toBe(Math.sqrt(200));
    expect([...mean.slice(1, 7), ...mean.slice(8)]).toEqual(Array(12 - 1).fill(0));
    expect([...std.slice(1, 7), ...std.slice(8)]).toEqual(Array(12 - 1).fill(1));
    expect(mean[7]).toBe(
      ['2024-01-31', '2024-02-01', '2024-02-01', '2024-02-07'].reduce(
        (sum, text) => sum + seconds(text) / 4,
        0,
      ),
    );
    expect(preprocessing.normalization?.targets).toBeUndefined();
  });

  it('are the same of text cells, and of rows as objects', () => {
    const names = ['id', 'lives', 'seen', 'town', 'sex', 'age'];
    const places = preprocessing.places('new.csv', names, 6, 0);
    expect(places).toEqual({ inputs: [5, 4, 3, 2], labels: [1] });
    const cells = ['7', 'yes', ' 2024-02-07T00:00Z', 'b', 'male ', '6e1'];
    const to = new Float64Array(13).fill(9);
    expect(preprocessing.encode(cells, places, to, 0)).toBe(0);
    const known = preprocessing.dataset(people(), Uint32Array.of(3)).inputs;
    expect(to).toEqual(known);
    const row = { age: 60, sex: 'male', town: 'b', seen: new Date('2024-02-07') };
    expect(preprocessing.inputs([row])).toEqual(known);
    expect(preprocessing.inputs([{ ...row, age: '60', seen: '2024-02-07' }])).toEqual(known);
    const none = preprocessing.inputs([{}]);
    expect(none).toEqual(preprocessing.inputs([{ age: null, sex: '', town: NONE, seen: 'NA' }]));
    expect([...none.slice(0, 7)]).toEqual([40, 1, 0, 0, 0, 0, 1]);
  });

  it('come back from the metadata of a model', async () => {
    const dataset = preprocessing.dataset(people(), TRAIN);
    const { normalization, metadata, classes } = preprocessing;
    const layers = [13, 4, 2];
    const network = await Network.create({
      layers,
      normalize: normalization!,
      classNames: classes,
    });
    await network.fit(dataset, { epochs: 2 });
    const loaded = await Network.load(network.save({ metadata }));
    const again = Preprocessing.of(loaded)!;
    expect(again.columns).toEqual(preprocessing.columns);
    expect(again.metadata).toEqual(metadata);
    const row = { age: 33, sex: 'unseen', seen: '2025-01-01' };
    expect(again.inputs([row])).toEqual(preprocessing.inputs([row]));
    const [answer] = again.answers(loaded.predict(again.inputs([row])));
    const [told] = preprocessing.answers(network.predict(preprocessing.inputs([row])));
    expect(answer).toEqual(told);
    const { class: name, probabilities } = answer as Extract<Answer, { class: string }>;
    expect(classes).toContain(name);
    expect(probabilities).toHaveLength(2);
  });
});

test('numbers to predict are targets, whose mean and standard deviation the network has', () => {
  const table = tableOf({ x: numbers(1, 2, 3, 4), y: numbers(1e9, 1e9 + 2, 5, 5) }, 'linear');
  const preprocessing = Preprocessing.fit(table, Uint32Array.of(0, 1));
  expect(preprocessing.normalization?.targets).toEqual({
    mean: Float64Array.of(1e9 + 1),
    std: Float64Array.of(1),
  });
  const { targets, classNames } = preprocessing.dataset(table, Uint32Array.of(1, 2));
  expect(targets).toEqual(Float64Array.of(1e9 + 2, 5));
  expect(classNames).toEqual(['y']);
  expect(preprocessing.answers(Float64Array.of(7, 8))).toEqual([
    { values: { y: 7 } },
    { values: { y: 8 } },
  ]);
});

describe('what a table was read as', () => {
  const csv = (rows: string[]) => ['share;price;when;y', ...rows].join('\n');
  const rows = ['5,5 %;1.000;31.01.2024;2,5', '6,5 %;2.500;01.02.2024;3,5', '7 %;n/a;;4'];

  it('is how other cells are read: decimal commas, thousands, units, days first', async () => {
    const table = await Table.read(csv([...rows, ...rows, ...rows]), { output: 'linear' });
    const preprocessing = Preprocessing.fit(table);
    const again = Preprocessing.of({ metadata: preprocessing.metadata })!;
    expect(again.columns).toEqual(preprocessing.columns);
    const row = { share: '1.005,5', price: '1.500', when: '02.01.2024' };
    const inputs = again.inputs([row]);
    const inputNamed = (name: string) => inputs[again.features.indexOf(name)];
    expect(['share', 'price', 'when'].map(inputNamed)).toEqual([
      1005.5,
      1500,
      seconds('2024-01-02'),
    ]);
    const to = new Float64Array(again.features.length);
    const places = again.places('new.csv', ['when', 'price', 'share'], 3, 0);
    expect(() => again.encode(['', '5 %', '5'], places, to, 0)).toThrow(
      'column 2 ("price"): found "5 %", expected a number',
    );
    expect(again.encode(['', '5', '5'], places, to, 0)).toBe(0);
  });
});

describe('another table', () => {
  const HEADER = 'when,code,share,grade,y';
  const ROWS = ['31/01/2024,007,5 %,+,1', '05/04/2024,007,6.5 %,-,2', '01/02/2024,010,n.d.,-,3'];
  const csv = (rows: readonly string[]) => [HEADER, ...rows].join('\n');
  const read = (rows: readonly string[], categorical = ['code']) =>
    Table.read(csv(rows), { name: 'new.csv', output: 'linear', categorical });
  const many = [...Array(10).fill(ROWS[0]), ...Array(10).fill(ROWS[1]), ROWS[2]];

  it('means what the table that was trained on would mean by the same cells', async () => {
    const preprocessing = Preprocessing.fit(await read(many));
    expect(preprocessing.columns.map(({ kind }) => kind)).toEqual([
      ...['date', 'category', 'number', 'category'],
    ]);
    // By themselves the dates are months first, the shares plain numbers, and a minus is a missing cell.
    const rows = ['05/04/2024,010,6.5 %,-,1', '01/02/2024,007,n.d.,-,2', '02/03/2024,007,7,-,3'];
    const cells = (row: string) => row.split(',');
    const objects = rows.map((row) =>
      Object.fromEntries(HEADER.split(',').map((name, i) => [name, cells(row)[i]!])),
    );
    const { inputs } = preprocessing.dataset(await read(rows));
    expect(inputs).toEqual(preprocessing.inputs(objects));
    expect(inputs[0]).toBe(seconds('2024-04-05'));
    expect(preprocessing.unseen(await read(rows))).toEqual([]);
  });

  it('is refused where its cells no longer say what they were', async () => {
    const preprocessing = Preprocessing.fit(await read(many));
    await expect(async () => preprocessing.dataset(await read(many, []))).rejects.toThrow(
      'new.csv, column 2 ("code"): found numbers, expected categories such as "007"; the option ' +
        'categorical reads them',
    );
    const other = many.map((row, i) => row.replace(/[\d.]+ %|n\.d\./, `$${i}`));
    await expect(async () => preprocessing.dataset(await read(other))).rejects.toThrow(
      'new.csv, row 2, column 3 ("share"): found "$0", expected a number',
    );
  });
});

describe('the decimal mark', () => {
  const read = (rows: string, given = {}) =>
    Table.read(`x;y\n${rows}`, { name: 'new.csv', delimiter: ';', output: 'linear', ...given });
  const POINTS = '1.25;1.5\n2.5;2\n0.5;3\n';
  const inputsIn = async (trained: string, rows: readonly string[][]) => {
    const preprocessing = Preprocessing.fit(await read(trained));
    const found = preprocessing.withDecimal(preprocessing.places('f', ['x'], 1, 0), rows);
    return rows.map((cells) => {
      const to = new Float64Array(1);
      preprocessing.encode(cells, found, to, 0);
      return to[0];
    });
  };

  it('is that of the file, where its first rows say it', async () => {
    expect(await inputsIn(POINTS, [['1,234'], ['0,5']])).toEqual([1.234, 0.5]);
    expect(await inputsIn(POINTS.replaceAll('.', ','), [['1.234'], ['.5']])).toEqual([1.234, 0.5]);
  });

  it('is that of training, where they do not say it', async () => {
    expect(await inputsIn(POINTS, [['1,234']])).toEqual([1234]);
    expect(await inputsIn(POINTS.replaceAll('.', ','), [['1,234']])).toEqual([1.234]);
    const preprocessing = Preprocessing.fit(await read(POINTS.replaceAll('.', ',')));
    const { inputs } = preprocessing.dataset(await read('1.234;1\n5;2'));
    expect(inputs).toEqual(Float64Array.of(1234, 5));
  });
});
