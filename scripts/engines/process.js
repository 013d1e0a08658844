/** Processes that end as a whole, with all that they started themselves. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a process may take to end by itself once it was told to, in ms. */
const PATIENCE = 3000;
/** How much of its complaints is kept, in characters. */
const COMPLAINTS = 2000;

/**
 * @typedef {object} Started
 * @property {Promise<void>} ended rejected where it fails, with the end of what it complained of
 * @property {() => Promise<void>} stop ends it, and all that it started
 */

/** @type {Set<Started>} */
const running = new Set();

/** Ends all that was started here and runs still. */
export async function stopAll() {
  await Promise.all([...running].map((started) => started.stop()));
}

/**
 * @param {string[]} command
 * @param {{ env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} [options] `onLine` is told
 *   what it prints
 * @returns {Started}
 */
export function start([program = '', ...args], { env = {}, onLine = () => {} } = {}) {
  // A leader of a group, which is told to end as one.
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  createInterface(child.stdout).on('line', onLine);
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints = `${complaints}${chunk}`.slice(-COMPLAINTS);
  });
  const ended = once(child, 'close').then(([code, signal]) => {
    if (code !== 0) throw new Error(`ended with ${code ?? signal}: ${complaints.trim()}`);
  });
  // Who stops it does not wait for that.
  ended.catch(() => {});
  const started = {
    ended,
    async stop() {
      running.delete(started);
      const patience = performance.now() + PATIENCE;
      while (signalGroup(child.pid, 'SIGTERM') && performance.now() < patience) await sleep(50);
      signalGroup(child.pid, 'SIGKILL');
    },
  };
  running.add(started);
  return started;
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 * @returns {boolean} whether any of the group is left
 */
function signalGroup(pid, signal) {
  try {
    return pid !== undefined && process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** Watches something that is heard of again and again. */
export class Watch {
  /** Rejected when nothing was heard for too long. */
  silence;
  /** @type {NodeJS.Timeout} */
  #timer;

  /** @param {number} seconds */
  constructor(seconds) {
    /** @type {() => void} */
    let giveUp = () => {};
    this.silence = new Promise((_, reject) => {
      giveUp = () => reject(new Error(`nothing for ${seconds} s`));
    });
    this.silence.catch(() => {});
    this.#timer = setTimeout(giveUp, 1000 * seconds);
  }

  heard() {
    this.#timer.refresh();
  }

  end() {
    clearTimeout(this.#timer);
  }
}
