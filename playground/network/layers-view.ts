/** A network of images as pictures, layer by layer: filters, and the feature maps of an example. */
import type { LayerParameters, Outputs } from 'relumax/worker';
import type { DeadUnits } from '../../src/cli/training/dead-units.ts';
import type {
  Architecture,
  Convolution,
  Layer,
  LayerShape,
  MaxPooling,
} from '../../src/core/layers.ts';
import { buttonOf, element, itemsOf } from '../page/elements.ts';
import { drawLight, drawSigned, magnitude, mostly, pictureOf } from '../page/pictures.ts';
import { counted, text } from '../texts/languages.ts';
import { channelOf, type Tiles, tiled, tilesOf } from './tiles.ts';
import { nameOfUnit, type UnitPlace } from './unit-place.ts';

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

  /**
   * @param classNames of the last layer's units
   * @param onUnit called with a unit or filter whose picture was chosen
   */
  constructor(
    host: HTMLElement,
    { layers, shapes }: Architecture,
    classNames: readonly string[],
    onUnit: (place: UnitPlace) => void,
  ) {
    this.#parts = shapes.map((shape, l) => {
      const names = l === shapes.length - 1 ? classNames : [];
      const [height, width, channels] = shape.output;
      const tiles = tilesOf(shape);
      const cards = Array.from({ length: Math.min(channels, MOST_FILTERS) }, (_, i) => {
        const card = shape.weights ? buttonOf('unit') : element('div', 'unit');
        if (card instanceof HTMLButtonElement) {
          card.ariaLabel = nameOfUnit(shape, i, names);
          card.addEventListener('click', () => onUnit({ layer: l, unit: i }));
        }
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
      part.loudest = Math.max(part.loudest, magnitude(values));
      const full = part.loudest || 1;
      for (const [i, { card, map, light }] of part.cards.entries()) {
        if (map) {
          drawLight(map, channelOf(values, part.shape.output, i), BRIGHT * full);
        } else {
          const share = Math.abs(values[i]!) / full;
          light!.style.scale = `${share.toFixed(3)} 1`;
          card.classList.toggle('lit', share > 0.02);
        }
      }
    }
  }
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
  const isChosen = kind !== 'maxPool';
  const grid = element(isChosen ? 'ul' : 'div', 'maps');
  if (!isChosen) grid.role = 'img';
  grid.ariaLabel = text(`layers.label.${kind}`);
  const [wide, narrow] = kind === 'maxPool' ? ROW_OF_MAPS : ROW;
  grid.style.setProperty('--wide', String(evenly(cards.length, wide)));
  grid.style.setProperty('--narrow', String(evenly(cards.length, narrow)));
  const pictures = cards.map(({ card }) => card);
  grid.append(...(isChosen ? itemsOf(pictures) : pictures));
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
