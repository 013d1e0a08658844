/**
 * A unit or filter, opened in a dialog: its weights, what it makes of the example shown, its weights to the
 * next layer, and the held-out examples that excite it most.
 */
import type { Dataset, LayerParameters } from 'relumax/worker';
import type { Hidden } from '../../src/core/activations.ts';
import type { Architecture, LayerShape, TrainedShape } from '../../src/core/layers.ts';
import { valuesOf } from '../data/example.ts';
import { element } from '../page/elements.ts';
import { SignedRows } from '../page/signed-rows.ts';
import type { View } from '../run/run.ts';
import { ShareOfTime } from '../run/share-of-time.ts';
import type { Subject } from '../run/subject.ts';
import { text } from '../texts/languages.ts';
import { count, entry, percent } from '../texts/words.ts';
import { channelByChannel, channelOf } from './tiles.ts';
import { UnitExamples } from './unit-examples.ts';
import { UnitPictures } from './unit-pictures.ts';
import { nameOfUnit, type UnitPlace } from './unit-place.ts';
import { type AskActivations, activityOf, scoresOf } from './unit-scores.ts';

/** More rows than these nobody reads. */
const MOST_ROWS = 100;

/** The network and data whose units are shown. */
export interface UnitSubject extends Pick<Subject, 'normalization' | 'classNames' | 'table'> {
  readonly architecture: Architecture;
  readonly activation: Hidden;
  /** The held-out examples. */
  readonly data: Dataset;
}

export interface UnitWatcher {
  /** Asked for the activations of held-out examples. */
  readonly ask: AskActivations;
  /** A held-out example was chosen. */
  example(example: number): void;
}

/** What a dense unit computes: Z = Σ wₖ xₖ + b. */
interface Sum {
  readonly inputs: Float32Array;
  readonly products: Float32Array;
  readonly sum: number;
}

/** What is shown of one unit. */
interface Opened {
  readonly place: UnitPlace;
  readonly shape: TrainedShape;
  /** The number of its layer among those that have parameters. */
  readonly trained: number;
  readonly isLast: boolean;
  /** Weights that are a picture, or rows with the names of the inputs. */
  readonly pictures: UnitPictures | undefined;
  readonly rows: SignedRows | undefined;
  readonly terms: Terms;
  /** Its weights to the units of the next layer, if that is dense and sees each of them once. */
  readonly next: SignedRows | undefined;
  readonly activity: HTMLElement;
  readonly examples: UnitExamples;
}

export class UnitView {
  readonly #dialog: HTMLDialogElement;
  readonly #title: HTMLElement;
  readonly #body: HTMLElement;
  readonly #watcher: UnitWatcher;
  #subject: UnitSubject | undefined;
  #opened: Opened | undefined;
  #view: View | undefined;
  #isTraining = false;
  /** The parameters whose scores are shown, whether others are being computed, and the time that they take. */
  #scored: readonly LayerParameters[] | undefined;
  #isScoring = false;
  readonly #time = new ShareOfTime();

