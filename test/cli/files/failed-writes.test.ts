/** What cannot be written costs nothing else: neither the training nor the other files. */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeCheckpoint } from '../../../src/network/checkpoint-file.ts';
import { outcome, run, start } from '../command.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-failed-'));
  await mkdir(join(cwd, 'sub'));
});
afterEach(async () => {
  await rm(cwd, { recursive: true });
  await rm(`${cwd}-gone`, { recursive: true, force: true });
});

const GOES_ON = /^relumax: --checkpoint .*; the training goes on and tries again\n/;

/** Trains, and does something after the first epoch. */
async function during(act: (child: ChildProcess) => Promise<unknown>, ...args: string[]) {
  const child = start(['train', '-e', '40', ...args], { cwd });
  const acted = once(child.stdout!, 'data').then(() => act(child));
  const result = await outcome(child);
  await acted;
  return result;
}
// Renamed, as nothing can be removed while it is being written into.
const removeSub = () => rename(join(cwd, 'sub'), `${cwd}-gone`);

describe('a folder that is gone', () => {
  it('costs the checkpoints, but not the training and its model', async () => {
    const options = ['--checkpoint', 'sub/c.st', '--every', '25', '--save', 'm.st'];
    const { code, stdout, stderr } = await during(removeSub, ...options);
    expect(code).toBe(1);
    expect(stdout).toContain('saved: m.st');
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(stderr).toMatch(GOES_ON);
    expect(lines[1]).toMatch(
      /^relumax: --checkpoint sub\/c\.st: no such file or directory; the last one written is of epoch \d+, update \d+$/,
    );
  });

  it('and comes back costs nothing', async () => {
    const act = async (child: ChildProcess) => {
      await removeSub();
      await once(child.stderr!, 'data');
      await mkdir(join(cwd, 'sub'));
    };
    const options = ['--checkpoint', 'sub/c.st', '--every', '25'];
    const { code, stderr } = await during(act, ...options);
    expect([code, stderr]).toEqual([0, expect.stringMatching(GOES_ON)]);
    const { progress } = decodeCheckpoint(await readFile(join(cwd, 'sub/c.st'))).checkpoint;
    expect(progress).toMatchObject({ epoch: 40, step: 125 });
  });

  it.each(['save', 'history', 'report', 'checkpoint'])(
    'costs --%s, and the others are written',
    async (lost) => {
      const files = { save: 'm.st', history: 'h.csv', report: 'r.html', checkpoint: 'c.st' };
      const options = Object.entries(files).flatMap(([option, file]) => [
        `--${option}`,
        option === lost ? `sub/${file}` : file,
      ]);
      const { code, stderr } = await during(removeSub, ...options);
      expect(code).toBe(1);
      const last = stderr.trimEnd().split('\n').at(-1);
      expect(last).toContain(`relumax: --${lost} sub/`);
      expect(last).toContain('no such file or directory');
      const { [lost as keyof typeof files]: _, ...rest } = files;
      expect((await readdir(cwd)).sort()).toEqual(Object.values(rest).sort());
    },
  );

  it('costs several, and each is named', async () => {
    const options = ['--save', 'sub/m.st', '--history', 'sub/h.csv', '--report', 'r.html'];
    const { code, stderr } = await during(removeSub, ...options);
    expect(code).toBe(1);
    expect(stderr).toBe(
      ['--save sub/m.st', '--history sub/h.csv']
        .map((file) => `relumax: ${file}: no such file or directory\n`)
        .join(''),
    );
    expect(await readdir(cwd)).toEqual(['r.html']);
  });
});

/** Whether this process may mount a file system of its own. */
function mounted(folder: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a full disk', () => {
  it('costs what does not fit, and leaves what was there', async ({ skip }) => {
    const disk = join(cwd, 'sub');
    if (!mounted(disk)) {
      console.warn('NOT RUN: a full disk, which only root can make, by mounting one.');
      skip();
    }
    try {
      // 200 KB with Adam's state: one fits, a second beside it does not.
      const small = ['-l', '784-16-10', '--optimizer', 'adam'];
      const first = await run(['train', '-e', '1', ...small, '--checkpoint', 'sub/c.st'], { cwd });
      expect([first.code, first.stderr]).toEqual([0, '']);
      const before = await readFile(join(disk, 'c.st'));
      const args = ['train', '-e', '3', '--resume', 'sub/c.st', '--checkpoint', 'sub/c.st'];
      const { code, stderr } = await run([...args, '--save', 'm.st', '--report', 'r.html'], {
        cwd,
      });
      expect(code).toBe(1);
      expect(stderr.trimEnd().split('\n')).toEqual([
        'relumax: --checkpoint sub/c.st: no space left on device; the training goes on and tries again',
        'relumax: --checkpoint sub/c.st: no space left on device; none was written',
      ]);
      expect((await readdir(cwd)).sort()).toEqual(['m.st', 'r.html', 'sub']);
      expect(await readdir(disk)).toEqual(['c.st']);
      expect(before.equals(await readFile(join(disk, 'c.st')))).toBe(true);
      const evaluated = await run(['evaluate', 'm.st'], { cwd });
      expect(evaluated.code).toBe(0);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it.skipIf(process.platform === 'win32')(
    'of standard output does not end the training',
    async () => {
      const full = openSync('/dev/full', 'w');
      try {
        const args = ['train', '-e', '3', '--save', 'm.st', '--history', 'h.json'];
        const { code, stderr } = await outcome(start(args, { cwd, stdout: full }));
        expect([code, stderr]).toEqual([1, 'relumax: output: no space left on device\n']);
        expect(JSON.parse(await readFile(join(cwd, 'h.json'), 'utf8'))).toHaveLength(3);
      } finally {
        closeSync(full);
      }
    },
  );
});

it('a checkpoint that cannot be written does not hide a signal', async () => {
  const child = start(['train', '-e', '100000', '--checkpoint', 'sub/c.st', '--save', 'm.st'], {
    cwd,
  });
  const result = outcome(child);
  await once(child.stdout!, 'data');
  await removeSub();
  await writeFile(join(cwd, 'sub'), '');
  await new Promise((resolve) => setTimeout(resolve, 200));
  child.kill('SIGTERM');
  const { code, stdout, stderr } = await result;
  expect(code).toBe(143);
  expect(stdout).toContain('saved: m.st');
  expect(stderr).toContain('; the last one written is of epoch ');
});
