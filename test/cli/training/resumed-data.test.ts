/** A training is resumed on the data that it was begun with, read in the same way, or not at all. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Dataset } from '../../../src/index.ts';
import { decodeModel } from '../../../src/model/model-reader.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../../src/network/checkpoint-file.ts';
import { npy } from '../../data/npy-file.ts';
import { hashIn, run } from '../command.ts';
import { writeIdxFolder } from '../idx-folder.ts';
import { greyPng } from '../png-file.ts';
import { zip } from '../zip.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-resumed-'));
});
afterEach(() => rm(cwd, { recursive: true }));

async function write(name: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(join(cwd, name)), { recursive: true });
  await writeFile(join(cwd, name), bytes);
}

/** Numbers that look like none; the first is different where it is asked for. */
const numbers = (count: number, first = 0) =>
  Uint8Array.from({ length: count }, (_, i) => (i === 0 ? first : (i * i * 37) % 251));
const labels = (count: number) => Uint8Array.from({ length: count }, (_, i) => i % 2);

/** A table whose columns could all be labels: a, b, c, d. */
function table({ rows = 40, names = 'a,b,c,d', first = 3, end = '' } = {}): string {
  const lines = Array.from({ length: rows }, (_, i) =>
    [i === 0 ? first : (i * 7) % 11, (i * 5) % 13, (i * 3) % 4, i % 2].join(),
  );
  return `${[names, ...lines].filter(Boolean).join('\n')}\n${end}`;
}

async function images(folder: string, count: number, first = 0): Promise<void> {
  for (const [label, name] of ['cat', 'dog'].entries()) {
    for (let i = 0; i < count; i++) {
      const grey = label === 0 && i === 0 ? first : (i * 29 + label * 90) % 256;
      const png = greyPng([
        [grey, 10, 20 + label * 99, 30],
        [(i * 17) % 256, 1, 2, 3],
      ]);
      await write(`${folder}/${name}/${String(i).padStart(2, '0')}.png`, png);
    }
  }
}

async function idx(train: Uint8Array, test: Uint8Array): Promise<void> {
  await rm(join(cwd, 'data'), { recursive: true, force: true });
  const inputs = Uint8Array.from([...train, ...test]);
  const length = inputs.length / 784;
  const dataset = Dataset.from({ inputs, labels: labels(length), classes: 2 });
  const counts = { train: train.length / 784, test: test.length / 784 };
  await writeIdxFolder(join(cwd, 'data'), dataset, counts);
}

const arrays = (first = 0) => [
  { name: 'x.npy', bytes: npy(Float64Array.from(numbers(200, first)), [50, 4]) },
  { name: 'y.npy', bytes: npy(labels(50)) },
];
const testArrays = (first = 0) => [
  { name: 'x_test.npy', bytes: npy(Float64Array.from(numbers(40, first)), [10, 4]) },
  { name: 'y_test.npy', bytes: npy(labels(10)) },
];
const train = (name: string) => name.replace('.', '_train.');

interface Kind {
  /** Options of the first part of the training. */
  readonly options: readonly string[];
  /** Options that every part needs. */
  readonly data: readonly string[];
  readonly write: () => Promise<unknown>;
  /** Other data, and what differs. */
  readonly others: readonly (readonly [() => Promise<unknown>, string])[];
}

