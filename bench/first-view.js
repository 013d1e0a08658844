/**
 * How long the playground takes until it shows the first updates, from the navigation, in a new profile of Chromium:
 *
 *     npm run build && npm run build:playground && node bench/first-view.js
 */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launch } from '../scripts/browser.js';
import { serveSite } from '../scripts/site.js';
import { timeInTurns } from './timing.js';

const ROUNDS = 9;

/** How long a new window is left alone, in ms: Chromium loads parts of its own in it. */
const SETTLED = 1500;

const BUILD = fileURLToPath(new URL('../build/', import.meta.url));

const browser = await launch();
const site = await serveSite(BUILD);
try {
  const timings = await timeInTurns(
    {
      served: () => firstView(`${site.origin}/playground/`),
      'relumax.html': () => firstView(pathToFileURL(`${BUILD}playground/relumax.html`).href),
    },
    ROUNDS,
  );
  console.log(`Chromium ${browser.version()}: ms to the first updates, median of ${ROUNDS}`);
  for (const [page, { ms, fastest, slowest }] of Object.entries(timings)) {
    const [median, least, most] = [ms, fastest, slowest].map(Math.round);
    console.log(`${page.padEnd(12)} ${median} (${least} to ${most})`);
  }
} finally {
  await browser.close();
  await site[Symbol.asyncDispose]();
}

/** @param {string} address */
async function firstView(address) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.waitForTimeout(SETTLED);
    await page.goto(address, { waitUntil: 'commit' });
    return await page.evaluate(
      () =>
        new Promise((/** @type {(ms: number) => void} */ resolve) => {
          const look = () => {
            const progress = document.querySelector('progress');
            if (progress && progress.value > 0) resolve(performance.now());
            else requestAnimationFrame(look);
          };
          look();
        }),
    );
  } finally {
    await context.close();
  }
}
