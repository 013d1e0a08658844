/** The table of docs/fuzzing.md: the figures of the last long run. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Row } from './main.ts';

const DOCS = 'docs/fuzzing.md';

const number = (value: number) => Math.ceil(value).toLocaleString('en');

export function writeDocs(rows: readonly Row[], seed: number): void {
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  const table = [
    '<!-- fuzz: npm run fuzz -- --seconds 1800 --write-docs -->',
    `Seed ${seed}, Node ${process.version}, ${processor}:`,
    '',
    '| target | inputs | seconds | accepted | refused | failed | ms | MB |',
    '| --- | --: | --: | --: | --: | --: | --: | --: |',
    ...rows.map(({ target, inputs, seconds, accepted, refused, failures, ms, mb }) => {
      const figures = [inputs, seconds, accepted, refused, failures, ms, mb].map(number);
      return `| ${[target, ...figures].join(' | ')} |`;
    }),
    '<!-- end of fuzz -->',
  ].join('\n');
  const text = readFileSync(DOCS, 'utf8');
  writeFileSync(DOCS, text.replace(/<!-- fuzz[\s\S]*end of fuzz -->/, table));
  // Columns as wide as `npm run check` wants them.
  execFileSync('npx', ['biome', 'format', '--write', DOCS]);
}
