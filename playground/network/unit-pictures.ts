/** The weights of a unit as a large picture, beside the inputs that they meet. */
import type { TrainedShape } from '../../src/core/layers.ts';
import { element } from '../page/elements.ts';
import { drawInk, drawLight, drawSigned, magnitude, pictureOf, shapeOf } from '../page/pictures.ts';
import { text } from '../texts/languages.ts';
import { entry } from '../texts/words.ts';
import { type Tiles, tiled, tilesOf } from './tiles.ts';

/** What the weights meet: of a unit its inputs and their products, of a filter its feature map. */
export type Met =
  | { readonly inputs: Float32Array; readonly products: Float32Array }
  | { readonly map: Float32Array };

/** A picture with a caption, and for signed values a scale from the largest negative to the largest positive. */
interface Figure {
  readonly picture: HTMLCanvasElement;
  readonly ends: readonly HTMLElement[];
}

/** Steps of the scale's colours. */
const STEPS = 201;

export class UnitPictures {
  readonly host = element('div', 'unit-pictures');
  /** Undefined: the inputs are one picture. */
  readonly #tiles: Tiles | undefined;
  readonly #weights: Figure;
  readonly #met: Figure;
  readonly #products: Figure | undefined;

  /** @param isWhole whether the inputs are one picture, and not an image of several channels */
  constructor(shape: TrainedShape, isWhole: boolean) {
    this.#tiles = isWhole ? undefined : tilesOf(shape);
    const size = this.#tiles ?? shapeOf(shape.weights[1]!);
    this.#weights = this.#add(text('unit.weights'), size, true);
    const [height, width] = shape.output;
    if (shape.kind === 'conv') {
      this.#met = this.#add(text('unit.map'), { width, height }, false);
    } else {
      this.#met = this.#add(text('unit.inputs'), size, false);
      this.#products = this.#add(text('unit.products'), size, true);
    }
  }

  show(weights: Float32Array, met: Met): void {
    this.#drawSigned(this.#weights, weights);
    const { picture } = this.#met;
    if ('map' in met) {
      drawLight(picture, met.map, magnitude(met.map) || 1);
      return;
    }
    drawInk(picture, this.#pixels(met.inputs), magnitude(met.inputs) || 1);
    this.#drawSigned(this.#products!, met.products);
  }

  #drawSigned({ picture, ends }: Figure, values: Float32Array): void {
    const largest = magnitude(values);
    drawSigned(picture, this.#pixels(values), largest);
    const [below, scale, above] = ends;
    below!.textContent = entry(-largest);
    above!.textContent = entry(largest);
    // Again with each picture: the colours are those of the theme.
    drawSigned(
      scale as HTMLCanvasElement,
      Array.from({ length: STEPS }, (_, i) => i - (STEPS - 1) / 2),
    );
  }

  #pixels(values: Float32Array): Float32Array {
    return this.#tiles ? tiled(values, this.#tiles) : values;
  }

  #add(
    caption: string,
    { width, height }: { width: number; height: number },
    isSigned: boolean,
  ): Figure {
    const figure = element('figure');
    const picture = pictureOf(width, height);
    figure.append(picture);
    const ends = isSigned ? [element('span'), pictureOf(STEPS, 1), element('span')] : [];
    if (isSigned) {
      const legend = element('div', 'scale');
      legend.append(...ends);
      figure.append(legend);
    }
    figure.append(element('figcaption', '', caption));
    this.host.append(figure);
    return { picture, ends };
  }
}
