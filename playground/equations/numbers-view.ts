/** A vector or matrix with all its numbers: as a list, a table, or if it is large a picture to read from. */
import { element, itemsOf } from '../page/elements.ts';
import { drawSigned, pictureOf, shapeOf } from '../page/pictures.ts';
import { text } from '../texts/languages.ts';
import { entry } from '../texts/words.ts';

/** Larger matrices are pictures. */
const LARGEST_TABLE = 256;

/** Height of a picture's cell, at most, and of a whole matrix, in pixels of the page. */
const CELL = 14;
const TALLEST = 320;
/** How wide a matrix is whose rows are pictures: these side by side, each at most this wide. */
const ACROSS = 10;
const TILE = 112;

export interface Quantity {
  /** Its name as MathML. */
  readonly symbol: string;
  readonly rows: number;
  /** 1: it is a vector. */
  readonly columns: number;
  at(row: number, column: number): number;
  /** Such as the classes of the rows. */
  readonly rowNames?: readonly string[] | undefined;
  readonly columnNames?: readonly string[] | undefined;
  /** Whether each row, or the vector, is itself a picture. */
  readonly isPicture?: boolean;
}

/** Shows a quantity, which may change, but not its size and names. */
export interface NumbersView {
  readonly host: HTMLElement;
  show(quantity: Quantity): void;
}

export function numbersView(quantity: Quantity): NumbersView {
  const { symbol, rows, columns, isPicture = false } = quantity;
  const view = isPicture
    ? new NumbersPicture(quantity)
    : columns === 1
      ? new NumbersList(quantity)
      : rows * columns <= LARGEST_TABLE
        ? new NumbersTable(quantity)
        : new NumbersPicture(quantity);
  const title = element('h3');
  title.innerHTML = `<math>${symbol}</math>`;
  title.append(` ${rows} × ${columns}`);
  view.host.prepend(title);
  if (!(view instanceof NumbersPicture)) {
    // It may scroll, by the keyboard too.
    view.host.tabIndex = 0;
    view.host.role = 'group';
    view.host.ariaLabel = title.textContent;
  }
  return view;
}

class NumbersList implements NumbersView {
  readonly host = element('div', 'numbers');
  readonly #values: readonly HTMLElement[];

  constructor({ rows, rowNames }: Quantity) {
    this.#values = Array.from({ length: rows }, () => element('span', 'value'));
    const list = element('ul', 'number-list');
    list.append(
      ...itemsOf(
        this.#values.map((value, i) => {
          const pair = element('span', 'pair-of');
          pair.append(element('span', 'quiet', rowNames?.[i] ?? String(i + 1)), ' ', value);
          return pair;
        }),
      ),
    );
    list.classList.toggle('named', rowNames?.some((name) => name.length > 3) ?? false);
    this.host.append(list);
  }

  show({ at }: Quantity): void {
    for (const [i, value] of this.#values.entries()) value.textContent = entry(at(i, 0));
  }
}

class NumbersTable implements NumbersView {
  readonly host = element('div', 'numbers');
  readonly #cells: readonly (readonly HTMLElement[])[];

  constructor({ rows, columns, rowNames, columnNames }: Quantity) {
    const table = element('table', 'number-table');
    const head = table.createTHead().insertRow();
    head.append(element('td'));
    for (let k = 0; k < columns; k++) head.append(heading(columnNames?.[k] ?? k + 1, 'col'));
    const body = table.createTBody();
    this.#cells = Array.from({ length: rows }, (_, i) => {
      const row = body.insertRow();
      row.append(heading(rowNames?.[i] ?? i + 1, 'row'));
      return Array.from({ length: columns }, () => row.insertCell());
    });
    this.host.append(table);
  }

  show({ at }: Quantity): void {
    for (const [i, cells] of this.#cells.entries()) {
      for (const [k, cell] of cells.entries()) cell.textContent = entry(at(i, k));
    }
  }
}

function heading(name: string | number, scope: 'row' | 'col'): HTMLElement {
  const cell = element('th', '', String(name));
  cell.scope = scope;
  return cell;
}

class NumbersPicture implements NumbersView {
  readonly host = element('div', 'numbers');
  readonly #picture: HTMLCanvasElement;
  readonly #mark = element('span', 'mark');
  /** The cell of each pixel, row by row; −1 between the pictures of rows. */
  readonly #cells: Int32Array;
  readonly #row: HTMLInputElement | undefined;
  readonly #column: HTMLInputElement | undefined;
  readonly #output = element('output');
  #quantity: Quantity;

