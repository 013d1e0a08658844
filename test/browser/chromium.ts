/** A real Chromium for the tests, without a window. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian, Ubuntu and Fedora, and Google's packages, put one. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * The browser that the tests use: the one that RELUMAX_CHROMIUM names, or that playwright or the
 * system has installed.
 *
 * @throws Error that says how to get one, where there is none
 */
export function chromiumPath(): string {
  const named = process.env.RELUMAX_CHROMIUM;
  const found = [named ?? chromium.executablePath(), ...(named ? [] : PLACES)].find(existsSync);
  if (found !== undefined) return found;
  throw new Error(
    `no Chromium at ${named ?? PLACES[0]}, which the tests of pages need. Get one by ` +
      '`apt-get install chromium` or `npx playwright-core install chromium`, or name one: ' +
      'RELUMAX_CHROMIUM=/path/to/chrome',
  );
}

/** Starts it. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    // Root has no sandbox, as in containers.
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
}

/** What it is, for reports. */
export function chromiumVersion(): string {
  return execFileSync(chromiumPath(), ['--version'], { encoding: 'utf8' }).trim();
}
