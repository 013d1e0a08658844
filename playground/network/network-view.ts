/**
 * The network as pictures: the weights of each unit of the first layer, with its activation and its
 * weights to the next layer; further layers as matrices; the probabilities as bars. The layers of a
 * network of images are in layers-view.ts.
 */
import type { LayerParameters, Outputs } from 'relumax/worker';
import type { DeadUnits } from '../../src/cli/training/dead-units.ts';
import type { Architecture } from '../../src/core/layers.ts';
import { buttonOf, element, itemsOf } from '../page/elements.ts';
import { drawSigned, magnitude, mostly, pictureOf, shapeOf } from '../page/pictures.ts';
import { counted, text } from '../texts/languages.ts';
import { percent } from '../texts/words.ts';
import { LayersView } from './layers-view.ts';
import { nameOfUnit, type UnitPlace } from './unit-place.ts';

/** More units than these would be too small to see anything in. */
const MOST_UNITS = 64;

/** Characters of a class's number, at most; names get more room. */
const LONGEST_NUMBER = 3;

/** The elements of a unit. */
interface Unit {
  readonly card: HTMLElement;
  readonly weights: HTMLCanvasElement;
  readonly light: HTMLElement;
  readonly votes: HTMLCanvasElement;
}

interface Bar {
  readonly button: HTMLButtonElement;
  readonly length: HTMLElement;
  readonly share: HTMLElement;
}

/** Where the parts go. */
export interface NetworkHosts {
  readonly title: HTMLElement;
  /** Names the units or classes of a unit's strip. */
  readonly next: HTMLElement;
  readonly units: HTMLElement;
  /** What the pictures of units show, in words. */
  readonly unitsCaption: HTMLElement;
  /** What their strips show; without a next layer there are none. */
  readonly strip: HTMLElement;
  /** The layers of a network of images, and what their pictures show. */
  readonly layers: HTMLElement;
  readonly layersCaption: HTMLElement;
  readonly matrices: HTMLElement;
  readonly bars: HTMLElement;
}

export class NetworkView {
  readonly #hosts: NetworkHosts;
  readonly #onUnit: (place: UnitPlace) => void;
  #sizes: readonly number[] = [];
  /** In place of the units, if the inputs are images. */
  #layers: LayersView | undefined;
  /** The layers and class names that the elements are for, as text. */
  #fitted = '';
  #units: Unit[] = [];
  #matrices: HTMLCanvasElement[] = [];
  #bars: Bar[] = [];

  /**
   * @param onClass called with a class whose bar was chosen
   * @param onUnit called with a unit whose picture was chosen
   */
  constructor(
    hosts: NetworkHosts,
    onClass: (label: number) => void,
    onUnit: (place: UnitPlace) => void,
  ) {
    this.#hosts = hosts;
    this.#onUnit = onUnit;
    hosts.bars.addEventListener('click', ({ target }) => {
      const button = (target as Element).closest('button');
      if (button) onClass(Number(button.value));
    });
  }

  /** Makes the elements for another network. */
  fit(architecture: Architecture, classNames: readonly string[]): void {
    const fitted = JSON.stringify([architecture.text, classNames]);
    if (fitted === this.#fitted) return;
    this.#fitted = fitted;
    const { input, shapes } = architecture;
    this.#hosts.layers.replaceChildren();
    this.#layers =
      input && new LayersView(this.#hosts.layers, architecture, classNames, this.#onUnit);
    this.#fitUnits(input ? [] : sizesOf(architecture), classNames);
    if (input) {
      this.#hosts.title.textContent = counted('layers.count', shapes.length, {
        count: shapes.length,
      });
    }
    for (const [name, isShown] of [
      ['layers', input],
      ['layersCaption', input],
      ['units', !input],
      ['unitsCaption', !input],
    ] as const) {
      this.#hosts[name].hidden = !isShown;
    }
    this.#fitBars(classNames);
  }

