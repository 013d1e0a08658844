/** The page in other languages: chosen by the browser, by the address and in the menu. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LANGUAGES, type Language } from '../../../playground/texts/tables.ts';
import { launch } from '../../browser/chromium.ts';
import { houses } from '../tables.ts';
import { cutOff, layoutShift, violations, widthOf } from './judge.ts';
import { drop, finished, hashOf, openPlayground } from './open.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

const languageOf = (page: Page) => page.locator('html').getAttribute('lang');

/** Waits until the page is there in a language. */
async function shownIn(page: Page, language: Language): Promise<void> {
  await page.locator(`html[lang=${language}] main:not([inert])`).waitFor();
  const { texts } = LANGUAGES[language];
  expect(await page.title()).toBe(texts['page.title']);
  expect(await page.locator('#play-title').textContent()).toBe(texts['settings.title']);
  expect(await page.locator('#reset').textContent()).toBe(texts['training.reset']);
  expect(await page.locator('#language').inputValue()).toBe(language);
}

describe.each(['de', 'fr', 'es'] as const)('a browser in %s', (locale) => {
  test('has the page in its language, and trains it to the same parameters', async () => {
    await using english = await openPlayground(browser, { query: '?epochs=1', locale: 'en-GB' });
    await finished(english.page);
    await using playground = await openPlayground(browser, { query: '?epochs=1', locale });
    const { page } = playground;
    await shownIn(page, locale);
    const { texts } = LANGUAGES[locale];
    const description = page.locator('meta[name=description]');
    expect(await description.getAttribute('content')).toBe(texts['page.description']);
    await finished(page);
    expect(await hashOf(page)).toBe(await hashOf(english.page));
    expect(await page.locator('#accuracy').textContent()).toMatch(/^[789]\d,\d[\u00a0\u202f]%$/);
    expect(await page.locator('#command').textContent()).toContain('--learning-rate 0.1 ');
    expect(page.url()).not.toContain('lang');
    expect(playground.complaints).toEqual([]);
  });

  test.each([
    ['desktop', 1280, 900],
    ['phone', 390, 844],
    ['small phone', 320, 640],
  ])('has room for its words on a %s', async (_, width, height) => {
    await using playground = await openPlayground(browser, {
      query: '?epochs=1',
      locale,
      viewport: { width, height },
    });
    const { page } = playground;
    await finished(page);
    await page.locator('#mistakes .reading').first().waitFor();
    expect(await layoutShift(page)).toBeLessThan(0.05);
    expect(await cutOff(page)).toEqual([]);
    expect(await widthOf(page)).toBeLessThanOrEqual(width);
    expect(await violations(page)).toEqual([]);
  });
});

test('a network of images has its words in German', async () => {
  await using playground = await openPlayground(browser, {
    query: '?layers=28x28-4c5/2-p2-10&epochs=1&rate=none',
    locale: 'de',
  });
  const { page } = playground;
  expect(await page.locator('#settings-message').textContent()).toBe(
    'Die Einstellungen in der Adresse können nicht benutzt werden. Lernrate: „none“ gefunden, erwartet: eine Zahl über 0 mit Dezimalpunkt, etwa 0.1.',
  );
  await page.goto(`${playground.address}?layers=28x28-4c5/2-p2-10&epochs=1`);
  await finished(page);
  expect(await page.locator('#layers h4').first().textContent()).toBe(
    '4 Filter mit 5 × 5, Schrittweite 2 → 12 × 12',
  );
});

test('another language is chosen in the menu by keys, and remembered', async () => {
  await using playground = await openPlayground(browser, { query: '?epochs=3', locale: 'de' });
  const { page } = playground;
  await page.getByRole('combobox', { name: 'Sprache' }).focus();
  await page.keyboard.press('ArrowDown');
  // Passed, but not chosen.
  await page.keyboard.press('ArrowDown');
  expect(await languageOf(page)).toBe('de');
  await page.keyboard.press('Enter');
  await shownIn(page, 'es');
  expect(page.url()).toContain('epochs=3');
  const other = await playground.another('');
  await shownIn(other, 'es');
  await other.getByRole('combobox', { name: 'Idioma' }).selectOption('English');
  await shownIn(other, 'en');
  expect(playground.complaints).toEqual([]);
});

test('the language of an address comes first, and stays in it', async () => {
  await using playground = await openPlayground(browser, {
    query: '?epochs=3&lang=fr',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const { page } = playground;
  await shownIn(page, 'fr');
  expect(new URL(page.url()).searchParams.get('lang')).toBe('fr');
  await page.getByRole('button', { name: 'Copier le lien' }).click();
  await page.getByText('Copié', { exact: true }).waitFor();
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  expect(link.searchParams.get('lang')).toBe('fr');
  expect(link.searchParams.get('epochs')).toBe('3');
  await page.getByRole('combobox', { name: 'Langue' }).selectOption('Deutsch');
  await shownIn(page, 'de');
  expect(page.url()).not.toContain('lang');
  const unknown = await playground.another('?lang=xx');
  await shownIn(unknown, 'de');
});

test('a table has its words in German', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'relumax-languages-'));
  try {
    const path = join(folder, 'houses.csv');
    await writeFile(path, houses());
    await using playground = await openPlayground(browser, { locale: 'de' });
    const { page } = playground;
    await page.getByLabel('Tempo').selectOption('so schnell wie möglich');
    await drop(page, [path]);
    await page.locator('#files-message').getByText('Testbeispiele.').waitFor();
    await finished(page);
    await page.locator('#worst .reading').first().waitFor();
    expect(await page.locator('#columns tr').first().textContent()).toMatch(/Zahl|Kategorie/);
    expect(await page.locator('#worst .reading').first().textContent()).toMatch(
      /^Zeile [\d.]+.*, nicht /,
    );
    expect(await page.locator('#answer').textContent()).toMatch(/^Vorhersage für /);
    expect(await violations(page)).toEqual([]);
    expect(await cutOff(page)).toEqual([]);
    expect(playground.complaints).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
