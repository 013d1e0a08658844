/** The exported JavaScript module inlined in a page, whatever its classes are called. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Network } from '../../src/index.ts';
import { run } from '../cli/command.ts';
import { launch } from './chromium.ts';

const CLASSES = [
  '</script><script>window.hacked = 1</script>',
  '</SCRIPT ',
  '<!-- <script>',
  '--> ]]> */ `',
  '\u2028\u2029\u202e\r\n\0"\\',
  'ü 🦊',
];

test('is the same module, with the same class names, and nothing else runs', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'relumax-inline-'));
  await using browser = await launch();
  try {
    const network = await Network.create({ layers: [3, 6], seed: 4 });
    const metadata = { classes: JSON.stringify(CLASSES) };
    await writeFile(join(cwd, 'm.safetensors'), network.save({ metadata }));
    const { code } = await run(['export', 'm.safetensors', '--js', 'm.js'], { cwd });
    expect(code).toBe(0);
    const module = await readFile(join(cwd, 'm.js'), 'utf8');
    const page = await browser.newPage();
    await page.setContent(
      `<!doctype html><body><script type="module">${module}
      window.told = { classes, outputs: [...predict([1, 2, 3])] };</script><p>after</p>`,
    );
    const told = await page.evaluate(() => (window as unknown as Told).told);
    expect(told.classes).toEqual(CLASSES);
    expect(told.outputs).toEqual([...network.predict(Float32Array.of(1, 2, 3))]);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    const elements = await page.locator('body > *').allTextContents();
    expect(elements.slice(1)).toEqual(['after']);
  } finally {
    await rm(cwd, { recursive: true });
  }
});

interface Told {
  readonly told: { readonly classes: string[]; readonly outputs: number[] };
}
