import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadDigits, Network } from '../../../src/index.ts';
import { events, outcome, run, start } from '../command.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-'));
});
afterEach(() => rm(cwd, { recursive: true }));

it('prints start, each point and the result, the same for the same seed, and writes nothing', async () => {
  const args = ['find-lr', '--json', '--seed', '3', '--threads', '1'];
  const { code, stdout, stderr } = await run(args, { cwd });
  expect([code, stderr]).toEqual([0, '']);
  const [first, ...rest] = events(stdout);
  const result = rest.pop()!;
  expect(first).toEqual({
    event: 'start',
    layers: [784, 10, 10],
    hidden: 'relu',
    output: 'softmax',
    batch: 64,
    optimizer: 'sgd',
    from: 1e-5,
    to: 10,
    updates: 100,
    seed: 3,
    threads: 1,
  });
  expect(rest[0]).toMatchObject({ event: 'point', update: 1, learningRate: 1e-5 });
  expect(rest[0]!.smoothed).toBeCloseTo(rest[0]!.loss as number, 12);
  expect(result).toMatchObject({ event: 'result', updates: rest.length });
  expect(result.learningRate).toBeGreaterThan(0.01);
  expect(result.learningRate).toBeLessThan(1);
  expect((await run(args, { cwd })).stdout).toBe(stdout);
  const several = await run([...args, '--threads', '3'], { cwd });
  expect(events(several.stdout)).toEqual([{ ...first, threads: 3 }, ...rest, result]);
  expect((await run([...args, '--seed', '4'], { cwd })).stdout).not.toBe(stdout);
  expect(await readdir(cwd)).toEqual([]);
});

it.each(['sgd', 'momentum', 'adam'])(
  'suggests a rate for %s by which three epochs learn much',
  async (optimizer) => {
    const args = ['find-lr', '--json', '--layers', '784-128-10', '--optimizer', optimizer];
    const { learningRate } = events((await run(args)).stdout).at(-1)!;
    const train = ['train', '-l', '784-128-10', '-e', '3', '--optimizer', optimizer, '--json'];
    const { stdout } = await run([...train, '--learning-rate', String(learningRate)]);
    const { test } = events(stdout).at(-1) as { test: { accuracy: number } };
    expect(test.accuracy).toBeGreaterThan(0.9);
  },
);

it.each(['momentum', 'adam'])('trains %s update by update as fit does', async (name) => {
  // A range so narrow that the rate is one: the losses are then those of a training.
  const args = ['find-lr', '--json', '--optimizer', name, '--seed', '1', '--updates', '300'];
  const range = ['--from', '0.01', '--to', '0.01000001'];
  const { stdout } = await run([...args, ...range]);
  const points = events(stdout).filter(({ event }) => event === 'point');
  const { train } = (await loadDigits()).split({ test: 0.2, seed: 1 });
  const network = await Network.create({ layers: [784, 10, 10], seed: 1 });
  const { epochs } = await network.fit(train, {
    epochs: 2,
    batchSize: 64,
    optimizer: name as 'momentum' | 'adam',
    learningRate: 0.01,
    seed: 1,
  });
  for (const [e, epoch] of epochs.entries()) {
    const losses = points.slice(125 * e, 125 * (e + 1)).map(({ loss }) => loss as number);
    expect(losses.reduce((sum, loss) => sum + loss, 0) / 125).toBeCloseTo(epoch.loss, 9);
  }
});

it('ends cleanly where the loss diverges', async () => {
  const args = ['find-lr', '--json', '--from', '1e-4', '--to', '1e7'];
  const { code, stdout, stderr } = await run(args);
  expect([code, stderr]).toEqual([0, '']);
  const result = events(stdout).at(-1)!;
  expect(result).toMatchObject({ ending: 'diverged' });
  expect(result.updates).toBeLessThan(100);
  expect(result.learningRate).toBeLessThan(10);
});

