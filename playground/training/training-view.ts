/** How training goes: its state and what changes it, the progress, the score and the curves. */

import { say, wordsOf } from '../page/page.ts';
import type { CurrentRun } from '../run/current-run.ts';
import type { State, View } from '../run/run.ts';
import type { Subject } from '../run/subject.ts';
import { counted, text } from '../texts/languages.ts';
import { count, decimal, percent, short } from '../texts/words.ts';
import { type Curve, scoreOf } from './curves.ts';

export interface TrainingHosts {
  /** Starts and pauses. */
  readonly start: HTMLButtonElement;
  readonly step: HTMLButtonElement;
  readonly reset: HTMLButtonElement;
  /** Updates per frame. */
  readonly speed: HTMLSelectElement;
  /** Why training has failed. */
  readonly failure: HTMLElement;
  readonly progress: HTMLProgressElement;
  readonly progressWords: HTMLElement;
  /** The accuracy on the held-out examples, or R², and how many there are. */
  readonly score: HTMLElement;
  readonly heldOutCount: HTMLElement;
  /** The newest values of the curves. */
  readonly lossNow: HTMLElement;
  readonly scoreNow: HTMLElement;
}

export interface Curves {
  readonly loss: Curve;
  readonly score: Curve;
}

export class TrainingView {
  readonly #hosts: TrainingHosts;
  readonly #curves: Curves;
  #subject: Subject | undefined;
  /** The evaluation that the curves have already. */
  #drawn: View['evaluation'] | undefined;

  constructor(hosts: TrainingHosts, curves: Curves, current: CurrentRun) {
    this.#hosts = hosts;
    this.#curves = curves;
    hosts.start.addEventListener('click', () => {
      if (current.run.state === 'running') current.run.pause();
      else current.run.start();
    });
    hosts.step.addEventListener('click', () => current.run.step());
    hosts.reset.addEventListener('click', () => {
      const { settings, source } = current.subject;
      void current.begin(settings, source, { isStarted: false });
    });
    hosts.speed.addEventListener('change', () => {
      current.run.speed = this.speed;
    });
  }

  /** Updates per frame, as chosen. */
  get speed(): number {
    return Number(this.#hosts.speed.value);
  }

  /** Empties the curves for another run. */
  fit(subject: Subject): void {
    const { isNumber, settings, split } = subject;
    const { classes, length } = split.test;
    this.#subject = subject;
    this.#drawn = undefined;
    const guessing = { at: Math.log(classes), label: text('guessing.loss', { classes }) };
    this.#curves.loss.clear('loss', settings.epochs, isNumber ? undefined : guessing);
    this.#curves.score.clear(isNumber ? 'r2' : 'accuracy', settings.epochs);
    this.#hosts.heldOutCount.textContent = count(length);
  }

  /** Until another network is there, what is shown is of the present one. */
  awaiting(isAwaited: boolean): void {
    document.body.toggleAttribute('data-awaiting', isAwaited);
  }

  state(state: State, error?: unknown): void {
    const { start, step, failure } = this.#hosts;
    document.body.dataset.state = state;
    start.textContent = text(state === 'running' ? 'training.pause' : 'training.start');
    start.disabled = state === 'finished' || state === 'failed';
    step.disabled = start.disabled;
    say(failure, state === 'failed' ? wordsOf(error) : '');
  }

  show(view: View): void {
    this.#showProgress(view);
    const { loss, r2 } = view.evaluation;
    const score = scoreOf(view.evaluation);
    const words = r2 ? short(score) : percent(score);
    this.#extendCurves(view, score);
    this.#hosts.score.textContent = words;
    this.#hosts.lossNow.textContent = short(loss);
    this.#hosts.scoreNow.textContent = words;
  }

  #showProgress({ epoch, updates }: View): void {
    const { progress, progressWords } = this.#hosts;
    const { epochs } = this.#subject!.settings;
    progress.max = epochs;
    progress.value = epoch;
    progressWords.textContent = counted('training.progress', updates, {
      epoch: decimal(epoch, 1),
      epochs,
      updates: count(updates),
    });
  }

  #extendCurves({ epoch, training, evaluation }: View, score: number): void {
    const isEvaluated = evaluation !== this.#drawn;
    this.#drawn = evaluation;
    const point = (before: number | undefined, heldOut: number) => ({
      epoch,
      training: before ?? Number.NaN,
      heldOut: isEvaluated ? heldOut : Number.NaN,
    });
    this.#curves.loss.add(point(training?.loss, evaluation.loss));
    this.#curves.score.add(point(training?.accuracy, score));
  }
}
