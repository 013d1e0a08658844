/** NumPy's arrays, from the file to the trained network. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadNpyFolder, loadNpz } from '../../../src/cli/files/arrays/arrays.ts';
import { loadDigits } from '../../../src/index.ts';
import { cutOff } from '../../damage.ts';
import { npy } from '../../data/npy-file.ts';
import { randomFloats } from '../../examples.ts';
import { events, run } from '../command.ts';
import { type ZipFile, zip } from '../zip.ts';

const PIXELS = npy(Uint8Array.of(1, 2, 3, 4, 5, 6), [3, 2]);
const LABELS = npy(Uint8Array.of(1, 0, 1));
let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-arrays-'));
});
afterAll(() => rm(cwd, { recursive: true }));

async function archive(files: readonly ZipFile[] | Buffer): Promise<string> {
  const path = join(cwd, 'a.npz');
  await writeFile(path, Buffer.isBuffer(files) ? files : zip(files));
  return path;
}

const x = { name: 'x.npy', bytes: PIXELS };
const y = { name: 'y.npy', bytes: LABELS };

describe('an .npz file', () => {
  it.each([false, true])('is read, its arrays compressed: %s', async (deflated) => {
    const files = [x, y, { name: 'note.npy', bytes: Uint8Array.of(1) }];
    const { train, test } = await loadNpz(
      await archive(files.map((file) => ({ ...file, deflated }))),
    );
    expect([...train.inputs]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...train.labels]).toEqual([1, 0, 1]);
    expect(test).toBeUndefined();
  });

  // 128 bytes of header, and as many values as the largest claim.
  const zeros = npy(new Uint8Array(20_000), [29_872]);
  const big = { name: 'x.npy', bytes: zeros, deflated: true };
  it.each<[string, readonly ZipFile[] | Buffer, string]>([
    ['empty', Buffer.alloc(0), 'End of central directory record'],
    ['no archive', Buffer.from('not a zip file at all, whatever it is called'), 'directory record'],
    ['cut off', zip([x, y]).subarray(0, 200), 'directory record'],
    ['without arrays', [], 'arrays: found no arrays, expected x_train and y_train'],
    ['without labels', [x], 'arrays: found "x.npy", expected x_train and y_train'],
    [
      'with a damaged value',
      [{ ...x, claims: { crc: 7 } }, y],
      'x.npy: damaged, its checksum differs',
    ],
    [
      'with a bomb',
      [{ ...big, claims: { size: 4_000_000_000 } }, y],
      'x.npy claims 4,000,000,000 bytes, which its',
    ],
    [
      'with more than it claims',
      [{ ...big, claims: { size: 10_000 } }, y],
      'x.npy: too many bytes',
    ],
    [
      'with less than it claims',
      [{ ...big, claims: { size: 30_000 } }, y],
      'x.npy: not enough bytes',
    ],
    [
      'with a thousand arrays more',
      [x, y, ...Array.from({ length: 1000 }, (_, i) => ({ ...x, name: `${i}.npy` }))],
      'found 1,002 arrays, expected at most 1,000',
    ],
    ['larger than itself', [{ ...x, claims: { packed: 9e8, size: 9e8 } }, y], 'a.npz: '],
    [
      'with an array that is none',
      [{ ...x, bytes: Uint8Array.of(1) }, y],
      'x.npy: found other bytes',
    ],
  ])('%s is named', async (_, files, message) => {
    const path = await archive(files);
    const before = process.memoryUsage().arrayBuffers;
    const failure = await loadNpz(path).catch((error: Error) => error);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5e6);
    expect(failure).toBeInstanceOf(Error);
    expect((failure as Error).message.startsWith(`${path}: `)).toBe(true);
    expect((failure as Error).message).toContain(message);
  });

  it('is one line that names it, wherever it is cut off', async () => {
    const whole = zip([{ ...x, deflated: true }, y]);
    for (const bytes of cutOff(whole)) {
      const path = await archive(bytes as Buffer);
      await expect(loadNpz(path), `${bytes.length}`).rejects.toThrow(`${path}: `);
    }
  });

  it('is examples or one line that names it, whatever its bytes are', async () => {
    const whole = zip([{ ...x, deflated: true }, y]);
    const changes = fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(changes, fc.option(fc.nat({ max: whole.length })), async (edits, cut) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of edits) bytes[at] = value;
        const path = await archive(bytes.subarray(0, cut ?? undefined));
        const outcome = await loadNpz(path).catch((error: Error) => error);
        if (outcome instanceof Error) {
          expect(outcome.message.startsWith(`${path}: `)).toBe(true);
          expect(outcome.message).not.toContain('\n');
        } else {
          // The checksums see to it.
          expect([...outcome.train.inputs]).toEqual([1, 2, 3, 4, 5, 6]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a folder of .npy files', () => {
  it('is read, with the names of its classes', async () => {
    const folder = join(cwd, 'npy');
    await mkdir(folder);
    await writeFile(join(folder, 'x.npy'), PIXELS);
    await writeFile(join(folder, 'y.npy'), LABELS);
    await writeFile(join(folder, 'classes.txt'), 'no\nyes\n');
    const { train } = await loadNpyFolder(folder);
    expect(train).toMatchObject({ length: 3, features: 2, classNames: ['no', 'yes'] });
    await writeFile(join(folder, 'y.npy'), npy(Uint8Array.of(0, 1)));
    await expect(loadNpyFolder(folder)).rejects.toThrow(
      `${join(folder, 'y.npy')}: found 2 labels, expected 3, one for each example of ${join(folder, 'x.npy')}`,
    );
    await rm(join(folder, 'y.npy'));
    await expect(loadNpyFolder(folder)).rejects.toThrow(
      `${folder}: found "${join(folder, 'x.npy')}`,
    );
  });
});

describe('train', () => {
  it('takes both and gives the parameters that the same digits give', async () => {
    const { inputs, labels } = await loadDigits();
    const [train, test] = [400, 100];
    const part = (from: number, to: number) => ({
      images: npy(Uint8Array.from(inputs.subarray(784 * from, 784 * to)), [to - from, 28, 28]),
      labels: npy(Int32Array.from(labels.subarray(from, to))),
    });
    const parts = { train: part(0, train), test: part(train, train + test) };
    await mkdir(join(cwd, 'digits'));
    const files: ZipFile[] = [];
    for (const [name, arrays] of Object.entries(parts)) {
      await writeFile(join(cwd, 'digits', `${name}_images.npy`), arrays.images);
      await writeFile(join(cwd, 'digits', `${name}_labels.npy`), arrays.labels);
      files.push({ name: `x_${name}.npy`, bytes: arrays.images, deflated: true });
      files.push({ name: `y_${name}.npy`, bytes: arrays.labels });
    }
    await writeFile(join(cwd, 'digits.npz'), zip(files));
    const results = [];
    for (const data of ['digits', 'digits.npz']) {
      const args = ['train', '-d', data, '-e', '5', '--json', '-o', 'm.st'];
      const { code, stdout, stderr } = await run(args, { cwd });
      expect([code, stderr]).toEqual([0, '']);
      const [start, ...rest] = events(stdout);
      expect(start).toMatchObject({ data: 'arrays', examples: 400, heldOut: 100 });
      expect(start).toMatchObject(data === 'digits' ? { folder: data } : { file: data });
      const { stdout: judged } = await run(['evaluate', 'm.st', '-d', data, '--json'], { cwd });
      const { test } = rest.at(-1) as { test: object };
      expect(events(judged)[0]).toMatchObject({ part: 'test', test: { ...test, examples: 100 } });
      results.push(test);
    }
    expect(results[0]).toEqual(results[1]);
  });

  it.each([
    ['linear', (a: number, b: number) => [1000 + 50 * a, 3 * b - a]],
    ['sigmoid', (a: number, b: number) => [Number(a > 0), Number(b > 0), Number(a > b)]],
  ] as const)('learns several numbers of an example: %s', async (output, targetsOf) => {
    const inputs = randomFloats(2 * 300, 1);
    const targets = Array.from({ length: 300 }, (_, i) =>
      targetsOf(inputs[2 * i]!, inputs[2 * i + 1]!),
    );
    const width = targets[0]!.length;
    const part = (from: number, to: number) => ({
      x: npy(inputs.slice(2 * from, 2 * to), [to - from, 2]),
      y: npy(Float32Array.from(targets.slice(from, to).flat()), [to - from, width]),
    });
    const [train, test] = [part(0, 240), part(240, 300)];
    const files = Object.entries({
      ...{ x_train: train.x, y_train: train.y, x_test: test.x, y_test: test.y },
    }).map(([name, bytes]) => ({ name: `${name}.npy`, bytes }));
    await writeFile(join(cwd, 'n.npz'), zip(files));
    const args = ['train', '-d', 'n.npz', '--preset', 'best', '-o', 'n.st', '--json'];
    const { stdout, stderr } = await run(args, { cwd });
    expect(stderr).toBe('');
    const [start, ...rest] = events(stdout);
    expect(start).toMatchObject({ output, heldOut: 60 });
    const { test: found } = rest.at(-1) as { test: { r2?: number; accuracy?: number } };
    expect(output === 'linear' ? found.r2 : found.accuracy).toBeGreaterThan(0.9);
    const { confusions } = rest.at(-1) as { confusions?: number[][][] };
    expect(confusions?.map((table) => table.flat().reduce((a, b) => a + b))).toEqual(
      output === 'linear' ? undefined : [60, 60, 60],
    );
    const judged = await run(['evaluate', 'n.st', '-d', 'n.npz', '--json'], { cwd });
    expect(events(judged.stdout)[0]).toMatchObject({ part: 'test', test: found });
  });

  it('learns −1 and 1 from integers, standardised, and evaluates by those names', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => [
      30_000 + ((i * 37) % 100),
      (i * 53) % 1000,
    ]);
    const labels = rows.map(([a]) => (a! < 30_050 ? -1 : 1));
    const files = [
      { name: 'x.npy', bytes: npy(Int32Array.from(rows.flat()), [100, 2]) },
      { name: 'y.npy', bytes: npy(Int32Array.from(labels)) },
    ];
    await writeFile(join(cwd, 's.npz'), zip(files));
    const trained = await run(['train', '-d', 's.npz', '-o', 's.st', '--json'], { cwd });
    expect([trained.code, trained.stderr]).toEqual([0, '']);
    expect(events(trained.stdout)[0]).toMatchObject({ classNames: ['-1', '1'] });
    const { test } = events(trained.stdout).at(-1) as { test?: { accuracy: number } };
    expect(test!.accuracy).toBeGreaterThan(0.9);
    // One class alone is the second, by its name.
    const only = rows.filter((_, i) => labels[i] === 1);
    const some = [
      { name: 'x.npy', bytes: npy(Int32Array.from(only.flat()), [only.length, 2]) },
      { name: 'y.npy', bytes: npy(new Int32Array(only.length).fill(1)) },
    ];
    await writeFile(join(cwd, 'ones.npz'), zip(some));
    const { stdout } = await run(['evaluate', 's.st', '-d', 'ones.npz', '--json'], { cwd });
    const { test: ones } = events(stdout)[0] as { test?: { accuracy: number } };
    expect(ones!.accuracy).toBeGreaterThan(0.9);
    const picture = await run(['predict', 's.st', 'none.png'], { cwd });
    expect(picture.stderr).toMatch(/s\.st: found inputs with a mean of \d+/);
  });

  it('says that many whole numbers are to be predicted', async () => {
    const values = Array.from({ length: 60 }, (_, i) => (i * 17) % 60);
    const files = [
      { name: 'x.npy', bytes: npy(Float64Array.from(values), [60, 1]) },
      { name: 'y.npy', bytes: npy(BigInt64Array.from(values, (value) => BigInt(1000 * value))) },
    ];
    await writeFile(join(cwd, 'prices.npz'), zip(files));
    const args = ['train', '-d', 'prices.npz', '-e', '1', '--json'];
    const { stdout, stderr } = await run(args, { cwd });
    expect(events(stdout)[0]).toMatchObject({ output: 'linear' });
    expect(stderr).toContain(
      'prices.npz: 60 different whole numbers in y.npy are numbers to predict; --output softmax',
    );
    const few = await run([...args, '--output', 'softmax', '-t', '0.9'], { cwd });
    expect(events(few.stdout)[0]).toMatchObject({ layers: [1, 64, 32, 60] });
  });

  it('names a folder with nothing that it knows, and a file in it that it does', async () => {
    await mkdir(join(cwd, 'empty'));
    const { stderr } = await run(['train', '-d', 'empty'], { cwd });
    expect(stderr).toMatch(/^relumax: empty: found no data, expected IDX files .*\n$/);
    await writeFile(join(cwd, 'empty', 'iris.csv'), '');
    const { stderr: hint } = await run(['train', '-d', 'empty'], { cwd });
    expect(hint).toContain('empty: found iris.csv, which --data takes by itself, expected');
    await writeFile(join(cwd, 'empty', 'cat.jpg'), '');
    const { stderr: images } = await run(['train', '-d', 'empty'], { cwd });
    expect(images).toContain('empty: found cat.jpg, which is in no subfolder, expected');
  });
});
