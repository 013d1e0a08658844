/** A network of images as pictures, layer by layer: filters, and the feature maps of an example. */
import type { LayerParameters, Outputs } from 'relumax/worker';
import type { DeadUnits } from '../src/cli/training/dead-units.ts';
import type {
  Architecture,
  Convolution,
  Layer,
  LayerShape,
  MaxPooling,
} from '../src/core/layers.ts';
import { drawLight, drawSigned, magnitude, mostly, pictureOf } from './pictures.ts';
import { counted, text } from './texts/languages.ts';

/** More filters than these would be too small to see anything in. */
const MOST_FILTERS = 64;

/** The most pictures in a row, on a wide screen and on a phone; maps alone may be smaller. */
const ROW = [10, 5] as const;
const ROW_OF_MAPS = [16, 8] as const;

/** The share of the largest activation that has the full colour: else most maps would be pale. */
const BRIGHT = 0.6;

/** The elements of a filter or unit. */
interface Card {
  readonly card: HTMLElement;
  readonly weights: HTMLCanvasElement | undefined;
  /** Its feature map; of a dense layer a bar. */
  readonly map: HTMLCanvasElement | undefined;
  readonly light: HTMLElement | undefined;
}

interface Part {
  readonly shape: LayerShape;
  readonly tiles: Tiles;
  readonly cards: readonly Card[];
  /** The largest activation so far: so a sheet without ink is dark, and not lit by the biases. */
  loudest: number;
}

export class LayersView {
  readonly #parts: readonly Part[];

  /** @param classNames of the last layer's units */
  constructor(host: HTMLElement, { layers, shapes }: Architecture, classNames: readonly string[]) {
    this.#parts = shapes.map((shape, l) => {
      const names = l === shapes.length - 1 ? classNames : [];
      const [height, width, channels] = shape.output;
      const tiles = tilesOf(shape);
      const cards = Array.from({ length: Math.min(channels, MOST_FILTERS) }, (_, i) => {
        const card = element('div', 'unit');
        const weights = shape.weights && pictureOf(tiles.width, tiles.height);
        const isMap = shape.kind !== 'dense';
        const map = isMap ? pictureOf(width, height) : undefined;
        const light = isMap ? undefined : element('div', 'light');
        card.append(...[weights, map, light].filter((part) => part !== undefined));
        if (names[i] !== undefined) card.append(element('span', 'name', names[i]));
        return { card, weights, map, light };
      });
      host.append(section(shape, titleOf(shape, layers[l]!), cards));
      return { shape, tiles, cards, loudest: 0 };
    });
  }

  /** Shows which filters and units are dead. */
  dead(layers: readonly DeadUnits[]): void {
    for (const [l, { cards }] of this.#parts.entries()) {
      const dead = new Set(layers.find(({ layer }) => layer === l + 1)?.dead);
      for (const [i, { card }] of cards.entries()) card.classList.toggle('dead', dead.has(i));
    }
  }

  /** Shows the weights. */
  parameters(parameters: readonly LayerParameters[]): void {
    let trained = 0;
    for (const { shape, tiles, cards } of this.#parts) {
      if (shape.weights === undefined) continue;
      const { weights, biases } = parameters[trained++]!;
      const largest = mostly(weights);
      const size = weights.length / biases.length;
      for (const [i, { weights: picture }] of cards.entries()) {
        drawSigned(picture!, tiled(weights.subarray(i * size, (i + 1) * size), tiles), largest);
      }
    }
  }

  /** Shows the activations for the example. */
  activations(activations: readonly Outputs[]): void {
    for (const [l, part] of this.#parts.entries()) {
      const values = activations[l]!;
      const [height, width, channels] = part.shape.output;
      part.loudest = Math.max(part.loudest, magnitude(values));
      const full = part.loudest || 1;
      for (const [i, { card, map, light }] of part.cards.entries()) {
        if (map) {
          const pixels = Float32Array.from(
            { length: height * width },
            (_, pixel) => values[pixel * channels + i]!,
          );
          drawLight(map, pixels, BRIGHT * full);
        } else {
          const share = Math.abs(values[i]!) / full;
          light!.style.scale = `${share.toFixed(3)} 1`;
          card.classList.toggle('lit', share > 0.02);
        }
      }
    }
  }
}

