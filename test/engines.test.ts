/** What `npm run test:engines` says of what it found. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ENGINES, type Engine } from '../scripts/engines/list.js';
import { start, Watch } from '../scripts/engines/process.js';
import {
  faultsOf,
  isGood,
  lacksOf,
  PARTS,
  type Part,
  type Result,
  tableOf,
} from '../scripts/engines/results.js';
import type { Finding } from '../scripts/engines/trainings.js';

const ENGINE: Engine = {
  id: 'some',
  name: 'Some',
  processor: 'x86-64',
  kind: 'runtime',
  start: () => [],
};

const all = Object.entries(PARTS).flatMap(([part, count]) =>
  Array.from({ length: count }, (_, i): Finding => {
    return { part: part as Part, name: `training ${i}`, hash: 'aa', expected: 'aa' };
  }),
);
const result = (findings: Finding[], engine: Partial<Engine> = {}): Result => ({
  engine: { ...ENGINE, ...engine },
  version: '1.2',
  findings,
  seconds: 3.2,
});
const rowOf = (result: Result) => tableOf([result]).split('\n')[2];

const count = PARTS.recipes;
const [done, inWorker] = [count, PARTS.worker].map((all) => `${all} of ${all}`);

test('all bits are the same', () => {
  expect(isGood(result(all))).toBe(true);
  expect(rowOf(result(all))).toBe(
    `| Some | 1.2 | x86-64 | ${done} | ${done} | ${inWorker} | ${inWorker} | 3 of 3 | 3 |`,
  );
});

test('a hash differs', () => {
  const differing = result(all.with(count + 1, { ...all[count + 1]!, hash: 'bb' }));
  expect(isGood(differing)).toBe(false);
  expect(faultsOf(differing)).toEqual(['command: training 1: bb']);
  expect(rowOf(differing)).toContain(`| ${done} | **${count - 1} of ${count}** |`);
});

test('a training was not done', () => {
  expect(isGood(result(all.slice(1)))).toBe(false);
  expect(rowOf(result(all.slice(1)))).toContain(`| **${count - 1} of ${count}** | ${done} |`);
  const failed = { ...all[0]!, error: 'Error: no memory' };
  delete failed.hash;
  expect(faultsOf(result(all.with(0, failed)))).toEqual(['recipes: training 0: Error: no memory']);
});

test('an engine lacks a part', () => {
  const pages = all.filter(({ part }) => part !== 'command');
  expect(isGood(result(pages))).toBe(false);
  const page = result(pages, { lacks: { command: 'none in pages' } });
  expect(isGood(page)).toBe(true);
  expect(rowOf(page)).toContain(`| ${done} | – | ${inWorker} |`);
  const lines = ['No command, because none in pages: Some on x86-64; Some on x86-64.'];
  expect(lacksOf([page, result(all), page])).toEqual(lines);
});

test('an engine is to be refused', () => {
  const engine = { refuses: { because: /little-endian/, why: 'big-endian' } };
  const refused = { ...all[0]!, error: 'found big-endian, expected little-endian' };
  delete refused.hash;
  expect(isGood(result([refused], engine))).toBe(true);
  expect(rowOf(result([refused], engine))).toContain('| refused: big-endian |');
  for (const findings of [all, [], [{ ...refused, error: 'memory access out of bounds' }]]) {
    expect(isGood(result(findings, engine))).toBe(false);
    expect(faultsOf(result(findings, engine))[0]).toContain('expected Network.create to refuse');
  }
});

test('an engine is missing, or fails', () => {
  const missing = { ...result([]), missing: ['firefox-esr', 'xvfb'] };
  expect(isGood(missing)).toBe(false);
  expect(faultsOf(missing)).toEqual(['missing: apt-get install firefox-esr xvfb']);
  expect(rowOf(missing)).toContain('**missing**: `apt-get install firefox-esr xvfb`');
  const failing = { ...result(all), error: 'Error: nothing for 120 s' };
  expect(isGood(failing)).toBe(false);
  expect(faultsOf(failing)).toEqual(['Error: nothing for 120 s']);
});

test('what a process starts ends with it', async () => {
  const lines: string[] = [];
  const child = "require('node:child_process').spawn('sleep', ['60'], { stdio: 'ignore' }).pid";
  const started = start(
    [process.execPath, '-e', `console.log(${child}); setInterval(() => {}, 1000)`],
    { onLine: (line) => lines.push(line) },
  );
  while (lines.length === 0) await sleep(10);
  const pid = Number(lines[0]);
  expect(await isAlive(pid)).toBe(true);
  await started.stop();
  await expect(started.ended).rejects.toThrow('ended with SIGTERM');
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test('what a failing process complains of is told', async () => {
  const { ended, stop } = start([
    process.execPath,
    '-e',
    "console.error('no such thing'); process.exit(3)",
  ]);
  await expect(ended).rejects.toThrow('ended with 3: no such thing');
  await stop();
});

test('silence is told', async () => {
  const watch = new Watch(0.05);
  await expect(watch.silence).rejects.toThrow('nothing for 0.05 s');
  watch.end();
});

test('docs/engines.md has a row for each engine, as it should be', async () => {
  const text = await readFile(new URL('../docs/engines.md', import.meta.url), 'utf8');
  const table = /<!-- engines[\s\S]*end of engines -->/.exec(text)![0].replace(/ +/g, ' ');
  for (const { name, processor, refuses } of ENGINES) {
    const rest = refuses === undefined ? '6 of 6' : `refused: ${refuses.why}`;
    expect(table).toMatch(new RegExp(`\\| ${name} \\| [\\d.]+\\w* \\| ${processor} \\| ${rest}`));
  }
  expect(table).not.toContain('**');
});

/** Whether a process runs; one that has ended and that nobody has waited for does not. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !/^\d+ \(.*\) Z/.test(status);
}
