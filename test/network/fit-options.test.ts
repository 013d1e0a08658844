import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { OPTIMIZERS, type Optimizer } from '../../src/core/optimizers.ts';
import { Dataset } from '../../src/data/dataset.ts';
import { type Checkpoint, Checkpoints } from '../../src/network/checkpoint.ts';
import {
  type CheckedFitOptions,
  checkedFitOptions,
  FIT_OPTIONS,
} from '../../src/network/fit-options.ts';
import { Network } from '../../src/network/network.ts';

type Name = keyof typeof FIT_OPTIONS;
const names = Object.keys(FIT_OPTIONS) as Name[];
const decisive = names.filter((name) => FIT_OPTIONS[name].decides !== false);
const shape = { features: 2, outputs: 2, output: 'softmax' } as const;

/** The default of an option as the documentation has it: for most optimizers, and for the others. */
function defaultOf(name: Name): string {
  const byValue = new Map<string, string[]>();
  for (const optimizer of OPTIMIZERS) {
    const checked = checkedFitOptions(shape, name === 'optimizer' ? {} : { optimizer });
    const value = checked[name];
    const text =
      value === Infinity
        ? 'Infinity'
        : value === console.warn
          ? 'console.warn'
          : JSON.stringify(value);
    byValue.set(text, [...(byValue.get(text) ?? []), optimizer]);
  }
  const [[most] = ['none'], ...others] = [...byValue].sort(([, a], [, b]) => b.length - a.length);
  if (most === undefined) return 'none';
  const rest = others.map(([value, optimizers]) => `; \`${value}\` for ${optimizers.join(', ')}`);
  return `\`${most}\`${rest.join('')}`;
}

test('docs/fit.md has each option, its default, and whether it decides the outcome', async () => {
  const text = await readFile(new URL('../../docs/fit.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` +\| (.*?) +\| (yes|no) +\|/gm)];
  expect(rows.map(([, ...cells]) => cells)).toEqual(
    names.map((name) => [name, defaultOf(name), decisive.includes(name) ? 'yes' : 'no']),
  );
});

test('checkpoints keep what decides the outcome, and nothing else', async () => {
  const dataset = Dataset.from({
    inputs: new Uint8Array(8),
    labels: new Uint8Array(4),
    classes: 2,
  });
  const network = await Network.create({ layers: [2, 2] });
  const kept: Checkpoint[] = [];
  const onCheckpoint = (checkpoint: Checkpoint) => void kept.push(checkpoint);
  await network.fit(dataset, { checkpoints: new Checkpoints({ onCheckpoint }) });
  const { layers, functions, examples, ...settings } = kept[0]!.settings;
  expect({ layers, functions, examples }).toEqual({
    layers: [2, 2],
    functions: { hidden: 'relu', output: 'softmax' },
    examples: 4,
  });
  expect(Object.keys(settings).sort()).toEqual([...decisive].sort());
});

test('defaults pass the checks of their options', () => {
  const defaults: Partial<CheckedFitOptions> = {};
  for (const [name, value] of Object.entries(checkedFitOptions(shape, {}))) {
    if (value !== undefined) Object.assign(defaults, { [name]: value });
  }
  const optimizer: Optimizer = { name: 'sgd' };
  expect(checkedFitOptions(shape, defaults as object)).toEqual({
    ...checkedFitOptions(shape, {}),
    optimizer,
  });
});
