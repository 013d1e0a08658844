/** A page that has the built library, for tests of how it behaves there. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { serveSite } from '../../scripts/site.js';

/** What such a page has: the faces of the library. */
declare global {
  var relumax: {
    index: typeof import('relumax');
    worker: typeof import('relumax/worker');
    augmentation: typeof import('relumax/augmentation');
    table: typeof import('relumax/table');
  };
}

const DIST = join(import.meta.dirname, '../../dist');

/** Opens a page that is otherwise empty, served with `headers`; dispose of it when done. */
export async function libraryPage(
  browser: Browser,
  headers: Record<string, string> = {},
): Promise<{ page: Page } & AsyncDisposable> {
  const files = {
    '/index.html':
      '<!doctype html><link rel="icon" href="data:,"><script type="module" src="main.js"></script>',
    '/main.js': `import * as index from './index.js';
      import * as worker from './worker.js';
      import * as augmentation from './augmentation.js';
      import * as table from './table.js';
      globalThis.relumax = { index, worker, augmentation, table };`,
  };
  const site = await serveSite(DIST, { files, headers });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${site.origin}/`);
  await page.waitForFunction(() => 'relumax' in globalThis);
  return {
    page,
    async [Symbol.asyncDispose]() {
      await context.close();
      await site[Symbol.asyncDispose]();
    },
  };
}
