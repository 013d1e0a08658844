/** The command as a process: how soon it trains, and what memory it takes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { progress } from './terminal.js';
import { timingFrom } from './timing.js';

/** @typedef {import('./timing.js').Timing} Timing */

/**
 * @typedef {object} CommandResult
 * @property {Timing} start from the start of the process to the first epoch on the bundled digits
 * @property {Timing} firstEpoch to the end of that epoch
 * @property {number} [megabytes] the most memory resident, on all of MNIST, in 10⁶ bytes
 */

const COMMAND = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

const RUNS = 11;

/**
 * Says at the end what memory was resident at most, in KiB. Linux counts in ru_maxrss what the process
 * that started this one had, but not so in VmHWM.
 */
const REPORT_MEMORY = `data:text/javascript,${encodeURIComponent(`
import { existsSync, readFileSync } from 'node:fs';
process.on('exit', () => {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const most = /VmHWM:s*(d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  process.stderr.write(String(most));
});
`)}`;

/**
 * @param {string | undefined} folder that of MNIST's files
 * @returns {Promise<CommandResult>}
 */
export async function benchCommand(folder) {
  progress('relumax train, as a process');
  const starts = [];
  const ends = [];
  for (let run = 0; run < RUNS; run++) {
    const { start, epoch } = await timeEvents();
    starts.push(start);
    ends.push(epoch);
  }
  const megabytes = folder && (await measureMemory(folder));
  return {
    start: timingFrom(starts),
    firstEpoch: timingFrom(ends),
    ...(megabytes && { megabytes }),
  };
}

/** When a training of one epoch says that it starts, and that the epoch is done, in ms. */
async function timeEvents() {
  const began = performance.now();
  const child = spawn(process.execPath, [COMMAND, 'train', '--epochs', '1', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  const times = { start: NaN, epoch: NaN };
  child.stdout.on('data', (chunk) => {
    text += chunk;
    const now = performance.now() - began;
    for (const event of /** @type {const} */ (['start', 'epoch'])) {
      if (Number.isNaN(times[event]) && text.includes(`"event":"${event}"`)) times[event] = now;
    }
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`relumax train ended with ${code}`);
  return times;
}

/** @param {string} folder */
async function measureMemory(folder) {
  const args = ['--import', REPORT_MEMORY, COMMAND, 'train', '--data', folder, '--epochs', '2'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  const kibibytes = Number(/\d+$/.exec(text)?.[0]);
  if (code !== 0 || !(kibibytes > 0)) throw new Error(`relumax train --data said: ${text}`);
  return (kibibytes * 1024) / 1e6;
}
