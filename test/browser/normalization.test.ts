/** A table's model in a page: on the main thread and in a worker it answers as the command does. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../cli/command.ts';
import { launch } from './chromium.ts';
import { libraryPage } from './library-page.ts';

let browser: Browser;
let cwd: string;
beforeAll(async () => {
  browser = await launch();
  cwd = await mkdtemp(join(tmpdir(), 'relumax-normalization-'));
});
afterAll(async () => {
  await browser?.close();
  await rm(cwd, { recursive: true });
});

test('y = x + 2 is 13 for 11, loaded, saved and loaded again', async () => {
  const rows = Array.from({ length: 24 }, (_, i) => `${i},${i + 2}`);
  await writeFile(join(cwd, 'sum.csv'), ['x,y', ...rows].join('\n'));
  await writeFile(join(cwd, 'eleven.csv'), 'x\n11');
  await run(['train', '-d', 'sum.csv', '--output', 'linear', '-o', 't.st'], { cwd });
  const { stdout } = await run(['predict', 't.st', 'eleven.csv', '--json'], { cwd });
  const [told] = JSON.parse(stdout).values;
  expect(Math.abs(told - 13)).toBeLessThan(0.05);

  await using open = await libraryPage(browser);
  const file = [...(await readFile(join(cwd, 't.st')))];
  const answers = await open.page.evaluate(async (file) => {
    const { index, worker } = globalThis.relumax;
    const network = await index.Network.load(Uint8Array.from(file));
    const remote = await worker.Network.load(network.save());
    const again = await index.Network.load(await remote.save());
    const inputs = Float64Array.of(11);
    const answers = [network.predict(inputs), await remote.predict(inputs), again.predict(inputs)];
    remote.dispose();
    return answers.map(([value]) => value);
  }, file);
  expect(answers).toEqual([told, told, told]);
});

test('numbers far from 0 train to the parameters of those near it', async () => {
  await using open = await libraryPage(browser);
  const [near, far, classic] = await open.page.evaluate(async () => {
    const { index, worker } = globalThis.relumax;
    const examples = (offset: number) => ({
      inputs: Float64Array.from({ length: 256 }, (_, i) => offset + i),
      labels: Uint8Array.from({ length: 256 }, (_, i) => Number(i > 99)),
      classes: 2,
    });
    const options = { layers: [1, 8, 2], seed: 1 };
    const train = async ({ Network, Dataset }: typeof index | typeof worker, offset: number) => {
      const normalize = Dataset.from(examples(offset));
      const network = await Network.create({ ...options, normalize } as never);
      await network.fit(normalize as never, { epochs: 2 });
      const [{ weights } = { weights: [] }] = await network.parameters();
      return [...weights];
    };
    return [await train(index, 0), await train(index, 1.7e9), await train(worker, 1.7e9)];
  });
  expect(near).toHaveLength(8);
  expect(far).toEqual(near);
  expect(classic).toEqual(near);
});
