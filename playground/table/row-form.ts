/** A row of a table as a form: a field for each column that is an input. */

import type { Table } from 'relumax/table';
import { oneLine } from '../../src/cli/terminal/safe-text.ts';
import type { TableSplit } from '../data/split.ts';
import { counted, text } from '../texts/languages.ts';
import { count, named } from '../texts/words.ts';

type InputColumn = TableSplit['preprocessing']['columns'][number];
type Cell = string | number | Date | null;
/** A row, as a Preprocessing takes it. */
export type Row = Readonly<Record<string, Cell>>;

/** More fields than these nobody fills in; their cells stay those of the row that was shown last. */
const MOST_FIELDS = 100;
const DAY = 86_400;

interface Field {
  readonly host: HTMLElement;
  readonly control: HTMLInputElement | HTMLSelectElement;
  /** What the column adds to the answer. */
  readonly effect: HTMLElement;
}

export class RowForm {
  readonly #host: HTMLElement;
  readonly #message: HTMLElement;
  readonly #onRow: () => void;
  #columns: readonly InputColumn[] = [];
  #fields: Field[] = [];
  #cells: Cell[] = [];

  /** @param onRow called after each change by whoever fills it in */
  constructor(host: HTMLFormElement, message: HTMLElement, onRow: () => void) {
    this.#host = host;
    this.#message = message;
    this.#onRow = onRow;
    host.addEventListener('submit', (event) => event.preventDefault());
    host.addEventListener('input', ({ target }) => {
      const i = this.#fields.findIndex(({ control }) => control === target);
      if (i < 0) return;
      this.#cells[i] = cellOf(this.#fields[i]!.control, this.#columns[i]!);
      this.#complain();
      this.#onRow();
    });
  }

  /** Makes the fields for the columns; those that were there keep their cells. */
  fit({ table, preprocessing }: TableSplit): void {
    const before = this.#columns.map(({ name, kind }) => `${kind} ${name}`);
    const cells = this.#cells;
    this.#columns = preprocessing.columns;
    this.#fields = this.#columns
      .slice(0, MOST_FIELDS)
      .map((column, i) => fieldOf(column, table, `row-${i}`));
    this.#host.replaceChildren(...this.#fields.map(({ host }) => host));
    this.#cells = [];
    for (const [i, { name, kind }] of this.#columns.entries()) {
      this.#set(i, cells[before.indexOf(`${kind} ${name}`)] ?? null);
    }
    this.#complain();
  }

  get row(): Row {
    return Object.fromEntries(this.#columns.map(({ name }, i) => [name, this.#cells[i]!]));
  }

  /** Fills in a row of the table. */
  fill(table: Table, row: number): void {
    for (const [i, { name }] of this.#columns.entries()) {
      const column = table.inputs.find((input) => input.name === name);
      this.#set(i, tableCell(column, row));
    }
    this.#complain();
  }

  /** Makes all cells missing. */
  clear(): void {
    for (const i of this.#columns.keys()) this.#set(i, null);
    this.#complain();
  }

  /** Shows what each column adds to the answer: of its inputs the sum. */
  effects(ofInputs: Float32Array): void {
    const sums = this.#columns.map(({ first, width }) =>
      ofInputs.subarray(first, first + width).reduce((sum, value) => sum + value, 0),
    );
    const largest = Math.max(...sums.map(Math.abs), 1e-9);
    for (const [i, { effect }] of this.#fields.entries()) {
      effect.classList.toggle('against', sums[i]! < 0);
      effect.style.setProperty('--share', (Math.abs(sums[i]!) / largest).toFixed(3));
    }
  }

  #set(i: number, cell: Cell): void {
    this.#cells[i] = cell;
    const control = this.#fields[i]?.control;
    if (control === undefined) return;
    if (control instanceof HTMLSelectElement) {
      control.value = chosenValue(control, this.#columns[i]!, cell);
    } else if (cell === null) {
      control.value = '';
    } else {
      control.valueAsNumber = Number(cell);
    }
  }

  /** Says which fields hold what their columns do not take. */
  #complain(): void {
    const wrong: string[] = [];
    for (const [i, { control }] of this.#fields.entries()) {
      const isWrong = control.validity.badInput;
      control.ariaInvalid = String(isWrong);
      const { name, kind } = this.#columns[i]!;
      const expected = kind === 'date' ? 'date' : 'number';
      if (isWrong) wrong.push(text(`row.wrong.${expected}`, { column: named(oneLine(name)) }));
    }
    const more = this.#columns.length - this.#fields.length;
    if (more > 0) wrong.push(counted('row.more', more, { count: count(more) }));
    this.#message.textContent = wrong.join(' ');
  }
}

function fieldOf(column: InputColumn, table: Table, id: string): Field {
  const { name, kind, categories = [] } = column;
  const label = document.createElement('label');
  label.textContent = oneLine(name);
  label.title = label.textContent;
  label.htmlFor = id;
  const control = document.createElement(kind === 'category' ? 'select' : 'input');
  if (control instanceof HTMLSelectElement) {
    control.add(new Option(text('row.missing'), ''));
    // By their places: no value of a table can be taken for another.
    for (const [i, name] of categories.entries()) control.add(new Option(oneLine(name), String(i)));
  } else {
    control.type = kind === 'number' ? 'number' : hasTimes(table, name) ? 'datetime-local' : 'date';
    control.step = kind === 'number' ? 'any' : '1';
    control.placeholder = text('row.missing');
    control.autocomplete = 'off';
  }
  control.id = id;
  const effect = document.createElement('span');
  effect.className = 'effect';
  effect.ariaHidden = 'true';
  const host = document.createElement('div');
  host.append(label, control, effect);
  return { host, control, effect };
}

/** Whether the dates of a column have times of day. */
function hasTimes(table: Table, name: string): boolean {
  const values = table.inputs.find((column) => column.name === name)?.values;
  return values !== undefined && 'numbers' in values && values.numbers.some((t) => t % DAY !== 0);
}

/** The cell of a table's row. */
function tableCell(column: Table['columns'][number] | undefined, row: number): Cell {
  const values = column?.values;
  if (values === undefined) return null;
  if ('codes' in values) return values.texts[values.codes[row]! - 1] ?? null;
  const value = values.numbers[row]!;
  if (Number.isNaN(value)) return null;
  return column!.kind === 'date' ? new Date(value * 1000) : value;
}

/** The cell that a field says. */
function cellOf(control: HTMLInputElement | HTMLSelectElement, column: InputColumn): Cell {
  if (control instanceof HTMLSelectElement) {
    const chosen = control.selectedOptions[0]!;
    const { unseen } = chosen.dataset;
    return control.value === '' ? null : (unseen ?? column.categories![Number(control.value)]!);
  }
  const value = control.valueAsNumber;
  if (Number.isNaN(value)) return null;
  return column.kind === 'date' ? new Date(value) : value;
}

/** The value of a menu for a cell; one that did not occur in training gets an entry of its own. */
function chosenValue(
  menu: HTMLSelectElement,
  { categories = [] }: InputColumn,
  cell: Cell,
): string {
  menu.querySelector('[data-unseen]')?.remove();
  if (cell === null) return '';
  const known = categories.indexOf(String(cell));
  if (known >= 0) return String(known);
  const option = new Option(text('row.unseen', { value: oneLine(String(cell)) }), 'unseen');
  option.dataset.unseen = String(cell);
  menu.add(option);
  return option.value;
}
