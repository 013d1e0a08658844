/** No output replaces an input or another output, by whatever option, path or link. */
import { closeSync, openSync } from 'node:fs';
import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, type Command, type Option } from 'commander';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { fileUses } from '../../../src/cli/options/declare.ts';
import { program, run as runHere } from '../../../src/cli/program.ts';
import { loadDigits } from '../../../src/index.ts';
import { outcome, run, start } from '../command.ts';
import { writeIdxFolder } from '../idx-folder.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-files-'));
});
afterEach(() => rm(cwd, { recursive: true }));

interface Leaf {
  readonly words: string[];
  readonly command: Command;
}
const leaves = (command: Command, words: string[] = []): Leaf[] =>
  command.commands.length === 0
    ? [{ words, command }]
    : command.commands.flatMap((child) => leaves(child, [...words, child.name()]));

const nameOf = (by: Option | Argument) => (by instanceof Argument ? by.name() : by.long!);

/** Each output with each input, and with each other output. */
const PAIRS = leaves(program).flatMap(({ words, command }) => {
  const uses = fileUses(command);
  return uses.flatMap((output, i) =>
    output.kind === 'output'
      ? uses
          .filter((other, j) => (other.kind === 'input' ? true : j > i))
          .filter(({ by }) => output.replaces !== nameOf(by))
          .map((other) => ({ words, command, pair: [output.by, other.by] as const }))
      : [],
  );
});

/** Two names in a folder for one file. */
const SAME: Record<string, () => Promise<[string, string]>> = {
  'a file that is there': async () => {
    await writeFile(join(cwd, 'a.csv'), 'old');
    return [join(cwd, 'a.csv'), join(cwd, 'a.csv')];
  },
  'one that is not': async () => [join(cwd, 'a.csv'), join(cwd, 'a.csv')],
  'another spelling': async () => {
    await mkdir(join(cwd, 'b'));
    return [join(cwd, 'a.csv'), `${cwd}/b/.././/a.csv`];
  },
  'a symbolic link': async () => {
    await writeFile(join(cwd, 'a.csv'), 'old');
    await symlink('a.csv', join(cwd, 'b.csv'));
    return [join(cwd, 'a.csv'), join(cwd, 'b.csv')];
  },
  'a link that leads nowhere yet': async () => {
    await symlink('a.csv', join(cwd, 'b.csv'));
    await symlink('b.csv', join(cwd, 'c.csv'));
    return [join(cwd, 'a.csv'), join(cwd, 'c.csv')];
  },
  'a hard link': async () => {
    await writeFile(join(cwd, 'a.csv'), 'old');
    await link(join(cwd, 'a.csv'), join(cwd, 'b.csv'));
    return [join(cwd, 'a.csv'), join(cwd, 'b.csv')];
  },
  'a linked folder': async () => {
    await mkdir(join(cwd, 'b'));
    await symlink('b', join(cwd, 'c'));
    return [join(cwd, 'b/a.csv'), join(cwd, 'c/a.csv')];
  },
  'upper case': async () => [join(cwd, 'a.csv'), join(cwd, 'A.csv')],
};

async function expectRefusal({ words, command, pair }: (typeof PAIRS)[number], paths: string[]) {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const values = new Map(pair.map((by, i) => [by as unknown, paths[i]!]));
  const given = command.registeredArguments.map((by) => values.get(by) ?? 'other.csv');
  const options = command.options.flatMap((by) =>
    values.has(by) ? [by.long!, values.get(by)!] : [],
  );
  const before = await readdir(cwd);
  try {
    await expect(runHere([...words, ...options, ...given])).rejects.toThrow(
      /: (?:is the same file as .*, expected another|differs from .* only in upper and lower case)$/,
    );
  } finally {
    write.mockRestore();
  }
  expect(await readdir(cwd)).toEqual(before);
}

describe.each(Object.keys(SAME))('%s', (kind) => {
  it.each(
    PAIRS.map((pair) => [[...pair.words, ...pair.pair.map(nameOf)].join(' '), pair] as const),
  )('%s is refused before anything is read', async (_, pair) =>
    expectRefusal(pair, await SAME[kind]!()),
  );
});

