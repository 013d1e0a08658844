/** The held-out examples that excite a unit most. */
import type { Dataset, Normalization } from 'relumax/worker';
import type { Image } from '../../src/core/layers.ts';
import { exampleOf, inkOf } from '../data/example.ts';
import { buttonOf, element, itemsOf } from '../page/elements.ts';
import { drawInk, drawLight, magnitude, pictureOf, shapeOf } from '../page/pictures.ts';
import { text } from '../texts/languages.ts';
import { entry, named, short } from '../texts/words.ts';
import { channelOf } from './tiles.ts';
import type { UnitPlace } from './unit-place.ts';
import { type AskActivations, mostExciting } from './unit-scores.ts';

/** How many are shown. */
const MOST = 12;

export interface ExamplesSubject {
  readonly data: Dataset;
  readonly normalization: Normalization | undefined;
  readonly classNames: readonly string[];
  /** Names an example that is shown by its name and not as a picture. */
  readonly nameOf: ((example: number) => string) | undefined;
  /** A filter, whose feature maps are shown as well. */
  readonly map: { place: UnitPlace; image: Image; ask: AskActivations } | undefined;
  /** Called with the number of an example that was chosen. */
  onExample(example: number): void;
}

/** The elements of an example; they stay while other examples come into them, and so does the focus. */
interface Card {
  readonly button: HTMLButtonElement;
  readonly name: HTMLElement;
  readonly picture: HTMLCanvasElement | undefined;
  readonly map: HTMLCanvasElement | undefined;
  readonly words: HTMLElement;
}

export class UnitExamples {
  readonly host = element('div');
  readonly #subject: ExamplesSubject;
  readonly #cards: readonly Card[];
  readonly #none = element('p', 'quiet', text('unit.none'));
  #best: readonly number[] = [];
  #scores: ArrayLike<number> = [];
  /** Feature maps of the best, one example after another. */
  #maps: ArrayLike<number> | undefined;

  constructor(subject: ExamplesSubject) {
    this.#subject = subject;
    this.#cards = Array.from({ length: Math.min(MOST, subject.data.length) }, () => this.#card());
    const list = element('ul', 'readings');
    list.append(...itemsOf(this.#cards.map(({ button }) => button)));
    this.#none.hidden = true;
    this.host.append(this.#none, list);
  }

  /**
   * Shows those with the largest scores.
   *
   * @param least only scores above it count
   * @param isWanted whether they are still to be shown after the feature maps have come
   */
  async show(scores: Float64Array, least: number, isWanted: () => boolean): Promise<void> {
    const best = mostExciting(scores, MOST, least);
    const maps = await this.#mapsOf(best);
    if (!isWanted()) return;
    [this.#best, this.#scores, this.#maps] = [best, scores, maps];
    this.redraw();
    this.#none.hidden = best.length > 0;
  }

  redraw(): void {
    for (const [i, card] of this.#cards.entries()) {
      const example = this.#best[i];
      card.button.disabled = example === undefined;
      if (example !== undefined) this.#fill(card, i, example);
    }
  }

  #fill({ button, name, picture, map, words }: Card, i: number, example: number): void {
    const { data, normalization, nameOf } = this.#subject;
    const { inputs } = exampleOf(data, example);
    if (picture) drawInk(picture, ...inkOf(inputs, normalization));
    if (map) this.#drawMap(map, i);
    name.textContent = nameOf?.(example) ?? '';
    const label = this.#labelOf(example);
    const activation = entry(this.#scores[example]!);
    words.textContent = `${label}: ${activation}`;
    button.title = text('unit.example', { label, activation });
    button.value = String(example);
  }

  #labelOf(example: number): string {
    const { data, classNames } = this.#subject;
    return data.targets ? short(data.targets[example]!) : named(classNames[data.labels[example]!]!);
  }

  #drawMap(canvas: HTMLCanvasElement, i: number): void {
    const { place, image } = this.#subject.map!;
    const size = image[0] * image[1] * image[2];
    const values = Float32Array.from({ length: size }, (_, k) => this.#maps![i * size + k]!);
    const pixels = channelOf(values, image, place.unit);
    drawLight(canvas, pixels, magnitude(pixels) || 1);
  }

  async #mapsOf(examples: readonly number[]): Promise<ArrayLike<number> | undefined> {
    const { map, data } = this.#subject;
    if (map === undefined || examples.length === 0) return undefined;
    const { features, inputs } = data;
    const asked = inputs.slice(0, examples.length * features);
    for (const [i, example] of examples.entries()) {
      asked.set(inputs.subarray(example * features, (example + 1) * features), i * features);
    }
    return (await map.ask(asked))?.[map.place.layer];
  }

  #card(): Card {
    const { data, nameOf, map: filter, onExample } = this.#subject;
    const button = buttonOf('reading');
    const { width, height } = shapeOf(data.features);
    const picture = nameOf ? undefined : pictureOf(width, height);
    const map = filter && pictureOf(filter.image[1], filter.image[0]);
    const name = element('span', 'quiet');
    name.hidden = nameOf === undefined;
    const words = element('span');
    button.append(...[picture, map].filter((part) => part !== undefined), name, words);
    button.disabled = true;
    button.addEventListener('click', () => onExample(Number(button.value)));
    return { button, name, picture, map, words };
  }
}
