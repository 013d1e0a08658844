/** The program of docs/core.md that trains with threads, as it stands there. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

test('it trains, to the same bits with any number of threads', async () => {
  const docs = await readFile(join(ROOT, 'docs/core.md'), 'utf8');
  const program = /## Threads[\s\S]*?```js\n([\s\S]*?)```/.exec(docs)![1]!;
  // Within the package, whose entries it imports.
  const folder = await mkdtemp(join(ROOT, 'build/example-'));
  try {
    const printed = [2, 1, 3].map(async (threads) => {
      const file = join(folder, `${threads}.mjs`);
      await writeFile(file, program.replace('THREADS = 2', `THREADS = ${threads}`));
      const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 30_000 });
      return stdout;
    });
    const [two, one, three] = await Promise.all(printed);
    expect(Number(two!.split(' ')[0])).toBeGreaterThan(0.95);
    expect([one, three]).toEqual([two, two]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
