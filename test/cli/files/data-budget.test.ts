/**
 * What readers of data take for files that are made to take much: memory, as docs/trainer.md has it, and
 * no stack of calls. Each is read in a process of its own, which tells the most that it took.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npy } from '../../data/npy-file.ts';
import { cifarArchive, RECORD, tar } from '../cifar-files.ts';
import { outcome } from '../command.ts';
import { zip } from '../zip.ts';

const MB = 1e6;
let folder: string;
/** What a process takes that reads next to nothing, in bytes. */
let usual: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relumax-budget-'));
  const root = join(import.meta.dirname, '../../..');
  await build({
    stdin: {
      contents: `
        import { isTable, readSource } from './src/cli/files/formats.ts';
        import { readTable } from './src/cli/files/table-file.ts';
        import { readFileSync } from 'node:fs';
        const [path, label] = process.argv.slice(2);
        let rows, error;
        try {
          if (isTable(path)) rows = (await readTable(path, { label })).rows;
          else rows = (await readSource(path, {})).train.length;
        } catch (caught) { error = caught.stack; }
        // Where it is there: on Linux maxRSS is not less than what the parent took.
        let status = '';
        try { status = readFileSync('/proc/self/status', 'utf8'); } catch {}
        const [, peak] = /VmHWM:\\s+(\\d+) kB/.exec(status) ?? [];
        const most = 1024 * (peak ?? process.resourceUsage().maxRSS);
        process.stdout.write(JSON.stringify({ rows, error, most }), () => process.exit());`,
      resolveDir: root,
    },
    outfile: join(folder, 'reader.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(`${root}/package.json`)});`,
    },
    logLevel: 'error',
  });
  await writeFile(join(folder, 'small.csv'), 'a,b\n1,x\n2,y\n');
  usual = (await read('small.csv')).most;
});
afterAll(() => rm(folder, { recursive: true }));

interface Result {
  readonly rows?: number;
  readonly error?: string;
  /** The most memory of the process, in bytes. */
  readonly most: number;
}

interface How {
  /** The label column of a table. */
  readonly label?: string;
  /** Of JavaScript's heap, in MiB, where the process is not to have more. */
  readonly heap?: number;
}

function start(path: string, { label, heap }: How = {}): ChildProcess {
  const file = path === '-' ? path : join(folder, path);
  const args = [
    ...(heap ? [`--max-old-space-size=${heap}`] : []),
    join(folder, 'reader.mjs'),
    file,
  ];
  if (label) args.push(label);
  return spawn(process.execPath, args);
}

async function result(child: ChildProcess): Promise<Result> {
  const { stdout, stderr } = await outcome(child);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

function read(path: string, how?: How): Promise<Result> {
  const child = start(path, how);
  child.stdin!.end();
  return result(child);
}

/** Checks that a file is refused with less memory than that. */
async function expectRefused(
  path: string,
  message: string,
  bytes: number,
  how?: How,
): Promise<void> {
  const { error, most } = await read(path, how);
  expect(error).toContain(message);
  expect(error).not.toContain('call stack');
  expect(most - usual).toBeLessThan(bytes);
}

/** A file of zeros that takes no room, its first bytes aside. */
async function sparse(name: string, size: number, first: Uint8Array = new Uint8Array()) {
  const handle = await open(join(folder, name), 'w');
  await handle.write(first);
  await handle.truncate(size);
  await handle.close();
}

/** Deflated zeros, so many MiB. */
function zeros(count: number, first: Uint8Array = new Uint8Array()): Buffer {
  const whole = { finishFlush: constants.Z_FULL_FLUSH };
  const block = deflateRawSync(new Uint8Array(2 ** 20), whole);
  return Buffer.concat([
    deflateRawSync(first, whole),
    ...Array<Buffer>(count).fill(block),
    deflateRawSync(new Uint8Array()),
  ]);
}

/** A gzip file (RFC 1952) of deflated data, and the length that it claims. */
function gzip(data: Uint8Array, claimed: number): Buffer {
  const end = Buffer.alloc(8);
  end.writeUInt32LE(claimed, 4);
  return Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), data, end]);
}

function idxHead(...sizes: number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * sizes.length);
  bytes.writeUInt32BE(0x800 + sizes.length);
  for (const [i, size] of sizes.entries()) bytes.writeUInt32BE(size, 4 + 4 * i);
  return bytes;
}

/** Labels for it, and the images as they are given. */
async function idxFolder(name: string, images: string): Promise<string> {
  await mkdir(join(folder, name));
  const labels = Buffer.concat([idxHead(2), Buffer.from([0, 1])]);
  await writeFile(join(folder, name, 'train-labels-idx1-ubyte'), labels);
  return join(name, images);
}

