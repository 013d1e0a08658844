/**
 * The latencies of a server that retrains while it answers, for the table in docs/recipes.md:
 *
 *     npm run build && node bench/server.js
 *
 * The program is that of the page; only what it imports differs. Its clients are autocannon's.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { programsOf } from '../scripts/document.js';

/** What `serving` and `learning` import. */
const WAYS = [
  ['relumax', 'relumax'],
  ['relumax/worker', 'relumax/worker'],
  ['relumax', 'relumax/worker'],
];

const SECONDS = 5;

/** Requests a second, the same for all: as many as come, and not as many as are answered. */
const RATE = 500;

/** So many that the training is longer than the load. */
const EPOCHS = 250;

const FOLDER = new URL('../build/server/', import.meta.url);
mkdirSync(FOLDER, { recursive: true });
console.log('| serving | learning | before: p50 | p99 | during: p50 | p99 | training |');
for (const [serving = '', learning = ''] of WAYS) {
  const { before, during, seconds } = await latencies(serving, learning);
  const times = [before, during].flatMap((times) => [0.5, 0.99].map((p) => quantile(times, p)));
  const cells = [`\`${serving}\``, `\`${learning}\``, ...times, `${seconds.toFixed(1)} s`];
  console.log(`| ${cells.join(' | ')} |`);
}
rmSync(FOLDER, { recursive: true });

/**
 * @param {string} serving
 * @param {string} learning
 */
async function latencies(serving, learning) {
  const file = fileURLToPath(new URL('server.js', FOLDER));
  const program = (programsOf('recipes').get('server') ?? '')
    .replace('epochs: 30', `epochs: ${EPOCHS}`)
    .replace("from 'relumax/worker'", `from '${learning}'`)
    .replace("loadDigits, Network } from 'relumax'", `loadDigits, Network } from '${serving}'`);
  writeFileSync(file, program);
  const server = spawn(process.execPath, [file], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const port = await new Promise((resolve) => server.stdout.once('data', resolve));
    const url = `http://127.0.0.1:${Number(port)}`;
    const load = async () => {
      /** @type {number[]} */
      const times = [];
      const { errors, non2xx } = await new Promise((resolve, reject) => {
        const options = {
          url,
          method: /** @type {const} */ ('POST'),
          body: Buffer.alloc(784, 1),
          connections: 10,
          overallRate: RATE,
          duration: SECONDS,
        };
        autocannon(options, (error, result) => (error ? reject(error) : resolve(result))).on(
          'response',
          (_client, _status, _bytes, time) => times.push(time),
        );
      });
      if (errors + non2xx > 0) throw new Error(`${errors + non2xx} requests failed`);
      return times;
    };
    await load();
    const before = await load();
    const began = performance.now();
    const training = fetch(`${url}/retrain`, { method: 'POST' }).then(
      () => (performance.now() - began) / 1000,
    );
    const during = await load();
    if ((await Promise.race([training, 0])) !== 0) throw new Error('the training ended too soon');
    const seconds = await training;
    return { before, during, seconds };
  } finally {
    server.kill();
  }
}

/**
 * @param {number[]} times in ms
 * @param {number} p
 */
function quantile(times, p) {
  const sorted = times.toSorted((a, b) => a - b);
  return `${sorted[Math.floor(p * sorted.length)]?.toFixed(1)} ms`;
}
