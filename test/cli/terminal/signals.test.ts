/** Signals end a command at once while it reads, whatever it reads: there is nothing to save yet. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { Network } from '../../../src/index.ts';
import { npy } from '../../data/npy-file.ts';
import { expectWithin } from '../../times.ts';
import { outcome, run, start } from '../command.ts';
import { greyPng } from '../png-file.ts';
import { zip } from '../zip.ts';

let cwd: string;
const path = (name: string) => join(cwd, name);

/** A file of a beginning and zeros, which take no room on most disks. */
async function withZeros(name: string, begin: Uint8Array, length: number): Promise<void> {
  const file = await open(path(name), 'w');
  await file.write(begin);
  await file.truncate(begin.length + length);
  await file.close();
}

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-signals-'));
  const rows = `${'1.5,2.25,3,4,5,6,7,8,9,10,1\n2.5,1.25,4,3,6,5,8,7,9,11,0\n'.repeat(20)}`;
  await writeFile(path('small.csv'), `a,b,c,d,e,f,g,h,i,j,k\n${rows}`);
  await writeFile(path('t.csv'), `a,b,c,d,e,f,g,h,i,j,k\n${rows.repeat(50_000)}`);

  await mkdir(path('idx'));
  const sizes = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer).swap32();
  await withZeros('idx/train-images-idx3-ubyte', sizes(0x803, 600_000, 28, 28), 600_000 * 784);
  await withZeros('idx/train-labels-idx1-ubyte', sizes(0x801, 600_000), 600_000);

  const values = 8 * 50_000_000;
  const header = npy(new Float64Array(), [50_000_000, 1]);
  await mkdir(path('npy'));
  await withZeros('npy/x.npy', header, values);
  await writeFile(path('npy/y.npy'), npy(new Uint8Array(50_000_000)));
  const bytes = npy(new Float64Array(12_500_000), [12_500_000, 1]);
  const labels = npy(new Uint8Array(12_500_000));
  const files = [
    { name: 'x.npy', bytes },
    { name: 'y.npy', bytes: labels },
  ];
  await writeFile(path('a.npz'), zip(files));

  const random = new Random(1, 'weights');
  const noise = Array.from({ length: 250 }, () =>
    Array.from({ length: 250 }, () => random.word() >>> 24),
  );
  for (const name of ['cat', 'dog']) {
    await mkdir(path(`images/${name}`), { recursive: true });
    await writeFile(path(`images/${name}/0.png`), greyPng(noise));
    for (let i = 1; i < 2000; i++) {
      await link(path(`images/${name}/0.png`), path(`images/${name}/${i}.png`));
    }
  }

  const network = await Network.create({ layers: [20_000, 2_500, 10] });
  await writeFile(path('m.st'), network.save());
  const kept = ['-e', '2', '--checkpoint', 'c.st', '--save', 't.st'];
  await run(['train', '-d', 'small.csv', ...kept], { cwd });
}, 120_000);
afterAll(() => rm(cwd, { recursive: true }));

/** How many bytes a process has read, where the system says so. */
async function bytesRead(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/io`, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(/^rchar: (\d+)$/m.exec(text)?.[1]);
}

/** Waits until a process has read more than its own code, or for a while where nobody knows. */
async function reading(pid: number): Promise<void> {
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  if ((await bytesRead(pid)) === undefined) await wait(1000);
  while (((await bytesRead(pid)) ?? Infinity) < 2 ** 24) await wait(5);
}

const TRAIN = ['-e', '1', '--save', 'new.st'];
const CASES: Record<string, string[]> = {
  'train, a table': ['train', '-d', 't.csv', ...TRAIN],
  'train, IDX files': ['train', '-d', 'idx', '-t', '0.2', ...TRAIN],
  'train, a folder of arrays': ['train', '-d', 'npy', ...TRAIN],
  'train, an .npz file': ['train', '-d', 'a.npz', ...TRAIN],
  'train, images': ['train', '-d', 'images', ...TRAIN],
  'train --resume': ['train', '-d', 't.csv', '--resume', 'c.st', '--save', 'new.st'],
  'find-lr': ['find-lr', '-d', 't.csv'],
  evaluate: ['evaluate', 't.st', '-d', 't.csv'],
  'predict, a table': ['predict', 't.st', 't.csv'],
  'predict, a model': ['predict', 'm.st', 'none.png'],
  export: ['export', 'm.st', '--js', 'new.js'],
};

describe.skipIf(process.platform === 'win32')('while it reads', () => {
  it.each(
    Object.entries(CASES).flatMap(([name, args]) =>
      (['SIGTERM', 'SIGINT', 'SIGHUP'] as const).map((signal) => [name, signal, args] as const),
    ),
  )(
    '%s is ended by %s',
    async (name, signal, args) => {
      const before = await readdir(cwd);
      const child = start(args, { cwd });
      const ended = outcome(child);
      const exit = once(child, 'exit');
      await Promise.race([reading(child.pid!), exit]);
      const sent = performance.now();
      child.kill(signal);
      const [, how] = await exit;
      expect(how).toBe(signal);
      expectWithin(1000, performance.now() - sent);
      const { stdout } = await ended;
      // Rows of a table are answered while others are read.
      const answers =
        name === 'predict, a table' ? stdout.replaceAll(/^t\.csv:\d.*\n?/gm, '') : stdout;
      expect(answers).toBe('');
      expect(await readdir(cwd)).toEqual(before);
    },
    30_000,
  );
});

describe.skipIf(process.platform === 'win32')('what is no regular file', () => {
  beforeAll(() => execFileSync('mkfifo', [path('pipe')]));
  it.each([
    [['evaluate', 'pipe']],
    [['predict', 'pipe', 'x.png']],
    [['export', 'pipe', '--js', 'new.js']],
    [['train', '--resume', 'pipe']],
  ])('is refused by %j', async (args) => {
    const { code, stderr } = await run(args, { cwd });
    expect([code, stderr]).toEqual([1, 'relumax: pipe: is a pipe, expected a file\n']);
    const device = await run(
      args.map((word) => (word === 'pipe' ? '/dev/zero' : word)),
      { cwd },
    );
    expect([device.code, device.stderr]).toEqual([
      1,
      'relumax: /dev/zero: is a device, expected a file\n',
    ]);
  });
});
