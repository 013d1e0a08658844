/** The languages that the page has, each with its table of texts. */
import { english, type Texts } from './english.ts';
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

/** The language of a tag such as de-AT, if the page has it. */
export function languageOf(tag: string | null | undefined): Language | undefined {
  const name = tag?.split('-')[0]?.toLowerCase();
  return name !== undefined && Object.hasOwn(LANGUAGES, name) ? (name as Language) : undefined;
}
