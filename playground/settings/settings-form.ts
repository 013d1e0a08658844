/** The form for the settings of a run. */
import { HIDDEN } from '../../src/core/activations.ts';
import { OPTIMIZERS } from '../../src/core/optimizers.ts';
import { text } from '../texts/languages.ts';
import {
  DEFAULTS,
  type Ends,
  needsImage,
  readSettings,
  SettingError,
  type Settings,
  settingTexts,
} from './settings.ts';

/** The hidden layers that a kind of network begins with. */
const BEGINNINGS: Readonly<Record<string, string>> = {
  dense: DEFAULTS.architecture.layers.slice(1, -1).join('-'),
  image: '8c5s-p2-16c5s-p2',
};

/** The settings that have a field of their own. */
const FIELDS = [
  'activation',
  'epochs',
  'batch',
  'optimizer',
  'rate',
  'schedule',
  'dropout',
  'decay',
  'seed',
] as const satisfies readonly (keyof Settings)[];

/** Characters of the layers that are seen at once, at most: as many as a phone has room for. */
const MOST_SHOWN = 20;

/** The largest random seed: short enough to be read aloud. */
const LARGEST_SEED = 9999;

export class SettingsForm {
  readonly #form: HTMLFormElement;
  readonly #message: HTMLElement;
  #ends: Ends = { features: 0, classes: 0 };
  /** The image that the inputs are, as text; empty if they are none. */
  #image = '';

  /** @param onSettings called with valid settings; if it rejects, the error is shown */
  constructor(
    form: HTMLFormElement,
    message: HTMLElement,
    onSettings: (s: Settings) => Promise<unknown>,
  ) {
    this.#form = form;
    this.#message = message;
    const [optimizers, activations] = [this.#field('optimizer'), this.#field('activation')];
    for (const name of OPTIMIZERS) {
      (optimizers as HTMLSelectElement).add(new Option(text(`optimizer.${name}`), name));
    }
    for (const name of HIDDEN) {
      (activations as HTMLSelectElement).add(new Option(text(`activation.${name}`), name));
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
    form.addEventListener('change', ({ target }) => {
      const kind = this.#field('kind');
      if (target === kind) this.#field('hidden').value = BEGINNINGS[kind.value]!;
      void take();
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void take();
    });
    form.querySelector('#other-seed')!.addEventListener('click', () => {
      this.#field('seed').value = String(Math.floor(Math.random() * LARGEST_SEED) + 1);
      void take();
    });
  }

  /**
   * Shows settings.
   *
   * @param areImages whether the inputs may be images
   */
  show(settings: Settings, areImages: boolean): void {
    this.#complain(undefined);
    const { input, features, outputs, text: layersText } = settings.architecture;
    this.#ends = { features, classes: outputs };
    const [first, ...layers] = layersText.split('-');
    const side = areImages ? Math.sqrt(features) : Number.NaN;
    this.#image = input ? first! : Number.isInteger(side) ? `${side}x${side}` : '';
    const texts = settingTexts(settings);
    const kind = this.#field('kind') as HTMLSelectElement;
    kind.value = input ? 'image' : 'dense';
    kind.querySelector<HTMLOptionElement>('[value=image]')!.disabled = this.#image === '';
    const hidden = this.#field('hidden') as HTMLInputElement;
    hidden.value = layers.slice(0, -1).join('-');
    hidden.size = Math.min(Math.max(hidden.value.length, 8), MOST_SHOWN);
    for (const name of FIELDS) {
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
      ['features', first!],
      ['classes', layers.at(-1)!],
    ] as const) {
      this.#form.querySelector(`#${id}`)!.textContent = size;
    }
  }

  #texts() {
    const value = (name: string) => this.#field(name).value;
    const { features, classes } = this.#ends;
    const hidden = value('hidden').trim();
    const isImage = value('kind') === 'image' || needsImage(hidden);
    const first = isImage && this.#image ? this.#image : features;
    return {
      layers: [first, ...(hidden === '' ? [] : [hidden]), classes].join('-'),
      ...Object.fromEntries(FIELDS.map((name) => [name, value(name)])),
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
