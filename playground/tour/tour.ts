/** The guided tour: a card beside one part of the page after another. The page stays usable under it. */
import { autoUpdate, computePosition, flip, offset, shift } from '@floating-ui/dom';
import { text } from '../texts/languages.ts';
import { STEPS, type Step } from './steps.ts';

/** Between the card and what it points at, and the edges of the window, in pixels. */
const GAP = 12;

export interface TourHosts {
  readonly card: HTMLElement;
  readonly count: HTMLElement;
  readonly title: HTMLElement;
  readonly text: HTMLElement;
  readonly attempt: HTMLElement;
  readonly back: HTMLButtonElement;
  readonly next: HTMLButtonElement;
  readonly leave: HTMLButtonElement;
}

export class Tour {
  readonly #hosts: TourHosts;
  #steps: readonly Step[] = [];
  #step = 0;
  /** What is pointed at, and what ends that; undefined while there is no tour. */
  #target: Element | undefined;
  #letGo = () => {};
  #opener: HTMLElement | undefined;

  constructor(hosts: TourHosts) {
    this.#hosts = hosts;
    const { card, back, next, leave } = hosts;
    back.addEventListener('click', () => this.#go(this.#step - 1));
    next.addEventListener('click', () => this.#go(this.#step + 1));
    leave.addEventListener('click', () => this.#end());
    card.addEventListener('keydown', (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (by === undefined || this.#step + by < 0) return;
      event.preventDefault();
      this.#go(this.#step + by);
    });
    // Before all others that Escape ends something for, but for a dialog above the page.
    const endByEscape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !this.#target || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      this.#end();
    };
    document.addEventListener('keydown', endByEscape, { capture: true });
  }

  /** @param opener gets the focus back at the end */
  start(opener: HTMLElement): void {
    this.#opener = opener;
    this.#steps = STEPS.filter(({ target }) => document.querySelector(target)?.checkVisibility());
    this.#hosts.card.hidden = false;
    this.#go(0);
    this.#hosts.card.focus({ preventScroll: true });
  }

  /** Shows a step; the one after the last is the end. */
  #go(number: number): void {
    const step = this.#steps[number];
    if (!step) {
      this.#end();
      return;
    }
    const target = document.querySelector(step.target);
    if (!target?.checkVisibility()) {
      this.#go(number < this.#step ? number - 1 : number + 1);
      return;
    }
    this.#step = number;
    const { card, count, title, text: words, attempt, back, next } = this.#hosts;
    const { name } = step;
    count.textContent = text('tour.count', { number: number + 1, count: this.#steps.length });
    title.textContent = text(`tour.${name}.title`);
    words.textContent = text(`tour.${name}.text`);
    attempt.textContent = text(`tour.${name}.try`);
    next.textContent = text(number + 1 < this.#steps.length ? 'tour.next' : 'tour.done');
    if (number === 0 && document.activeElement === back) next.focus();
    back.disabled = number === 0;
    this.#point(target, card);
  }

  #point(target: Element, card: HTMLElement): void {
    this.#letGo();
    this.#target = target;
    target.classList.add('toured');
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    target.scrollIntoView({ behavior: isCalm ? 'instant' : 'smooth', block: 'center' });
    const stop = autoUpdate(target, card, async () => {
      // Other data, or another network, may have taken it away.
      if (target === this.#target && !target.checkVisibility()) {
        this.#go(this.#step + 1);
        return;
      }
      const { x, y } = await computePosition(target, card, {
        strategy: 'fixed',
        placement: 'bottom',
        // Over the target, where there is no room beside it.
        middleware: [
          offset(GAP),
          flip({ fallbackAxisSideDirection: 'start' }),
          shift({ padding: GAP, crossAxis: true }),
        ],
      });
      card.style.inset = `${y}px auto auto ${x}px`;
    });
    this.#letGo = () => {
      stop();
      target.classList.remove('toured');
    };
  }

  #end(): void {
    this.#letGo();
    this.#target = undefined;
    this.#hosts.card.hidden = true;
    this.#opener?.focus();
  }
}
