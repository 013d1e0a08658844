/** The programs of examples/tfjs: those for relumax work, and are no longer than those for TensorFlow.js. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IMPORTS, program, ROOT, textOf } from './tfjs-programs.ts';

/** Copies are here, from where the package's own name still leads to it. */
const COPIES = new URL('build/tfjs-programs/', ROOT);

const names = (await readdir(new URL('examples/tfjs/', ROOT), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

const fileOf = (name: string, from: string) =>
  fileURLToPath(new URL(`${from.replace('/', '-')}/${name}/relumax.js`, COPIES));

beforeAll(async () => {
  for (const from of IMPORTS) {
    const folder = new URL(`${from.replace('/', '-')}/`, COPIES);
    await mkdir(folder, { recursive: true });
    await cp(new URL('examples/tfjs/', ROOT), folder, { recursive: true });
    for (const name of names) await writeFile(fileOf(name, from), await program(name, from));
  }
});
afterAll(() => rm(COPIES, { recursive: true }));

/** Lines of code: neither blank nor comments. */
function linesOf(code: string): number {
  const source = ts.createSourceFile('program.js', code, ts.ScriptTarget.Latest, true);
  const lines = new Set<number>();
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(source).filter((child) => !ts.isJSDoc(child));
    for (const child of children) visit(child);
    if (children.length > 0 || node.getWidth(source) === 0) return;
    for (const place of [node.getStart(source), node.end - 1]) {
      lines.add(source.getLineAndCharacterOfPosition(place).line);
    }
  };
  visit(source);
  return lines.size;
}

/** Starts a program, without output to this terminal. */
function start(name: string, from: string): ChildProcess {
  return spawn(process.execPath, [fileOf(name, from)], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What a program prints. */
async function printed(name: string, from: string): Promise<string> {
  const { stdout, stderr } = start(name, from);
  const [out, error] = await Promise.all([text(stdout!), text(stderr!)]);
  expect(error).toBe('');
  return out;
}

const numberAfter = (word: string, out: string) => Number(out.split(`${word} `)[1]?.split('\n')[0]);

test('none is longer than its counterpart, and the table has the lines of both', async () => {
  const rows = await Promise.all(
    names.map(async (name) => {
      const [tensorflow, relumax] = await Promise.all(
        ['tensorflow', 'relumax'].map((library) =>
          textOf(`examples/tfjs/${name}/${library}.js`).then(linesOf),
        ),
      );
      expect(relumax, name).toBeLessThanOrEqual(tensorflow!);
      return [name, `${tensorflow}`, `${relumax}`];
    }),
  );
  const table = (await textOf('docs/from-tensorflow.md'))
    .split('\n')
    .flatMap((line) => /^\| \[`(\w+)`\].*\| +(\d+) +\| +(\d+) +\|$/.exec(line)?.slice(1, 4) ?? []);
  expect(table).toEqual(rows.flat());
});

test('their types are clean, with either import', () => {
  const { config } = ts.readConfigFile(fileURLToPath(new URL('tsconfig.json', ROOT)), (path) =>
    ts.sys.readFile(path),
  );
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
  const files = IMPORTS.flatMap((from) => names.map((name) => fileOf(name, from)));
  const problems = ts.getPreEmitDiagnostics(ts.createProgram(files, options));
  expect(ts.formatDiagnostics(problems, ts.createCompilerHost(options))).toBe('');
});

describe.each(IMPORTS)('%s', (from) => {
  test('irises', async () => {
    const out = await printed('iris', from);
    expect(out).toContain('epoch 100: ');
    expect(numberAfter('accuracy', out)).toBeGreaterThan(0.9);
    expect(out).toMatch(/^setosa, 0\.9\d+$/m);
  });

  test('houses', async () => {
    const out = await printed('housing', from);
    expect(numberAfter('R²', out)).toBeGreaterThan(0.55);
  });

  test('digits', async () => {
    const out = await printed('digits', from);
    expect(numberAfter('accuracy', out)).toBeGreaterThan(0.88);
  });

  test('embeddings', async () => {
    const out = await printed('embeddings', from);
    expect(numberAfter('accuracy', out)).toBeGreaterThan(0.9);
  });

  test('the server answers while it learns', async () => {
    const child = start('server', from);
    try {
      const port = await new Promise((resolve, reject) => {
        child.stdout!.once('data', (line) => resolve(Number(line)));
        child.stderr!.once('data', (error) => reject(new Error(`${error}`)));
      });
      const post = async (path: string, body: object) =>
        (
          await fetch(`http://127.0.0.1:${port}/${path}`, {
            method: 'POST',
            body: JSON.stringify(body),
          })
        ).json();
      const usual = Array.from({ length: 10 }, (_, i) => 20 * (i + 1));
      const fault = usual.map((value, i) => (i < 4 ? value + 10 : value));
      const ask = () => post('questions', { rows: [usual, fault] });
      const [before, far] = await ask();
      expect(before).toBeLessThan(0.1);
      expect(far).toBeGreaterThan(0.4);

      // Such readings, it is told, are faults as well.
      const rows = Array.from({ length: 6000 }, () => usual);
      let learned = false;
      const learning = post('examples', { rows, faults: rows.map(() => 1) }).then(() => {
        learned = true;
      });
      let meanwhile = 0;
      while (!learned) {
        const answers = await ask();
        expect(answers).toHaveLength(2);
        if (!learned) meanwhile++;
      }
      await learning;
      expect(meanwhile).toBeGreaterThan(0);
      const [after] = await ask();
      expect(after).toBeGreaterThan(before + 0.1);
    } finally {
      child.kill();
    }
  });
});