  constructor(quantity: Quantity) {
    this.#quantity = quantity;
    const { rows, columns, isPicture } = quantity;
    const { width, height, cells } = isPicture ? tilesOf(quantity) : plain(quantity);
    this.#cells = cells;
    this.#picture = pictureOf(width, height);
    const frame = element('div', 'number-picture');
    const widest = isPicture ? Math.min(rows, ACROSS) * TILE : CELL * width;
    frame.style.maxWidth = `${Math.min(columns === 1 ? 2 * TILE : widest, (TALLEST * width) / height)}px`;
    frame.append(this.#picture, this.#mark);
    const fields = element('p', 'number-fields');
    const isVector = columns === 1;
    this.#row = this.#field(fields, text(isVector ? 'numbers.index' : 'numbers.row'), rows);
    if (!isVector) this.#column = this.#field(fields, text('numbers.column'), columns);
    fields.append(this.#output);
    this.host.append(frame, fields);
    this.#picture.addEventListener('pointermove', (event) => this.#point(event));
    this.#picture.addEventListener('pointerdown', (event) => this.#point(event));
  }

  show(quantity: Quantity): void {
    this.#quantity = quantity;
    const { columns, at } = quantity;
    const values = Float32Array.from(this.#cells, (cell) =>
      cell < 0 ? 0 : at(Math.floor(cell / columns), cell % columns),
    );
    drawSigned(this.#picture, values);
    this.#read('off');
  }

  #field(host: HTMLElement, name: string, most: number): HTMLInputElement {
    const label = element('label', '', `${name} `);
    const field = element('input');
    field.type = 'number';
    field.min = '1';
    field.max = String(most);
    field.value = '1';
    field.autocomplete = 'off';
    field.addEventListener('input', () => this.#read('polite'));
    label.append(field);
    host.append(label, ' ');
    return field;
  }

  /** Reads the number under the pointer. */
  #point({ clientX, clientY }: PointerEvent): void {
    const { left, top, width, height } = this.#picture.getBoundingClientRect();
    const x = Math.floor(((clientX - left) / width) * this.#picture.width);
    const y = Math.floor(((clientY - top) / height) * this.#picture.height);
    const cell = this.#cells[y * this.#picture.width + x] ?? -1;
    if (cell < 0) return;
    const { columns } = this.#quantity;
    this.#row!.valueAsNumber = Math.floor(cell / columns) + 1;
    if (this.#column) this.#column.valueAsNumber = (cell % columns) + 1;
    this.#read('off');
  }

  /** @param live whether a screen reader says it: not each number while training goes on */
  #read(live: 'off' | 'polite'): void {
    const { rows, columns, at, rowNames, columnNames } = this.#quantity;
    const [row, column] = [placeIn(this.#row, rows), placeIn(this.#column, columns)];
    this.#output.ariaLive = live;
    this.#mark.hidden = row === undefined || column === undefined;
    if (row === undefined || column === undefined) {
      this.#output.textContent = '';
      return;
    }
    const names = [rowNames?.[row], columnNames?.[column]].filter((name) => name !== undefined);
    const where = names.length > 0 ? `${names.join(', ')}: ` : '';
    this.#output.textContent = where + entry(at(row, column));
    const pixel = this.#cells.indexOf(row * columns + column);
    const { width, height } = this.#picture;
    this.#mark.style.left = `${(100 * (pixel % width)) / width}%`;
    this.#mark.style.top = `${(100 * Math.floor(pixel / width)) / height}%`;
    this.#mark.style.width = `${100 / width}%`;
    this.#mark.style.height = `${100 / height}%`;
  }
}

/** The place that a field says, from 0; undefined if there is none such. */
function placeIn(field: HTMLInputElement | undefined, size: number): number | undefined {
  if (field === undefined) return 0;
  const place = field.valueAsNumber - 1;
  return Number.isInteger(place) && place >= 0 && place < size ? place : undefined;
}

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly cells: Int32Array;
}

/** A pixel for each cell. */
function plain({ rows, columns }: Quantity): Layout {
  return {
    width: columns,
    height: rows,
    cells: Int32Array.from({ length: rows * columns }, (_, i) => i),
  };
}

/** Each row as a picture, side by side. */
function tilesOf({ rows, columns }: Quantity): Layout {
  // A vector is one picture.
  const [tiles, size] = columns === 1 ? [1, rows] : [rows, columns];
  const tile = shapeOf(size);
  const across = Math.min(tiles, ACROSS);
  const width = across * (tile.width + 1) - 1;
  const height = Math.ceil(tiles / across) * (tile.height + 1) - 1;
  const cells = new Int32Array(width * height).fill(-1);
  for (let i = 0; i < tiles; i++) {
    const [left, top] = [
      (i % across) * (tile.width + 1),
      Math.floor(i / across) * (tile.height + 1),
    ];
    for (let k = 0; k < size; k++) {
      cells[(top + Math.floor(k / tile.width)) * width + left + (k % tile.width)] = i * size + k;
    }
  }
  return { width, height, cells };
}
