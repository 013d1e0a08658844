/** What there is to complain of in a page: accessibility, and its layout. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong, in words. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations }: AxeResults = await page.evaluate('axe.run()');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  );
}

/** How much has moved since the page was opened (web.dev/cls). */
export function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries())
            sum += (entry as unknown as { value: number }).value;
        }).observe({ type: 'layout-shift', buffered: true });
        // Those that are there already are told at once, in a task of their own.
        setTimeout(() => resolve(sum), 100);
      }),
  );
}

/** The widest that the page has become, in pixels. */
export function widthOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth);
}

/** The words that are cut off: of buttons, labels, heads and menus, whose longest choice has to fit. */
export function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const isCut = (element: HTMLElement) => {
      if (element.clientWidth === 0 || element.closest('.visually-hidden')) return false;
      if (!(element instanceof HTMLSelectElement)) return element.scrollWidth > element.clientWidth;
      const free = element.cloneNode(true) as HTMLSelectElement;
      free.style.cssText = 'position: absolute; visibility: hidden; max-width: none; width: auto';
      element.after(free);
      const needed = free.offsetWidth;
      free.remove();
      return needed > element.offsetWidth + 1;
    };
    const all = document.querySelectorAll<HTMLElement>('button, label, h2, h3, th, select');
    return [...all].filter(isCut).map((element) => element.textContent!.trim());
  });
}
