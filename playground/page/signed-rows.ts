/** Named numbers as bars to both sides of zero. */

import { entry } from '../texts/words.ts';
import { buttonOf, element } from './elements.ts';
import { magnitude } from './pictures.ts';

/** The elements of a row. */
interface Row {
  readonly bar: HTMLElement;
  readonly cells: readonly HTMLElement[];
}

export class SignedRows {
  readonly table: HTMLTableElement;
  readonly #rows: readonly Row[];

  /**
   * @param names of the rows
   * @param heads of the columns: that of the names, and that of each number
   * @param onRow called with the number of a row that was chosen; without it rows cannot be chosen
   */
  constructor(
    caption: string,
    names: readonly string[],
    heads: readonly string[],
    onRow?: (row: number) => void,
  ) {
    this.table = element('table', 'signed');
    this.table.createCaption().textContent = caption;
    const head = this.table.createTHead().insertRow();
    for (const name of heads) {
      const cell = element('th', '', name);
      cell.scope = 'col';
      if (head.cells.length === 1) cell.colSpan = 2;
      head.append(cell);
    }
    const body = this.table.createTBody();
    this.#rows = names.map((name, row) => {
      const line = body.insertRow();
      const title = element('th', '', onRow ? '' : name);
      title.scope = 'row';
      title.title = name;
      if (onRow) {
        const button = buttonOf('link', name);
        button.addEventListener('click', () => onRow(row));
        title.append(button);
      }
      const track = element('td', 'signed-track');
      track.ariaHidden = 'true';
      const bar = element('i');
      track.append(bar);
      const cells = heads.slice(1).map(() => element('td'));
      line.append(title, track, ...cells);
      return { bar, cells };
    });
  }

  /**
   * Shows the numbers.
   *
   * @param columns each with a number for each row; the bars are of the first
   */
  show(columns: readonly ArrayLike<number>[]): void {
    const largest = magnitude(columns[0]!) || 1;
    for (const [row, { bar, cells }] of this.#rows.entries()) {
      const share = columns[0]![row]! / largest;
      bar.style.scale = `${share.toFixed(3)} 1`;
      bar.className = share < 0 ? 'against' : '';
      for (const [i, cell] of cells.entries()) cell.textContent = entry(columns[i]![row]!);
    }
  }
}
