/** The published trainings, by the command and by the library. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { RECIPES } from '../scripts/recipes.js';
import { parametersHash } from '../src/cli/training/parameters-hash.ts';
import { loadDigits, Network } from '../src/index.ts';
import { ImageAugmentation } from '../src/network/image-augmentation.ts';
import { hashIn, run } from './cli/command.ts';

test.each(RECIPES)(
  'relumax train $command',
  async ({ command, network: options, fit, moves, hash }) => {
    const { stdout } = await run(['train', ...command.split(' '), '--print-hash']);
    expect(hashIn(stdout)).toBe(hash);

    const { train } = (await loadDigits()).split({ test: 0.2, seed: options.seed! });
    const network = await Network.create(options);
    const augmentation = moves && new ImageAugmentation({ width: 28, height: 28, ...moves });
    await network.fit(train, { ...fit, ...(augmentation && { augmentation }) });
    expect(parametersHash(network.parameters())).toBe(hash);
  },
);

test('docs/trainer.md lists them', async () => {
  const text = await readFile(new URL('../docs/trainer.md', import.meta.url), 'utf8');
  for (const { command, hash } of RECIPES) {
    expect(text).toContain(`relumax train ${command} --print-hash\n# ${hash}\n`);
  }
});
