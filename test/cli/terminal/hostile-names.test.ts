/**
 * Names that would act on a terminal, forge lines or hide, in every place where a command may show
 * one: nothing but what relumax itself writes arrives.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { jsonText, oneLine } from '../../../src/cli/terminal/safe-text.ts';
import { loadDigits, Network } from '../../../src/index.ts';
import { npy } from '../../data/npy-file.ts';
import { run } from '../command.ts';
import { writeIdxFolder } from '../idx-folder.ts';
import { irisLike } from '../iris-like.ts';
import { greyPng } from '../png-file.ts';
import { zip } from '../zip.ts';

/**
 * Sets a title and a colour (the latter in one character, too), turns the text around, hides, goes
 * back, and begins a line of its own.
 */
const HOSTILE = 'N\x1b]0;t\x07\x1b[31m\x9b31m\x85\u202e\u2066\u200b\u2028\b\r\nFORGED\t\u{e0041}N';
const shown = oneLine(HOSTILE);

/** What relumax itself writes on a terminal without colours: it moves the cursor for progress bars. */
const OWN = /\p{Cc}(?:[78]|\[(?:\?\d+[hl]|\d*[A-HJK]))/gu;
const UNSEEN =
  /(?!\n|\t|\u200c|\u200d|\ufe0e|\ufe0f)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-hostile-'));
  const put = (name: string, content: string | Uint8Array) => writeFile(join(cwd, name), content);
  const csv = (rows: readonly (readonly string[])[]) =>
    rows.map((row) => row.map((cell) => `"${cell}"`).join()).join('\n');
  const columns = [0, 1, 2, 3].map((i) => `${HOSTILE}${i}`);
  const rows = irisLike(1).map((row) => row.map((cell, i) => (i < 4 ? cell : HOSTILE + cell)));
  await put(`${HOSTILE}.csv`, csv([[...columns, `${HOSTILE}kind`], ...rows]));
  await put('numbers.csv', csv([columns, ...rows.map((row) => row.slice(0, 4))]));
  await put('text.csv', csv([columns, ['1', HOSTILE, '2', '3'], ['1', '2', '3', '4']]));
  await put('twice.csv', csv([[HOSTILE, HOSTILE, 'c'], ...rows.map((row) => row.slice(0, 3))]));
  await put('unnamed.csv', csv([['', ...columns], ...rows.map((row, i) => [`r${i}`, ...row])]));
  await put('other.csv', csv([columns, ...rows.map((row) => [...row.slice(0, 3), `${HOSTILE}?`])]));
  await put('short.csv', csv([columns, ...rows.slice(0, 60), ['1', '2']]));
  await put(`${HOSTILE}.txt2`, 'x');

  const digits = await loadDigits();
  await writeIdxFolder(join(cwd, HOSTILE), digits, { train: 60, test: 20 });
  const classNames = digits.labels.slice(0, 10).map((_, i) => i);
  await put(`${HOSTILE}/classes.txt`, [...classNames].map((i) => `\x9b${i}m\u202e${i}`).join('\n'));
  await mkdir(join(cwd, 'idx'));
  for (const prefix of [`${HOSTILE}1`, `${HOSTILE}2`]) {
    await put(`idx/${prefix}-train-images-idx3-ubyte`, 'x');
  }
  await mkdir(join(cwd, 'cut'));
  for (const part of ['images-idx3', 'labels-idx1']) {
    await put(`cut/${HOSTILE}-train-${part}-ubyte`, 'x');
    await put(`cut/${HOSTILE}-test-${part}-ubyte`, 'x');
  }

  for (const folder of ['images', 'damaged']) {
    for (const name of [`${HOSTILE}a`, `${HOSTILE}b`]) {
      await mkdir(join(cwd, folder, name), { recursive: true });
      for (let i = 0; i < 8; i++) {
        const level = (name.endsWith('a') ? 200 : 10) + i;
        const image = greyPng([0, 1, 2].map((y) => [0, 1, 2].map((x) => level + x + y)));
        await put(join(folder, name, `${HOSTILE}${i}.png`), image);
      }
    }
  }
  await put(`damaged/${HOSTILE}b/${HOSTILE}5.png`, 'no image');
  await mkdir(join(cwd, 'empty', HOSTILE), { recursive: true });
  await mkdir(join(cwd, 'empty', 'other'));

  const [x, y] = [
    npy(
      Float32Array.from({ length: 80 }, (_, i) => i % 7),
      [40, 2],
    ),
    labelsOf(40),
  ];
  await put('strange.npz', zip([{ name: `${HOSTILE}.npy`, bytes: x }]));
  await put(
    'damaged.npz',
    zip([file(`${HOSTILE}_train.npy`, x.subarray(0, 20)), file('y_train.npy', y)]),
  );
  await put('good.npz', zip([file('x.npy', x), file('y.npy', y)]));
  await put(
    'header.npz',
    zip([file('x.npy', npy(Uint8Array.of(1), [1], { whole: HOSTILE })), file('y.npy', y)]),
  );

  const model = await Network.create({ layers: [4, 3] });
  const metadata = (record: Record<string, string>) => model.save({ metadata: record });
  const names = JSON.stringify([0, 1, 2].map((i) => `${HOSTILE}${i}`));
  await put(
    'named.safetensors',
    metadata({
      data: 'table',
      classes: names,
      features: JSON.stringify(columns),
      header: 'yes',
      label: HOSTILE,
    }),
  );
  await put('classes.safetensors', metadata({ data: 'table', classes: HOSTILE }));
  await put(
    'kind.safetensors',
    metadata({
      data: HOSTILE,
      [HOSTILE]: HOSTILE,
      'test-split': HOSTILE,
      seed: HOSTILE,
      size: HOSTILE,
    }),
  );
  await put(`${HOSTILE}.safetensors`, 'no model');

  // What the commands themselves make of such names.
  const trained = [
    [
      ...['-d', `${HOSTILE}.csv`, '--save', `${HOSTILE}table`, '--schedule', 'constant'],
      ...['--checkpoint', `${HOSTILE}checkpoint`],
    ],
    ['-d', 'images', '--save', 'images.safetensors'],
    ['-d', HOSTILE, '--save', 'idx.safetensors'],
    ['-d', 'good.npz', '--save', 'arrays.safetensors'],
  ];
  for (const args of trained) {
    const outcome = await run(['train', ...args, '-e', '1'], { cwd });
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
  }
});
afterAll(() => rm(cwd, { recursive: true }));

