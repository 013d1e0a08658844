/** Takes models and data: files that are chosen or dropped, and a table's columns when others are chosen. */

import { type BroughtData, type BroughtModel, dataOf, readFiles } from '../files/files.ts';
import { say, wordsOf } from '../page/page.ts';
import type { CurrentRun } from '../run/current-run.ts';
import type { Subject } from '../run/subject.ts';
import type { LazyTableView } from '../table/lazy-table-view.ts';
import type { Choices } from '../table/open-table.ts';
import { text } from '../texts/languages.ts';
import { count } from '../texts/words.ts';

export interface FilesHosts {
  /** Opens the browser's dialog. */
  readonly choose: HTMLButtonElement;
  readonly files: HTMLInputElement;
  /** What was taken of files, or why not. */
  readonly message: HTMLElement;
  /** Why a choice of columns was not taken. */
  readonly columnsMessage: HTMLElement;
}

/** The error if something else was chosen while files were read. */
const TOO_LATE = new Error(text('data.tooLate'));

export class OpenedFiles {
  readonly #hosts: FilesHosts;
  readonly #tables: LazyTableView;
  readonly #current: CurrentRun;
  /** The model file that the run began from. */
  #origin: string | undefined;

  constructor(hosts: FilesHosts, tables: LazyTableView, current: CurrentRun) {
    this.#hosts = hosts;
    this.#tables = tables;
    this.#current = current;
    const { choose, files } = hosts;
    choose.addEventListener('click', () => files.click());
    files.addEventListener('change', async () => {
      await this.#take([...(files.files ?? [])]);
      // The same file may be chosen again.
      files.value = '';
    });
    this.#followDrops();
  }

  /** Forgets what it said of a model that the run no longer begins from. */
  fit({ origin }: Subject): void {
    if (this.#origin !== undefined && origin === undefined) say(this.#hosts.message, '');
    this.#origin = origin;
  }

  /** Reads the table again with what was chosen for its columns. */
  async chooseColumns(choices: Choices): Promise<void> {
    const { message, columnsMessage } = this.#hosts;
    say(columnsMessage, '');
    try {
      const { table } = this.#current.subject.source;
      say(message, await this.#takeData(dataOf(await table!.read(choices))));
    } catch (error) {
      if (error !== TOO_LATE) say(columnsMessage, wordsOf(error));
    }
  }

  #followDrops(): void {
    const { classList } = document.body;
    window.addEventListener('dragover', (event) => {
      event.preventDefault();
      classList.add('dropping');
    });
    window.addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) classList.remove('dropping');
    });
    window.addEventListener('drop', (event) => {
      event.preventDefault();
      classList.remove('dropping');
      // Without a run the page says why there is none.
      if (this.#current.isThere) void this.#take([...(event.dataTransfer?.files ?? [])]);
    });
  }

  /** Takes files, or shows why not. */
  async #take(files: readonly File[]): Promise<void> {
    const { message } = this.#hosts;
    say(message, '');
    message.className = '';
    try {
      const read = await readFiles(files);
      const taken = read.kind === 'model' ? this.#takeModel(read) : this.#takeData(read);
      const words = await taken.catch((error) => {
        throw new Error(`${read.name}: ${wordsOf(error)}`, { cause: error });
      });
      say(message, words);
    } catch (error) {
      message.className = 'wrong';
      say(message, wordsOf(error));
    }
  }

  /** @returns the message to show */
  async #takeModel(model: BroughtModel): Promise<string> {
    if (!(await this.#current.beginFrom(model))) throw TOO_LATE;
    const { architecture } = this.#current.subject.settings;
    return text('model.loaded', { file: model.name, layers: architecture.text });
  }

  /** @returns the message to show */
  async #takeData(data: BroughtData): Promise<string> {
    const { settings } = this.#current.subject;
    if (data.table) await this.#tables.load();
    if (!(await this.#current.begin(settings, { ...data, isBundled: false }))) throw TOO_LATE;
    const { train, test } = this.#current.subject.split;
    return text('data.loaded', {
      file: data.name,
      training: count(train.length),
      heldOut: count(test.length),
    });
  }
}
