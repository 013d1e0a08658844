/** Threads in Node: of the main thread, and of a worker, which hires helpers of its own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** Prints what becomes of the same training with one thread, two and three. */
const program = (face: string) => `
  import { createHash } from 'node:crypto';
  import { Dataset, Network } from '${face}';
  const features = 200;
  const inputs = Uint8Array.from({ length: 1000 * features }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 24);
  const labels = Uint8Array.from({ length: 1000 }, (_, i) => i % 10);
  const dataset = Dataset.from({ inputs, labels, classes: 10 });
  for (const threads of [1, 2, 3]) {
    const network = await Network.create({ layers: [features, 64, 10], seed: 1, threads });
    await network.fit(dataset, { epochs: 3, batchSize: 128, seed: 1 });
    const hash = createHash('sha256');
    for (const { weights } of await network.parameters()) hash.update(weights);
    const { accuracy } = await network.evaluate(dataset);
    console.log(network.threads, network.threadsReason, hash.digest('hex'), accuracy);
  }
`;

/** What a program prints that ends by itself. */
async function printed(face: string, ...flags: string[]): Promise<string[][]> {
  const args = [...flags, '--input-type=module', '--eval', program(face)];
  // One that does not end is killed, which is an error.
  const options = { cwd: ROOT, timeout: 30_000 };
  const { stdout } = await promisify(execFile)(process.execPath, args, options);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/(?<=^\d) | (?=\w{64} )/));
}

test.each(['relumax', 'relumax/worker'])('%s has them, and the program ends', async (face) => {
  const [one, ...others] = await printed(face);
  const [threads, reason, same] = one!;
  expect([threads, reason]).toEqual(['1', 'undefined']);
  expect(others).toEqual([
    ['2', 'undefined', same],
    ['3', 'undefined', same],
  ]);
});

test('where Node allows no worker, there is one, and a reason', async () => {
  const found = await printed('relumax', '--experimental-permission', '--allow-fs-read=*');
  const [, , same] = found[0]!;
  const reason = expect.stringMatching(/restricted/);
  expect(found.slice(1)).toEqual([
    ['1', reason, same],
    ['1', reason, same],
  ]);
});
