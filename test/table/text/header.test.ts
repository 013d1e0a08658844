import { describe, expect, it } from 'vitest';
import { shapeOf } from '../../../src/table/text/header.ts';

const cut = (text: string) => text.split('\n').map((line) => line.split(','));
const shape = (text: string, known: string[] = []) => shapeOf(cut(text), { known: [known] });

describe('a header', () => {
  it.each([
    ['names over numbers', 'a,b,c\n1,2,3', true],
    ['names over numbers and a label in words', 'a,b,c\n1,2,x', true],
    ['names over a missing cell and a number', 'a,b\nNA,2', true],
    ['numbers alone', '1,2,3\n4,5,6', false],
    ['numbers and a label in words', '1,2,x\n4,5,y', false],
    ['a missing cell over a number', '?,2,x\n4,5,y', false],
    ['a missing cell over a number, and words', '?,b,x\n4,b,y', false],
    ['an index without a name', ',a,kind\n0,2,x', true],
    ['one row alone, of numbers', '1,2', false],
    ['names over words', 'size,colour\nbig,red\nsmall,red', true],
    ['words that stand below too', 'big,red\nsmall,red\nbig,blue', false],
    ['words with a missing one', 'big,?\nsmall,red\nhuge,blue', false],
    ['prices of spreadsheets', '"$1.50",x\n$2.50,y', true],
    ['columns that pandas numbered', ',0,1\n0,5,x', true],
  ])('%s: %s is one: %s', (_, text, expected) => {
    expect(shape(text).names !== undefined).toBe(expected);
  });

  it('is one that has all names of a list', () => {
    expect(shape('0,1\n5,3', ['1', '0']).names).toEqual(['0', '1']);
    expect(shape('0,1\n5,3', ['1', '2']).names).toBeUndefined();
  });
});

it('of NumPy begins after its mark', () => {
  expect(shape('# a,b\n1,2').names).toEqual(['a', 'b']);
  expect(shape('#,b\n1,2').names).toEqual(['#', 'b']);
});

describe('columns before those with names', () => {
  it.each([
    ['R’s write.csv', ',a,b\n1,2,3', 1, ['', 'a', 'b']],
    ['R’s write.table', 'a,b\nx,2,3', 1, ['', 'a', 'b']],
    ['R’s collections', 'rownames,a\nx,2', 1, ['rownames', 'a']],
    ['pandas, twice', 'Unnamed: 0.1,Unnamed: 0,a\n0,0,2', 2, ['Unnamed: 0.1', 'Unnamed: 0', 'a']],
  ])('have row names: %s', (_, text, rowNames, names) => {
    expect(shape(text)).toMatchObject({ rowNames, names, width: names.length });
  });
});

describe('a delimiter at the end of the rows', () => {
  it.each([
    ['1,2,x,\n3,4,y,', 3],
    ['a,b,kind,\n1,2,x,', 3],
    ['a,b,kind,\n1,2,x', 3],
    ['a,b,kind\n1,2,x,', 3],
    ['a,b,\n1,2,x', 3],
  ])('is no column: %j', (text, width) => {
    expect(shape(text).width).toBe(width);
  });
});

describe('the first row of scikit-learn’s tables', () => {
  it('is the names of classes', () => {
    expect(shape('150,4,setosa,versicolor,virginica\n5.1,3.5,1.4,0.2,0')).toEqual({
      ...{ width: 5, names: undefined, hasTail: false, rowNames: 0 },
      classNames: ['setosa', 'versicolor', 'virginica'],
    });
    expect(shape('569,2,malignant,benign\n5.1,3.5,0').classNames).toEqual(['malignant', 'benign']);
  });

  it.each(['150,3,setosa,versicolor\n5.1,3.5,0', '150,2,1,2\n5,3,0', '150,2,a,b\n5,x,0'])(
    'is another: %j',
    (text) => {
      expect(shape(text).classNames).toBeUndefined();
    },
  );
});
