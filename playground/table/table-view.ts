/** The parts of the page that are there for tables: columns, the form for a row, errors of numbers. */
import type { Inputs } from 'relumax/worker';
import type { Split, TableSplit } from '../data/split.ts';
import { ColumnsView } from './columns-view.ts';
import { ErrorsView } from './errors-view.ts';
import type { Choices, OpenTable } from './open-table.ts';
import { RowForm } from './row-form.ts';

export interface TableWatcher {
  /** The label, or the use of a column, was chosen. */
  choices(choices: Choices): void;
  /** A row was typed in: the network's inputs for it. */
  row(inputs: Inputs): void;
  /** A held-out example was chosen. */
  example(example: number): void;
}

export class TableView {
  readonly #columns: ColumnsView;
  readonly #form: RowForm;
  readonly #errors: ErrorsView;
  readonly #onRow: () => void;
  #split: TableSplit | undefined;

  constructor({ choices, row, example }: TableWatcher) {
    const $ = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
    this.#onRow = () => row(this.inputs);
    this.#columns = new ColumnsView(
      { label: $('label'), rows: $('columns'), notes: $('columns-notes') },
      choices,
    );
    this.#form = new RowForm($('row'), $('row-message'), this.#onRow);
    this.#errors = new ErrorsView({ chart: $('errors'), worst: $('worst') }, example);
  }

  /** Shows an open table, divided like this. */
  show(opened: OpenTable, { table: split, test }: Split): void {
    this.#split = split!;
    this.#columns.show(opened, split!);
    this.#form.fit(split!);
    if (test.targets) this.#errors.fit(test.targets, split!.records);
  }

  /** The network's inputs for the row in the form. */
  get inputs(): Inputs {
    return this.#split!.preprocessing.inputs([this.#form.row]);
  }

  /** Fills in a held-out row. */
  fill(example: number): void {
    this.#form.fill(this.#split!.table, this.#split!.rows[example]!);
  }

  /** Empties the form. */
  clear(): void {
    this.#form.clear();
    this.#onRow();
  }

  /** Shows what each input adds to the answer, column by column. */
  effects(ofInputs: Float32Array): void {
    this.#form.effects(ofInputs);
  }

  /** Shows the numbers that were predicted for the held-out rows. */
  numbers(predicted: ArrayLike<number>): void {
    this.#errors.predictions(predicted);
  }
}
