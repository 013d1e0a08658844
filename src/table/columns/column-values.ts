/** The cells of a column as numbers or codes, those of some rows or of all. */
import type { ColumnValues } from '../column.ts';
import { filled } from '../row-arrays.ts';
import type { TextCells } from './cell-list.ts';

/** The values of some of the rows read, all where undefined. */
export type ValuesOf = (rows?: Uint32Array) => ColumnValues;

/** Numbers row by row. */
export function numbersOf(numbers: Float64Array): ValuesOf {
  return (rows) => ({
    numbers: rows ? filled(new Float64Array(rows.length), (i) => numbers[rows[i]!]!) : numbers,
  });
}

/**
 * Numbers of texts.
 *
 * @param values of each text
 */
export function numberedTexts(codes: Uint32Array, values: Float64Array): ValuesOf {
  return (rows) => ({
    numbers: rows
      ? filled(new Float64Array(rows.length), (i) => values[codes[rows[i]!]!]!)
      : filled(new Float64Array(codes.length), (row) => values[codes[row]!]!),
  });
}

/**
 * Texts as codes: 0 for those that are missing, else from 1 in the order of their first rows.
 *
 * @param nameOf what a text is called; several may be called alike
 */
export function codedTexts(
  { texts, codes }: TextCells,
  missing: readonly boolean[],
  nameOf = (text: string) => text,
): ValuesOf {
  return (rows) => {
    const numbers = new Map<string, number>();
    const codeOf = new Uint32Array(texts.length);
    const codeFor = (code: number) => {
      if (codeOf[code] === 0 && !missing[code]) {
        const name = nameOf(texts[code]!);
        const number = numbers.get(name) ?? numbers.size + 1;
        numbers.set(name, number);
        codeOf[code] = number;
      }
      return codeOf[code]!;
    };
    const own = rows
      ? filled(new Uint32Array(rows.length), (i) => codeFor(codes[rows[i]!]!))
      : codes.map((code) => codeFor(code));
    return { codes: own, texts: [...numbers.keys()] };
  };
}