it('says so, with exit code 1, where there is nothing to suggest', async () => {
  const high = await run(['find-lr', '--from', '1e25', '--to', '1e30']);
  expect(high.code).toBe(1);
  expect(high.stderr).toMatch(
    /^relumax: no learning rate to suggest: .*smaller --from than 1e\+25\n$/,
  );
});

it('reads a table, to its end in batches that do not come out even, with linear output too', async () => {
  const rows = Array.from(
    { length: 97 },
    (_, i) => `${Math.sin(i)},${i % 7},${2 * Math.sin(i) + 1}`,
  );
  await writeFile(join(cwd, 'line.csv'), ['a,b,c', ...rows].join('\n'));
  const args = ['find-lr', '--data', 'line.csv', '--output', 'linear', '--json'];
  const { code, stdout } = await run(args, { cwd });
  expect(code).toBe(0);
  const all = events(stdout);
  expect(all[0]).toMatchObject({ output: 'linear', optimizer: 'adam' });
  for (const { event, loss } of all) if (event === 'point') expect(loss).toBeGreaterThan(0);
});

describe('refuses, with exit code 2 and one line', () => {
  it.each([
    ['--from 1 --to 0.1', '--to: found 0.1, expected a number above --from, which is 1'],
    ['--from 0.1 --to 0.1', '--to: found 0.1, expected a number above --from, which is 0.1'],
    ['--from 0', "'0' is invalid. Expected a number above 0"],
    ['--updates 19', "'19' is invalid. Expected a whole number from 20 to 10000."],
    ['--layers 783-10', '--layers 783-10 does not fit the data'],
    ['--label a', '--label: found no table'],
    ['--momentum 0.5', '--momentum is for momentum, nesterov, rmsprop, not for sgd'],
    ['--learning-rate 1', "unknown option '--learning-rate'"],
  ])('%s', async (line, message) => {
    const { code, stdout, stderr } = await run(['find-lr', ...line.split(' ')]);
    expect([code, stdout]).toEqual([2, '']);
    const [error, hint, ...rest] = stderr.trimEnd().split('\n');
    expect(error).toContain(message);
    expect(hint).toMatch(/^Usage: relumax find-lr .*--help\)$/);
    expect(rest).toEqual([]);
  });
});

describe('for a reader', () => {
  it('prints plain lines into a pipe', async () => {
    const { stdout } = await run(['find-lr']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^update {3}1\/100: learning rate 0\.00001, loss \d\.\d{4}, smoothed/);
    expect(lines.at(-2)).toMatch(/^ended: (complete|diverged) after \d+ of 100 updates$/);
    expect(lines.at(-1)).toMatch(/^suggested: learning rate 0\.\d+, where the smoothed loss/);
    expect(stdout).not.toContain('\u001b');
  });

  it('draws the curve on a terminal, with the suggestion marked, without colours where told', async () => {
    const setting = { terminal: 80, env: { NO_COLOR: '1' } };
    const { stdout } = await run(['find-lr'], setting);
    const suggested = /learning rate (0\.\d+), where/.exec(stdout)![1];
    expect(stdout).toMatch(new RegExp(`^ +(▲ ${suggested}|${suggested} ▲)$`, 'm'));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what must not be there.
    expect(stdout).not.toMatch(/\u001b\[\d+m/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('shows the curve so far at Ctrl-C', async () => {
    const args = ['find-lr', '--updates', '10000', '--layers', '784-1024-10'];
    const child = start(args, { terminal: 80, env: { NO_COLOR: '1' } });
    child.stdout!.once('data', () => setTimeout(() => child.kill('SIGINT'), 1500));
    const { code, stdout, stderr } = await outcome(child);
    expect([code, stderr]).toEqual([130, '']);
    expect(stdout).toMatch(/stopped +by SIGINT after \d+ of 10000 updates/);
    expect(stdout).toContain('smoothed');
    expect(stdout).toMatch(/^ {10}0\.00001 +learning rate/m);
  });
});