const other = (part: string) => `found other values in the ${part}, expected the same, as in c.st`;
const TABLE = { data: ['-d', 't.csv'], write: () => write('t.csv', table()) };
/** The epochs of a cosine cannot become more. */
const CONSTANT = ['--schedule', 'constant'];
const KINDS: Record<string, Kind> = {
  'a table and its label': {
    ...TABLE,
    options: ['--label', 'c', ...CONSTANT],
    others: [
      [() => write('t.csv', table({ first: 4 })), other('training rows')],
      [() => write('t.csv', table({ end: '1,2,3,1\n'.repeat(10) })), 'found 40 training rows, '],
      [() => write('t.csv', table({ names: 'a,x,c,d' })), 'found "x" as column 2, expected "b"'],
      [() => write('t.csv', table({ names: 'b,a,c,d' })), 'found "b" as column 1, expected "a"'],
    ],
  },
  'a table and its split': {
    ...TABLE,
    options: ['-t', '0.4', '--seed', '7', ...CONSTANT],
    others: [[() => write('t.csv', table({ first: 4 })), other('held-out rows')]],
  },
  'a table without a header': {
    data: ['-d', 't.csv'],
    write: () => write('t.csv', table({ names: '' })),
    options: ['--no-header', '--label', '3', ...CONSTANT],
    others: [
      [() => write('t.csv', table({ names: '', first: 4 })), other('training rows')],
      [
        () => write('t.csv', table({ names: '1,2,3,0' })),
        'found 33 training rows, expected 32 training rows',
      ],
    ],
  },
  'a table of numbers to predict': {
    ...TABLE,
    options: ['--label', 'a', '--output', 'linear', ...CONSTANT],
    others: [[() => write('t.csv', table({ first: 4 })), other('held-out rows')]],
  },
  'a folder of images': {
    data: ['-d', 'data'],
    options: ['-t', '0.3'],
    write: () => images('data', 10),
    others: [
      [() => images('data', 10, 1), other('training images')],
      [() => images('data', 20), 'found 28 training images, expected 14'],
      [
        () =>
          write(
            'data/emu/1.png',
            greyPng([
              [1, 2, 3, 4],
              [1, 2, 3, 4],
            ]),
          ),
        'found 3 named classes',
      ],
    ],
  },
  'folders of images to train on and to test on': {
    data: ['-d', 'data'],
    options: [],
    write: async () => {
      await images('data/train', 10);
      await images('data/test', 3);
    },
    others: [
      [() => images('data/train', 10, 1), other('training images')],
      [() => images('data/test', 3, 1), other('held-out images')],
    ],
  },
  'IDX files': {
    data: ['-d', 'data'],
    options: [],
    write: () => idx(numbers(784 * 40), numbers(784 * 10)),
    others: [
      [() => idx(numbers(784 * 40, 1), numbers(784 * 10)), other('training images')],
      [() => idx(numbers(784 * 40), numbers(784 * 10, 1)), other('held-out images')],
      [() => idx(numbers(784 * 50), numbers(784 * 10)), 'found 50 training images, expected 40'],
    ],
  },
  'IDX files, divided': {
    data: ['-d', 'data'],
    options: ['-t', '0.5'],
    write: () => idx(numbers(784 * 40), numbers(784 * 10)),
    others: [[() => idx(numbers(784 * 40, 1), numbers(784 * 10)), other('training images')]],
  },
  'an .npz file': {
    data: ['-d', 'a.npz'],
    options: ['-t', '0.3', ...CONSTANT],
    write: () => write('a.npz', zip(arrays())),
    others: [[() => write('a.npz', zip(arrays(1))), other('training examples')]],
  },
  'an .npz file with test arrays': {
    data: ['-d', 'a.npz'],
    options: CONSTANT,
    write: () =>
      write(
        'a.npz',
        zip([...arrays().map((a) => ({ ...a, name: train(a.name) })), ...testArrays()]),
      ),
    others: [
      [
        () =>
          write(
            'a.npz',
            zip([...arrays().map((a) => ({ ...a, name: train(a.name) })), ...testArrays(1)]),
          ),
        other('held-out examples'),
      ],
      [() => write('a.npz', zip(arrays())), 'found no test files, expected test files'],
    ],
  },
  'a folder of arrays': {
    data: ['-d', 'data'],
    options: ['-t', '0.3', ...CONSTANT],
    write: () => Promise.all(arrays().map(({ name, bytes }) => write(`data/${name}`, bytes))),
    others: [[() => write('data/x.npy', arrays(1)[0]!.bytes), other('training examples')]],
  },
  'the bundled digits': {
    data: [],
    options: ['-t', '0.5', '--seed', '3'],
    write: async () => {},
    others: [],
  },
};

const BEGIN = ['train', '-b', '8', '--print-hash'];

