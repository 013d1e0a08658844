/** The built playground in a browser, for tests that use it as people do. */
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { type SiteOptions, serveSite } from '../../../scripts/site.js';
import { hashIn, run } from '../../cli/command.ts';

const BUILT = join(import.meta.dirname, '../../../build');
export const SINGLE_FILE = join(BUILT, 'playground/relumax.html');

/** Where any host may have put it. */
const PATH = '/playground/';

export interface Playground extends AsyncDisposable {
  readonly page: Page;
  /** Without a query. */
  readonly address: string;
  /** What the page has complained of, and what it asked of others. */
  readonly complaints: string[];
  /** Opens another page of the same browser profile, and waits until it can be used. */
  another(query: string): Promise<Page>;
}

interface Opening {
  query?: string;
  /** The address of the single file; else the page is served. */
  file?: string;
  /** Called before the page is opened, to take from the browser what a page may lack. */
  prepare?: (context: BrowserContext) => Promise<unknown>;
  /** Whether to wait until the page can be used; false where it never can. */
  isUsable?: boolean;
}

/** Opens it. */
export async function openPlayground(
  browser: Browser,
  {
    query = '',
    file,
    onAnswer,
    prepare,
    isUsable = true,
    ...options
  }: BrowserContextOptions & Pick<SiteOptions, 'onAnswer'> & Opening = {},
): Promise<Playground> {
  const site =
    file === undefined ? await serveSite(BUILT, { ...(onAnswer && { onAnswer }) }) : undefined;
  const context = await browser.newContext({ acceptDownloads: true, ...options });
  const complaints: string[] = [];
  const address = file ?? site!.origin + PATH;
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(error.error().message));
  context.on('request', (request) => {
    const { protocol } = new URL(request.url());
    const own = request.url().startsWith(address) || ['blob:', 'data:'].includes(protocol);
    if (!own) complaints.push(`a request to ${request.url()}`);
  });
  await prepare?.(context);
  const another = async (search: string) => {
    const page = await context.newPage();
    await page.goto(address + search);
    if (isUsable) await page.locator('main:not([inert])').waitFor();
    return page;
  };
  const page = await another(query);
  return {
    page,
    address,
    complaints,
    another,
    async [Symbol.asyncDispose]() {
      await context.close();
      await site?.[Symbol.asyncDispose]();
    },
  };
}

/** Drops files onto the page, as a hand does that drags them there. */
export async function drop(page: Page, files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data });
  }
  await session.detach();
}

/** The accuracy that the page shows, 0 to 100. */
export async function accuracyOf(page: Page): Promise<number> {
  return Number.parseFloat((await page.locator('#accuracy').textContent()) ?? '');
}

/** Waits until all epochs are done; of the network that is awaited, if one is. */
export async function finished(page: Page): Promise<void> {
  await page.locator('body[data-state=finished]:not([data-awaiting])').waitFor();
  // It is shown with the last view, which comes a moment after the training has ended.
  await hashOf(page);
}

/** The parameters' hash, which the page tells once nothing changes them. */
export async function hashOf(page: Page): Promise<string> {
  await page.waitForFunction(() =>
    /^[0-9a-f]{64}$/.test(document.getElementById('hash')!.textContent!),
  );
  return (await page.locator('#hash').textContent())!;
}

/** The hash that the page's command prints in Node, run in a folder with the data. */
export async function hashByCommand(command: string, cwd: string): Promise<string | undefined> {
  const [, , ...words] = command.match(/'[^']*'|\S+/g)!;
  const { stdout } = await run(
    words.map((word) => word.replace(/^'|'$/g, '')),
    { cwd },
  );
  return hashIn(stdout);
}

/** Saves the model in a folder; its path has the name that the page gave it. */
export async function saveModel(page: Page, folder: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as safetensors' }).click(),
  ]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return path;
}
