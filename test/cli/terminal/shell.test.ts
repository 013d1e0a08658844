/** The commands that are shown, run as they are shown, in the shells themselves. */
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOf, DEFAULTS } from '../../../playground/settings/settings.ts';
import { shellOption, shellPath, shellWord } from '../../../src/cli/terminal/shell.ts';
import { denseArchitecture } from '../../../src/core/layers.ts';
import { CLI, run } from '../command.ts';
import { HEADER, irisLike } from '../iris-like.ts';

/** How each is started without settings of its user's, and so that it takes lines as when typed. */
const SHELLS: Readonly<Record<string, { plain: string[]; typed: string[] }>> = {
  sh: { plain: [], typed: ['-i'] },
  bash: { plain: ['--norc', '--noprofile'], typed: ['--norc', '--noprofile', '-i'] },
  zsh: { plain: ['-f'], typed: ['-f', '-i', '+o', 'zle'] },
  // It wants a terminal to be interactive, and makes nothing more of a line then.
  fish: { plain: ['--no-config'], typed: ['--no-config'] },
};

/** Words that a shell would make something of. */
const WORDS = [
  'iris.csv;touch x;.csv',
  'a b',
  "it's",
  'a\\b',
  'a\\',
  "\\'",
  "''",
  '$HOME `touch x` $(touch x) $x',
  '!x !! !1',
  '~',
  '~root/x',
  '=ls',
  '%self',
  '*?[a]',
  '{a,b}',
  '#x',
  '&x|x>x<(x)',
  '^x^y',
  'a=b',
  '"x"',
  '',
  ' ',
  '-x',
  '--',
  'é 🦊 👩‍🔬',
  'a\nb',
  'a%sb\n\n',
  "-100%\n\\n'!!\\001",
  '\t\r\b\x7f\x85',
  '\x1b[201~\rtouch x\r',
  '\x1b[31mred\x1b]0;t\x07',
  '\u202eturned\u2066\u200b\u2028',
];

const isUnseen = (word: string) => /[\p{Cc}\p{Zl}\p{Bidi_Control}]/u.test(word);

let cwd: string;
let env: Record<string, string>;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-shell-'));
  const bin = join(cwd, 'bin');
  await mkdir(bin);
  const scripts = {
    relumax: `exec '${process.execPath}' '${CLI}' "$@"`,
    npx: 'exec "$@"',
    given: `exec '${process.execPath}' -e 'fs.appendFileSync("${cwd}/given", JSON.stringify(process.argv.slice(1)) + "\\n")' -- "$@"`,
  };
  for (const [name, text] of Object.entries(scripts)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(bin, name), 0o755);
  }
  env = { PATH: `${bin}:${process.env.PATH}`, HOME: cwd, TERM: 'dumb', LC_ALL: 'C.UTF-8' };
});
afterAll(() => rm(cwd, { recursive: true }));

describe.each(Object.entries(SHELLS))('in %s', (shell, { plain, typed }) => {
  if (spawnSync(shell, ['-c', 'exit']).status !== 0) {
    it.skip(`is not tested: ${shell} is not installed`);
    return;
  }
  const inShell = (command: string, folder = cwd) => {
    const options = { cwd: folder, env, encoding: 'utf8' } as const;
    return spawnSync(shell, [...plain, '-c', command], options);
  };

  /** The arguments of each call of `given` since the last time. */
  const calls = async () => {
    const lines = (await readFile(join(cwd, 'given'), 'utf8')).trimEnd().split('\n');
    await rm(join(cwd, 'given'));
    return lines.map((line) => JSON.parse(line));
  };

  it('each word arrives as it is, and nothing else happens', async () => {
    const { stdout, stderr } = inShell(`given ${WORDS.map(shellWord).join(' ')}`);
    expect([stdout, stderr]).toEqual(['', '']);
    expect(await calls()).toEqual([WORDS]);
    expect(await readdir(cwd)).not.toContain('x');
  });

  it('also where lines are typed', async () => {
    const input = WORDS.map((word) => `given ${shellWord(word)}\n`).join('');
    await writeFile(join(cwd, 'typed'), input);
    await using file = await open(join(cwd, 'typed'));
    spawnSync(shell, typed, { cwd, env, stdio: [file.fd, 'ignore', 'ignore'] });
    expect(await calls()).toEqual(WORDS.map((word) => [word]));
    expect(await readdir(cwd)).not.toContain('x');
  });

  it.each([
    'iris.csv;touch x;.csv',
    "-a'b\\c!1$(touch x)\n\x1b[31m%s\u202e.csv",
    '`touch x` ~ "q" $x.csv',
    '=ls{a,b}*?[x]#&|<>.csv',
  ])('the commands of the report, the terminal and the page read the file %j', async (name) => {
    const folder = await mkdtemp(join(cwd, 'run-'));
    const rows = [[...HEADER.slice(0, 4), name], ...irisLike(1)];
    const csv = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join());
    await writeFile(join(folder, name), csv.join('\n'));
    const files = ['--save', `${name}.safetensors`, '--report', 'r.html'];
    const args = ['train', '-e', '2', '-d', name, '--label', name, ...files, '--print-hash'];
    const trained = await run(args, { cwd: folder, terminal: 80, env: { NO_COLOR: '1' } });
    const hash = /hash +(\w{64})/.exec(trained.stdout)?.[1];
    const page = await readFile(join(folder, 'r.html'), 'utf8');
    const shown = /<code>(relumax [^<]+)<\/code>/.exec(page)![1]!;
    const command = shown.replace(/&(\w+|#39);/g, (_, entity: string) => ENTITIES[entity]!);
    expect(inShell(`${command} --print-hash`, folder).stdout).toContain(`hash: ${hash}`);

    const use = /use it +(.*) ROWS\.csv/.exec(trained.stdout)![1]!;
    const predicted = inShell(`${use} ${shellPath(name)}`, folder);
    expect([predicted.stderr, predicted.stdout.split('\n')]).toEqual([
      expect.stringMatching(/^$|column/),
      expect.objectContaining({ length: 151 }),
    ]);

    const settings = { ...DEFAULTS, architecture: denseArchitecture([4, 10, 3]), epochs: 1 };
    const onPage = commandOf(settings, [
      ['data', name],
      ['label', name],
    ]);
    const repeated = inShell(onPage, folder);
    expect([repeated.status, repeated.stderr]).toEqual([0, '']);
    expect((await readdir(folder)).sort()).toEqual([name, `${name}.safetensors`, 'r.html'].sort());
  });
});

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
};

it('is one line to look at, and plain where it may be', () => {
  for (const word of WORDS.filter((word) => !word.endsWith('\n'))) {
    expect(isUnseen(shellWord(word)), word).toBe(false);
  }
  expect(shellWord('data/iris-2.csv')).toBe('data/iris-2.csv');
  expect([shellPath('-x'), shellPath('a b')]).toEqual(['./-x', "'a b'"]);
  expect([shellOption('data', '-x'), shellOption('data', 'x')]).toEqual(['--data=-x', '--data x']);
});
