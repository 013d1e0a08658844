/** What an example is: of the data its label, and of a drawing or a row that was typed in what somebody says. */

import type { Example } from '../data/example.ts';
import { element } from '../page/elements.ts';
import { text } from '../texts/languages.ts';

export class OwnLabel {
  readonly #host: HTMLElement;
  readonly #onLabel: (label: number | undefined) => void;
  #control: HTMLSelectElement | HTMLInputElement | undefined;
  #fitted = '';
  #label: number | undefined;

  /** @param onLabel called after somebody has said what the example is, or no longer says so */
  constructor(host: HTMLElement, onLabel: (label: number | undefined) => void) {
    this.#host = host;
    this.#onLabel = onLabel;
  }

  /** What somebody said; undefined: nothing. */
  get label(): number | undefined {
    return this.#label;
  }

  /**
   * Sets what may be said; what was said of other classes is forgotten.
   *
   * @param classNames none: a number
   * @param isRow whether the examples are rows of a table, and not pictures
   */
  fit(classNames: readonly string[], isRow: boolean): void {
    const fitted = JSON.stringify([classNames, isRow]);
    if (fitted === this.#fitted) return;
    this.#fitted = fitted;
    this.#label = undefined;
    const control = classNames.length > 0 ? menuOf(classNames) : numberField();
    control.addEventListener(control instanceof HTMLSelectElement ? 'change' : 'input', () => {
      this.#label = control.value === '' ? undefined : Number(control.value);
      this.#onLabel(this.#label);
    });
    this.#control = control;
    const label = element('label', '', `${text(isRow ? 'own.row' : 'own.drawing')} `);
    label.append(control);
    this.#host.replaceChildren(label);
  }

  /** What was said is no longer true: there is another drawing, or row. */
  forget(): void {
    this.#label = undefined;
  }

  /** @param canBeTold false: it is an example of the data, or there is nothing on the sheet */
  show({ label }: Example, canBeTold: boolean): void {
    const control = this.#control!;
    control.disabled = !canBeTold;
    const value = label === undefined ? '' : String(label);
    // A number may be half typed, such as “1.”.
    if (document.activeElement !== control || control.disabled) control.value = value;
  }
}

function menuOf(classNames: readonly string[]): HTMLSelectElement {
  const menu = element('select');
  menu.add(new Option(text('own.none'), ''));
  for (const [i, name] of classNames.entries()) menu.add(new Option(name, String(i)));
  return menu;
}

function numberField(): HTMLInputElement {
  const field = element('input');
  field.type = 'number';
  field.step = 'any';
  field.autocomplete = 'off';
  field.placeholder = text('own.none');
  return field;
}
