/** What the network says to the example, and which inputs are evidence for it. */
import { oneLine } from '../../src/cli/terminal/safe-text.ts';
import { inkOf } from '../data/example.ts';
import { evidence } from '../equations/worked-example.ts';
import type { NetworkView } from '../network/network-view.ts';
import { drawInk, drawSigned, shapeOf } from '../page/pictures.ts';
import type { View } from '../run/run.ts';
import type { Subject } from '../run/subject.ts';
import type { LazyTableView } from '../table/lazy-table-view.ts';
import { text } from '../texts/languages.ts';
import { classAnswer, numberAnswer } from './answer.ts';
import type { ShownExample } from './example-view.ts';

export interface AnswerHosts {
  readonly answer: HTMLElement;
  readonly truth: HTMLElement;
  /** Read aloud by screen readers. */
  readonly spoken: HTMLElement;
  /** The example as the network sees it, and its evidence. */
  readonly preview: HTMLCanvasElement;
  readonly evidence: HTMLCanvasElement;
  /** What names the class of the evidence. */
  readonly evidenceClass: Iterable<HTMLElement>;
}

export class AnswerView {
  readonly #hosts: AnswerHosts;
  readonly #network: NetworkView;
  readonly #tables: LazyTableView;
  #subject: Subject | undefined;
  /** The class whose evidence is shown; undefined: the predicted one. */
  #chosen: number | undefined;
  /** Whether to announce the next prediction to screen readers. */
  #isAnnounced = false;

  /**
   * @param network shows the activations for the example
   * @param tables show the evidence column by column
   */
  constructor(hosts: AnswerHosts, network: NetworkView, tables: LazyTableView) {
    this.#hosts = hosts;
    this.#network = network;
    this.#tables = tables;
  }

  /** Sets another network, or other data. */
  fit(subject: Subject): void {
    this.#subject = subject;
    this.#chosen = undefined;
  }

  /** Chooses the class whose evidence is shown; chosen again, it is the predicted one. */
  choose(label: number): void {
    this.#chosen = this.#chosen === label ? undefined : label;
  }

  /** The next prediction is to be read aloud. */
  announce(): void {
    this.#isAnnounced = true;
  }

  show({ parameters, shown, activations }: View, example: ShownExample): void {
    const { classNames, settings } = this.#subject!;
    const { label, values, isEmpty } = example;
    const { output, words, truth } = this.#answer(activations.at(-1)!, example);
    const spokenFor = this.#chosen ?? output;
    this.#network.activations(activations, spokenFor, label);
    const { architecture, activation } = settings;
    const effects = evidence(architecture, activation, parameters, activations, values, spokenFor);
    this.#showEvidence(effects, example);
    for (const element of this.#hosts.evidenceClass) {
      element.textContent = classNames[spokenFor] ?? '';
    }
    this.#hosts.answer.textContent = isEmpty ? text('drawing.title') : words;
    this.#hosts.truth.textContent = truth;
    // Not the prediction for an unfinished stroke.
    if (this.#isAnnounced && !isEmpty && shown === example.inputs) {
      this.#isAnnounced = false;
      this.#hosts.spoken.textContent = words;
    }
  }

  #answer(outputs: ArrayLike<number>, example: ShownExample) {
    const { isNumber, classNames, split } = this.#subject!;
    return isNumber
      ? numberAnswer(outputs[0]!, example, oneLine(split.table!.preprocessing.labels[0]!))
      : classAnswer(outputs, example, classNames);
  }

  #showEvidence(effects: Float32Array, { inputs }: ShownExample): void {
    const { table, normalization } = this.#subject!;
    if (table) {
      this.#tables.view.effects(effects);
      return;
    }
    const { preview, evidence } = this.#hosts;
    drawInk(sized(preview, inputs.length), ...inkOf(inputs, normalization));
    drawSigned(sized(evidence, inputs.length), effects);
  }
}

/** A picture of so many inputs, of their size. */
function sized(canvas: HTMLCanvasElement, inputs: number): HTMLCanvasElement {
  const { width, height } = shapeOf(inputs);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  return canvas;
}
