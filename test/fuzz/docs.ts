/** docs/fuzzing.md: what the last long run came to. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Row } from './main.ts';

const number = (value: number) => Math.ceil(value).toLocaleString('en');

const table = (rows: readonly Row[]) =>
  rows
    .map(({ target, inputs, seconds, accepted, refused, failures, ms, mb }) => {
      const figures = [inputs, seconds, accepted, refused, failures, ms, mb].map(number);
      return `| ${[target, ...figures].join(' | ')} |`;
    })
    .join('\n');

export function writeDocs(rows: readonly Row[], seed: number): void {
  writeFileSync(
    'docs/fuzzing.md',
    `# Fuzzing

\`npm run fuzz\` gives damaged and hostile input to everything that reads some: files, the command line and the
API. Of each input one of two things must come:

- one clear error: one line that says what was found and what was expected, no internal error, and nothing
  has changed;
- the exact result: what another reading of the same input finds. For the API: the same bits in a worker,
  and whatever the caller changes while a call is under way.

Neither may take more time or memory than a small multiple of the input, or of what the data need.

\`\`\`
npm run fuzz -- --seconds 600              all targets, ten minutes
npm run fuzz -- --only png --seed 7        one target; the seed decides all inputs
npm run fuzz -- --only png --seed 7 --input 1234     one input again
npm run fuzz -- --only png --seed 7 --count 1000     the first thousand
npm run fuzz -- --seconds 1800 --write-docs          writes this file
\`\`\`

What fails is made smaller where that is quick, and kept in \`test/fuzz/seeds\`, whose inputs are tried first by
each run. The exit code is then 1. Each target is a file in \`test/fuzz/targets\`: what makes its inputs, what
reads them, and what they are held against. Inputs are tried in a process of their own, with a limit for its
memory. Time is processor time. What exceeds its budget is tried again in a new process, and counts if it does
so again. The tests make a run of some seconds with one seed that stays and one that changes.

\`npm run test:kills -- --runs 200\` kills trainings at random moments with SIGKILL, SIGTERM, SIGINT and SIGHUP,
resumes them until they are through, and trains on a disk that is full. No file may be broken, no temporary one may
stay, and the parameters must be those of a training that nobody disturbed.

## The last long run

Seed ${seed}, Node ${process.version}, ${cpus()[0]?.model.trim() ?? 'unknown processor'}. Time and memory are the most that
one input took; of the command line, a whole process.

| target | inputs | seconds | accepted | refused | failed | ms | MB |
| --- | --: | --: | --: | --: | --: | --: | --: |
${table(rows)}
`,
  );
  // Columns as wide as `npm run check` wants them.
  execFileSync('npx', ['biome', 'format', '--write', 'docs/fuzzing.md']);
}
