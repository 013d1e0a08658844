/** The parts for tables, which are loaded with the first table. */
import type { TableView, TableWatcher } from './table-view.ts';

export class LazyTableView {
  readonly #watcher: TableWatcher;
  #view: TableView | undefined;

  constructor(watcher: TableWatcher) {
    this.#watcher = watcher;
  }

  async load(): Promise<void> {
    const { TableView } = await import('./table-view.ts');
    this.#view ??= new TableView(this.#watcher);
  }

  /** Only after they were loaded. */
  get view(): TableView {
    return this.#view!;
  }
}