const file = (name: string, bytes: Uint8Array) => ({ name, bytes });
const labelsOf = (count: number) => npy(Uint8Array.from({ length: count }, (_, i) => i % 2));

/** Command lines, and whether they end well. */
const train = (...args: string[]) => ['train', '-e', '2', ...args];
type Line = readonly [string, readonly string[], 'done' | 'fails'];
const LINES: readonly Line[] = [
  ['a command', [HOSTILE], 'fails'],
  ['an option', ['train', `--${HOSTILE}`], 'fails'],
  ['a short option', ['train', `-${HOSTILE}`], 'fails'],
  ['an argument too many', train(HOSTILE), 'fails'],
  ...[
    'layers',
    'epochs',
    'batch',
    'learning-rate',
    'optimizer',
    'hidden',
    'output',
    'schedule',
  ].map((name) => [`a value of --${name}`, ['train', `--${name}`, HOSTILE], 'fails'] as const),
  ['a choice of find-lr', ['find-lr', '--from', HOSTILE], 'fails'],
  ['a shell', ['completion', HOSTILE], 'fails'],
  ['a dataset', ['data', 'download', HOSTILE], 'fails'],
  ['a mirror', ['data', 'download', 'mnist', '--mirror', HOSTILE], 'fails'],
  ['a folder to download into', ['data', 'download', 'mnist', '--to', `${HOSTILE}.csv`], 'fails'],
  [
    'a folder to download into, and a server that is not there',
    ['data', 'download', 'mnist', '--to', `${HOSTILE}to`, '--mirror', 'http://127.0.0.1:1/'],
    'fails',
  ],
  ['data that are not there', train('-d', `${HOSTILE}none`), 'fails'],
  ['data of another kind', train('-d', `${HOSTILE}.txt2`), 'fails'],
  ['an address', train('-d', `https://x.org/${HOSTILE}`), 'fails'],
  ['a table', train('-d', `${HOSTILE}.csv`, '--label', `${HOSTILE}kind`), 'done'],
  ['a label', train('-d', `${HOSTILE}.csv`, '--label', HOSTILE), 'fails'],
  ['a table of numbers', train('-d', 'numbers.csv'), 'done'],
  ['a cell', train('-d', 'text.csv'), 'fails'],
  ['a name twice', train('-d', 'twice.csv'), 'done'],
  ['an unnamed column', train('-d', 'unnamed.csv'), 'done'],
  ['a short row', train('-d', 'short.csv'), 'fails'],
  ['many classes of text', train('-d', `${HOSTILE}.csv`, '--output', 'linear'), 'fails'],
  ['layers that do not fit', train('-d', `${HOSTILE}.csv`, '-l', '5-3'), 'fails'],
  ['a range test', ['find-lr', '-d', `${HOSTILE}.csv`, '--updates', '20'], 'done'],
  ['IDX files', train('-d', HOSTILE), 'done'],
  ['two sets of IDX files', train('-d', 'idx'), 'fails'],
  ['damaged IDX files', train('-d', 'cut'), 'fails'],
  ['a folder of images', train('-d', 'images'), 'done'],
  ['a damaged image', train('-d', 'damaged'), 'fails'],
  ['a class without images', train('-d', 'empty'), 'fails'],
  ['a strange array', train('-d', 'strange.npz'), 'fails'],
  ['a damaged array', train('-d', 'damaged.npz'), 'fails'],
  ['an array with a strange header', train('-d', 'header.npz'), 'fails'],
  [
    'files to write',
    train(
      ...['-d', `${HOSTILE}.csv`, '--save', `${HOSTILE}s`, '--checkpoint', `${HOSTILE}c`],
      ...['--history', `${HOSTILE}.csv.json`, '--report', `${HOSTILE}.html`, '--print-hash'],
    ),
    'done',
  ],
  ...['save', 'checkpoint', 'report', 'history'].flatMap((name) =>
    [`${HOSTILE}none/x.csv`, `images/${HOSTILE}a`, HOSTILE].map(
      (path): Line => [`--${name}`, train(`--${name}`, path), 'fails'],
    ),
  ),
  ['a checkpoint that is none', train('--resume', `${HOSTILE}.safetensors`), 'fails'],
  ['a checkpoint without its data', train('--resume', `${HOSTILE}checkpoint`), 'fails'],
  ['a checkpoint', train('--resume', `${HOSTILE}checkpoint`, '-d', `${HOSTILE}.csv`), 'done'],
  ['a model that is not there', ['evaluate', `${HOSTILE}none`], 'fails'],
  ['a model that is none', ['evaluate', `${HOSTILE}.safetensors`], 'fails'],
  ['a model of a table', ['evaluate', `${HOSTILE}table`, '-d', `${HOSTILE}.csv`], 'done'],
  ['a model without its data', ['evaluate', `${HOSTILE}table`], 'fails'],
  ['a model and other classes', ['evaluate', 'named.safetensors', '-d', 'other.csv'], 'fails'],
  ['a model and other columns', ['evaluate', 'named.safetensors', '-d', 'unnamed.csv'], 'fails'],
  ['a model with damaged classes', ['evaluate', 'classes.safetensors'], 'fails'],
  ['a model of who knows what', ['evaluate', 'kind.safetensors', '-d', 'numbers.csv'], 'fails'],
  ['a model of images', ['evaluate', 'images.safetensors', '-d', 'images'], 'done'],
  ['a model of IDX files', ['evaluate', 'idx.safetensors', '-d', HOSTILE], 'done'],
  ['a model of other IDX files', ['evaluate', 'idx.safetensors', '-d', 'images'], 'fails'],
  ['rows', ['predict', `${HOSTILE}table`, `${HOSTILE}.csv`], 'done'],
  [
    'rows of other columns',
    ['predict', `${HOSTILE}table`, 'unnamed.csv', `${HOSTILE}no.csv`],
    'fails',
  ],
  ['rows that are short', ['predict', 'named.safetensors', 'short.csv'], 'fails'],
  ['images', ['predict', 'images.safetensors', `images/${HOSTILE}a/${HOSTILE}0.png`], 'done'],
  [
    'damaged images',
    ['predict', 'images.safetensors', `damaged/${HOSTILE}b/${HOSTILE}5.png`],
    'fails',
  ],
  [
    'images without a digit',
    ['predict', 'idx.safetensors', `images/${HOSTILE}a/${HOSTILE}0.png`],
    'fails',
  ],
  [
    'an export',
    ['export', `${HOSTILE}table`, '--onnx', `${HOSTILE}o`, '--js', `${HOSTILE}j.js`],
    'done',
  ],
  ['an export elsewhere', ['export', `${HOSTILE}table`, '--js', `${HOSTILE}none/j.js`], 'fails'],
  ['an export of no model', ['export', `${HOSTILE}.safetensors`, '--js', 'j.js'], 'fails'],
];