  /**
   * @param sizes n⁰ … nᴸ; none if units are not shown
   * @param classNames of the last ones; none if they are numbers
   */
  #fitUnits(sizes: readonly number[], classNames: readonly string[]): void {
    this.#sizes = sizes;
    const [inputs = 0, units = 0, next = 0] = sizes;
    const { width, height } = shapeOf(inputs);
    const shown = Math.min(units, MOST_UNITS);
    const names = sizes.length === 2 ? classNames : [];
    this.#units = Array.from({ length: shown }, (_, unit) => {
      const card = buttonOf('unit');
      card.ariaLabel = nameOfUnit({ kind: 'dense' }, unit, names);
      card.addEventListener('click', () => this.#onUnit({ layer: 0, unit }));
      const light = element('div', 'light');
      const weights = pictureOf(width, height);
      const votes = pictureOf(Math.max(next, 1), 1);
      votes.classList.add('votes');
      votes.hidden = next === 0;
      card.append(weights, light, votes);
      return { card, weights, light, votes };
    });
    this.#hosts.units.replaceChildren(...itemsOf(this.#units.map(({ card }) => card)));
    this.#hosts.units.classList.toggle('many', shown > 16);
    const hidden = sizes.length > 2;
    const name = counted(hidden ? 'units.hidden' : 'units.count', units, { count: units });
    this.#hosts.strip.hidden = next === 0;
    this.#hosts.next.textContent =
      sizes.length > 3
        ? counted('units.next.layer', next, { count: next })
        : classNames.length > 0
          ? text('units.next.classes')
          : text('units.next.number');
    this.#hosts.title.textContent =
      units > shown ? text('units.first', { units: name, count: shown }) : name;

    this.#matrices = sizes.slice(3).map((_, i) => pictureOf(sizes[i + 2]!, sizes[i + 3]!));
    this.#hosts.matrices.replaceChildren(
      ...this.#matrices.map((matrix, i) => {
        const figure = element('figure', 'matrix');
        const caption = element('figcaption');
        caption.textContent = text('units.matrix', {
          layer: i + 3,
          rows: sizes[i + 3]!,
          columns: sizes[i + 2]!,
        });
        figure.append(matrix, caption);
        return figure;
      }),
    );
    this.#hosts.matrices.hidden = this.#matrices.length === 0;
  }

  #fitBars(classNames: readonly string[]): void {
    this.#bars = classNames.map((className, label) => {
      const button = buttonOf('bar');
      button.value = String(label);
      const name = element('span', 'name', className);
      name.title = className;
      const track = element('span', 'track');
      const length = element('span', 'length');
      const share = element('span', 'share');
      track.append(length);
      button.append(name, track, share);
      return { button, length, share };
    });
    const isNamed = classNames.some((name) => name.length > LONGEST_NUMBER);
    this.#hosts.bars.classList.toggle('named', isNamed);
    this.#hosts.bars.replaceChildren(...itemsOf(this.#bars.map(({ button }) => button)));
  }

  /** Shows which units are dead. */
  dead(layers: readonly DeadUnits[]): void {
    this.#layers?.dead(layers);
    const dead = new Set(layers.find(({ layer }) => layer === 1)?.dead);
    for (const [unit, { card }] of this.#units.entries()) {
      card.classList.toggle('dead', dead.has(unit));
    }
  }

  /** Shows the weights. */
  parameters(parameters: readonly LayerParameters[]): void {
    if (this.#layers) {
      this.#layers.parameters(parameters);
      return;
    }
    const [first, second] = parameters;
    const inputs = this.#sizes[0]!;
    const largest = mostly(first!.weights);
    const loudest = second ? mostly(second.weights) : 0;
    const units = first!.biases.length;
    for (const [unit, { weights, votes }] of this.#units.entries()) {
      drawSigned(weights, first!.weights.subarray(unit * inputs, (unit + 1) * inputs), largest);
      if (second) {
        const column = second.biases.map((_, i) => second.weights[i * units + unit]!);
        drawSigned(votes, column, loudest);
      }
    }
    for (const [i, matrix] of this.#matrices.entries())
      drawSigned(matrix, parameters[i + 2]!.weights, mostly(parameters[i + 2]!.weights));
  }

  /**
   * Shows the activations for the example.
   *
   * @param chosen the class whose evidence is shown
   * @param label the class of the example, if it has one
   */
  activations(activations: readonly Outputs[], chosen: number, label: number | undefined): void {
    this.#layers?.activations(activations);
    const first = activations[0]!;
    const largest = magnitude(first);
    for (const [unit, { card, light }] of this.#units.entries()) {
      const share = largest > 0 ? Math.abs(first[unit]!) / largest : 0;
      light.style.scale = `${share.toFixed(3)} 1`;
      card.classList.toggle('lit', share > 0.02);
    }
    const probabilities = activations.at(-1)!;
    for (const [i, { button, length, share }] of this.#bars.entries()) {
      const probability = probabilities[i]!;
      length.style.scale = `${probability.toFixed(4)} 1`;
      share.textContent = percent(probability, 0);
      button.ariaPressed = String(i === chosen);
      button.classList.toggle('right', i === label);
    }
  }
}

/** n⁰ … nᴸ of dense layers. */
function sizesOf({ features, shapes }: Architecture): number[] {
  return [features, ...shapes.map(({ output }) => output[2])];
}