  /** @param dialog with a title (h2) and a form that closes it */
  constructor(dialog: HTMLDialogElement, watcher: UnitWatcher) {
    this.#dialog = dialog;
    this.#watcher = watcher;
    this.#title = dialog.querySelector('h2')!;
    this.#body = element('div', 'unit-parts');
    dialog.querySelector('form')!.before(this.#body);
    dialog.addEventListener('click', ({ target }) => {
      if (target === dialog) dialog.close();
    });
    dialog.addEventListener('close', () => {
      this.#opened = undefined;
      this.#body.replaceChildren();
    });
    for (const [name, by] of [
      ['previous', -1],
      ['next', 1],
    ] as const) {
      dialog.querySelector(`.${name}`)!.addEventListener('click', () => this.#move(by));
    }
  }

  /** Sets another network, or other data; an open unit is closed. */
  fit(subject: UnitSubject): void {
    this.#subject = subject;
    this.#view = undefined;
    this.#scored = undefined;
    this.#dialog.close();
  }

  /** Opens a unit. */
  open(place: UnitPlace): void {
    const { architecture, classNames } = this.#subject!;
    const { shapes } = architecture;
    const shape = shapes[place.layer] as TrainedShape;
    const isLast = place.layer === shapes.length - 1;
    const name = nameOfUnit(shape, place.unit, isLast ? classNames : []);
    this.#title.textContent =
      shapes.length > 1 ? text('unit.title', { name, layer: place.layer + 1 }) : name;
    this.#opened = this.#partsOf(place, shape, isLast);
    this.#scored = undefined;
    this.#time.reset();
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#dialog.scrollTop = 0;
    if (this.#view) this.show(this.#view, this.#isTraining);
  }

  /** Shows the state of the network. Costs nothing while no unit is open. */
  show(view: View, isTraining: boolean): void {
    this.#view = view;
    this.#isTraining = isTraining;
    if (this.#opened === undefined) return;
    this.#showNumbers(this.#opened, view);
    this.#opened.examples.redraw();
    void this.#score();
  }

  /** Opens another unit of the same layer. */
  #move(by: number): void {
    if (this.#opened === undefined) return;
    const { place, shape } = this.#opened;
    const units = shape.output[2];
    this.open({ layer: place.layer, unit: (place.unit + by + units) % units });
  }

  /** Makes the elements. */
  #partsOf(place: UnitPlace, shape: TrainedShape, isLast: boolean): Opened {
    const { architecture, data, normalization, classNames, table } = this.#subject!;
    const { shapes, trained } = architecture;
    const pictures = hasPicture(place.layer, architecture, table !== undefined)
      ? new UnitPictures(shape, architecture.input === undefined)
      : undefined;
    const rows = pictures ? undefined : this.#inputRows(place.layer, shape);
    const next = this.#nextRows(place.layer, shapes);
    const terms = new Terms(shape, isLast, this.#subject!);
    const examples = new UnitExamples({
      data,
      normalization,
      classNames,
      nameOf: table?.nameOf,
      map:
        shape.kind === 'conv' ? { place, image: shape.output, ask: this.#watcher.ask } : undefined,
      onExample: (example) => this.#watcher.example(example),
    });
    const activity = element('p', 'activity');
    const exciting = element('section', 'unit-examples');
    exciting.append(element('h3', '', text('unit.exciting')), activity, examples.host);
    const columns = element('div', 'unit-columns');
    columns.append(...(next ? [next.table] : []), exciting);
    const weights = pictures ? pictures.host : scrolling(rows!.table);
    this.#body.replaceChildren(weights, terms.host, columns);
    return {
      place,
      shape,
      trained: trained.indexOf(shape),
      isLast,
      pictures,
      rows,
      terms,
      next,
      activity,
      examples,
    };
  }

  /** The rows of weights that are no picture. */
  #inputRows(layer: number, { input }: LayerShape): SignedRows {
    const { table, architecture } = this.#subject!;
    const names = layer === 0 ? table?.inputs : undefined;
    const number = input[2];
    const below = architecture.shapes[layer - 1];
    const shown = Array.from({ length: Math.min(number, MOST_ROWS) }, (_, k) =>
      names ? names[k]! : nameOfUnit(below ?? { kind: 'dense' }, k),
    );
    const more =
      number > shown.length ? text('unit.some', { shown: shown.length, count: count(number) }) : '';
    const onRow = below?.weights && ((unit: number) => this.open({ layer: layer - 1, unit }));
    return new SignedRows(
      text('unit.weights') + more,
      shown,
      [
        text(names ? 'unit.column' : 'unit.below'),
        text('unit.weight'),
        text('unit.input'),
        text('unit.product'),
      ],
      onRow,
    );
  }

  #nextRows(layer: number, shapes: readonly LayerShape[]): SignedRows | undefined {
    const next = shapes[layer + 1];
    const [height, width] = shapes[layer]!.output;
    if (next?.kind !== 'dense' || height * width > 1) return undefined;
    const { classNames } = this.#subject!;
    const isOutput = layer + 2 === shapes.length;
    const units = next.output[2];
    const names = Array.from({ length: Math.min(units, MOST_ROWS) }, (_, i) =>
      isOutput && classNames.length > 0 ? classNames[i]! : nameOfUnit(next, i),
    );
    const more =
      units > names.length ? text('unit.some', { shown: names.length, count: count(units) }) : '';
    return new SignedRows(
      text(isOutput ? 'unit.outputWeights' : 'unit.nextWeights') + more,
      names,
      [
        text(isOutput && classNames.length > 0 ? 'unit.classHead' : 'unit.above'),
        text('unit.weight'),
      ],
      isOutput ? undefined : (unit) => this.open({ layer: layer + 1, unit }),
    );
  }

  #showNumbers(opened: Opened, { parameters, activations, shown }: View): void {
    const { normalization, architecture } = this.#subject!;
    const { place, shape, trained, pictures, rows, terms, next } = opened;
    const { layer, unit } = place;
    const { weights, biases } = parameters[trained]!;
    const size = weights.length / biases.length;
    const own = weights.subarray(unit * size, (unit + 1) * size);
    const values =
      layer === 0
        ? valuesOf(shown, normalization)
        : // Only those of the last layer may be in float64.
          (activations[layer - 1] as Float32Array);
    const sum =
      shape.kind === 'dense' ? sumOf(own, channelByChannel(values, shape.input)) : undefined;
    const map = channelOf(activations[layer]!, shape.output, unit);
    pictures?.show(own, sum ?? { map });
    if (sum) rows?.show([own, sum.inputs, sum.products]);
    terms.show(sum?.sum, biases[unit]!, map);
    const units = architecture.shapes[layer]!.output[2];
    const above = parameters[trained + 1];
    if (above) next?.show([above.biases.map((_, i) => above.weights[i * units + unit]!)]);
  }

  /** Looks at all held-out examples, if the parameters have changed since. */
  async #score(): Promise<void> {
    const { parameters } = this.#view!;
    const isDue = !this.#isTraining || this.#time.isDue;
    if (this.#isScoring || parameters === this.#scored || !isDue) return;
    const opened = this.#opened!;
    const { data, architecture } = this.#subject!;
    const began = performance.now();
    this.#isScoring = true;
    try {
      const isWanted = () => opened === this.#opened;
      const { ask } = this.#watcher;
      const scores = await scoresOf(opened.place, architecture.shapes, data, ask, isWanted);
      if (scores && isWanted()) {
        this.#scored = parameters;
        await this.#showScores(opened, scores);
      }
    } catch (error) {
      // The network diverges; the next update reports it.
      if (!(error instanceof RangeError)) throw error;
      this.#scored = parameters;
    } finally {
      this.#isScoring = false;
    }
    this.#time.spend(performance.now() - began);
    // It may have changed again, or another unit may be open.
    if (this.#opened) await this.#score();
  }

  async #showScores(opened: Opened, scores: Float64Array): Promise<void> {
    const { activation } = this.#subject!;
    const { shape, isLast } = opened;
    const hasRelu = !isLast && (shape.activation ?? activation) === 'relu';
    const { active, mean } = activityOf(scores);
    const number = count(scores.length);
    const share = { share: percent(active), count: number };
    const often = text(shape.kind === 'conv' ? 'unit.activeSomewhere' : 'unit.active', share);
    opened.activity.textContent =
      hasRelu && active === 0
        ? text('unit.dead', { count: number })
        : [...(isLast ? [] : [often]), text('unit.mean', { mean: entry(mean) })].join(' ');
    await opened.examples.show(scores, hasRelu ? 0 : -Infinity, () => opened === this.#opened);
  }
}

/** The sum of weights times inputs, the bias, Z and A, as a list. */
class Terms {
  readonly host = element('dl', 'terms');
  readonly #values: Readonly<Record<'sum' | 'bias' | 'z' | 'a', HTMLElement>>;

  constructor(
    { kind, activation }: LayerShape,
    isLast: boolean,
    { activation: usual, classNames }: UnitSubject,
  ) {
    const isDense = kind === 'dense';
    const output = classNames.length > 0 ? text('unit.probability') : text('unit.number');
    const a = isLast
      ? output
      : text(isDense ? 'unit.activation' : 'unit.largest', {
          name: text(`activation.${activation ?? usual}`),
        });
    this.#values = {
      sum: this.#add(isDense ? text('unit.sum') : undefined),
      bias: this.#add(text('unit.bias')),
      z: this.#add(isDense ? text('unit.z') : undefined),
      a: this.#add(a),
    };
  }

  #add(name: string | undefined): HTMLElement {
    const value = element('dd');
    if (name !== undefined) {
      const pair = element('div');
      pair.append(element('dt', '', name), value);
      this.host.append(pair);
    }
    return value;
  }

  /**
   * @param sum undefined for a filter, which has one at each place
   * @param activations the unit's; of a filter its feature map
   */
  show(sum: number | undefined, bias: number, activations: Float32Array): void {
    const { sum: added, bias: own, z, a } = this.#values;
    own.textContent = entry(bias);
    a.textContent = entry(activations.reduce((most, value) => Math.max(most, value), -Infinity));
    if (sum === undefined) return;
    added.textContent = entry(sum);
    z.textContent = entry(sum + bias);
  }
}

function sumOf(weights: Float32Array, inputs: Float32Array): Sum {
  const products = weights.map((weight, k) => weight * inputs[k]!);
  let sum = 0;
  for (const [k, weight] of weights.entries()) sum += weight * inputs[k]!;
  return { inputs, products, sum };
}

/** Whether the weights of a layer's units are shown as pictures: not where each input has a name. */
function hasPicture(layer: number, { input, shapes }: Architecture, isTable: boolean): boolean {
  const [height, width] = shapes[layer]!.input;
  if (shapes[layer]!.kind === 'conv' || height * width > 1) return true;
  return input === undefined && layer === 0 && !isTable;
}

function scrolling(content: HTMLElement): HTMLElement {
  const host = element('div', 'scroll');
  host.tabIndex = 0;
  host.role = 'group';
  host.ariaLabel = text('unit.weights');
  host.append(content);
  return host;
}