describe('an archive of arrays', () => {
  const y = { name: 'y.npy', bytes: npy(Uint8Array.of(0, 1)) };
  const SIZE = 3000 * 2 ** 20;

  it('of 3 MB that unpacks to 3 GB is refused', async () => {
    const head = npy(new Uint8Array(), [2, SIZE / 2]);
    const packed = zeros(3000, head);
    await writeFile(
      join(folder, 'bomb.npz'),
      zip([
        { name: 'x.npy', bytes: packed, claims: { size: SIZE + head.length }, deflated: 'already' },
        y,
      ]),
    );
    await expectRefused('bomb.npz', 'bytes, expected at most 2,147,483,648', 30 * MB);
  });

  it('is refused by its header before memory is taken for its values', async () => {
    const head = npy(new Uint8Array(), [3, 1]);
    await writeFile(
      join(folder, 'claim.npz'),
      zip([
        {
          name: 'x.npy',
          bytes: zeros(60, head),
          claims: { size: 60 * 2 ** 20 },
          deflated: 'already',
        },
        y,
      ]),
    );
    await expectRefused('claim.npz', 'bytes of values, expected 3, 1 each for (3, 1)', 30 * MB);
  });

  it('packed to a thousandth is read with twice the memory of its values', async () => {
    const [values, labels] = [100 * 2 ** 20, new Uint8Array(50)];
    labels[1] = 1;
    const bytes = npy(new Uint8Array(values), [50, 2 ** 21]);
    const files = [
      { name: 'x.npy', bytes, deflated: true },
      { name: 'y.npy', bytes: npy(labels) },
    ];
    const packed = zip(files);
    expect(packed.length).toBeLessThan(values / 900);
    await writeFile(join(folder, 'good.npz'), packed);
    const { rows, most } = await read('good.npz');
    expect(rows).toBe(50);
    expect(most - usual).toBeLessThan(2 * values + 30 * MB);
  });
});

describe('an array', () => {
  it.each<[string, Uint8Array, string]>([
    ['of a huge shape', npy(new Uint8Array(2), [2, 2 ** 40]), 'bytes of values, expected 21990'],
    ['of zeros', new Uint8Array(), 'other bytes at the start, expected a .npy file'],
    [
      'with a header of megabytes',
      npy(new Uint8Array(), [], { version: 2, whole: ' '.repeat(4 * MB) }),
      'a header of 4',
    ],
  ])('%s in a file of 2 GB is refused before it is read', async (name, first, message) => {
    await mkdir(join(folder, name));
    await sparse(join(name, 'x.npy'), 2 ** 31 - 1, first);
    await writeFile(join(folder, name, 'y.npy'), npy(Uint8Array.of(0, 1)));
    await expectRefused(name, message, 30 * MB);
  });

  it('of float64 takes twice its file, in Fortran’s order three times', async () => {
    const values = new Float64Array(4 * MB);
    const labels = npy(Uint8Array.from({ length: 4 }, (_, i) => i % 2));
    for (const order of ['False', 'True']) {
      await mkdir(join(folder, order));
      await writeFile(join(folder, order, 'x.npy'), npy(values, [4, MB], { order }));
      await writeFile(join(folder, order, 'y.npy'), labels);
      const { rows, most } = await read(order);
      expect(rows).toBe(4);
      const times = order === 'True' ? 3 : 2;
      expect(most - usual).toBeLessThan(times * values.byteLength + 30 * MB);
    }
  });
});

describe('an IDX file', () => {
  it('that claims other sizes is refused before it is read', async () => {
    const file = await idxFolder('claims', 'train-images-idx3-ubyte');
    await sparse(file, 2 ** 31 - 1, idxHead(2, 28, 28));
    await expectRefused('claims', '2 × 28 × 28 = 1568', 30 * MB);
  });

  it.each([
    ['says so', 2 ** 30],
    ['claims less', 1000],
  ])('of 1 MB that unpacks to 1 GB is refused where it %s', async (name, claimed) => {
    const file = await idxFolder(name, 'train-images-idx3-ubyte.gz');
    await writeFile(join(folder, file), gzip(zeros(1024, idxHead(2, 2 ** 14, 2 ** 15)), claimed));
    await expectRefused(name, '2 × 16384 × 32768 values in gzip of 10', 30 * MB);
  });
});