describe.each(LINES)('%s', (_, args, end) => {
  const isDone = end === 'done';
  const wide = ['a terminal', { terminal: 100 }] as const;
  const others = [
    ['a pipe', {}],
    ['a narrow terminal', { terminal: 30 }],
  ] as const;
  it.each([wide, ...(isDone ? others : [])])('acts on nobody in %s', async (_, setting) => {
    const env = { NO_COLOR: '1' };
    const { code, stdout, stderr } = await run([...args], { cwd, env, ...setting });
    expect(code === 0, stderr).toBe(isDone);
    for (const text of [stdout.replace(OWN, ''), stderr]) {
      expect(text).not.toMatch(UNSEEN);
      expect(text).not.toMatch(/^FORGED/m);
    }
    expect(stderr).not.toMatch(/^(?!relumax: |Usage: |$)/m);
  });

  if (!isDone || args[0] === 'export') return;
  it('is the same in JSON', async () => {
    const { stdout } = await run([...args, '--json'], { cwd });
    expect(stdout).not.toMatch(UNSEEN);
    for (const line of stdout.trimEnd().split('\n')) {
      expect(jsonText(JSON.parse(line))).toBe(line);
    }
  });
});

test('names come whole in JSON, and with � elsewhere', async () => {
  const args = ['predict', `${HOSTILE}table`, `${HOSTILE}.csv`];
  const { stdout } = await run(args, { cwd });
  expect(stdout.split('\n')[0]).toMatch(/^[^\t]+\t[^\t]+\t[\d.]+$/);
  expect(stdout.startsWith(`${shown}.csv:2\t${shown}`)).toBe(true);
  const json = await run([...args, '--json'], { cwd });
  const [first] = json.stdout.split('\n');
  expect(JSON.parse(first!)).toMatchObject({ file: `${HOSTILE}.csv`, row: 2 });
  expect(JSON.parse(first!).class.startsWith(HOSTILE)).toBe(true);
});

test('the report has none of them either, and keeps names apart from the text around', async () => {
  for (const [data, sign] of [
    [`${HOSTILE}.csv`, `>${oneLine(`${HOSTILE}0`)}<`],
    ['images', 'Class by class'],
  ] as const) {
    const args = ['train', '-d', data, '--report', 'r.html', '-e', '1'];
    expect(await run(args, { cwd })).toMatchObject({ code: 0 });
    const page = await readFile(join(cwd, 'r.html'), 'utf8');
    expect(page).not.toMatch(UNSEEN);
    expect(page).toContain(sign);
    expect(page).toContain(`<bdi>${oneLine(data)}</bdi>`);
  }
});

test('nothing but the terminal’s file and the line that is redrawn writes to the screen', async () => {
  const folder = join(import.meta.dirname, '../../../src/cli');
  const writers = [];
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.ts')) continue;
    const text = await readFile(join(folder, name), 'utf8');
    const writes = /process\.std(?:out|err)(?!\.(?:on|once|isTTY|columns)\b)|\bconsole\./;
    if (writes.test(text)) writers.push(name);
  }
  expect(writers.sort()).toEqual(['terminal/progress.ts', 'terminal/terminal.ts']);
});
