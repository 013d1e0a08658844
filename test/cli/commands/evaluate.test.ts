import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Network } from '../../../src/index.ts';
import { events, run } from '../command.ts';
import { irisLike } from '../iris-like.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-evaluate-'));
  const save = async (file: string, layers: number[], metadata: Record<string, string>) => {
    const network = await Network.create({ layers, seed: 1 });
    await writeFile(join(cwd, file), network.save({ metadata }));
  };
  await save('digits.st', [784, 10, 10], { data: 'digits', 'test-split': '0.1', seed: '3' });
  await save('bare.st', [784, 10, 10], {});
  await save('foreign.st', [784, 10, 10], { data: 'constructor', 'test-split': '2', seed: 'x' });
  await save('idx.st', [784, 10, 10], { data: 'idx' });
  await save('other.st', [100, 26], {});
  await writeFile(join(cwd, 'text.st'), 'this is no model at all');
});
afterAll(() => rm(cwd, { recursive: true }));

it('prints data, accuracy, loss and confusions in plain text', async () => {
  const { code, stdout, stderr } = await run(['evaluate', 'digits.st'], { cwd });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/model +digits\.st, 784-10-10\n/);
  expect(stdout).toMatch(/data +the bundled digits that were held out in training\n/);
  expect(stdout).toMatch(/accuracy +\d+\.\d\d % of 1,000 classified correctly, loss \d\.\d{4}\n/);
  expect(stdout).toMatch(/actual +0 .* 9 +recall\n/);
  expect(stdout).toMatch(/precision +\d/);
  expect(stdout).not.toContain('\x1b');
});

it('prints one object with --json', async () => {
  const { stdout } = await run(['evaluate', 'digits.st', '--json'], { cwd });
  const [result, ...rest] = events(stdout);
  expect(rest).toEqual([]);
  expect(result).toMatchObject({ event: 'result', data: 'digits', part: 'held out' });
  for (const threads of [1, 3]) {
    const args = ['evaluate', 'digits.st', '--json', '--threads', String(threads)];
    expect(events((await run(args, { cwd })).stdout)).toEqual([{ ...result, threads }]);
  }
  const { confusion, precision, recall } = result as Record<string, unknown[]>;
  expect([confusion, precision, recall].map((list) => list!.length)).toEqual([10, 10, 10]);
  expect((confusion as number[][]).flat().reduce((a, b) => a + b)).toBe(1000);
});

it.each(['bare.st', 'foreign.st'])('takes all digits where %s names no split', async (file) => {
  const { stdout } = await run(['evaluate', file], { cwd });
  expect(stdout).toContain('all bundled digits; the model does not say');
  expect(stdout).toContain('of 10,000 classified correctly');
});

it('says that others may have trained on the digits', async () => {
  const { stdout } = await run(['evaluate', 'idx.st'], { cwd });
  expect(stdout).toContain(
    'all bundled digits; the model was trained on IDX files, which may have had them too',
  );
});

it.each([
  ['none.st', 'none.st: no such file or directory'],
  ['text.st', 'text.st: '],
  ['.', '.: is a folder'],
  ['other.st', 'other.st: takes 100 values and has 26 classes, but the data has 784'],
])('says in one line what is wrong with %s', async (file, why) => {
  const { code, stdout, stderr } = await run(['evaluate', file], { cwd });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^relumax: .*\n$/);
  expect(stderr).toContain(why);
});

describe('--importance', () => {
  beforeAll(async () => {
    const rows = irisLike(2).map(([a, b, c, d, kind]) => [a, b, c, d, 'same', kind].join());
    await writeFile(join(cwd, 'iris.csv'), ['a,b,c,\u202ed,e,kind', ...rows].join('\n'));
    const { code } = await run(['train', '-d', 'iris.csv', '-o', 'iris.st'], { cwd });
    expect(code).toBe(0);
  });

  it('tells how much lower the accuracy is where a column is shuffled', async () => {
    const args = ['evaluate', 'iris.st', '-d', 'iris.csv', '--importance'];
    const { stdout, stderr } = await run(args, { cwd });
    expect(stderr).toBe('');
    const lines = [
      ...stdout.matchAll(/^ {2}column (.d?): accuracy lower by (.*?) % \(± [\d.]+ %\) where/gm),
    ];
    expect(lines.map(([, name]) => name).toSorted()).toEqual(['a', 'b', 'c', '�d']);
    // Of the petals' length and width, which say most.
    expect(['c', '�d']).toContain(lines[0]![1]);
    expect(Number(lines[0]![2])).toBeGreaterThan(5);
    const json = events((await run([...args, '--json'], { cwd })).stdout)[0] as {
      importance: { examples: number; columns: { column: string; drop: number }[] };
    };
    expect(json.importance.examples).toBe(30);
    expect(json.importance.columns.map(({ drop }) => (100 * drop).toFixed(2))).toEqual(
      lines.map(([, , drop]) => drop),
    );
    expect(json.importance.columns.map(({ column }) => column)).toContain('\u202ed');
  });

  it('is refused where the model takes no table', async () => {
    const { code, stderr } = await run(['evaluate', 'digits.st', '--importance'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('--importance: digits.st was not trained on a table');
  });
});