describe('a gzipped IDX file', () => {
  it('packed to a thousandth is read with its memory and that of its values', async () => {
    const values = 96 * 2 ** 20;
    const file = await idxFolder('packed', 'train-images-idx3-ubyte.gz');
    const head = idxHead(2, 2 ** 11, values / 2 ** 12);
    await writeFile(join(folder, file), gzipSync(Buffer.concat([head, new Uint8Array(values)])));
    const { rows, error, most } = await read('packed');
    expect([rows, error]).toEqual([2, undefined]);
    expect(most - usual).toBeLessThan(2 * values + 30 * MB);
  });

  it('that unpacks to more than its header says is refused', async () => {
    const file = await idxFolder('more', 'train-images-idx3-ubyte.gz');
    await writeFile(join(folder, file), gzip(zeros(1024, idxHead(2, 28, 28)), 1584));
    await expectRefused('more', '(more bytes than its header claims)', 30 * MB);
  });
});

describe('CIFAR-10’s files', () => {
  const names = { plain: 'data_batch_1.bin', packed: 'cifar-10-binary.tar.gz' };

  it('of more images than are taken are refused before they are read', async () => {
    await mkdir(join(folder, 'cifar-many'));
    await sparse(join('cifar-many', names.plain), RECORD * (2 ** 19 + 1));
    await expectRefused('cifar-many', 'found 524289 images, expected at most 524288', 30 * MB);
  });

  it('in an archive of 3 MB that unpacks to 3 GB are refused', async () => {
    await mkdir(join(folder, 'cifar-bomb'));
    const header = tar([{ name: 'other', bytes: new Uint8Array(), claims: 3000 * 2 ** 20 }]);
    const packed = gzip(zeros(3000, header.subarray(0, 512)), 0);
    await writeFile(join(folder, 'cifar-bomb', names.packed), packed);
    await expectRefused('cifar-bomb', 'bytes unpacked, expected at most 2147483648', 30 * MB);
  });

  it('are refused by the header before memory is taken for the images', async () => {
    await mkdir(join(folder, 'cifar-claim'));
    const header = tar([{ name: names.plain, bytes: new Uint8Array(), claims: RECORD * 2 ** 19 }]);
    await writeFile(join(folder, 'cifar-claim', names.packed), gzipSync(header));
    await expectRefused('cifar-claim', 'bytes unpacked, expected at most', 30 * MB);
  });

  it.each(['plain', 'packed'] as const)('%s are read with twice the memory', async (how) => {
    const images = 15_000;
    const batch = Buffer.alloc(images * RECORD);
    await mkdir(join(folder, `cifar-${how}`));
    const files = { 'data_batch_1.bin': batch, 'data_batch_2.bin': batch };
    const written = how === 'plain' ? files : { [names.packed]: cifarArchive(files) };
    for (const [name, bytes] of Object.entries(written)) {
      await writeFile(join(folder, `cifar-${how}`, name), bytes);
    }
    const { rows, error, most } = await read(`cifar-${how}`);
    expect([rows, error]).toEqual([2 * images, undefined]);
    // In grey.
    expect(most - usual).toBeLessThan(2 * (2 * images * 1024) + 30 * MB);
  });
});

describe('a table', () => {
  it('of gigabytes of nothing is refused', async () => {
    await sparse('row.csv', 2 ** 33);
    await expectRefused('row.csv', 'row.csv: found bytes that are 0, expected text', 200 * MB);
  });

  it('of one row that never ends is refused on standard input', async () => {
    const child = start('-');
    const part = '1,'.repeat(2 ** 15);
    child.stdin!.on('error', () => {});
    const more = () => {
      while (child.stdin!.writable && child.stdin!.write(part));
    };
    child.stdin!.on('drain', more);
    more();
    const { error, most } = await result(child);
    expect(error).toContain('stdin, row 1: found more than 16777216 characters');
    expect(most - usual).toBeLessThan(120 * MB);
  });

  it('of more than 1,048,576 columns is refused', async () => {
    await writeFile(join(folder, 'wide.csv'), `${'1,'.repeat(2 ** 21)}1\n`.repeat(3));
    await expectRefused('wide.csv', 'row 1: found more than 1048576 cells', 120 * MB);
  });

  it('of 1,000,000 columns takes a kilobyte for each', async () => {
    const header = Array.from({ length: MB }, (_, i) => `c${i}`).join();
    const [one, other] = ['1.5,', '2.5,'].map((cell) => cell.repeat(MB - 1));
    await writeFile(join(folder, 'columns.csv'), `${header}\n${one}x\n${other}y\n`);
    const { rows, error, most } = await read('columns.csv');
    expect([rows, error]).toEqual([2, undefined]);
    expect(most - usual).toBeLessThan(1200 * MB);
  });

  it('keeps its rows out of JavaScript’s heap: 4,000,000 of them fit beside one of 32 MiB', async () => {
    await writeFile(join(folder, 'rows.csv'), `a,b\n${'1,x\n2,y\n'.repeat(2 * MB)}`);
    const { rows, error, most } = await read('rows.csv', { heap: 32 });
    expect([rows, error]).toEqual([4 * MB, undefined]);
    expect(most - usual).toBeLessThan(4 * MB * 60 + 30 * MB);
  });

  it('does not keep its text for the sake of a label: 150 in as many MiB fit into 64', async () => {
    const block = '1,another common label\n'.repeat(2 ** 20 / 23);
    const blocks = Array.from({ length: 150 }, (_, i) => `2,the label of block ${i}\n${block}`);
    await writeFile(join(folder, 'labels.csv'), `a,b\n${blocks.join('')}`);
    const { rows, error } = await read('labels.csv', { heap: 64 });
    expect(error).toBeUndefined();
    expect(rows).toBeGreaterThan(6 * MB);
  });
});