describe.each(Object.entries(KINDS))('%s', (_, { data, options, write, others }) => {
  it('is restored from the checkpoint, and other data are refused', async () => {
    await write();
    const whole = await run([...BEGIN, ...data, ...options, '-e', '4'], { cwd });
    const kept = ['-e', '2', '--checkpoint', 'c.st'];
    await run([...BEGIN, ...data, ...options, ...kept], { cwd });
    const resume = ['train', ...data, '--resume', 'c.st', '-e', '4', '--print-hash'];
    for (const again of [[], options]) {
      const rest = await run([...resume, ...again], { cwd });
      expect([rest.code, hashIn(rest.stdout)]).toEqual([0, hashIn(whole.stdout)]);
    }
    for (const [change, message] of others) {
      await change();
      const { code, stdout, stderr } = await run(resume, { cwd });
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^relumax: --data /);
      expect(stderr).toContain(message);
      await rm(join(cwd, data[1]!), { recursive: true });
      await write();
    }
    expect((await run(resume, { cwd })).code).toBe(0);
  }, 30_000);
});

describe('the checkpoint of a table', () => {
  const begin = async (...options: string[]) => {
    await write('t.csv', table());
    const sgd = ['--optimizer', 'sgd', '--hidden', 'relu', '--layers', '3-10-4', '--dropout', '0'];
    const first = ['-d', 't.csv', '-e', '2', '--checkpoint', 'c.st', ...sgd, '--weight-decay', '0'];
    const given = options.includes('--schedule') ? [] : CONSTANT;
    await run([...BEGIN, ...first, ...given, ...options], { cwd });
  };

  it.each<[string[], string]>([
    [
      ['--label', 'd'],
      '--data t.csv: found label column "d", expected label column "c", as in c.st',
    ],
    [['--batch', '4'], '--batch: found 4, expected 8, as in c.st'],
    [['--batch', 'full'], '--batch: found full, expected 8, as in c.st'],
    [['--layers', '3-9-4'], '--layers: found 3-9-4, expected 3-10-4, as in c.st'],
    [['--test-split', '0.3'], '--test-split: found 0.3, expected 0.2, as in c.st'],
    [['--seed', '2'], '--seed: found 2, expected 1, as in c.st'],
    [['--seed', '0'], '--seed: found 0, expected 1, as in c.st'],
    [['--schedule', 'step:2:0.5'], '--schedule: found step:2:0.5, expected constant, as in c.st'],
    [['--optimizer', 'adam'], '--optimizer: found adam, expected sgd, as in c.st'],
    [['--momentum', '0.5'], '--momentum: found 0.5, expected none, as in c.st'],
    [['--centered'], '--centered: found true, expected false, as in c.st'],
    [['--weight-decay', '0.5'], '--weight-decay: found 0.5, expected 0, as in c.st'],
    [['--clip-norm', '1'], '--clip-norm: found 1, expected none, as in c.st'],
    [['--warmup', '5'], '--warmup: found 5, expected 0, as in c.st'],
    [['--patience', '5'], '--patience: found 5, expected none, as in c.st'],
    [['--dropout', '0.5'], '--dropout: found 0.5, expected 0, as in c.st'],
    [['--hidden', 'tanh'], '--hidden: found tanh, expected relu, as in c.st'],
    [['--initialization', 'he-normal'], '--initialization: found he-normal, expected none, as'],
    [['--layers', '3-10:tanh-4'], '--layers: found 3-10:tanh-4, expected 3-10-4, as in c.st'],
    [['--output', 'linear'], '--output: found linear, expected softmax, as in c.st'],
    [['--shift', '2'], '--shift: found 2, expected 0, as in c.st'],
    [['--learning-rate', '0.2'], '--learning-rate: found 0.2, expected 0.1, as in c.st'],
    [['--epochs', '1'], '--epochs: found 1, expected at least 2, as in c.st'],
  ])('refuses %j', async (options, message) => {
    await begin('--label', 'c');
    const args = ['train', '-d', 't.csv', '--resume', 'c.st', ...options];
    const { code, stdout, stderr } = await run(args, { cwd });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`relumax: ${message}`);
  });

  it('takes options that say the same in other words', async () => {
    await begin('--label', 'c');
    const args = ['train', '-d', 't.csv', '--resume', 'c.st', '-e', '3'];
    const same = ['--label', '3', '--dropout', '0', '--warmup', '0', '--header'];
    expect((await run([...args, ...same], { cwd })).code).toBe(0);
  });

  it('keeps the number of epochs of a cosine', async () => {
    await begin('--label', 'c', '--schedule', 'cosine');
    const args = ['train', '-d', 't.csv', '--resume', 'c.st', '-e', '3'];
    const { code, stderr } = await run(args, { cwd });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('relumax: --epochs: found 3, expected 2, as in c.st\n'),
    ]);
  });
});

