/** More epochs than a call takes arguments: no array of unknown length is spread into a call. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../command.ts';

const SOURCES = join(import.meta.dirname, '../../../src/cli');

/** Calls that are given a list of a length that the code itself fixes. */
const SHORT = [
  // The operators of one layer.
  'hiddenNodes(activation, z, input)',
  // The rest of a function's own parameters.
  'how',
  // The components of a JPEG, which are up to 255.
  'frame.components.map(({ id }) => id)',
  'components.map((component) => component.across)',
  'components.map((component) => component.down)',
];

it('no call in src/cli is given an array in place of its arguments', async () => {
  const found: string[] = [];
  for (const name of await readdir(SOURCES, { recursive: true })) {
    if (!name.endsWith('.ts')) continue;
    const text = await readFile(join(SOURCES, name), 'utf8');
    const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
        for (const argument of node.arguments ?? []) {
          if (!ts.isSpreadElement(argument)) continue;
          const spread = argument.expression.getText(source);
          if (!SHORT.includes(spread)) found.push(`${name}: ${node.getText(source)}`);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  expect(found).toEqual([]);
});

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-long-'));
  await writeFile(join(cwd, 't.csv'), 'a,b,y\n1,1,0\n2,4,1\n3,9,0\n4,1,1\n5,2,0\n6,3,1\n');
});
afterAll(() => rm(cwd, { recursive: true }));

const PLAIN = ['--optimizer', 'sgd', '--schedule', 'constant'];
const TRAIN = ['train', '-d', 't.csv', ...PLAIN, '-b', 'full', '-l', '2-1-2', '-r', '0.001'];
const EPOCHS = 200_000;

it('200,000 epochs are reported, kept, and resumed', async () => {
  const every = ['--every', String(EPOCHS)];
  const first = await run([...TRAIN, '-e', `${EPOCHS}`, '--checkpoint', 'c.st', ...every], {
    cwd,
    terminal: 100,
  });
  expect(first.stderr).not.toContain('call stack');
  expect(first.code).toBe(0);
  const files = ['--report', 'r.html', '--history', 'h.csv', '--checkpoint', 'd.st', ...every];
  const more = ['train', '-d', 't.csv', '--resume', 'c.st', '-e', `${EPOCHS + 1}`, ...files];
  const { code, stderr } = await run(more, { cwd, terminal: 100 });
  expect(stderr).not.toContain('call stack');
  expect(code).toBe(0);
  const history = await readFile(join(cwd, 'h.csv'), 'utf8');
  expect(history.trimEnd().split('\n')).toHaveLength(EPOCHS + 2);
  expect(await readFile(join(cwd, 'r.html'), 'utf8')).toContain('</html>');
  const json = await run(
    [
      'train',
      '-d',
      't.csv',
      '--resume',
      'c.st',
      '-e',
      `${EPOCHS + 1}`,
      '--history',
      'h.json',
      '--json',
    ],
    { cwd },
  );
  expect(json.code).toBe(0);
  expect(JSON.parse(await readFile(join(cwd, 'h.json'), 'utf8'))).toHaveLength(EPOCHS + 1);
}, 120_000);
