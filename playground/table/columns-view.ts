/** The columns of a table: what each holds, how it is used, and which one is the label. */

import type { Table } from 'relumax/table';
import { oneLine } from '../../src/cli/terminal/safe-text.ts';
import { count } from '../words.ts';
import type { Choices, OpenTable, TableSplit, Use } from './open-table.ts';

type Column = Table['columns'][number];

/** More columns than these are only counted. */
const MOST_COLUMNS = 100;

const USES: Readonly<Record<'found' | Use, string>> = {
  found: 'as found',
  numeric: 'as numbers',
  categorical: 'as categories',
  ignore: 'not at all',
};

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
  if (role === 'left out') return `left out${why ? `: ${why}` : ''}`;
  const parts = [
    role === 'label' ? `label, ${output === 'softmax' ? 'classes' : 'numbers'}` : kind,
    ...(categories && role === 'input' ? [`${count(categories.length)} values`] : []),
    ...(missing > 0 && role === 'input' ? [`${count(missing)} missing`] : []),
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
  menu.ariaLabel = `Use of ${oneLine(name)}`;
  for (const [value, text] of Object.entries(USES)) menu.add(new Option(text, value));
  menu.value = use ?? 'found';
  choice.append(menu);
  return row;
}

function restOf(more: number): HTMLTableRowElement {
  const row = document.createElement('tr');
  const cell = document.createElement('td');
  cell.colSpan = 3;
  cell.textContent = `and ${count(more)} more columns`;
  row.append(cell);
  return row;
}
