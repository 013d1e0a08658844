/** A page as a visitor finds it. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { serveSite } from '../../scripts/site.js';
import { command, serve } from './project.ts';
import type { Route } from './routes.ts';

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

/** Builds and serves a project as a route says, and opens its page. */
export async function visitProject(
  browser: Browser,
  folder: string,
  { build, server, path }: Pick<Route, 'build' | 'server' | 'path'>,
  headers: Record<string, string> = {},
): Promise<Visit> {
  if (server !== undefined) {
    await using served = await serve(server, folder);
    return await visit(browser, served.origin + path);
  }
  const root = join(folder, build?.folder ?? '');
  if (build !== undefined) {
    await command(build.command, folder);
    await cp(join(folder, 'index.html'), join(root, 'index.html'), { force: false });
  }
  await using site = await serveSite(root, { headers });
  return await visit(browser, site.origin + path);
}
