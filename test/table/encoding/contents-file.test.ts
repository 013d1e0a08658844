/** Preprocessing as text in a model's file: that damaged text is refused, and that older models are taken. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Network } from '../../../src/network/network.ts';
import { Preprocessing } from '../../../src/table/preprocessing.ts';
import { dates, numbers, tableOf, texts } from '../tables.ts';

const table = tableOf({
  age: { ...numbers(20, Number.NaN, 40), odd: { texts: ['old'], cells: 1, record: 3 } },
  town: texts('a', '', 'b'),
  seen: { kind: 'date', ...dates('2024-01-31T10:00', '2024-02-01T11:00', '') },
  lives: texts('yes', 'no', 'no'),
});
const { metadata } = Preprocessing.fit(table);
const json = metadata.table!;

const decoded = (text: string) => Preprocessing.of({ metadata: { ...metadata, table: text } });
/** The metadata with something else at a path. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const contents = JSON.parse(json);
  const last = path.at(-1)!;
  const at = path.slice(0, -1).reduce((object, key) => object[key], contents);
  if (value === undefined) delete at[last];
  else at[last] = value;
  return JSON.stringify(contents);
}

describe('damaged text', () => {
  it.each<[string, string]>([
    ['', "a table's columns: Unexpected end of JSON input"],
    ['3', "a table's columns: table: found 3, expected an object"],
    ['[]', 'table: found an array of 0, expected an object'],
    ['null', 'table: found null, expected an object'],
    ['{}', 'version: found undefined, expected one of 1'],
    [changed(['version'], 2), 'version: found 2, expected one of 1'],
    [changed(['more'], 2), 'table: found "more", expected only version, columns'],
    [changed(['columns'], {}), 'columns: found an object, expected a list'],
    [changed(['columns', 0], 'age'), 'columns[0]: found "age", expected an object'],
    [changed(['columns', 0, 'kind'], 'text'), 'columns[0].kind: found "text", expected one of'],
    [changed(['columns', 0, 'name'], 7), 'columns[0].name: found 7, expected a text'],
    [changed(['columns', 0, 'name'], 'town'), 'columns: found a name twice'],
    [changed(['columns', 0, 'name'], 'lives'), 'columns: found a name twice'],
    [changed(['columns', 0, 'number'], 1e9), 'columns[0].number: found 1000000000'],
    [changed(['columns', 0, 'median'], 'x'), 'columns[0].median: found "x", expected a finite'],
    [changed(['columns', 0, 'missing'], 1), 'columns[0].missing: found 1, expected true or'],
    [changed(['columns', 0, 'odd'], [1]), 'columns[0].odd[0]: found 1, expected a text'],
    [changed(['columns', 0, 'more'], 1), 'columns[0]: found "more", expected only name'],
    [changed(['columns', 1, 'categories'], ['a', 'a']), 'found a value twice, expected each once'],
    [changed(['columns', 1, 'categories'], 'a'), 'categories: found "a", expected a list'],
    [changed(['columns', 2, 'months'], [1, 13]), 'months[1]: found 13, expected a whole number'],
    [changed(['columns', 2, 'months'], [2, 1]), 'months: found 2,1, expected ascending numbers'],
    [changed(['columns', 2, 'weekdays'], [0.5]), 'weekdays[0]: found 0.5, expected a whole'],
    [changed(['columns', 2, 'hours'], 1), 'hours: found 1, expected true or false'],
    [changed(['columns', 2, 'form'], 'x'), 'form: found "x", expected one of month first'],
    [changed(['labels'], []), 'labels: found an array of 0, expected at least one'],
    [changed(['labels', 0], { name: 3 }), 'labels[0].name: found 3, expected a text'],
    [changed(['output'], 'relu'), 'output: found "relu", expected one of softmax'],
    [changed(['decimal'], ';'), 'decimal: found ";", expected one of'],
    [changed(['width'], -1), 'width: found -1, expected a whole number'],
    [changed(['others'], [null]), 'others[0]: found null, expected a text'],
    [changed(['named'], 'yes'), 'named: found "yes", expected true or false'],
  ])('%s is refused', (text, message) => {
    expect(() => decoded(text)).toThrow(RangeError);
    expect(() => decoded(text)).toThrow('model file: found metadata "table"');
    expect(() => decoded(text)).toThrow(message);
  });

  it('of any kind is refused by an error that names it, or taken', () => {
    const paths = fc.constantFrom(
      ...[['columns'], ['columns', 0], ['columns', 1, 'categories'], ['columns', 2, 'months']],
      ...[['labels', 0, 'number'], ['columns', 2, 'median'], ['width'], ['others']],
    );
    fc.assert(
      fc.property(paths, fc.jsonValue(), (path, value) => {
        try {
          decoded(changed(path, value))!.inputs([{}]);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect((error as Error).message).toMatch(/^(?:model file: found|rows\[0\])/);
        }
      }),
    );
  });

  it('is refused where it does not fit the network or its classes', async () => {
    const { features } = Preprocessing.fit(table);
    const network = await Network.create({ layers: [features.length, 2] });
    const load = async (output: 'softmax' | 'sigmoid', layers: number[], more: object) => {
      const made = await Network.create({ layers, output });
      return Preprocessing.of(
        await Network.load(made.save({ metadata: { ...metadata, ...more } })),
      );
    };
    expect(network.features).toBe(features.length);
    await expect(load('softmax', [3, 2], {})).rejects.toThrow(
      `found a table with the number of inputs ${features.length}, expected 3, as the network`,
    );
    await expect(load('softmax', [features.length, 3], {})).rejects.toThrow(
      'number of outputs 2, expected 3',
    );
    await expect(load('sigmoid', [features.length, 2], {})).rejects.toThrow(
      'output "softmax", expected "sigmoid"',
    );
    for (const classes of ['', '{}', '["a","a"]', '[]']) {
      await expect(load('softmax', [features.length, 2], { classes })).rejects.toThrow(
        'model file: found metadata "classes"',
      );
    }
  });
});

describe('the model of an older release', () => {
  const old = (metadata: Record<string, string>, features = 2) =>
    Preprocessing.of({
      metadata: { data: 'table', classes: '["no","yes"]', ...metadata },
      features,
    });

  it('has columns of numbers, which may not be missing', () => {
    const preprocessing = old({ label: 'y', features: '["a","b"]' })!;
    expect(preprocessing.features).toEqual(['a', 'b']);
    expect(preprocessing.inputs([{ a: 1, b: '2.5' }])).toEqual(Float64Array.of(1, 2.5));
    expect(() => preprocessing.inputs([{ a: 1, b: null }])).toThrow(
      'rows[0]["b"]: found null, expected a number',
    );
    const places = preprocessing.places('t.csv', ['b', 'y', 'a'], 3, 0);
    const to = new Float64Array(2);
    expect(() => preprocessing.encode(['1', 'no', ''], places, to, 0)).toThrow(
      'column 3 ("a"): found an empty cell, expected a number',
    );
    const labels = new Uint8Array(1);
    expect(preprocessing.encodeLabels(['1', 'yes', ''], places, labels, 0)).toBe(true);
    expect(labels[0]).toBe(1);
  });

  it('without names finds them by their order', () => {
    const preprocessing = old({ label: '2' })!;
    expect(preprocessing.columns.map(({ name }) => name)).toEqual(['column 1', 'column 3']);
    const places = (width: number) => preprocessing.places('t.csv', undefined, width, 0);
    expect(places(3)).toEqual({ inputs: [0, 2], labels: [1] });
    expect(places(2)).toEqual({ inputs: [0, 1], labels: undefined });
    expect(() => places(4)).toThrow('t.csv: found 4 columns, expected 2, those that the model');
  });

  it('of something else is none of a table', () => {
    expect(Preprocessing.of({ metadata: {} })).toBeUndefined();
    expect(Preprocessing.of({ metadata: { data: 'digits' } })).toBeUndefined();
    expect(old({ label: 'y', features: '["a"]' })).toBeUndefined();
  });
});

test('columns are found by name, else by their order', () => {
  const preprocessing = Preprocessing.fit(table);
  const places = (names: readonly string[] | undefined, width: number, rowNames = 0) =>
    preprocessing.places('t.csv', names, width, rowNames);
  expect(places(['', 'seen', 'town', 'x', 'age'], 5, 1)).toEqual({
    ...{ inputs: [4, 2, 1], labels: undefined },
  });
  expect(places(undefined, 4)).toEqual({ inputs: [0, 1, 2], labels: [3] });
  expect(places(undefined, 3)).toEqual({ inputs: [0, 1, 2], labels: undefined });
  expect(() => places(['age', 'Town', 'seen'], 3)).toThrow(
    't.csv, header: found no column "town" among "age","Town","seen", expected the columns that',
  );
});