/** How a unit's weights are laid out as a picture: one tile per channel. */
interface Tiles {
  readonly kernel: readonly [height: number, width: number];
  readonly columns: number;
  readonly gap: number;
  readonly width: number;
  readonly height: number;
}

function tilesOf({ kind, weights, input }: LayerShape): Tiles {
  const [rows, columns, channels] = input;
  const kernel =
    kind === 'conv' ? ([weights![2]!, weights![3]!] as const) : ([rows, columns] as const);
  const across = acrossOf(channels);
  const gap = kernel[0] * kernel[1] > 1 ? 1 : 0;
  const sized = (tile: number, count: number) => count * (tile + gap) - gap;
  return {
    kernel,
    columns: across,
    gap,
    width: sized(kernel[1], across),
    height: sized(kernel[0], Math.ceil(channels / across)),
  };
}

/** How many tiles are side by side: a divisor near the square root, if there is one. */
function acrossOf(tiles: number): number {
  const square = Math.ceil(Math.sqrt(tiles));
  for (let across = square; across <= 2 * square; across++) {
    if (tiles % across === 0) return across;
  }
  return square;
}

/** The weights of a unit, channel by channel, as the pixels of its picture; zero between the tiles. */
function tiled(weights: Float32Array, { kernel, columns, gap, width, height }: Tiles) {
  const pixels = new Float32Array(width * height);
  const [rows, across] = kernel;
  for (let k = 0; k < weights.length; k++) {
    const channel = Math.floor(k / (rows * across));
    const y = Math.floor(channel / columns) * (rows + gap) + (Math.floor(k / across) % rows);
    const x = (channel % columns) * (across + gap) + (k % across);
    pixels[y * width + x] = weights[k]!;
  }
  return pixels;
}

function section(
  { kind, output, activation }: LayerShape,
  words: string,
  cards: readonly Card[],
): HTMLElement {
  const title = element('h4', '', words);
  const notes = [
    ...(activation ? [activation] : []),
    ...(kind === 'dense' ? [] : [`→ ${output[0]} × ${output[1]}`]),
    ...(cards.length < output[2] ? [text('layers.first', { count: cards.length })] : []),
  ];
  title.append(' ', element('span', 'quiet', notes.join(', ')));
  const grid = element('div', 'maps');
  grid.role = 'img';
  grid.ariaLabel = text(`layers.label.${kind}`);
  const [wide, narrow] = kind === 'maxPool' ? ROW_OF_MAPS : ROW;
  grid.style.setProperty('--wide', String(evenly(cards.length, wide)));
  grid.style.setProperty('--narrow', String(evenly(cards.length, narrow)));
  grid.append(...cards.map(({ card }) => card));
  const made = element('section', 'layer');
  made.append(title, grid);
  return made;
}

function titleOf({ kind, input, output }: LayerShape, layer: Layer): string {
  const [height, width, channels] = input;
  const units = output[2];
  if (kind === 'dense') {
    const name = counted('units.count', units, { count: units });
    if (height * width === 1) return name;
    return text('layers.unitsOver', { units: name, height, width, channels });
  }
  if (kind === 'maxPool') {
    return text('layers.pooling', { size: (layer as MaxPooling).maxPool });
  }
  const { kernel, stride = 1 } = layer as Convolution;
  const filters = counted('layers.filters', units, { count: units, size: kernel });
  const over = channels > 1 ? text('layers.filtersOver', { filters, channels }) : filters;
  return stride > 1 ? text('layers.stride', { filters: over, stride }) : over;
}

/** How many in a row, so that the rows are about as long as each other. */
function evenly(cards: number, most: number): number {
  return Math.ceil(cards / Math.ceil(cards / most));
}

function element(tag: string, className: string, words = ''): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = words;
  return made;
}
