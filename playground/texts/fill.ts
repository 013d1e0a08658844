/** Puts texts into the page: when it is built, and again in another language. */
import type { Key, Texts } from './english.ts';

/** The attributes that have a text, by the attribute that has its key. */
const ATTRIBUTES = {
  'data-label': 'aria-label',
  'data-title': 'title',
  'data-placeholder': 'placeholder',
  'data-content': 'content',
} as const;

/**
 * Fills elements with the texts whose keys they have: `data-text` the element, `data-label` and others
 * an attribute. A text's places are taken by the element's children of those names (`data-place`).
 *
 * @throws Error where a key or a place is not known
 */
export function fillTexts(page: Document, texts: Texts): void {
  for (const element of page.querySelectorAll('[data-text]')) {
    fillElement(element, textOf(texts, element.getAttribute('data-text')!));
  }
  for (const [source, target] of Object.entries(ATTRIBUTES)) {
    for (const element of page.querySelectorAll(`[${source}]`)) {
      element.setAttribute(target, textOf(texts, element.getAttribute(source)!));
    }
  }
}

function textOf(texts: Texts, key: string): string {
  if (!Object.hasOwn(texts, key)) throw new Error(`no text has the key ${key}`);
  return texts[key as Key];
}

function fillElement(element: Element, template: string): void {
  const places = new Map(
    [...element.children].map((child) => [child.getAttribute('data-place'), child]),
  );
  // Every second part is the name of a place.
  const parts = template.split(/\{(\w+)\}/).map((part, i) => {
    if (i % 2 === 0) return part;
    const place = places.get(part);
    if (place === undefined) throw new Error(`no child for {${part}} of “${template}”`);
    return place;
  });
  element.replaceChildren(...parts);
}
