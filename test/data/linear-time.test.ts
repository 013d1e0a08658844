/**
 * No reader of data takes more than linear time, whatever it reads. What grows is a cell of a header, entries,
 * labels, names, bytes.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { parseClassNames, withClassNames } from '../../src/data/class-names.ts';
import { Dataset } from '../../src/data/dataset.ts';
import { datasetFromIdx } from '../../src/data/idx.ts';
import { loadIdxTraining } from '../../src/data/idx-folder-node.ts';
import { datasetsFromNpy } from '../../src/data/npy/examples.ts';
import { arraysToRead } from '../../src/data/npy/roles.ts';
import { expectLinear, lines, timeOf } from '../linear-time.ts';
import { expectWithin } from '../times.ts';
import { npy } from './npy-file.ts';

describe('class names', () => {
  it.each<[string, (n: number) => string]>([
    ['lines', (n) => lines(n, (i) => `c${i}`)],
    ['lines, the last as the first', (n) => `${lines(n, (i) => `c${i}`)}c0\n`],
    ['characters of a line', (n) => 'x'.repeat(n)],
    ['blanks', (n) => ' '.repeat(n)],
    ['ends of lines', (n) => `a${'\r\n'.repeat(n)}`],
    ['carriage returns', (n) => `a${'\r'.repeat(n)}`],
  ])('take linear time for many %s', async (_, textOf) => {
    await expectLinear(40_000, (n) => {
      const bytes = Buffer.from(textOf(n));
      return () => parseClassNames(bytes, 'classes.txt');
    });
  });

  it('take linear time to number examples by them', async () => {
    const own = Array.from({ length: 256 }, (_, i) => `c${i}`);
    await expectLinear(200_000, (n) => {
      const inputs = new Uint8Array(n);
      const labels = Uint8Array.from({ length: n }, (_, i) => i % 256);
      const all = Dataset.from({ inputs, labels, classes: 256, classNames: own });
      return () => withClassNames('t', all, [...own].reverse());
    });
  });
});

describe('arrays', () => {
  const ones = (n: number) => new Uint8Array(n).fill(1);
  it.each<[string, (n: number) => [Uint8Array, Uint8Array]]>([
    ['examples', (n) => [npy(ones(n), [n, 1]), npy(ones(n))]],
    ['values', (n) => [npy(ones(n), [1, n]), npy(ones(1))]],
    [
      'values in Fortran’s order',
      (n) => [npy(new Float64Array(n), [n / 8, 2, 4], { order: 'True' }), npy(ones(n / 8))],
    ],
    [
      'values in Fortran’s order and in many dimensions',
      (n) => {
        const shape = [...Array(60).fill(1), n];
        return [npy(new Float64Array(n), [1, ...shape], { order: 'True' }), npy(ones(1))];
      },
    ],
    ['labels of eight bytes', (n) => [npy(ones(n), [n, 1]), npy(new BigInt64Array(n))]],
    ['targets', (n) => [npy(ones(n), [n, 1]), npy(new Float64Array(n).fill(0.5))]],
    [
      'one-hot labels',
      (n) => [
        npy(ones(n / 100), [n / 100, 1]),
        npy(
          Uint8Array.from({ length: n }, (_, i) => Number(i % 100 === 3)),
          [n / 100, 100],
        ),
      ],
    ],
    ['targets of one example', (n) => [npy(ones(2), [2, 1]), npy(new Float32Array(n), [2, n / 2])]],
  ])('take linear time for many %s', async (_, filesOf) => {
    await expectLinear(400_000, (n) => {
      const [x, y] = filesOf(n);
      return () =>
        datasetsFromNpy('t', [
          { name: 'x', bytes: x },
          { name: 'y', bytes: y },
        ]);
    });
  });

  // A header has 10,000 bytes at most, so that it cannot grow.
  it.each([
    `{${' '.repeat(9900)}`,
    `{'descr'${' '.repeat(9900)}`,
    `{'shape': (${' '.repeat(9900)}x`,
    `{'shape': (${'1,'.repeat(4900)}x`,
    `{'shape': (${'1 , '.repeat(2400)}), 'descr': '<f8', 'fortran_order': False}`,
    `{'shape': (${'1'.repeat(9800)},), 'descr': '<f8', 'fortran_order': False}`,
    `{'shape': (), ${"'shape': (), ".repeat(700)}`,
    `{'descr': '${'<f8'.repeat(3000)}`,
  ])('take little time for a header of %.30s…', async (whole) => {
    const bytes = npy(ones(8), [8], { whole, version: 2 });
    const files = [
      { name: 'x', bytes },
      { name: 'y', bytes },
    ];
    expectWithin(100, await timeOf(() => datasetsFromNpy('t', files)));
  });

  it.each<[string, (n: number) => string[]]>([
    ['names', (n) => [...names(n), 'x.npy', 'y.npy']],
    ['names and none that count', names],
    ['names that end alike', (n) => [`${'train_'.repeat(n)}x.npy`, 'x.npy']],
    ['folders', (n) => [`${'/x'.repeat(n)}.npy`, `${'/y'.repeat(n)}.npy`]],
    ['ends of names', (n) => ['.npy'.repeat(n)]],
  ])('take linear time for many %s', async (_, namesOf) => {
    await expectLinear(50_000, (n) => {
      const all = namesOf(n);
      return () => arraysToRead('t', all);
    });
  });

  function names(n: number): string[] {
    return Array.from({ length: n }, (_, i) => `note${i}.npy`);
  }
});

describe('files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'relumax-linear-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('of a folder, many called as IDX files, take linear time', async () => {
    const paths = new Map<number, string>();
    for (const n of [1000, 4000]) {
      const path = join(folder, `idx${n}`);
      await mkdir(path);
      for (let i = 0; i < n; i++) {
        await writeFile(join(path, `a${i}-train-images-idx3-ubyte.gz`), '');
      }
      paths.set(n, path);
    }
    await expectLinear(1000, (n) => () => loadIdxTraining(paths.get(n)!));
  });

  it('of images take linear time', async () => {
    await expectLinear(1_000_000, (n) => {
      const head = (dimensions: number, ...sizes: number[]) => {
        const bytes = Buffer.alloc(4 + 4 * dimensions);
        bytes.writeUInt32BE(0x800 + dimensions);
        for (const [i, size] of sizes.entries()) bytes.writeUInt32BE(size, 4 + 4 * i);
        return bytes;
      };
      const images = Buffer.concat([head(3, n, 1, 1), Buffer.alloc(n)]);
      const labels = Buffer.concat([head(1, n), Buffer.alloc(n)]);
      const files = {
        images: { name: 'images', bytes: images },
        labels: { name: 'labels', bytes: labels },
      };
      return () => datasetFromIdx(files);
    });
  });
});
