/** The rules of docs/architecture.md for imports, checked on the imports as they are. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** The rooms of a folder, from the top down: a file imports from its own room or one further down. */
const ROOMS: Record<string, readonly string[]> = {
  src: ['.', 'cli', 'table', 'worker', 'network', 'model', 'threads', 'core', 'data', 'base'],
  'src/cli': ['.', 'commands', 'reports', 'training', 'options', 'files', 'terminal'],
  assembly: ['.', 'network', 'kernels'],
  playground: [
    ...['.', 'tour', 'benchmark', 'exchange', 'overlay', 'training', 'example', 'held-out'],
    ...['network', 'equations', 'run', 'files', 'table', 'data', 'settings', 'page', 'texts'],
  ],
};

interface Source {
  readonly text: string;
  /** What it imports: paths from the folder on, without `.ts`; else as written. */
  readonly imports: readonly string[];
}

async function sourcesOf(folder: string): Promise<Map<string, Source>> {
  const names = await readdir(join(root, folder), { recursive: true });
  const files = names.filter((name) => /\.ts$/.test(name) && !name.endsWith('.d.ts'));
  const entries = files.map(async (name) => {
    const text = await readFile(join(root, folder, name), 'utf8');
    const found = text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g);
    const imports = [...found].map(([, target]) =>
      target!.startsWith('.')
        ? normalize(join(dirname(name), target!)).replace(/\.ts$/, '')
        : target!,
    );
    return [name.replace(/\.ts$/, '').replaceAll('\\', '/'), { text, imports }] as const;
  });
  return new Map(await Promise.all(entries));
}

/** The room of a file, or '.' at the root of the folder. */
const roomOf = (name: string) => (name.includes('/') ? name.split('/')[0]! : '.');

describe.each(Object.entries(ROOMS))('%s', async (folder, rooms) => {
  const files = await sourcesOf(folder);
  const levelOf = (name: string) => rooms.indexOf(roomOf(name));

  test.each([...files])('%s imports from its own room or one below', (name, { imports }) => {
    expect(levelOf(name), `${roomOf(name)} is a room of ${folder}`).toBeGreaterThanOrEqual(0);
    for (const target of imports.filter((t) => files.has(t))) {
      if (folder === 'src' && roomOf(name) === 'cli' && roomOf(target) === '.') continue;
      expect(levelOf(target), target).toBeGreaterThanOrEqual(levelOf(name));
    }
  });

  test('no file imports itself through others', () => {
    const done = new Set<string>();
    const visit = (name: string, path: readonly string[]): void => {
      expect(path.includes(name), [...path, name].join(' → ')).toBe(false);
      if (done.has(name)) return;
      for (const target of files.get(name)!.imports) {
        if (files.has(target)) visit(target, [...path, name]);
      }
      done.add(name);
    };
    for (const name of files.keys()) visit(name, []);
  });
});

test.each(['src', 'playground'])('no folder of %s/ has more than 16 files', async (folder) => {
  const all = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const counts = new Map<string, number>();
  for (const { parentPath } of all.filter((entry) => entry.isFile())) {
    counts.set(parentPath, (counts.get(parentPath) ?? 0) + 1);
  }
  expect([...counts].filter(([, count]) => count > 16)).toEqual([]);
});

describe('src/', async () => {
  const files = await sourcesOf('src');
  const OWN = [
    '#core-module',
    '#convolution-core',
    '#convolution-module',
    '#core',
    '#digits',
    '#helper',
    '#image-thread',
    '#table-model',
    '#thread',
    '#threaded-convolution-core',
    '#threaded-core',
    '#threaded-module',
  ];

  test.each([...files])('%s imports packages and Node only where it may', (name, { imports }) => {
    if (roomOf(name) === 'cli') return;
    const foreign = imports.filter((t) => !files.has(t) && !OWN.includes(t));
    const allowed = (t: string) => name.endsWith('-node') && t.startsWith('node:');
    expect(foreign.filter((t) => !allowed(t))).toEqual([]);
  });

  const entries = [...files].filter(([name]) => roomOf(name) === '.');

  test('has at most 13 entries besides folders', async () => {
    const all = await readdir(join(root, 'src'), { withFileTypes: true });
    expect(all.filter((e) => !e.isDirectory()).length).toBeLessThanOrEqual(13);
  });

  test.each(entries)('%s only re-exports', (_, { text }) => {
    const code = text
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/export (?:type )?(?:\*|\{[^}]*\}) from '[^']*';|import '[^']*';/g, '');
    expect(code.trim()).toBe('');
  });
});

test('nothing that training depends on asks the engine for what it may answer differently', async () => {
  const unstable = /\bMath\.(random|exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|tanh|cbrt)\b/;
  for (const folder of ['src', 'assembly']) {
    for (const name of await readdir(join(root, folder), { recursive: true })) {
      if (!name.endsWith('.ts') || name.startsWith('cli')) continue;
      expect(await readFile(join(root, folder, name), 'utf8'), name).not.toMatch(unstable);
    }
  }
});

/** A call takes only so many arguments, some 100,000: what may be longer is not spread into one. */
describe('no array of unknown length becomes arguments', async () => {
  const SHORT: Record<string, string> = {
    'core/modules/given.ts': 'String.fromCharCode(...start)', // at most 100 bytes
    'data/dataset.ts': 'concat(...datasets', // what it was given
    'data/npy.ts': 'Math.max(...largest)', // one for each part of the data
    'worker/thread.ts': 'push(...epochs)', // one epoch
  };
  const names = await readdir(join(root, 'src'), { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts') && !name.startsWith('cli/'));

  test.each(files)('%s', async (name) => {
    const text = await readFile(join(root, 'src', name), 'utf8');
    const calls =
      /\b(?:push|unshift|splice|concat|max|min|fromCharCode|fromCodePoint|of)\((?:[^()]*, )?\.\.\.[\w.]+\)?|\.apply\(/g;
    const found = [...text.matchAll(calls)].map(([call]) => call);
    expect(found.filter((call) => !SHORT[name]?.endsWith(call))).toEqual([]);
  });
});
