/**
 * The example that the network is shown: on the sheet, or in the form for a row of a table. It is one of the
 * held-out examples, or somebody's own.
 */
import type { Inputs } from 'relumax/worker';
import { type Example, exampleOf, inkOf, valuesOf } from '../data/example.ts';
import { drawOnPaper, pictureOf, shapeOf } from '../page/pictures.ts';
import type { Subject } from '../run/subject.ts';
import type { LazyTableView } from '../table/lazy-table-view.ts';
import { Sheet } from './drawing.ts';
import { OwnLabel } from './own-label.ts';

export interface ExampleHosts {
  readonly sheet: HTMLCanvasElement;
  /** The keyboard's pen, above the sheet. */
  readonly pen: HTMLElement;
  readonly ownLabel: HTMLElement;
  /** Shows the next held-out example. */
  readonly another: HTMLButtonElement;
  readonly clear: HTMLButtonElement;
}

export interface ExampleWatcher {
  /** There is another example to show the network. */
  example(inputs: Inputs): void;
  /** It is whole, and no stroke of it unfinished: what the network says may be read aloud. */
  whole(): void;
}

/** The example with what the network gets of it. */
export interface ShownExample extends Example {
  /** A⁰. */
  readonly values: Float32Array;
  /** Whether there is nothing on the sheet. */
  readonly isEmpty: boolean;
}

export class ExampleView {
  readonly #hosts: ExampleHosts;
  readonly #tables: LazyTableView;
  readonly #watcher: ExampleWatcher;
  readonly #sheet: Sheet;
  readonly #ownLabel: OwnLabel;
  #subject: Subject | undefined;
  #shown: ShownExample | undefined;
  /** Which held-out example comes next. */
  #next = 0;

  constructor(hosts: ExampleHosts, tables: LazyTableView, watcher: ExampleWatcher) {
    this.#hosts = hosts;
    this.#tables = tables;
    this.#watcher = watcher;
    this.#sheet = new Sheet(hosts.sheet, {
      drawing: (digit) =>
        this.#showOwn(
          digit,
          digit.every((value) => value === 0),
        ),
      drawn: () => {
        watcher.whole();
        // Shown once more: the prediction for the end of the stroke may be there already.
        watcher.example(this.shown.inputs);
      },
      pen: (place, down) => this.#showPen(place, down),
    });
    this.#ownLabel = new OwnLabel(hosts.ownLabel, (label) => this.#show({ ...this.shown, label }));
    hosts.another.addEventListener('click', () => this.showHeldOut(this.#next));
    hosts.clear.addEventListener('click', () => this.#clear());
  }

  get shown(): ShownExample {
    return this.#shown!;
  }

  /**
   * Sets another network, or other data, whose table is shown already. What was drawn, or typed in, is shown
   * again where it fits, or else an example of the data.
   */
  fit(subject: Subject): void {
    this.#subject = subject;
    this.#ownLabel.fit(subject.classNames, subject.table !== undefined);
    const { test, table } = subject.split;
    const own = this.#shown?.isOwn ? this.#shown.inputs : undefined;
    if (own === undefined || own instanceof Uint8Array === (table !== undefined)) {
      this.showHeldOut(0);
    } else if (table) {
      // A row that was typed in stays, as far as the columns do.
      this.#showOwn(this.#tables.view.inputs);
    } else if (own.length !== test.features) this.showHeldOut(0);
    else this.#showOwn(own);
  }

  /** Shows a row that was typed in. */
  showRow(inputs: Inputs): void {
    this.#watcher.whole();
    this.#showOwn(inputs);
  }

  /** Shows a held-out example. */
  showHeldOut(number: number): void {
    const { split, normalization } = this.#subject!;
    this.#next = (number + 1) % split.test.length;
    this.#watcher.whole();
    this.#show(exampleOf(split.test, number));
    if (split.table) {
      this.#tables.view.fill(number);
      return;
    }
    const { inputs } = this.shown;
    const { width, height } = shapeOf(inputs.length);
    const picture = pictureOf(width, height);
    drawOnPaper(picture, ...inkOf(inputs, normalization));
    this.#sheet.show(picture);
  }

  /** Shows what the example is, or asks for it. */
  showLabel(): void {
    const { isOwn, isEmpty } = this.shown;
    this.#ownLabel.show(this.shown, isOwn && !isEmpty);
  }

  /** What somebody said that their example is, it stays until there is another. */
  #showOwn(inputs: Inputs, isNew = false): void {
    if (isNew || !this.shown.isOwn) this.#ownLabel.forget();
    this.#show({ inputs, label: this.#ownLabel.label, isOwn: true });
  }

  #show({ inputs, label, isOwn }: Example): void {
    const { split, normalization } = this.#subject!;
    const values = valuesOf(inputs, normalization);
    const isEmpty = split.table === undefined && values.every((value) => value === 0);
    this.#shown = { inputs, label, isOwn, values, isEmpty };
    this.#watcher.example(inputs);
  }

  #clear(): void {
    this.#ownLabel.forget();
    if (this.#subject!.table) this.#tables.view.clear();
    else this.#sheet.clear();
  }

  #showPen(place: { x: number; y: number } | undefined, down: boolean): void {
    const { pen } = this.#hosts;
    pen.hidden = place === undefined;
    pen.classList.toggle('down', down);
    if (place) pen.style.inset = `${100 * place.y}% auto auto ${100 * place.x}%`;
  }
}