describe.skipIf(process.platform === 'win32')('what is no file', () => {
  const NAMES = {
    'a table': ['t.csv'],
    'an archive': ['a.npz'],
    arrays: ['npy', 'x.npy', 'y.npy'],
    'class names of arrays': ['named', 'classes.txt'],
    'IDX files': ['idx', 'train-images-idx3-ubyte', 'train-labels-idx1-ubyte'],
    'class names of IDX files': ['called', 'classes.txt'],
    'CIFAR-10’s files': ['cifar', 'data_batch_1.bin'],
    'an archive of CIFAR-10’s': ['cifar-archive', 'cifar-10-binary.tar.gz'],
  };

  it.each(Object.entries(NAMES))('is refused among %s at once', async (_, [path, ...files]) => {
    for (const [kind, message] of [
      ['pipe', 'is a pipe, expected a file'],
      ['device', 'is a device, expected a file'],
    ] as const) {
      const place = join(folder, `${kind}-${path}`);
      if (files.length > 0) await mkdir(place);
      if (path === 'named') {
        await writeFile(join(place, 'x.npy'), npy(Uint8Array.of(1, 2), [2, 1]));
        await writeFile(join(place, 'y.npy'), npy(Uint8Array.of(0, 1)));
      }
      if (path === 'called') {
        const images = Buffer.concat([idxHead(2, 1, 1), Buffer.from([1, 2])]);
        const labels = Buffer.concat([idxHead(2), Buffer.from([0, 1])]);
        await writeFile(join(place, 'train-images-idx3-ubyte'), images);
        await writeFile(join(place, 'train-labels-idx1-ubyte'), labels);
      }
      for (const file of files.length === 0 ? [place] : files.map((name) => join(place, name))) {
        if (kind === 'pipe') execFileSync('mkfifo', [file]);
        else await symlink('/dev/zero', file);
      }
      await expectRefused(`${kind}-${path}`, message, 30 * MB);
    }
  });
});

describe('200,000 classes', () => {
  const names = Array.from({ length: 200_000 }, (_, i) => `${i.toString(36)}\n`).join('');

  it('are refused in a table', async () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => `${i % 7},class ${i}\n`).join('');
    await writeFile(join(folder, 'classes.csv'), `a,b\n${rows}`);
    const message = 'found more than 256 different labels, expected at most 256 classes';
    // What a column holds is known after its last row, so its texts are kept until then.
    await expectRefused('classes.csv', message, 150 * MB, { label: 'b' });
  });

  it('are refused of arrays', async () => {
    await mkdir(join(folder, 'many'));
    await writeFile(join(folder, 'many', 'x.npy'), npy(new Uint8Array(200_000), [200_000, 1]));
    const texts = Array.from({ length: 200_000 }, (_, i) => `${100_000 + i}`).join('');
    const labels = npy(new Uint8Array(Buffer.from(texts)), [200_000], { descr: '|S6' });
    await writeFile(join(folder, 'many', 'y.npy'), labels);
    await expectRefused('many', 'y.npy: found 200000 different labels, expected at', 100 * MB);
    await writeFile(join(folder, 'many', 'y.npy'), npy(new Int32Array(200_000)));
    await writeFile(join(folder, 'many', 'classes.txt'), names);
    await expectRefused('many', 'classes: found 200000, expected a whole number from 1', 60 * MB);
  });

  it('are refused of IDX files', async () => {
    const images = await idxFolder('idx-many', 'train-images-idx3-ubyte');
    await writeFile(join(folder, images), Buffer.concat([idxHead(2, 1, 1), Buffer.from([1, 2])]));
    await writeFile(join(folder, 'idx-many', 'classes.txt'), names);
    const message = 'classes: found 200000, expected a whole number from 1';
    await expectRefused('idx-many', message, 60 * MB);
  });
});
