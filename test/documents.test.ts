/** The programs in the documentation, and its links. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programsOf } from '../scripts/document.js';
import { ROOT, textOf } from './tfjs-programs.ts';

/** Here the package's own name leads to it. */
const FOLDER = new URL('build/documents/', ROOT);

beforeAll(() => mkdir(FOLDER, { recursive: true }));
afterAll(() => rm(FOLDER, { recursive: true }));

/** The lines that a program of a page prints. */
async function printed(page: string, name: string): Promise<string[]> {
  const file = fileURLToPath(new URL(`${name}.js`, FOLDER));
  await writeFile(file, programsOf(page).get(name)!);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], {
    cwd: fileURLToPath(FOLDER),
  });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

const numbersIn = (line: string) => line.match(/[\d.]+/g)!.map(Number);

describe('docs/recipes.md', () => {
  test('weights find more of the rare class, and a threshold fewer', async () => {
    const lines = await printed('recipes', 'unbalanced');
    const [plain, strict, balanced] = lines.map((line) => numbersIn(line).slice(-2));
    const [recall, precision] = [plain![0]!, plain![1]!];
    expect(balanced![0]).toBeGreaterThan(recall + 0.03);
    expect(strict![0]).toBeLessThan(recall);
    expect(strict![1]).toBeGreaterThan(precision);
  });

  test('accuracy grows with the dataset', async () => {
    const lines = await printed('recipes', 'growing');
    expect(lines.map((line) => numbersIn(line)[0])).toEqual([500, 1000, 1500, 2000]);
    const accuracies = lines.map((line) => numbersIn(line)[1]!);
    expect(accuracies.at(-1)).toBeGreaterThan(accuracies[0]!);
    expect(accuracies.at(-1)).toBeGreaterThan(0.85);
  });

  test('a head learns from 100 examples', async () => {
    const [examples, , accuracy] = numbersIn((await printed('recipes', 'embeddings'))[0]!);
    expect(examples).toBe(100);
    expect(accuracy).toBeGreaterThan(0.75);
  });

  test('a resumed training ends with the same bits', async () => {
    const [first, last] = await printed('recipes', 'checkpoint');
    expect(first).toMatch(/^aborted: true, a checkpoint of \d+ bytes$/);
    expect(last).toBe('4 epochs, the same as without a stop: true');
  });
});

test('docs/tables.md trains on a table, and answers for its rows', async () => {
  const lines = await printed('tables', 'train');
  expect(lines).toEqual([
    'sepal: number, input',
    'petal: number, input',
    'seen: date, input',
    'kind: category, label',
    'accuracy 1',
  ]);
  const answers = await printed('tables', 'predict');
  expect(answers.map((line) => line.split(' ')[0])).toEqual(['setosa', 'versicolor']);
});

test('docs/from-brain.md learns XOR', async () => {
  const lines = await printed('from-brain', 'xor');
  const outputs = numbersIn(lines.join(' ').split('[')[1]!);
  expect(outputs.map(Math.round)).toEqual([0, 1, 1, 0]);
});

test('docs/from-tensorflow.md has the programs that it says', async () => {
  const text = await textOf('docs/from-tensorflow.md');
  for (const path of ['iris/tensorflow.js', 'iris/relumax.js']) {
    const code = await textOf(`examples/tfjs/${path}`);
    expect(text).toContain(`<!-- ${path} -->\n\n\`\`\`js\n${code}\`\`\`\n`);
  }
});

test('the links of the pages lead somewhere', async () => {
  const pages = (await readdir(new URL('docs/', ROOT))).filter((name) => name.endsWith('.md'));
  for (const page of pages) {
    const url = new URL(`docs/${page}`, ROOT);
    const links = (await textOf(`docs/${page}`)).matchAll(/\]\((?!https?:)([^)\s]+)\)/g);
    for (const [, link] of links) {
      const target = new URL(link!, url);
      const place = target.hash.slice(1);
      target.hash = '';
      expect(existsSync(fileURLToPath(target)), `${page}: ${link}`).toBe(true);
      if (!place) continue;
      const headings = (await textOf(target.pathname)).matchAll(/^#+ (.*)$/gm);
      const places = Array.from(headings, ([, heading]) =>
        heading!
          .toLowerCase()
          .replace(/[^\p{L}\p{N} _-]/gu, '')
          .replaceAll(' ', '-'),
      );
      expect(places, `${page}: ${link}`).toContain(place);
    }
  }
});
