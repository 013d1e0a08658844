/** Runs the command as it is built, the way a shell would. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** The command's file. */
export const CLI = join(import.meta.dirname, '../../dist/cli.js');

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Setting {
  /** The working folder. */
  cwd?: string;
  /** Standard input; nothing unless given. */
  input?: Uint8Array;
  env?: Record<string, string>;
  /** Columns of the terminal that standard output claims to be; a pipe unless given. */
  terminal?: number;
  /** File descriptors in place of pipes. */
  stdout?: number;
  stderr?: number;
}

/** Starts the command; `NO_COLOR` and the like do not come in from outside. */
export function start(
  args: string[],
  { cwd, input, env, terminal, stdout, stderr }: Setting = {},
): ChildProcess {
  const claim = `process.stdout.isTTY = true; process.stdout.columns = ${terminal}`;
  const preload = terminal ? ['--import', `data:text/javascript,${claim}`] : [];
  const child = spawn(process.execPath, [...preload, CLI, ...args], {
    cwd,
    env: { PATH: process.env.PATH, TERM: 'xterm-256color', ...env },
    stdio: ['pipe', stdout ?? 'pipe', stderr ?? 'pipe'],
  });
  // The command may end without reading it.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return child;
}

/** Runs the command to its end. */
export async function run(args: string[], setting?: Setting): Promise<Outcome> {
  return outcome(start(args, setting));
}

/** What a command that has been started comes to. */
export async function outcome(child: ChildProcess): Promise<Outcome> {
  const [stdout, stderr, [code]] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

/** The objects of JSON lines. */
export function events(stdout: string): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
