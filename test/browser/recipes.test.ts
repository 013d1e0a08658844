/** The published trainings in a page, in its worker and from checkpoints: the bits of Node. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { ENGINES } from '../../scripts/engines/list.js';
import { serveEnginePage } from '../../scripts/engines/page.js';
import { isGood, type Result } from '../../scripts/engines/results.js';
import {
  CHECKPOINTS,
  interrupt,
  loadLibrary,
  resumeGiven,
} from '../../scripts/engines/trainings.js';
import { launch } from './chromium.ts';

test('Chromium does all that engines are asked to do', async () => {
  const library = await loadLibrary(`${pathToFileURL(join(import.meta.dirname, '../../dist'))}/`);
  const engine = ENGINES.find(({ id }) => id === 'chromium')!;
  const result: Result = { engine, findings: [], seconds: 0 };
  await using site = await serveEnginePage(await interrupt(library), (finding) =>
    result.findings.push(finding),
  );
  await using browser = await launch();
  const page = await browser.newPage();
  await page.goto(`${site.origin}/`);
  expect(await site.agent).toMatch(engine.agent!);
  const file = result.findings.flatMap(({ file }) => file ?? [])[0]!;
  result.findings.push(await resumeGiven(library, CHECKPOINTS.taken, Buffer.from(file, 'hex')));
  for (const { hash, error, expected, name } of result.findings) {
    expect(hash ?? error, name).toBe(expected);
  }
  expect(isGood(result)).toBe(true);
});
