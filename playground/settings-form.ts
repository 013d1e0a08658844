/** The form for the settings of a run. */
import { OPTIMIZER_TEXTS } from '../src/core/optimizers.ts';
import {
  DEFAULTS,
  type Ends,
  readSettings,
  SettingError,
  type Settings,
  settingTexts,
} from './settings.ts';

/** The largest random seed: short enough to be read aloud. */
const LARGEST_SEED = 9999;

export class SettingsForm {
  readonly #form: HTMLFormElement;
  readonly #message: HTMLElement;
  #ends: Ends = { features: DEFAULTS.layers[0]!, classes: DEFAULTS.layers.at(-1)! };

  /** @param onSettings called with valid settings; if it rejects, the error is shown */
  constructor(
    form: HTMLFormElement,
    message: HTMLElement,
    onSettings: (s: Settings) => Promise<unknown>,
  ) {
    this.#form = form;
    this.#message = message;
    for (const [name, { label }] of Object.entries(OPTIMIZER_TEXTS)) {
      (this.#field('optimizer') as HTMLSelectElement).add(new Option(label, name));
    }
    let read = 0;
    const take = async () => {
      const number = ++read;
      this.#complain(undefined);
      try {
        await onSettings(readSettings(this.#texts(), this.#ends));
      } catch (error) {
        // The error of settings that have changed since is not shown.
        if (number === read) this.#complain(error as Error);
      }
    };
    form.addEventListener('change', take);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void take();
    });
    form.querySelector('#other-seed')!.addEventListener('click', () => {
      this.#field('seed').value = String(Math.floor(Math.random() * LARGEST_SEED) + 1);
      void take();
    });
  }

  /** Shows settings. */
  show(settings: Settings): void {
    this.#complain(undefined);
    const { layers } = settings;
    this.#ends = { features: layers[0]!, classes: layers.at(-1)! };
    const texts = settingTexts(settings);
    this.#field('hidden').value = layers.slice(1, -1).join('-');
    for (const name of ['epochs', 'batch', 'optimizer', 'rate', 'seed'] as const) {
      const field = this.#field(name);
      if (
        field instanceof HTMLSelectElement &&
        ![...field.options].some(({ value }) => value === texts[name])
      ) {
        field.add(new Option(texts[name], texts[name]));
      }
      field.value = texts[name];
    }
    for (const [id, size] of [
      ['features', layers[0]],
      ['classes', layers.at(-1)],
    ] as const) {
      this.#form.querySelector(`#${id}`)!.textContent = String(size);
    }
  }

  #texts() {
    const value = (name: string) => this.#field(name).value;
    const { features, classes } = this.#ends;
    const hidden = value('hidden').trim();
    return {
      layers: hidden === '' ? `${features}-${classes}` : `${features}-${hidden}-${classes}`,
      epochs: value('epochs'),
      batch: value('batch'),
      optimizer: value('optimizer'),
      rate: value('rate'),
      seed: value('seed'),
    };
  }

  #complain(error: Error | undefined): void {
    this.#message.textContent = error?.message ?? '';
    const setting = error instanceof SettingError ? error.setting : undefined;
    const wrong = setting === 'layers' ? 'hidden' : setting;
    for (const field of this.#form.querySelectorAll('input, select')) {
      field.ariaInvalid = String((field as HTMLInputElement).name === wrong);
    }
  }

  #field(name: string): HTMLInputElement | HTMLSelectElement {
    return this.#form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;
  }
}
