/** The decimal mark of a table's numbers. */
import { DECIMALS, type Decimal } from '../numbers.ts';
import { MOSTLY, numbersIn, type TextCells } from './cell-list.ts';

/**
 * The decimal mark: a comma where more columns are numbers with commas alone than with points alone.
 *
 * @returns undefined where the columns do not say
 */
export function decimalOf(columns: Iterable<TextCells>): Decimal | undefined {
  let balance = 0;
  for (const cells of columns) {
    if (!hasMarks(cells)) continue;
    const [byPoint, byComma] = DECIMALS.map((decimal) => numbersIn(cells, decimal));
    const most = Math.max(byPoint!.cells, byComma!.cells);
    // 0,250 among 1,250 says what the comma is.
    if (most >= MOSTLY * byPoint!.present) balance += Math.sign(byComma!.cells - byPoint!.cells);
  }
  if (balance === 0) return undefined;
  return balance > 0 ? ',' : '.';
}

/** Whether cells have points or commas. */
export function hasMarks({ texts }: TextCells): boolean {
  return texts.some((text) => text.includes(',') || text.includes('.'));
}
