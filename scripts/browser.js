/**
 * Sees to it that there is a Chromium for the tests of pages: run by `npm test` before them. Where
 * the system has none, playwright downloads one; where it cannot, this says how to get one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

/** Where Debian, Ubuntu and Fedora, and Google's packages, put one. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const HOW =
  'The tests of pages need a Chromium. Get one by `apt-get install chromium`, by ' +
  '`npx playwright-core install chromium`, or name one that you have: RELUMAX_CHROMIUM=/path/to/it';

/**
 * The browser that RELUMAX_CHROMIUM names; else one that playwright or the system has installed.
 *
 * @throws Error that says how to get one, where there is none
 */
export function chromiumPath() {
  const named = process.env.RELUMAX_CHROMIUM;
  if (named !== undefined) {
    if (existsSync(named)) return named;
    throw new Error(`RELUMAX_CHROMIUM: found nothing at ${named}. ${HOW}`);
  }
  const found = installed();
  if (found === undefined) throw new Error(HOW);
  return found;
}

/**
 * Starts it, without a window.
 *
 * @param {string[]} [args]
 */
export function launch(args = []) {
  return chromium.launch({
    executablePath: chromiumPath(),
    // Root has no sandbox, as in containers.
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-gpu', ...args],
  });
}

function installed() {
  return [chromium.executablePath(), ...PLACES].find((path) => existsSync(path));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.env.RELUMAX_CHROMIUM === undefined && installed() === undefined) {
    const manifest = createRequire(import.meta.url).resolve('playwright-core/package.json');
    const command = [join(dirname(manifest), 'cli.js'), 'install', '--no-shell', 'chromium'];
    spawnSync(process.execPath, command, { stdio: 'inherit' });
  }
  try {
    chromiumPath();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