test('the pairs are all there are: each option and argument for a file says what it is for', () => {
  expect(PAIRS.length).toBeGreaterThanOrEqual(16);
  for (const { command } of leaves(program)) {
    const known = fileUses(command).map(({ by }) => by);
    const options = command.options.filter(({ flags }) => /[<[](?:file|path)/.test(flags));
    const files = command.registeredArguments.filter((by) => /file|input/.test(by.name()));
    for (const by of [...options, ...files]) expect(known, nameOf(by)).toContain(by);
  }
});

describe('standard output', () => {
  const printing = async (args: string[], file: string) => {
    const fd = openSync(join(cwd, file), 'a');
    try {
      return await outcome(start(args, { cwd, stdout: fd }));
    } finally {
      closeSync(fd);
    }
  };

  it('is not the file of an output or an input', async () => {
    await writeFile(join(cwd, 't.csv'), 'a,b\n1,0\n2,1\n');
    for (const [args, file] of [
      [['train', '--save', 'a'], 'a'],
      [['train', '-d', 't.csv'], 't.csv'],
      [['predict', 'm.st', 'other.csv', 't.csv'], 't.csv'],
    ] as const) {
      const { code, stderr } = await printing([...args], file);
      expect([code, stderr]).toEqual([2, expect.stringContaining('relumax: standard output: is ')]);
    }
    expect(await readFile(join(cwd, 't.csv'), 'utf8')).toBe('a,b\n1,0\n2,1\n');
  });

  it('is any other', async () => {
    const { code, stderr } = await printing(['train', '-e', '1', '--save', 'a'], 'b');
    expect([code, stderr]).toEqual([0, '']);
    expect(await readFile(join(cwd, 'b'), 'utf8')).toContain('saved: a');
  });
});

it('standard error is not the file of an output or an input, nor is the error written there', async () => {
  await writeFile(join(cwd, 't.csv'), 'a,b\n1,0\n2,1\n');
  for (const isBoth of [false, true]) {
    const fd = openSync(join(cwd, 't.csv'), 'a');
    const outputs = isBoth ? { stdout: fd, stderr: fd } : { stderr: fd };
    const { code, stdout } = await run(['train', '-d', 't.csv'], { cwd, ...outputs });
    closeSync(fd);
    const text = 'relumax: standard error: is the same file as --data t.csv, expected another';
    expect([code, stdout.split('\n')[0]]).toEqual([2, isBoth ? '' : text]);
    expect(await readFile(join(cwd, 't.csv'), 'utf8')).toBe('a,b\n1,0\n2,1\n');
  }
});

describe('a folder of data', () => {
  const train = (...args: string[]) => run(['train', '-d', 'idx', '-e', '1', ...args], { cwd });
  beforeEach(async () =>
    writeIdxFolder(join(cwd, 'idx'), await loadDigits(), { train: 100, test: 50 }),
  );

  it.each([
    ['idx/train-images-idx3-ubyte', 'is read as data in --data idx, expected another name'],
    ['idx/classes.txt', 'is read as data in --data idx'],
    ['idx/x.npy', 'is read as data in --data idx'],
    ['link', 'is read as data in --data idx'],
    ['outside', 'is the same file as '],
  ])('is not written into as %s', async (file, message) => {
    await symlink('idx/t10k-labels-idx1-ubyte', join(cwd, 'link'));
    await rm(join(cwd, 'idx/train-labels-idx1-ubyte'));
    await writeFile(join(cwd, 'outside'), 'old');
    await symlink('../outside', join(cwd, 'idx/train-labels-idx1-ubyte'));
    const { code, stdout, stderr } = await train('--save', file);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`relumax: --save ${file}: ${message}`);
  });

  it('is not written into by a hard link either', async () => {
    await link(join(cwd, 'idx/train-labels-idx1-ubyte'), join(cwd, 'a'));
    const { code, stderr } = await train('--report', 'a');
    expect([code, stderr]).toEqual([2, expect.stringContaining('is the same file as ')]);
  });

  it('may hold what is not read there', async () => {
    for (let i = 0; i < 2; i++) {
      const { code, stderr } = await train('--save', 'idx/m.st', '--history', 'idx/h.csv');
      expect([code, stderr]).toEqual([0, '']);
    }
  });
});

it('a training is resumed in its own checkpoint, which a link leads to', async () => {
  await run(['train', '-e', '1', '--checkpoint', 'c.st'], { cwd });
  await symlink('c.st', join(cwd, 'link'));
  const args = ['train', '-e', '2', '--resume', 'link', '--checkpoint', 'c.st'];
  expect(await run(args, { cwd })).toMatchObject({ code: 0, stderr: '' });
});
