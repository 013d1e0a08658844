/** The elements of the page, and what it says in them. */
import { oneLine } from '../../src/cli/terminal/safe-text.ts';
import { text } from '../texts/languages.ts';

/** The element of an id. */
export const $ = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;

/** Shows text that may contain names from files. */
export function say(element: HTMLElement, words: string): void {
  element.textContent = oneLine(words);
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Shows the errors that no other part of the page shows. */
export function tellErrors(): void {
  // Reports by browsers and their extensions come without an error object.
  addEventListener('error', ({ error }) => error && tell(error));
  addEventListener('unhandledrejection', ({ reason }) => tell(reason));
}

function tell(error: unknown): void {
  const isUnusable = document.querySelector('main')!.inert;
  const words = wordsOf(error);
  $('loading').hidden = true;
  say($('page-message'), isUnusable ? text('page.unusable', { reason: words }) : words);
}
