/** A page as a visitor finds it. */
import type { Browser } from 'playwright-core';

export interface Visit {
  /** What the page's `output` shows, by name; see examples/page/lesson.js. */
  shown: Record<string, string>;
  /** What went wrong on the way. */
  wrong: string[];
}

/** Opens a page until it shows something. It is wrong of it to ask other origins than its own and `origins`. */
export async function visit(browser: Browser, url: string, origins: string[] = []): Promise<Visit> {
  await using context = await browser.newContext();
  const page = await context.newPage();
  const expected = [new URL(url).origin, ...origins];
  const wrong: string[] = [];
  page.on('console', (message) => {
    const { url: at } = message.location();
    if (message.type() === 'error') wrong.push(`${message.text()} ${at}`.trim());
  });
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (/^http/.test(protocol) && !expected.includes(origin)) wrong.push(request.url());
  });
  await page.goto(url);
  const output = page.locator('output[data-accuracy], output[data-error]');
  await output.waitFor({ timeout: 20_000 }).catch(() => wrong.push('nothing was shown'));
  const shown = await page
    .locator('output')
    .evaluate((element) => ({ ...(element as HTMLElement).dataset }) as Record<string, string>);
  return { shown, wrong };
}
