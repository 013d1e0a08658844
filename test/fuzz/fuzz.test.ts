/** Short runs of `npm run fuzz` and `npm run test:kills`, and whether faults are found at all. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { events, type Outcome, outcome } from '../cli/command.ts';
import { Dice } from './dice.ts';
import { filesTarget } from './files.ts';
import { mutated } from './mutations.ts';
import { checkClear } from './target.ts';

const ROOT = join(import.meta.dirname, '../..');

function run(script: string, ...args: string[]): Promise<Outcome> {
  const bundled = [join(ROOT, 'scripts/bundled.js'), `test/fuzz/${script}.ts`, ...args];
  return outcome(spawn(process.execPath, bundled));
}

/** What failed, one a line. */
const failuresOf = ({ stdout, stderr }: Outcome) => [
  ...events(stdout).flatMap(({ event, reason, again, name }) =>
    event === 'failure' || reason ? [`${name ?? again}: ${reason}`] : [],
  ),
  ...stderr.split('\n').filter((line) => line !== ''),
];

describe.sequential('npm run fuzz', () => {
  const random = Math.floor(Math.random() * 2 ** 21);
  it.each([1, random])('finds nothing with the seed %i', { timeout: 240_000 }, async (seed) => {
    const ended = await run('main', '--seconds', '4', '--seed', `${seed}`, '--no-keep', '--json');
    expect(failuresOf(ended)).toEqual([]);
    expect(ended.code).toBe(0);
    const tried = events(ended.stdout).flatMap(({ event, name }) =>
      event === 'seed' ? [name] : [],
    );
    const seeds = readdirSync(join(import.meta.dirname, 'seeds'));
    expect(tried.sort()).toEqual(seeds.filter((name) => name.endsWith('.json')).sort());
    const rows = events(ended.stdout).filter(({ event }) => event === 'target');
    const unused = rows.filter(({ inputs }) => inputs === 0).map(({ target }) => target);
    expect(unused).toEqual([]);
  });

  it('finds each kind of fault', { timeout: 120_000 }, async () => {
    const ended = await run(
      'main',
      '--only',
      'faults',
      '--count',
      '8',
      '--seed',
      '1',
      '--no-keep',
      '--json',
    );
    expect(ended.code).toBe(1);
    const failures = failuresOf(ended).map((line) => line.replace(/^.*--input \d+: /, ''));
    for (const kind of [
      /^gives another value$/,
      /^takes more than 5 s$/,
      /^ends the process \(exit code 3\)/,
      /^ends the process \(exit code 1\): .*nobody waits for it/,
      /^takes \d+ ms, expected at most 300$/,
      /^takes \d+ MB, expected at most 100$/,
      /^ends the process \(SIGABRT\): .*heap out of memory/,
    ]) {
      expect(
        failures.filter((reason) => kind.test(reason)),
        `${kind}`,
      ).toHaveLength(1);
    }
    expect(failures).toHaveLength(7);
  });

  it('says which options there are', async () => {
    const { code, stderr } = await run('main', '--only', 'nothing');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^fuzz: --only: found nothing, expected one of safetensors, /);
  });
});

describe('npm run test:kills', () => {
  it('loses nothing in five runs', { timeout: 240_000 }, async () => {
    const { code, stdout, stderr } = await run('kills', '--runs', '5');
    expect([code, stderr], stdout).toEqual([0, '']);
    expect(stdout).toMatch(/^5 of 5 runs killed/m);
    if (stdout.includes('SKIPPED')) console.warn(stdout);
  });
});

describe('a fault is found', () => {
  const text = (bytes: Buffer | undefined) => bytes!.toString('latin1');
  const targetOf = (read: (text: string) => string) =>
    filesTarget({
      name: 'test',
      make: () => ({ files: { a: Buffer.from('number 1') }, valid: true }),
      read: ({ a }) => read(text(a)),
      expected: ({ a }) => {
        if (!/^number \d$/.test(text(a))) throw new Error('no number');
        return text(a);
      },
    });
  const file = (text: string, valid?: boolean) => ({ files: { a: { text } }, valid });
  const strict = (text: string) => {
    if (/^number \d$/.test(text)) return text;
    throw new RangeError('a: found other text, expected a number');
  };

  it('but none where there is none', async () => {
    const target = targetOf(strict);
    expect(await target.check(file('number 7', true))).toBe('accepted');
    expect(await target.check(file('number x'))).toBe('refused');
    expect(await target.check(file('number x', false))).toBe('refused');
  });

  it.each([
    ['accepts what is damaged', (text: string) => text, file('number x')],
    ['accepts what is damaged', strict, file('number 7', false)],
    ['refuses what is valid', strict, file('number x', true)],
    ["found … 'number 8'", () => 'number 8', file('number 7')],
    ['an internal error', () => (undefined as unknown as string).trim(), file('number 7')],
    ['an internal error', () => String(Array(-1)), file('number 7')],
  ])('%s', async (message, read, input) => {
    await expect(targetOf(read).check(input)).rejects.toThrow(message);
  });

  it.each([
    ['Maximum call stack size exceeded'],
    ['file: Invalid array length'],
    ['damaged: The value of "offset" is out of range. It must be >= 0 and <= 3. Received 4'],
    ['two\nlines'],
    [''],
  ])('in the error %j', (message) => {
    expect(() => checkClear(new Error(message))).toThrow();
  });

  it('and again with the same seed', () => {
    const damaged = (index: number) => {
      const dice = new Dice(1, 'test', index);
      return mutated(dice.bytes(100), dice, dice.bytes(100));
    };
    expect(damaged(1)).toEqual(damaged(1));
    const all = new Set(Array.from({ length: 100 }, (_, i) => damaged(i).toString('hex')));
    expect(all.size).toBe(100);
  });
});
