import { describe, expect, it } from 'vitest';
import { ColumnPlaces } from '../../../src/table/columns/places.ts';

const named = new ColumnPlaces('t.csv', ['a', 'b', 'last, first', '2', 'x,y'], 5);
const bare = new ColumnPlaces('t.csv', undefined, 3);

describe('columns', () => {
  it.each<[string | string[], number[]]>([
    ['b', [1]],
    ['a,b', [0, 1]],
    ['a, b', [0, 1]],
    [
      ['a', 'b'],
      [0, 1],
    ],
    ['1,3', [0, 2]],
    ['2', [3]],
    ['last, first', [2]],
    ['a,last, first,x,y', [0, 2, 4]],
    [['last, first'], [2]],
    ['a,a,1', [0]],
    [[], []],
  ])('of %j', (list, expected) => {
    expect(named.of(list, 'label')).toEqual(expected);
  });

  it('have numbers where they have no names', () => {
    expect(bare.of('1,3', 'label')).toEqual([0, 2]);
    expect(bare.of(undefined, 'label')).toEqual([]);
  });

  it.each<[ColumnPlaces, unknown, string]>([
    [
      named,
      'c',
      't.csv: found no column "c" for label, expected one of "a", "b", "last, first", "2"',
    ],
    [named, 'a,', 't.csv: found no column "" for label'],
    [named, '6', 't.csv: found no column 6 for label, expected a number from 1 to 5'],
    [named, '0', 't.csv: found no column 0'],
    [bare, 'a', 'found no column "a" for label, expected the number of a column, or a header'],
    [named, 3, 'label: found 3, expected names or numbers of columns, as text'],
    [named, [3], 'label: found an array of 1, expected names or numbers of columns, as text'],
    [named, null, 'label: found null'],
  ])('that are not there', (places, list, message) => {
    expect(() => places.of(list as string, 'label')).toThrow(message);
  });

  it('are listed up to twenty', () => {
    const many = new ColumnPlaces(
      't',
      Array.from({ length: 30 }, (_, i) => `c${i}`),
      30,
    );
    expect(() => many.of('x', 'label')).toThrow(/"c19", … \(30 columns\)$/);
  });
});
