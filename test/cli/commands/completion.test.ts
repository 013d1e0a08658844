/** `relumax completion`, in the shells themselves. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../command.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-completion-'));
  await writeFile(join(cwd, 'model.st'), '');
  await writeFile(join(cwd, 'my model.st'), '');
  await mkdir(join(cwd, 'images'));
  for (const shell of SHELLS) {
    const { code, stdout, stderr } = await run(['completion', shell]);
    expect([code, stderr]).toEqual([0, '']);
    await writeFile(join(cwd, `completion.${shell}`), stdout);
  }
});
afterAll(() => rm(cwd, { recursive: true }));

function isInstalled(shell: Shell): boolean {
  if (spawnSync(shell, ['-c', 'exit']).status === 0) return true;
  console.warn(`NOT RUN: completion in ${shell}, which is not installed.`);
  return false;
}

const env = { PATH: process.env.PATH!, TERM: 'xterm', HOME: tmpdir(), LC_ALL: 'C.UTF-8' };

/** What bash offers for the last of some words. */
function offered(...words: string[]): string[] {
  const script =
    `source completion.bash; COMP_WORDS=(relumax "$@"); COMP_CWORD=$#; _relumax; ` +
    `printf "%s\\n" "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], { cwd, env });
  expect(String(stderr)).toBe('');
  return String(stdout).trim().split('\n');
}

/** What the command is given when lines are typed into a shell; \t is the Tab key. */
async function typed(shell: Shell, prelude: string[], lines: string[]): Promise<string[][]> {
  const given = 'relumax() { printf "%s|" "$@" >> given; echo >> given; }';
  const command = { bash: 'bash --norc --noprofile -i', zsh: 'zsh -f -i', fish: '' }[shell];
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    ...{ cwd, env: { ...env, SHELL: '/bin/sh' } },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const source = `source completion.${shell}`;
  child.stdin!.end([...prelude, source, given, ...lines, 'exit', ''].join('\n'));
  await once(child, 'close');
  const text = await readFile(join(cwd, 'given'), 'utf8');
  await rm(join(cwd, 'given'));
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('|').slice(0, -1));
}

const LINES = [
  ['relumax ev\tmod\t', ['evaluate', 'model.st']],
  ['relumax evaluate my\t', ['evaluate', 'my model.st']],
  ['relumax train --optimizer nest\t', ['train', '--optimizer', 'nesterov']],
  ['relumax train --optimizer=mom\t', ['train', '--optimizer=momentum']],
  ['relumax dat\tdown\tfash\t--to im\t', ['data', 'download', 'fashion-mnist', '--to', 'images']],
  // A number is the person's to tell.
  ['relumax train --epochs mod\t', ['train', '--epochs', 'mod']],
  ['relumax --no-color predict model.st im\t', ['--no-color', 'predict', 'model.st', 'images']],
] as const;

describe.skipIf(!isInstalled('bash'))('in bash', () => {
  it('the Tab key completes commands, choices and files', async () => {
    const given = await typed(
      'bash',
      [],
      LINES.map(([line]) => line),
    );
    const words = given.map((line) => line.map((word) => word.replace(/\/$/, '')));
    expect(words).toEqual(LINES.map(([, words]) => words));
  });

  it.each([
    ['train'],
    ['find-lr'],
    ['evaluate'],
    ['predict'],
    ['export'],
    ['data', 'download'],
    ['completion'],
  ])('%s %s has the options of its help', async (...path) => {
    const { stdout } = await run([...path, '--help']);
    const [, options] = /^Options:\n(.*?)\n\n[A-Z]/ms.exec(`${stdout}\n\nEnd`)!;
    const named = [...options!.matchAll(/^ {2}(?:-\w, +|\s*)(--[\w-]+)/gm)].map(
      ([, long]) => long!,
    );
    expect(named.length).toBeGreaterThan(0);
    expect(offered(...path, '--')).toEqual(expect.arrayContaining(named));
  });

  it('offers choices where there are some, and commands at first', () => {
    expect(offered('')).toEqual(expect.arrayContaining(['train', 'data', 'completion']));
    expect(offered('train', '--hidden', '')).toEqual(
      expect.arrayContaining(['relu', 'leaky-relu', 'gelu']),
    );
    expect(offered('train', '--optimizer', '=', 'adam')).toEqual(['adam', 'adamw']);
    expect(offered('train', '--optimizer', '=')).toContain('sgd');
    expect(offered('data', '')).toContain('download');
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    // A command's name as a value is none.
    expect(offered('train', '--save', 'data', '--opt')).toEqual(['--optimizer']);
  });
});

describe.skipIf(!isInstalled('zsh'))('in zsh', () => {
  it('the Tab key completes commands, choices and files', async () => {
    const prelude = ['autoload -U compinit', 'compinit -u -D'];
    const given = await typed(
      'zsh',
      prelude,
      LINES.map(([line]) => line),
    );
    const words = given.map((line) => line.map((word) => word.replace(/\/$/, '')));
    expect(words).toEqual(LINES.map(([, words]) => words));
  });
});

describe.skipIf(!isInstalled('fish'))('in fish', () => {
  it.each([
    ['', 'train'],
    ['tr', 'train'],
    ['evaluate mo', 'model.st'],
    ['evaluate my', 'my model.st'],
    ['train --opt', '--optimizer'],
    ['train --optimizer nest', 'nesterov'],
    ['train --optimizer=mom', '--optimizer=momentum'],
    ['data ', 'download'],
    ['data download fash', 'fashion-mnist'],
    ['data download fashion-mnist --to im', 'images/'],
    ['train -d im', 'images/'],
    ['--no-color comp', 'completion'],
  ])('relumax %s is completed', (line, expected) => {
    const script = `source completion.fish; complete -C 'relumax ${line}'`;
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script], { cwd, env });
    expect(String(stderr)).toBe('');
    const words = String(stdout)
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t')[0]);
    expect(words).toContain(expected);
    if (line !== '' && line !== 'data ') expect(words).toHaveLength(1);
  });
});

it('names the shells that it knows', async () => {
  const { code, stderr } = await run(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toContain('Allowed choices are bash, zsh, fish.');
});
