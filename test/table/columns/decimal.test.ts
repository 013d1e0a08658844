import { expect, it } from 'vitest';
import { decimalOf } from '../../../src/table/columns/decimal.ts';

const cells = (...texts: string[]) => ({ texts, codes: Uint32Array.from(texts.keys()) });

it.each<[string, ReturnType<typeof cells>[], '.' | ',' | undefined]>([
  ['commas', [cells('1,5', '2')], ','],
  ['points', [cells('1.5', '2')], '.'],
  ['neither', [cells('1', '2')], undefined],
  ['text', [cells('a,b', 'c.d')], undefined],
  ['commas that may be of thousands', [cells('1,234', '5,678')], undefined],
  ['0,250 among them', [cells(...Array(30).fill('1,234'), '0,250')], ','],
  ['thousands with a fraction', [cells('1,234', '5,678.5')], '.'],
  ['more columns with commas', [cells('1,5'), cells('2,5'), cells('3.5')], ','],
])('the decimal mark of %s', (_, columns, decimal) => {
  expect(decimalOf(columns)).toBe(decimal);
});
