/** Files that are written whole or not at all: into a neighbour first, flushed, then renamed. */

import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, readdir, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { reason } from '../terminal/failure.ts';

/**
 * Characters of the target's name in its neighbour's: with the rest at most 132 bytes, so that
 * every name that a file system takes can be written (eCryptfs takes 143 bytes, others 255).
 */
const STEM = 25;
/** Links that lead to one another; as many as Linux follows. */
const MOST_LINKS = 40;

/** A process number says nothing about another machine that shares the folder. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 6);
const OWNER = /^([0-9a-f]{6})-(\d+)-\d+\.tmp$/;

/** Neighbours of this process that are being written. */
const unfinished = new Set<string>();
/** Targets whose leftovers have been looked for. */
const cleared = new Set<string>();
let count = 0;

/** The real path of a file, or the one that it would have; links that lead nowhere are followed. */
export async function placeOf(file: string, links = MOST_LINKS): Promise<string> {
  const real = await realpath(file).catch(() => undefined);
  if (real !== undefined) return real;
  const folder = await realpath(dirname(file)).catch(() => resolve(dirname(file)));
  const link = links > 0 ? await readlink(file).catch(() => undefined) : undefined;
  return link === undefined
    ? join(folder, basename(file))
    : placeOf(resolve(folder, link), links - 1);
}

/**
 * Puts bytes into a file, replacing what was there. What earlier processes left of the same target
 * when they were killed is removed.
 *
 * @param content the bytes, or what makes them
 * @throws Error `file: why`; what was there is as it was
 */
export async function writeWhole(
  file: string,
  content: Uint8Array | (() => Uint8Array | Promise<Uint8Array>),
): Promise<void> {
  try {
    const bytes = typeof content === 'function' ? await content() : content;
    const target = await placeOf(file);
    await removeLeftovers(target);
    await replace(target, bytes);
  } catch (error) {
    throw new Error(reason(error, file), { cause: error });
  }
}

async function replace(target: string, bytes: Uint8Array): Promise<void> {
  const there = await stat(target).catch(() => undefined);
  count++;
  const name = `${stemOf(target)}.${HOST}-${process.pid}-${count}.tmp`;
  const neighbour = join(dirname(target), name);
  if (count === 1) process.once('exit', removeUnfinished);
  unfinished.add(neighbour);
  try {
    const handle = await open(neighbour, 'wx', there?.mode);
    try {
      await handle.writeFile(bytes);
      if (there !== undefined) {
        // Not everybody may give files away.
        await handle.chown(there.uid, there.gid).catch(() => {});
        await handle.chmod(there.mode).catch(() => {});
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(neighbour, target);
  } catch (error) {
    await rm(neighbour, { force: true });
    throw error;
  } finally {
    unfinished.delete(neighbour);
  }
}

function stemOf(target: string): string {
  return [...basename(target)].slice(0, STEM).join('');
}

/**
 * Removes the neighbours of a target whose processes have ended on this machine, as far as that is
 * permitted: the folder may be unreadable, or the file another user's.
 */
async function removeLeftovers(target: string): Promise<void> {
  if (cleared.has(target)) return;
  cleared.add(target);
  const folder = dirname(target);
  const prefix = `${stemOf(target)}.`;
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(prefix)) continue;
    const [, host, owner] = OWNER.exec(name.slice(prefix.length)) ?? [];
    const leftover = join(folder, name);
    if (host !== HOST || isOwned(leftover, Number(owner))) continue;
    await rm(leftover, { force: true }).catch(() => {});
  }
}

function isOwned(neighbour: string, owner: number): boolean {
  if (owner === process.pid) return unfinished.has(neighbour);
  try {
    process.kill(owner, 0);
    return true;
  } catch (error) {
    // EPERM: it is running as another user.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** `process.exit` waits for no promise. */
function removeUnfinished(): void {
  for (const neighbour of unfinished) rmSync(neighbour, { force: true });
}
