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

test('numbers to predict are targets, whose mean and deviation the network has', () => {
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
