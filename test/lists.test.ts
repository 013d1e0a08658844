/**
 * The tables of optimizers, activations and outputs in the documentation, held against those of the
 * library. RELUMAX_WRITE_DOCS=1 writes those of docs/trainer.md; `biome check --write` lays them out.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { HIDDEN, HIDDEN_TEXTS, OUTPUT_TEXTS, OUTPUTS } from '../src/core/activations.ts';
import { equationsOf, OPTIMIZER_TEXTS, OPTIMIZERS, rowOf } from '../src/core/optimizers.ts';

const TRAINER = new URL('../docs/trainer.md', import.meta.url);
const EQUATIONS = ['math', 'equations'].map(
  (page) => new URL(`../docs/${page}.md`, import.meta.url),
);

const code = (text: unknown) => `\`${text}\``;

const TABLES: Record<string, string[][]> = {
  optimizers: [
    ['`--optimizer`', 'what it is', 'learning rate', 'hyperparameters', 'weight decay', 'equation'],
    ...OPTIMIZERS.map((name) => {
      const { learningRate, defaults, decoupledDecay } = rowOf({ name });
      const { description, number } = OPTIMIZER_TEXTS[name];
      const own = Object.entries(defaults).map(([key, value]) => code(`${key}: ${value}`));
      const decay = decoupledDecay === undefined ? '0' : `${decoupledDecay}, decoupled`;
      return [
        code(name),
        description,
        `${learningRate}`,
        own.join(', ') || 'none',
        decay,
        `${number}`,
      ];
    }),
  ],
  hidden: [
    ['`--hidden`', 'what it is', 'equation', 'initial weights', 'number'],
    ...HIDDEN.map((name) => {
      const { description, equation, initialisation, number } = HIDDEN_TEXTS[name];
      return [code(name), description, equation, initialisation, `${number}`];
    }),
  ],
  outputs: [
    ['`--output`', 'for', 'equation', 'loss', 'number'],
    ...OUTPUTS.map((name) => {
      const { use, equation, loss, number } = OUTPUT_TEXTS[name];
      return [code(name), use, equation, loss, `${number}`];
    }),
  ],
};

const sectionOf = (name: string) => new RegExp(`(?<=<!-- ${name} -->\n)[^]*?(?=<!-- end -->)`);

test.each(Object.entries(TABLES))('docs/trainer.md has the table of %s', async (name, rows) => {
  const text = await readFile(TRAINER, 'utf8');
  const [head, ...body] = rows.map((cells) => `| ${cells.join(' | ')} |`);
  const lines = [head!, head!.replace(/[^|]+/g, ' --- '), ...body];
  if (process.env.RELUMAX_WRITE_DOCS) {
    await writeFile(TRAINER, text.replace(sectionOf(name), `\n${lines.join('\n')}\n\n`));
    return;
  }
  const found = sectionOf(name).exec(text)![0].trim().split('\n');
  expect(found.map((line) => line.replace(/ +/g, ' ').replace(/-{3,}/g, '---'))).toEqual(lines);
});

test('docs/math.md and docs/equations.md have their equations, under their numbers', async () => {
  const text = (await Promise.all(EQUATIONS.map((url) => readFile(url, 'utf8')))).join('');
  const rows = [...text.matchAll(/^\| (\d+)′? +\|(.*)\|$/gm)];
  const numbered = (number: number) =>
    rows
      .flatMap(([, own, row]) => (Number(own) === number ? [row!.replaceAll('ˡ', '')] : []))
      .join();
  for (const name of OPTIMIZERS) {
    for (const equation of equationsOf(name)) {
      expect(numbered(OPTIMIZER_TEXTS[name].number)).toContain(equation);
    }
  }
  for (const { number, slope = '' } of Object.values(HIDDEN_TEXTS)) {
    expect(numbered(number)).toContain(slope);
  }
  for (const { number, equation } of [
    ...Object.values(HIDDEN_TEXTS),
    ...Object.values(OUTPUT_TEXTS),
  ]) {
    expect(numbered(number)).toContain(equation.replaceAll('ˡ', ''));
  }
});
