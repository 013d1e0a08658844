import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { run } from './command.ts';

describe('help', () => {
  it('goes to standard output where it is asked for', async () => {
    for (const args of [['--help'], ['help'], ['-h']]) {
      const { code, stdout, stderr } = await run(args);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^Usage: relumax .*train .*evaluate .*predict /s);
    }
  });

  it('tells the options and their defaults', async () => {
    const { code, stdout } = await run(['train', '--help']);
    expect(code).toBe(0);
    for (const option of ['data', 'layers', 'epochs', 'batch', 'learning-rate', 'seed', 'save']) {
      expect(stdout).toContain(`--${option} `);
    }
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('(default: 784-10-10, ');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('goes to standard error, with exit code 2, where there is no command', async () => {
    const { code, stdout, stderr } = await run([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Usage: relumax /);
  });
});

it('prints the version of the package', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8'));
  expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

describe('a wrong command line: exit code 2, one clear line, a hint', () => {
  it.each([
    ['learn', "unknown command 'learn'"],
    ['--loud', "unknown option '--loud'"],
    ['train --epoch 3', "unknown option '--epoch' (Did you mean --epochs?)"],
    ['train --batch-size 32', "unknown option '--batch-size' (Did you mean --batch?)"],
    ['train --lr=0.1', "unknown option '--lr=0.1' (Did you mean --learning-rate?)"],
    ['train --rate 0.1', "unknown option '--rate' (Did you mean --learning-rate?)"],
    ['predict model --lr 0.1', "unknown option '--lr'"],
    ['train digits', "too many arguments for 'train'"],
    ['train --epochs', "'-e, --epochs <n>' argument missing"],
    ['train --epochs 0', "'0' is invalid. Expected a whole number from 1 to 4294967295."],
    ['train --batch none', "'none' is invalid. Expected a whole number of at least 1, or full."],
    ['train --learning-rate -1', "'-1' is invalid. Expected a number above 0"],
    ['train --seed 1.5', "'1.5' is invalid. Expected a whole number from 0"],
    ['train --test-split 1', "'1' is invalid. Expected a number above 0 and below 1"],
    ['train --layers 784', "'784' is invalid. Expected an input and layers with hyphens"],
    ['train --layers 783-10', '--layers 783-10 does not fit the data: the first size must be 784'],
    ['train --layers 784-26', '--layers 784-26 does not fit the data'],
    ['train --layers 784-9999999-10', '--layers: found'],
    ['train --test-split 0.00001', '--test-split 0.00001 of 10000 images leaves none'],
    ['evaluate', "missing required argument 'file'"],
    ['evaluate one two', "too many arguments for 'evaluate'"],
    ['predict', "missing required argument 'file'"],
  ])('relumax %s', async (line, message) => {
    const { code, stdout, stderr } = await run(line.split(' '));
    expect([code, stdout]).toEqual([2, '']);
    const [error, hint, ...rest] = stderr.trimEnd().split('\n');
    expect(error).toMatch(/^relumax: /);
    expect(error).toContain(message);
    expect(hint).toMatch(/^Usage: relumax .*--help\)$/);
    expect(rest).toEqual([]);
  });
});
