/** The table of flags, and what the documents say of them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, test } from 'vitest';
import { DOWNLOAD_FLAGS, FLAGS, type Flag, nameOf } from '../../../src/cli/options/flags.ts';
import { program } from '../../../src/cli/program.ts';

const ROWS = Object.entries<Flag>({ ...FLAGS, ...DOWNLOAD_FLAGS });
const root = join(import.meta.dirname, '../../..');

it.each(ROWS)('%s is the name under which commander has the value', (name, flag) => {
  expect(nameOf(flag).replace(/-./g, (text) => text[1]!.toUpperCase())).toBe(name);
});

it.each(ROWS.filter(([, flag]) => flag.default !== undefined))(
  'the default of %s is read from its text',
  (_, { value, default: usual }) => {
    expect(value!.parse(value!.format(usual))).toEqual(usual);
  },
);

it.each(ROWS.filter(([, { value }]) => value?.choices))(
  '%s takes its choices, and no other name',
  (_, { value }) => {
    expect(value!.choices!.map((choice) => value!.parse(String(choice)))).toEqual(value!.choices);
    expect(() => value!.parse('nope')).toThrow(/^Expected one of .*\.$/);
  },
);

test('README’s table has flags and defaults as they are', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [table] = /\| option of `train`[\s\S]*?\n\n/.exec(readme)!;
  const rows = table.trim().split('\n').slice(2);
  expect(rows.length).toBeGreaterThan(8);
  for (const row of rows) {
    const [names, , usual] = row.split(' | ').map((cell) => cell.replace(/^\| | *\|$/g, '').trim());
    const [written] = /(?:-\w, )?--[\w-]+/.exec(names!)!;
    const flag = Object.values<Flag>(FLAGS).find(
      ({ flags }) => flags.split(/ [<[]/)[0] === written,
    );
    expect(flag, written).toBeDefined();
    const { default: value, otherwise = String(value ?? '') } = flag!;
    const first = (text: string) => /[\w.-]+/.exec(text)?.[0] ?? '';
    if (usual !== 'the bundled digits') expect(first(usual!), written).toBe(first(otherwise));
  }
});

test('the documents name no option that there is not', async () => {
  const known = new Set(['--no-color', '--help', '--version']);
  for (const command of [...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
    for (const { long } of command.options) known.add(long!);
  }
  const documents = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md'));
  for (const file of ['README.md', ...documents.map((name) => `docs/${name}`)]) {
    const text = await readFile(join(root, file), 'utf8');
    for (const [line] of text.matchAll(
      /^.*\brelumax (?:train|find-lr|evaluate|predict|export|data)\b.*$/gm,
    )) {
      for (const [option] of line.matchAll(/(?<=[\s`])--[a-z][\w-]*/g)) {
        expect(known, `${file}: ${line}`).toContain(option);
      }
    }
  }
});
