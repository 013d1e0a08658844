/** The language of the page: how it is chosen, and its texts. */
import type { Counted, Key, Texts, Values } from './english.ts';
import { LANGUAGES, type Language, languageOf } from './tables.ts';

/** Where the browser keeps the language that was chosen in the menu. */
const KEY = 'relumax-language';

/** The language that the page's address asks for (`lang`), if any. */
const asked = languageOf(new URLSearchParams(globalThis.location?.search).get('lang'));

/** The language of the page: that of its address, or the chosen one, or the browser's first that there is. */
export const language: Language = asked ?? languageOf(kept()) ?? preferred() ?? 'en';

const texts: Texts = LANGUAGES[language].texts;
const plurals = new Intl.PluralRules(language);

/** Browsers may forbid pages to keep anything. */
function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Modules of the page may also run in Node, as in tests: then in English, wherever that is. */
function preferred(): Language | undefined {
  if (globalThis.location === undefined) return undefined;
  return navigator.languages.map(languageOf).find((found) => found !== undefined);
}

/** The query of an address, with the language if the page's own address has it. */
export function withLanguage(query: string): string {
  if (asked === undefined) return query;
  const all = new URLSearchParams(query);
  all.set('lang', asked);
  return `?${all}`;
}

/** Shows the page in another language: it is loaded again, with the training of its address. */
export function chooseLanguage(other: Language): void {
  const query = new URLSearchParams(location.search);
  const before = query.toString();
  if (keep(other)) query.delete('lang');
  else query.set('lang', other);
  if (query.toString() === before) location.reload();
  else location.search = query.toString();
}

function keep(other: Language): boolean {
  try {
    localStorage.setItem(KEY, other);
    return true;
  } catch {
    return false;
  }
}

/** A text in the language of the page. */
export function text<K extends Key>(key: K, ...[values]: Values<K>): string {
  return filled(texts[key], values);
}

/** A text about a number of things. */
export function counted<C extends Counted>(
  stem: C,
  number: number,
  ...[values]: Values<`${C}.other`>
): string {
  const isOne = plurals.select(number) === 'one';
  return filled(texts[`${stem}.${isOne ? 'one' : 'other'}` as Key], values);
}

function filled(template: string, values: Readonly<Record<string, string | number>> = {}): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}
