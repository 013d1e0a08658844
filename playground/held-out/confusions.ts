/** The confusion matrix, or with very many classes a list of the most frequent mistakes. */
import { text } from '../texts/languages.ts';
import { count, named } from '../texts/words.ts';

/** A larger table is hard to read, and too slow to redraw at each frame. */
const MOST_CLASSES = 64;
const LISTED = 20;

/** The heads of the list's columns. */
const LIST_HEADS = ['label', 'prediction', 'count'] as const;

type Confusion = readonly (readonly number[])[];

/** A row of the list: label, prediction, and a button with the count. */
interface Listed {
  readonly row: HTMLTableRowElement;
  readonly names: readonly HTMLElement[];
  readonly button: HTMLButtonElement;
}

export class Confusions {
  readonly #table: HTMLTableElement;
  #classNames: readonly string[] = [];
  /** By label and prediction; undefined if there is a list. */
  #cells: HTMLButtonElement[][] | undefined;
  #list: Listed[] = [];
  /** What was shown last: most cells do not change from frame to frame. */
  #shown: Confusion | undefined;

  constructor(table: HTMLTableElement) {
    this.#table = table;
  }

  /** Sets the classes. */
  fit(classNames: readonly string[]): void {
    this.#classNames = classNames;
    this.#shown = undefined;
    const isTable = classNames.length <= MOST_CLASSES;
    this.#cells = isTable ? classNames.map(() => classNames.map(() => buttonOf())) : undefined;
    this.#list = isTable ? [] : Array.from({ length: LISTED }, listedOf);
    const heads = isTable ? classNames : LIST_HEADS.map((head) => text(`confusion.${head}`));
    const heading = rowOf(heads.map((name) => header(name, 'col')));
    if (isTable) heading.prepend(document.createElement('td'));
    const rows = this.#cells?.map((cells, label) => {
      const row = rowOf(cells.map(dataOf));
      row.prepend(header(classNames[label]!, 'row'));
      return row;
    });
    this.#table.classList.toggle('listed', !isTable);
    this.#table.caption!.textContent = isTable
      ? text('confusion.caption')
      : text('confusion.list', { count: LISTED });
    this.#table.tHead!.replaceChildren(heading);
    this.#table.tBodies[0]!.replaceChildren(...(rows ?? this.#list.map(({ row }) => row)));
  }

  show(confusion: Confusion): void {
    const totals = confusion.map((row) => row.reduce((sum, number) => sum + number, 0));
    if (this.#cells === undefined) this.#showList(confusion, totals);
    for (const [label, cells] of this.#cells?.entries() ?? []) {
      const [before, now] = [this.#shown?.[label], confusion[label]!];
      for (const [taken, cell] of cells.entries()) {
        const number = now[taken]!;
        if (before?.[taken] !== number) this.#fill(cell, label, taken, number, totals[label]!);
      }
    }
    this.#shown = confusion;
  }

  #showList(confusion: Confusion, totals: readonly number[]): void {
    const mistakes = confusion.flatMap((row, label) =>
      row.flatMap((number, taken) =>
        label !== taken && number > 0 ? { label, taken, number } : [],
      ),
    );
    mistakes.sort((a, b) => b.number - a.number);
    for (const [i, { row, names, button }] of this.#list.entries()) {
      const mistake = mistakes[i];
      row.hidden = mistake === undefined;
      if (mistake === undefined) continue;
      const { label, taken, number } = mistake;
      for (const [j, name] of [label, taken].entries()) {
        names[j]!.textContent = this.#classNames[name]!;
      }
      this.#fill(button, label, taken, number, totals[label]!);
    }
  }

  #fill(cell: HTMLButtonElement, label: number, taken: number, number: number, of: number): void {
    const [own, other] = [named(this.#classNames[label]!), named(this.#classNames[taken]!)];
    cell.value = `${label} ${taken}`;
    cell.textContent = number === 0 ? '·' : count(number);
    cell.ariaLabel = text('confusion.cell', {
      count: count(number),
      all: count(of),
      label: own,
      prediction: other,
    });
    cell.className = label === taken ? 'right' : 'wrong';
    // Mistakes are few: a square root makes their shade visible.
    const share = of === 0 ? 0 : number / of;
    cell.style.setProperty('--share', (label === taken ? share : Math.sqrt(share)).toFixed(3));
  }
}

function buttonOf(): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  return button;
}

function listedOf(): Listed {
  const [own, other, button] = [header('', 'row'), document.createElement('td'), buttonOf()];
  return { row: rowOf([own, other, dataOf(button)]), names: [own, other], button };
}

function rowOf(cells: readonly HTMLElement[]): HTMLTableRowElement {
  const row = document.createElement('tr');
  row.append(...cells);
  return row;
}

function dataOf(content: HTMLElement): HTMLElement {
  const cell = document.createElement('td');
  cell.append(content);
  return cell;
}

function header(words: string, scope: 'row' | 'col'): HTMLElement {
  const cell = document.createElement('th');
  cell.scope = scope;
  cell.textContent = words;
  return cell;
}
