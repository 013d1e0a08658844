/** Predictions for the held-out examples: confusion matrix and mistakes. */
import type { Dataset, Evaluation, Normalization } from 'relumax/worker';
import { exampleOf, inkOf } from '../data/example.ts';
import { buttonOf, element, itemsOf } from '../page/elements.ts';
import { drawInk, pictureOf, shapeOf } from '../page/pictures.ts';
import { text } from '../texts/languages.ts';
import { count, named, percent } from '../texts/words.ts';
import { Confusions } from './confusions.ts';

/** How many of the worst mistakes are shown, and of the examples of a cell. */
const MISTAKES = 12;
const BEHIND = 60;

/** An example and its prediction. */
interface Reading {
  readonly example: number;
  readonly label: number;
  readonly taken: number;
  /** The probability of the predicted class, and of the label. */
  readonly certainty: number;
  readonly own: number;
}

export interface HeldOutHosts {
  readonly matrix: HTMLTableElement;
  readonly mistakes: HTMLElement;
  readonly dialog: HTMLDialogElement;
}

export class HeldOutView {
  readonly #hosts: HeldOutHosts;
  #data: Dataset | undefined;
  #normalization: Normalization | undefined;
  #classNames: readonly string[] = [];
  /** Names an example that is no picture. */
  #nameOf: ((example: number) => string) | undefined;
  readonly #confusions: Confusions;
  #probabilities: Float32Array | undefined;

  /**
   * @param ask resolves to the network's probabilities for all examples, one example after another;
   *   undefined if another run has begun
   * @param onExample called with the number of an example that was chosen
   */
  constructor(
    hosts: HeldOutHosts,
    ask: () => Promise<Float32Array | undefined>,
    onExample: (example: number) => void,
  ) {
    this.#hosts = hosts;
    this.#confusions = new Confusions(hosts.matrix);
    hosts.matrix.addEventListener('click', async ({ target }) => {
      const cell = (target as Element).closest('button');
      if (!cell) return;
      const [label, taken] = cell.value.split(' ').map(Number) as [number, number];
      const probabilities = await ask();
      if (!probabilities) return;
      this.predictions(probabilities);
      this.#open(label, taken);
    });
    const choose = ({ target }: Event) => {
      const button = (target as Element).closest('button');
      if (!button?.classList.contains('reading')) return;
      hosts.dialog.close();
      onExample(Number(button.value));
    };
    hosts.mistakes.addEventListener('click', choose);
    hosts.dialog.addEventListener('click', (event) => {
      if (event.target === hosts.dialog) hosts.dialog.close();
      choose(event);
    });
  }

  /**
   * Sets the examples, and their standardisation.
   *
   * @param nameOf names an example, where it is shown by its name and not as a picture
   */
  fit(
    data: Dataset,
    classNames: readonly string[],
    normalization: Normalization | undefined,
    nameOf?: (example: number) => string,
  ): void {
    this.#data = data;
    this.#normalization = normalization;
    this.#nameOf = nameOf;
    this.#probabilities = undefined;
    this.#classNames = classNames;
    this.#hosts.mistakes.replaceChildren();
    this.#confusions.fit(classNames);
  }

  evaluation({ confusion }: Evaluation): void {
    this.#confusions.show(confusion);
  }

  /** Shows the worst mistakes among the readings. */
  predictions(probabilities: Float32Array): void {
    this.#probabilities = probabilities;
    const worst = this.#readings()
      .filter(({ label, taken }) => label !== taken)
      .sort((a, b) => a.own - b.own || a.example - b.example)
      .slice(0, MISTAKES);
    this.#hosts.mistakes.replaceChildren(
      ...itemsOf(worst.map((reading) => this.#reading(reading))),
    );
  }

  #open(label: number, taken: number): void {
    const behind = this.#readings().filter((r) => r.label === label && r.taken === taken);
    const own = named(this.#classNames[label]!);
    const title = this.#hosts.dialog.querySelector('h2')!;
    const shown = Math.min(behind.length, BEHIND);
    const what =
      label === taken ? text('dialog.correct', { label: own }) : this.#mistake(label, taken);
    title.textContent =
      shown === 0
        ? text('dialog.none', { title: what })
        : shown < behind.length
          ? text('dialog.some', { title: what, shown, count: count(behind.length) })
          : what;
    const readings = behind.sort((a, b) => b.certainty - a.certainty).slice(0, BEHIND);
    this.#hosts.dialog
      .querySelector('.readings')!
      .replaceChildren(...itemsOf(readings.map((reading) => this.#reading(reading))));
    this.#hosts.dialog.showModal();
  }

  #readings(): Reading[] {
    const { labels, classes } = this.#data!;
    const probabilities = this.#probabilities!;
    return Array.from(labels, (label, example) => {
      const of = probabilities.subarray(example * classes, (example + 1) * classes);
      let taken = 0;
      for (let i = 1; i < classes; i++) if (of[i]! > of[taken]!) taken = i;
      return { example, label, taken, certainty: of[taken]!, own: of[label]! };
    });
  }

  #reading({ example, label, taken, certainty }: Reading): HTMLButtonElement {
    const button = buttonOf('reading');
    button.value = String(example);
    const own = named(this.#classNames[label]!);
    const what =
      label === taken
        ? text('dialog.mistaken', { label: own, prediction: own })
        : this.#mistake(label, taken);
    const probability = percent(certainty, 0);
    button.title = `${what} (${probability})`;
    button.append(
      this.#shownAs(example),
      element('span', '', label === taken ? probability : what),
    );
    return button;
  }

  /** What a mistake is, in words: of a picture of a digit, “a 7, read as 4”. */
  #mistake(label: number, taken: number): string {
    const [own, other] = [this.#classNames[label]!, this.#classNames[taken]!];
    const isDigit =
      this.#nameOf === undefined && this.#classNames.every((name) => /^\d$/.test(name));
    const both = { label: named(own), prediction: named(other) };
    if (!isDigit) return text('dialog.mistaken', both);
    return text(own === '8' ? 'mistake.eight' : 'mistake.digit', both);
  }

  #shownAs(example: number): HTMLElement {
    if (this.#nameOf) return element('span', 'quiet', this.#nameOf(example));
    const { inputs } = exampleOf(this.#data!, example);
    const { width, height } = shapeOf(inputs.length);
    const picture = pictureOf(width, height);
    drawInk(picture, ...inkOf(inputs, this.#normalization));
    return picture;
  }
}
