/** The command on real terminals: of any size, and gone in the middle of a training. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { setRedrawnLine, warn } from '../../../src/cli/terminal/terminal.ts';
import { Network } from '../../../src/index.ts';
import { CLI, run } from '../command.ts';
import { greyPng } from '../png-file.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-terminal-'));
  expect((await run(['train', '-e', '1', '-o', 'model.st'], { cwd })).code).toBe(0);
  const stroke = Array.from({ length: 28 }, (_, x) => (x > 10 && x < 18 ? 0 : 255));
  await writeFile(join(cwd, 'one.png'), greyPng(Array.from({ length: 28 }, () => stroke)));
});
afterAll(() => rm(cwd, { recursive: true }));

/** Runs shell commands on a terminal of their own (script, of util-linux). */
function onTerminal(commands: string) {
  return spawn('script', ['-qec', commands, '/dev/null'], {
    cwd,
    env: { PATH: process.env.PATH, TERM: 'xterm-256color', SHELL: '/bin/sh' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

const quoted = (text: string) => `'${text}'`;
const command = [process.execPath, CLI].map(quoted).join(' ');

async function shown(args: string, columns: number, rows: number) {
  const child = onTerminal(`stty cols ${columns} rows ${rows}; ${command} ${args}`);
  const [output, [code]] = await Promise.all([text(child.stdout!), once(child, 'close')]);
  return { code, output: stripVTControlCharacters(output) };
}

it('the rate of a training that was resumed is that since then', async () => {
  const layers = '-l 784-64-10';
  expect(
    (await run(['train', ...layers.split(' '), '-e', '20', '--checkpoint', 'c.st'], { cwd })).code,
  ).toBe(0);
  const { code, output } = await shown('train --resume c.st -e 40', 100, 40);
  expect(code).toBe(0);
  const perSecond = [...output.matchAll(/([\d.]+)(k|M) images\/s/g)].map(
    ([, number, unit]) => Number(number) * (unit === 'k' ? 1e3 : 1e6),
  );
  expect(perSecond.length).toBeGreaterThan(2);
  // The last one is that of the whole training. Of the epochs before, the first would be ten times as high.
  for (const rate of perSecond) expect(rate / perSecond.at(-1)!).toBeLessThan(4);
  await rm(join(cwd, 'c.st'));
});

describe('a terminal with no size, or next to none', () => {
  it.each(Array.from({ length: 13 }, (_, columns) => columns))(
    'of %i columns shows and saves a training',
    async (columns) => {
      const { code, output } = await shown('train -e 2 -o new.st', columns, columns % 4);
      expect(output).not.toContain('relumax:');
      expect(code).toBe(0);
      expect(output).toMatch(/saved +new\.st/);
      // No size is taken for 80 columns.
      expect(output.includes('┤')).toBe(columns === 0);
      expect((await Network.load(await readFile(join(cwd, 'new.st')))).layers).toEqual([
        784, 10, 10,
      ]);
      await rm(join(cwd, 'new.st'));
    },
  );

  it.each([0, 1, 8, 12])('of %i columns shows what the other commands say', async (columns) => {
    for (const args of [
      'find-lr --updates 20',
      'evaluate model.st',
      'predict model.st one.png',
      '--help',
    ]) {
      const { code, output } = await shown(args, columns, columns % 4);
      expect(output, args).not.toContain('relumax: ');
      expect([args, code]).toEqual([args, 0]);
      expect(output.length).toBeGreaterThan(50);
    }
  });
});

it('draws an image only where it fits beside what is said of it', async () => {
  const { output: wide } = await shown('predict model.st one.png', 80, 24);
  expect(wide).toMatch(/[▀▄█]{5}.* 0 +\d+\.\d %/);
  const { output: narrow } = await shown('predict model.st one.png', 40, 24);
  expect(narrow).toMatch(/^ {2}0 +\d+\.\d %/m);
  const lines = narrow.split(/\r?\n/).filter((line) => line.includes(' %'));
  expect(lines).toHaveLength(10);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
});

it.each([
  ['', 'with its progress bar'],
  ['--json', 'with JSON lines'],
])('a terminal that is closed ends a training %s, which is saved', async (options) => {
  // The shell lives on to tell the exit code, and the terminal's own process is killed.
  const train = `${command} train -e 1000000 -o kept.st ${options}`;
  const child = onTerminal(`trap '' HUP; ${train}; echo $? > code`);
  // In a later epoch than the first: before its first update a training has nothing to save.
  const later = /"event":"epoch"|epoch +(?!1\/)\d+\//;
  await new Promise<void>((resolve) => {
    child.stdout!.on('data', (chunk) => later.test(String(chunk)) && resolve());
  });
  child.kill('SIGKILL');
  await expect.poll(() => readdir(cwd), { timeout: 10_000 }).toContain('code');
  await expect.poll(() => readFile(join(cwd, 'code'), 'utf8')).toBe('129\n');
  const { metadata } = await Network.load(await readFile(join(cwd, 'kept.st')));
  expect(metadata.interrupted).toBe('SIGHUP');
  await Promise.all(['kept.st', 'code'].map((name) => rm(join(cwd, name))));
  expect((await readdir(cwd)).sort()).toEqual(['model.st', 'one.png']);
});

it('writes a warning in the place of a line that is redrawn, which is then below it', () => {
  const done: string[] = [];
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    done.push(String(text));
    return true;
  });
  setRedrawnLine({ erase: () => done.push('erase'), moveDown: () => done.push('move down') });
  warn('x');
  setRedrawnLine(undefined);
  warn('y');
  write.mockRestore();
  expect(done).toEqual(['erase', 'relumax: x\n', 'move down', 'relumax: y\n']);
});
