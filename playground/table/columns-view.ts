/** The columns of a table: what each holds, how it is used, and which one is the label. */

import type { Table } from 'relumax/table';
import { oneLine } from '../../src/cli/terminal/safe-text.ts';
import type { TableSplit } from '../data/split.ts';
import { counted, text } from '../texts/languages.ts';
import { count } from '../texts/words.ts';
import type { Choices, OpenTable, Use } from './open-table.ts';

type Column = Table['columns'][number];

/** More columns than these are only counted. */
const MOST_COLUMNS = 100;

const USES = ['found', 'numeric', 'categorical', 'ignore'] as const satisfies readonly (
  | 'found'
  | Use
)[];

export interface ColumnsHosts {
  readonly label: HTMLSelectElement;
  readonly rows: HTMLTableSectionElement;
  readonly notes: HTMLElement;
}

export class ColumnsView {
  readonly #hosts: ColumnsHosts;
  #choices: Choices = {};

  /** @param onChoices called when somebody has chosen another label, or use of a column */
  constructor(hosts: ColumnsHosts, onChoices: (choices: Choices) => void) {
    this.#hosts = hosts;
    hosts.label.addEventListener('change', () => {
      onChoices({ ...this.#choices, label: Number(hosts.label.value) });
    });
    hosts.rows.addEventListener('change', ({ target }) => {
      const { name, value } = target as HTMLSelectElement;
      const uses = new Map(this.#choices.uses);
      if (value === 'found') uses.delete(Number(name));
      else uses.set(Number(name), value as Use);
      onChoices({ ...this.#choices, uses });
    });
  }

  /** Shows an open table. */
  show({ table, choices }: OpenTable, { preprocessing }: TableSplit): void {
    this.#choices = choices;
    const { label, rows, notes } = this.#hosts;
    const { columns, labels } = table;
    label.replaceChildren(
      ...columns.map(({ name, number }) => new Option(oneLine(name), String(number))),
    );
    label.value = String(labels[0]!.number);
    const kinds = new Map(preprocessing.columns.map((column) => [column.name, column]));
    const shown = columns.slice(0, MOST_COLUMNS).map((column) => {
      const categories = kinds.get(column.name)?.categories;
      return rowOf(column, describe(column, table, categories), choices.uses?.get(column.number));
    });
    const more = columns.length - shown.length;
    if (more > 0) shown.push(restOf(more));
    rows.replaceChildren(...shown);
    notes.replaceChildren(
      ...[...table.notes, ...preprocessing.notes].map((note) => {
        const item = document.createElement('li');
        item.textContent = oneLine(note);
        // The library says these, and the reasons in the table.
        item.lang = 'en';
        return item;
      }),
    );
  }
}

/** What a column is, in words. */
function describe(
  { kind, role, why, missing }: Column,
  { output }: Table,
  categories: readonly string[] | undefined,
): string {
  if (role === 'left out') {
    return why ? text('columns.leftOut.why', { why }) : text('columns.leftOut');
  }
  const values = categories?.length ?? 0;
  const parts = [
    role === 'label'
      ? text(`columns.label.${output === 'softmax' ? 'classes' : 'numbers'}`)
      : text(`columns.kind.${kind}`),
    ...(categories && role === 'input'
      ? [counted('columns.values', values, { count: count(values) })]
      : []),
    ...(missing > 0 && role === 'input'
      ? [counted('columns.missing', missing, { count: count(missing) })]
      : []),
  ];
  return parts.join(', ') + (why && role === 'input' ? ` (${why})` : '');
}

function rowOf({ name, number, role }: Column, words: string, use: Use | undefined) {
  const row = document.createElement('tr');
  const head = document.createElement('th');
  head.scope = 'row';
  head.textContent = oneLine(name);
  const what = document.createElement('td');
  what.textContent = oneLine(words);
  what.classList.toggle('quiet', role === 'left out');
  const choice = document.createElement('td');
  row.append(head, what, choice);
  if (role === 'label') return row;
  const menu = document.createElement('select');
  menu.name = String(number);
  menu.ariaLabel = text('columns.use', { column: oneLine(name) });
  for (const value of USES) menu.add(new Option(text(`columns.use.${value}`), value));
  menu.value = use ?? 'found';
  choice.append(menu);
  return row;
}

function restOf(more: number): HTMLTableRowElement {
  const row = document.createElement('tr');
  const cell = document.createElement('td');
  cell.colSpan = 3;
  cell.textContent = counted('columns.more', more, { count: count(more) });
  row.append(cell);
  return row;
}
