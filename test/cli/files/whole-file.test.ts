import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWhole } from '../../../src/cli/files/whole-file.ts';
import { run, start } from '../command.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relumax-whole-'));
});
afterEach(() => rm(folder, { recursive: true }));
const bytes = Buffer.from('new');
const at = (name: string) => join(folder, name);

describe('a file is written whole', () => {
  it('under every name that the file system takes', async () => {
    for (const name of ['x'.repeat(255), 'é'.repeat(127), '😀'.repeat(63), '-', ' ', '.tmp']) {
      await writeWhole(at(name), bytes);
      expect(await readFile(at(name), 'utf8')).toBe('new');
      expect(await readdir(folder)).toEqual([name]);
      await rm(at(name));
    }
  });

  it('where links lead, with the mode that was there', async () => {
    await mkdir(at('b'));
    await symlink('b/target', at('a'));
    for (const mode of [0o644, 0o600]) {
      await writeWhole(at('a'), bytes);
      expect(await readFile(at('b/target'), 'utf8')).toBe('new');
      expect((await readdir(folder)).sort()).toEqual(['a', 'b']);
      await chmod(at('b/target'), mode);
      await writeWhole(at('a'), bytes);
      expect((await stat(at('a'))).mode & 0o777).toBe(mode);
    }
  });

  it('or not at all', async () => {
    await writeFile(at('a'), 'old');
    const fail = () => {
      throw new Error('no bytes');
    };
    await expect(writeWhole(at('a'), fail)).rejects.toThrow(`${at('a')}: no bytes`);
    await expect(writeWhole(at('none/a'), bytes)).rejects.toThrow('none/a: no such file');
    await mkdir(at('b'));
    await expect(writeWhole(at('b'), bytes)).rejects.toThrow(`${at('b')}: `);
    expect((await readdir(folder)).sort()).toEqual(['a', 'b']);
    expect(await readFile(at('a'), 'utf8')).toBe('old');
  });
});

describe('what killed processes left', () => {
  it('of the same file is removed, unless its process lives', async () => {
    // Kills until one falls into a write; it is the name that counts.
    let left: string | undefined;
    for (let i = 0; i < 100 && left === undefined; i++) {
      const args = ['train', '-e', '1000', '-l', '784-256-10', '--checkpoint', 'c', '--every', '1'];
      const child = start(args, { cwd: folder });
      const exit = once(child, 'exit');
      while (child.exitCode === null && left === undefined) {
        left = (await readdir(folder)).find((name) => name.endsWith('.tmp'));
        if (left === undefined) await new Promise((resolve) => setTimeout(resolve));
      }
      child.kill('SIGKILL');
      await exit;
      left = (await readdir(folder)).find((name) => name.endsWith('.tmp'));
    }
    const [, host, owner] = /^c\.([0-9a-f]{6})-(\d+)-\d+\.tmp$/.exec(left!)!;
    const living = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    try {
      const other = host === 'aaaaaa' ? 'bbbbbb' : 'aaaaaa';
      const others = [
        `c.${host}-${living.pid}-1.tmp`,
        `c.${other}-${owner}-1.tmp`,
        `d.${host}-${owner}-1.tmp`,
        `c.${host}-${owner}-1.tmp.st`,
        'c.tmp',
      ];
      for (const name of others) await writeFile(at(name), '');
      await writeFile(at(`c.${host}-${process.pid}-9.tmp`), '');
      await writeWhole(at('c'), bytes);
      expect((await readdir(folder)).sort()).toEqual([...others, 'c'].sort());
    } finally {
      living.kill();
    }
  }, 60_000);

  it('stays where it cannot be removed, and the file is written', async () => {
    const ended = spawn(process.execPath, ['-e', '']);
    await once(ended, 'exit');
    const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 6);
    const leftover = `a.${host}-${ended.pid}-1.tmp`;
    await mkdir(at(leftover));
    await writeWhole(at('a'), bytes);
    expect((await readdir(folder)).sort()).toEqual(['a', leftover]);
  });

  it('is not there after a second Ctrl-C', async () => {
    const args = ['train', '-e', '1000', '-l', '784-256-10', '--checkpoint', 'c', '--every', '1'];
    const child = start([...args, '--json'], { cwd: folder });
    const exit = once(child, 'exit');
    await once(child.stdout!, 'data');
    child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 450));
    child.kill('SIGINT');
    await exit;
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

it('a name that is too long is told before the training', async () => {
  const { code, stdout, stderr } = await run(['train', '--save', 'x'.repeat(256)], { cwd: folder });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('name too long');
  const name = 'x'.repeat(251);
  const whole = await run(['train', '-e', '1', '--save', name], { cwd: folder });
  expect([whole.code, whole.stderr]).toEqual([0, '']);
  expect(await readdir(folder)).toEqual([name]);
});
