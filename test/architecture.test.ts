/** The layering of docs/architecture.md, held against the imports as they stand. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

async function importsOf(folder: string): Promise<Map<string, string[]>> {
  const names = await readdir(join(root, folder), { recursive: true });
  const files = names.filter((name) => /\.ts$/.test(name) && !name.endsWith('.d.ts'));
  const entries = files.map(async (name) => {
    const text = await readFile(join(root, folder, name), 'utf8');
    const found = text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g);
    const targets = [...found].map(([, target]) =>
      target!.startsWith('.')
        ? normalize(join(dirname(name), target!)).replace(/\.ts$/, '')
        : target!,
    );
    return [name.replace(/\.ts$/, ''), targets] as const;
  });
  return new Map(await Promise.all(entries));
}

/** Which layer a file of src/ is on; a file imports from its own layer and those below. */
const LAYERS = [
  /^cli\//,
  /^slim$/,
  /^worker-node$/,
  /^(index|node|worker|worker-thread|core|checkpoints|augmentation|torch-model|idx)$/,
  /^(checkpoint-file|image-augmentation)$/,
  /^checkpoint$/,
  /^worker\//,
  /^network$/,
  /^model-reader$/,
  /^model$/,
  /^live-network$/,
  /^training$/,
  /^(fit-options|network-options|divergence)$/,
  /^early-stopping$/,
  /^evaluation$/,
  /^inputs$/,
  /^history$/,
  /^wasm$/,
  /^core-(exports|embedded|given)$/,
  /^normalization$/,
  /^(memory|compilation|files-node|safetensors-reader|event-loop|pace|schedule)$/,
  /^safetensors$/,
  /^data\//,
  /^(random|printed)$/,
  /^(optimizer|cosine|functions)$/,
  /^on-demand$/,
  /^(arguments|builtins-node)$/,
];

describe('src/', async () => {
  const files = await importsOf('src');
  const layerOf = (name: string) => LAYERS.findIndex((pattern) => pattern.test(name));

  test.each([...files])('%s imports only what is not above it', (name, targets) => {
    expect(layerOf(name), `${name} has a layer`).toBeGreaterThanOrEqual(0);
    for (const target of targets.filter((t) => files.has(t))) {
      const sameFolder = /^(cli|data|worker)\//.test(name) && layerOf(target) === layerOf(name);
      if (!sameFolder) expect(layerOf(target), target).toBeGreaterThan(layerOf(name));
    }
  });

  test.each([...files])(
    '%s takes nothing of Node, and no package, that it may not',
    (name, targets) => {
      if (/^cli\//.test(name)) return;
      const foreign = targets.filter((t) => !files.has(t) && !t.startsWith('../build/'));
      const allowed = ['#core-module', '#core', '#digits', '#thread'];
      const isForNode = /node$/.test(name);
      for (const target of foreign) {
        expect(allowed.includes(target) || (isForNode && target.startsWith('node:')), target).toBe(
          true,
        );
      }
    },
  );
});

describe('assembly/', async () => {
  const files = await importsOf('assembly');
  const helpers = ['exp', 'finite', 'log', 'nonzeros', 'panels'].map((name) => `kernels/${name}`);

  test.each([...files])('%s imports only what is not above it', (name, targets) => {
    for (const target of targets) {
      const allowed =
        name === 'index' ||
        name === 'kernels' ||
        (name === 'memory' && target.startsWith('kernels/')) ||
        (name === 'network' && (target === 'memory' || target.startsWith('kernels/'))) ||
        (name.startsWith('kernels/') && helpers.includes(target) && target !== name);
      expect(allowed, target).toBe(true);
    }
  });

  test('every kernel is there, and none but kernels', () => {
    expect(files.size).toBeGreaterThan(10);
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
    'core-given.ts': 'String.fromCharCode(...start)', // at most 100 bytes
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