it.each<[string[], string[], string]>([
  [['-d', 't.csv'], [], 'was trained on a table, expected --data with the same'],
  [['-d', 't.csv'], ['-d', 'a.npz'], 'was trained on a table, expected --data with the same'],
  [['-d', 'a.npz'], ['-d', 't.csv'], 'was trained on arrays, expected --data with the same'],
  [[], ['-d', 't.csv'], 'was trained on the bundled digits, expected no --data'],
])('a checkpoint of %j does not go on with %j', async (data, other, message) => {
  await write('t.csv', table());
  await write('a.npz', zip(arrays()));
  await run([...BEGIN, ...data, '-e', '1', '--checkpoint', 'c.st'], { cwd });
  const { code, stdout, stderr } = await run(['train', '--resume', 'c.st', ...other], { cwd });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`relumax: --resume c.st: ${message}\n`);
});

/** Trains on a kind of data, and takes from its checkpoint what older ones do not have. */
async function writeOlder({ write, data, options }: Kind): Promise<Record<string, string>> {
  await write();
  await run([...BEGIN, ...data, ...options, '-e', '1', '--checkpoint', 'c.st'], { cwd });
  const { checkpoint, metadata } = decodeCheckpoint(await readFile(join(cwd, 'c.st')));
  const { 'train-sha256': one, 'held-out-sha256': two, ...older } = metadata;
  expect([one, two]).toEqual([
    expect.stringMatching(/^\w{64}$/),
    expect.stringMatching(/^\w{64}$/),
  ]);
  await writeFile(join(cwd, 'c.st'), encodeCheckpoint(checkpoint, { metadata: older }));
  return older;
}

it('an older checkpoint, which has no hashes, resumes as before', async () => {
  const kind = KINDS['IDX files']!;
  expect(await writeOlder(kind)).not.toHaveProperty('data-sha256');
  await kind.others[0]![0]();
  expect((await run(['train', '--resume', 'c.st', ...kind.data], { cwd })).code).toBe(0);
});

it('an older checkpoint of images, which were not standardised, resumes as it began', async () => {
  const { write, data, options } = KINDS['a folder of images']!;
  await write();
  const args = [...BEGIN, ...data, ...options, '--layers', '8-4-2', '--optimizer', 'sgd'];
  await run([...args, '-e', '1', '--checkpoint', 'c.st'], { cwd });
  const { checkpoint, metadata } = decodeCheckpoint(await readFile(join(cwd, 'c.st')));
  expect(checkpoint.normalization).toBeDefined();
  const { normalization, ...older } = checkpoint;
  await writeFile(join(cwd, 'c.st'), encodeCheckpoint(older, { metadata }));
  const resume = ['train', '--resume', 'c.st', '-e', '2', ...data, '-o', 'm.st'];
  expect((await run(resume, { cwd })).code).toBe(0);
  const { normalization: none } = decodeModel(await readFile(join(cwd, 'm.st')));
  expect(none).toBeUndefined();
});

describe.each([
  'a table and its label',
  'a folder of images',
  'IDX files, divided',
  'a folder of arrays',
])('an older checkpoint, which has a hash of all of %s,', (name) => {
  it('resumes with the same, and refuses others', async () => {
    const kind = KINDS[name]!;
    expect(await writeOlder(kind)).toHaveProperty('data-sha256');
    const resume = ['train', '--resume', 'c.st', '-e', '4', ...kind.data];
    expect((await run(resume, { cwd })).code).toBe(0);
    await kind.others[0]![0]();
    const { code, stdout, stderr } = await run(resume, { cwd });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/found other values in the \w+, expected the same, as in c\.st\n/);
  });
});
