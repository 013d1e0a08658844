/** The languages of the page, and its texts in the one that was chosen. */
import { type Counted, english, type Key, type Texts, type Values } from './english.ts';
import { french } from './french.ts';
import { german } from './german.ts';
import { spanish } from './spanish.ts';

/** By the names that browsers have for them. */
export const LANGUAGES = {
  en: { name: 'English', texts: english },
  de: { name: 'Deutsch', texts: german },
  fr: { name: 'Français', texts: french },
  es: { name: 'Español', texts: spanish },
} as const satisfies Readonly<Record<string, { name: string; texts: Texts }>>;

export type Language = keyof typeof LANGUAGES;

/** Where the browser keeps the language that was chosen in the menu. */
const KEY = 'relumax-language';

/** The language of the page: that of its address (`lang`), or the chosen one, or the browser's first that there is. */
export const language: Language = chosenLanguage();

const texts: Texts = LANGUAGES[language].texts;
const plurals = new Intl.PluralRules(language);

function chosenLanguage(): Language {
  const asked = [new URLSearchParams(location.search).get('lang'), kept(), ...navigator.languages];
  const found = asked.map((tag) => tag?.split('-')[0]?.toLowerCase());
  return (
    (found.find((tag) => tag !== undefined && Object.hasOwn(LANGUAGES, tag)) as Language) ?? 'en'
  );
}

/** Browsers may forbid pages to keep anything. */
function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Shows the page in another language: it is loaded again, with the training of its address. */
export function chooseLanguage(other: Language): void {
  const query = new URLSearchParams(location.search);
  if (keep(other)) query.delete('lang');
  else query.set('lang', other);
  const changed = query.toString();
  if (changed === new URLSearchParams(location.search).toString()) location.reload();
  else location.search = changed;
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
