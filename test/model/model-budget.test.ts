/** What reading a model file may take: time that is linear in its size, and the memory that docs/trainer.md states. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Network } from '../../src/network/network.ts';
import { expectWithin } from '../times.ts';
import { safetensors as file } from './safetensors-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relumax-budget-'));
});
afterAll(() => rm(folder, { recursive: true }));

const MIB = 2 ** 20;
/** Besides four times the file. */
const SPARE = 128 * MIB;
/** On an idle machine. */
const MOST_MILLISECONDS = 2000;

const texts = (text: string) => file(`{"__metadata__":{"a":"${text}"}}`);

/** An object of as many entries as give so many characters. */
function many(length: number, entry: (i: number) => string): string {
  const entries: string[] = [];
  for (let size = 0; size < length; size += entries.at(-1)!.length + 1) {
    entries.push(entry(entries.length));
  }
  return `{${entries}}`;
}

/** Layers of one unit, a tensor each or two. */
function layers(count: number, named: (l: number) => readonly [string, string][]): Uint8Array {
  const entries = Array.from({ length: count }, (_, l) => named(l)).flat();
  const header = entries.map(([name, shape], i) => {
    const offsets = `[${4 * i},${4 * i + 4}]`;
    return `"${name}":{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}`;
  });
  return file(`{${header}}`, 4 * entries.length);
}

const empty = (name: string, rest = '"shape":[0]') =>
  `"${name}":{"dtype":"F32",${rest},"data_offsets":[0,0]}`;

const SIZE = 30_000_000;
const TOO_MANY = /^model file: found more than 65536 tensors and texts, expected no more$/;

/** Files that are all header, each with much of one thing. */
const HOSTILE: Record<string, [() => Uint8Array, RegExp, RegExp?]> = {
  'one text': [() => texts('a'.repeat(SIZE)), /"format" undefined/, /no tensors/],
  'one text of two bytes a character': [
    () => texts('é'.repeat(SIZE / 2)),
    /"format" undefined/,
    /no tensors/,
  ],
  'one text of escapes': [() => texts('\\u0061'.repeat(SIZE / 6)), /"format" undefined/, /no tens/],
  'many texts': [() => file(`{"__metadata__":${many(SIZE, (i) => `"${i}":""`)}}`), TOO_MANY],
  'many tensors': [() => file(many(SIZE, (i) => empty(String(i)))), TOO_MANY],
  'a shape of many sizes': [
    () => file(`{${empty('a', `"shape":[0${',0'.repeat(SIZE / 2)}]`)}}`),
    /tensor "a": found "0" at character \d+ of the header, expected at most 64 numbers/,
  ],
  'offsets that are many': [
    () => file(`{"a":{"dtype":"F32","shape":[0],"data_offsets":[0${',0'.repeat(SIZE / 2)}]}}`),
    /expected at most 64 numbers/,
  ],
  'much space': [() => file(`{${empty('a')}}${' '.repeat(SIZE)}`), /"format" undefined/, /"a"/],
  'one long name': [
    () => file(`{${empty('a'.repeat(SIZE))}}`),
    /"format" undefined/,
    /found it, expected only NAME.weight/,
  ],
  'one long type': [
    () => file(`{"a":{"dtype":"${'a'.repeat(SIZE)}","shape":[0],"data_offsets":[0,0]}}`),
    /found dtype "a{40}…"/,
  ],
  'long names that are alike': [
    () => layers(300, (l) => [[`${'a1'.repeat(SIZE / 600)}${l}.weight`, '[1,1]']]),
    /"format" undefined/,
    /^$/,
  ],
  '200,000 layers': [
    () =>
      layers(200_000, (l) => [
        [`layers.${l}.weight`, '[1,1]'],
        [`layers.${l}.bias`, '[1]'],
      ]),
    TOO_MANY,
  ],
  'as many layers as there may be': [
    () => layers(32_700, (l) => [[`${l}.weight`, '[1,1]']]),
    /"format" undefined/,
    /^$/,
  ],
};

const READ = `
  import { readFile } from 'node:fs/promises';
  import { Network } from './dist/index.js';
  import { modelFromTorch } from './dist/torch.js';
  const [path, isTorch] = process.argv.slice(1);
  // What is loaded on demand is loaded, and is none of it.
  await Network.load(new Uint8Array()).catch(() => {});
  const bytes = await readFile(path);
  const peak = () => process.resourceUsage().maxRSS * 1024;
  const [before, began] = [peak(), performance.now()];
  let message = '';
  try {
    if (isTorch) modelFromTorch(bytes);
    else await Network.load(bytes);
  } catch (error) {
    message = error.message;
  }
  console.log(JSON.stringify({ message, memory: peak() - before, took: performance.now() - began }));
`;

async function read(path: string, isTorch: boolean) {
  const args = ['--input-type=module', '--eval', READ, path, ...(isTorch ? ['torch'] : [])];
  const cwd = join(import.meta.dirname, '../..');
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
  return JSON.parse(stdout) as { message: string; memory: number; took: number };
}

describe.each(Object.entries(HOSTILE))('%s', (name, [make, message, messageOfTorch = message]) => {
  test.each([false, true])('takes little, read as PyTorch’s: %s', async (isTorch) => {
    const path = join(folder, 'model.safetensors');
    const bytes = make();
    await writeFile(path, bytes);
    const answer = await read(path, isTorch);
    expect(answer.message).toMatch(isTorch ? messageOfTorch : message);
    expect(answer.message.length).toBeLessThan(300);
    expect(answer.memory / MIB, name).toBeLessThan((4 * bytes.length + SPARE) / MIB);
    expectWithin(MOST_MILLISECONDS, answer.took);
  });
});

test('a network of 5,000 layers is saved and loaded', async () => {
  const network = await Network.create({ layers: new Array(5001).fill(1) });
  const loaded = await Network.load(network.save({ metadata: { history: 'é'.repeat(1e6) } }));
  expect(loaded.parameters()).toEqual(network.parameters());
});
