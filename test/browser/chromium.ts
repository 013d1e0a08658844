/** A real Chromium for the tests, without a window. */
import { type Browser, chromium } from 'playwright-core';
import { chromiumPath } from '../../scripts/browser.js';

/** Starts it. */
export function launch(args: string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    // Root has no sandbox, as in containers.
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-gpu', ...args],
  });
}
