/** The tables of texts, and that the page has no words but theirs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { english, type Key } from '../../playground/texts/english.ts';
import { fillTexts } from '../../playground/texts/fill.ts';
import { LANGUAGES, languageOf } from '../../playground/texts/tables.ts';
import { HIDDEN, HIDDEN_TEXTS } from '../../src/core/activations.ts';
import { OPTIMIZER_TEXTS, OPTIMIZERS } from '../../src/core/optimizers.ts';

const FOLDER = join(import.meta.dirname, '../../playground');
const KEYS = Object.keys(english) as Key[];
const html = readFileSync(join(FOLDER, 'index.html'), 'utf8');
const code = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.startsWith('texts'))
  .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
  .join('\n');

const placesOf = (words: string) => (words.match(/\{\w+\}/g) ?? []).sort();

/** Words that another language has too. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  de: ['Benchmark', 'Bias b', 'Dropout', 'Label', 'Pause', 'Training', 'negative', 'positive'],
  fr: [
    ...['Activation', 'Benchmark', 'Dropout', 'Pages', 'Pause', '{label}, correct'],
    ...['Activation A ({name})', 'Label {label}, activation {activation}', 'activation {value}'],
    ...['constant', 'correct', 'date', 'dense', 'images/s', 'momentum'],
  ],
  es: ['Benchmark', 'Dropout', 'dropout {value}'],
};
const NAMES = [
  ...['tanh', 'w x'],
  ...['AdaGrad', 'Adam', 'AdamW', 'ELU', 'JavaScript', 'Nesterov', 'RMSprop', 'ReLU'],
  'relumax, WebAssembly',
];

describe.each(Object.entries(LANGUAGES))('%s', (tag, { texts }) => {
  test('each text has the places of the English one, and words', () => {
    for (const key of KEYS) {
      expect(placesOf(texts[key]), key).toEqual(placesOf(english[key]));
      expect(texts[key].trim(), key).not.toBe('');
    }
  });

  test.runIf(tag !== 'en')('no text was left in English', () => {
    const words = (key: Key) => english[key].replace(/\{\w+\}/g, '');
    const left = KEYS.filter((key) => texts[key] === english[key] && /\p{L}/u.test(words(key)));
    const shared = [...SHARED[tag]!, ...NAMES];
    expect(left.map((key) => english[key]).filter((word) => !shared.includes(word))).toEqual([]);
  });
});

test('French has narrow no-break spaces before its high punctuation and within its quotes', () => {
  const wrong = /[^\u202f\d][;!?%»]|[^\u202f\d]:(?!\/)|«[^\u202f]| [:;!?%»]/;
  expect(Object.values(LANGUAGES.fr.texts).filter((words) => wrong.test(words))).toEqual([]);
});

test('each text is used', () => {
  const templates = [...code.matchAll(/`([a-z][\w.]*\.\$\{[^`]*\}[\w.]*)`/gi)].map(
    ([, template]) => new RegExp(`^${template!.replace(/\$\{[^}]*\}/g, '[^.]+')}$`),
  );
  const isNamed = (name: string) => code.includes(`'${name}'`) || html.includes(`"${name}"`);
  const unused = KEYS.filter(
    (key) =>
      !isNamed(key) &&
      !isNamed(key.replace(/\.(?:one|other)$/, '')) &&
      !templates.some((template) => template.test(key)),
  );
  expect(unused).toEqual([]);
});

test('the page has no words of its own', () => {
  const { document } = parseHTML(html);
  const own = [...document.querySelectorAll('body *, title')]
    .flatMap((element) => [...element.childNodes])
    .filter(({ nodeType }) => nodeType === 3)
    .map(({ textContent }) => textContent!.trim());
  expect(own.filter((words) => /\p{L}/u.test(words))).toEqual(['relumax', 'R²', 'R²']);
  expect(document.querySelectorAll('[aria-label], [title], [placeholder], [alt]').length).toBe(0);
});

test.each(Object.entries(LANGUAGES))(
  'the page is filled with %s, again and again',
  (_, { texts }) => {
    const { document } = parseHTML(html);
    fillTexts(document, english);
    fillTexts(document, texts);
    expect(document.title).toBe(texts['page.title']);
    expect(document.querySelector('#sheet')).not.toBeNull();
    expect(document.querySelector('.score span')!.textContent).toContain(
      texts['training.accuracy'],
    );
    for (const element of document.querySelectorAll('[data-text]')) {
      if (element.children.length > 0) continue;
      expect(element.textContent).toBe(texts[element.getAttribute('data-text') as Key]);
    }
  },
);

test('a key or a place that is not known is an error', () => {
  const filled = (page: string) => () => fillTexts(parseHTML(page).document, english);
  expect(filled('<p data-text="page.nothing"></p>')).toThrow('no text has the key page.nothing');
  expect(filled('<p data-text="training.progress.other"></p>')).toThrow('no child for {epoch}');
});

test('optimizers and activations have the names that the command has', () => {
  for (const name of OPTIMIZERS) {
    expect(english[`optimizer.${name}`]).toBe(OPTIMIZER_TEXTS[name].label);
  }
  for (const name of HIDDEN) {
    expect(english[`activation.${name}`]).toBe(HIDDEN_TEXTS[name].description);
  }
});

test.each([
  ['de-AT', 'de'],
  ['FR', 'fr'],
  ['es-419', 'es'],
  ['en-US', 'en'],
  ['it', undefined],
  ['constructor', undefined],
  ['', undefined],
  [null, undefined],
])('the tag %s is the language %s', (tag, language) => {
  expect(languageOf(tag)).toBe(language);
});
