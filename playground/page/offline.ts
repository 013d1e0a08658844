/** The page without a connection: its service worker stores what it has loaded. */

import { text } from '../texts/languages.ts';
import { say, wordsOf } from './page.ts';

/** @param message says why the page will not be there offline */
export async function keepOffline(message: HTMLElement): Promise<void> {
  // The single file needs nothing stored.
  if (import.meta.env.MODE !== 'production') return;
  try {
    await navigator.serviceWorker?.register('./service-worker.js');
  } catch (error) {
    say(message, text('page.notOffline', { reason: wordsOf(error) }));
  }
}
