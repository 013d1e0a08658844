/** The menu of languages. */
import { chooseLanguage, language } from '../texts/languages.ts';
import type { Language } from '../texts/tables.ts';

/**
 * Changes the language when another is chosen. Some browsers report each one that arrow keys or letters pass
 * in a closed menu: then Enter or leaving the menu chooses.
 */
export function followMenu(menu: HTMLSelectElement): void {
  let isPassing = false;
  const choose = () => {
    if (menu.value !== language) chooseLanguage(menu.value as Language);
  };
  menu.value = language;
  menu.addEventListener('pointerdown', () => {
    isPassing = false;
  });
  menu.addEventListener('keydown', ({ key }) => {
    isPassing = key !== 'Enter';
    if (!isPassing) choose();
  });
  menu.addEventListener('change', () => {
    if (!isPassing) choose();
  });
  menu.addEventListener('blur', choose);
}
