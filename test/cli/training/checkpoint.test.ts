import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from '../../../src/network/checkpoint-file.ts';
import { hashIn, run, start } from '../command.ts';
import { irisLike } from '../iris-like.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-checkpoint-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const TRAIN = [
  ...['train', '-l', '784-16-10', '--optimizer', 'adam', '-b', '100', '--print-hash'],
  ...['--dropout', '0.2', '--shift', '2', '--rotate', '10', '--scale', '0.1'],
];

describe('--checkpoint and --resume', () => {
  it('fifty kills at any moment lose nothing, and the end is as without them', async () => {
    const asked = [...TRAIN, '-e', '60', '--schedule', 'cosine'];
    const { stdout } = await run(asked, { cwd });
    const kept = ['--checkpoint', 'c.safetensors', '--every', '7'];
    let kills = 0;
    let updates = 0;
    while (kills < 50) {
      const resume = updates > 0 ? ['--resume', 'c.safetensors'] : [];
      const child = start([...(updates > 0 ? ['train'] : asked), ...kept, ...resume, '--json'], {
        cwd,
      });
      const exit = once(child, 'exit');
      await Promise.race([once(child.stdout!, 'data'), exit]);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 350));
      child.kill('SIGKILL');
      await exit;
      kills++;
      const file = await readFile(join(cwd, 'c.safetensors')).catch(() => undefined);
      if (file === undefined) continue;
      const { progress } = decodeCheckpoint(file).checkpoint;
      const now = (progress.epoch - 1) * 80 + progress.step;
      expect(now % 7).toBe(0);
      expect(now).toBeGreaterThanOrEqual(updates);
      updates = now;
    }
    console.log(`${kills} kills, ${updates} of 4,800 updates made by then`);
    expect(updates).toBeGreaterThan(0);
    const rest = await run(['train', '--resume', 'c.safetensors', '--print-hash'], { cwd });
    expect([rest.code, rest.stderr]).toEqual([0, '']);
    expect(hashIn(rest.stdout)).toBe(hashIn(stdout));
  }, 240_000);

  it('keeps what Ctrl-C ends, and resumes from there', async () => {
    const whole = await run([...TRAIN, '-e', '40'], { cwd });
    const child = start([...TRAIN, '-e', '40', '--checkpoint', 'c.safetensors', '--json'], { cwd });
    await once(child.stdout!, 'data');
    child.kill('SIGINT');
    await once(child, 'exit');
    const rest = await run(['train', '--resume', 'c.safetensors', '--print-hash'], { cwd });
    expect(rest.code).toBe(0);
    expect(hashIn(rest.stdout)).toBe(hashIn(whole.stdout));
    // What was being written when it ended is not left behind.
    expect(await readdir(cwd)).toEqual(['c.safetensors']);
  });

  it('resumes with another number of threads', async () => {
    const asked = [...TRAIN, '-e', '6'];
    const whole = await run([...asked, '--threads', '1'], { cwd });
    const kept = ['--checkpoint', 'c.safetensors', '--threads', '2', '--json'];
    const child = start([...asked, ...kept], { cwd });
    await once(child.stdout!, 'data');
    child.kill('SIGINT');
    await once(child, 'exit');
    const { metadata } = decodeCheckpoint(await readFile(join(cwd, 'c.safetensors')));
    expect(JSON.stringify(metadata)).not.toContain('threads');
    const resume = ['train', '--resume', 'c.safetensors', '--threads', '5', '--print-hash'];
    const rest = await run(resume, { cwd });
    expect([rest.code, rest.stderr]).toEqual([0, '']);
    expect(hashIn(rest.stdout)).toBe(hashIn(whole.stdout));
  });

  it('is a model too', async () => {
    await run([...TRAIN, '-e', '3', '--checkpoint', 'c.safetensors'], { cwd });
    const { code, stdout } = await run(['evaluate', 'c.safetensors', '--json'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).test.accuracy).toBeGreaterThan(0.7);
  });

  it('names what differs, and what is no checkpoint', async () => {
    await run([...TRAIN, '-e', '3', '--checkpoint', 'c.safetensors', '-o', 'm.safetensors'], {
      cwd,
    });
    const rows = irisLike(1).map((row) => row.join());
    await writeFile(join(cwd, 't.csv'), rows.join('\n'));
    await run(['train', '-d', 't.csv', '--checkpoint', 't.safetensors'], { cwd });
    await writeFile(
      join(cwd, 'cut.safetensors'),
      (await readFile(join(cwd, 'c.safetensors'))).subarray(0, 999),
    );
    const { checkpoint } = decodeCheckpoint(await readFile(join(cwd, 'c.safetensors')));
    checkpoint.settings.schedule = 'function';
    await writeFile(join(cwd, 'f.safetensors'), encodeCheckpoint(checkpoint));
    for (const [options, code, message] of [
      [
        ['--resume', 'c.safetensors', '-b', '50'],
        2,
        '--batch: found 50, expected 100, as in c.safetensors',
      ],
      [['--resume', 'm.safetensors'], 1, 'm.safetensors: model file: found no "checkpoint"'],
      [
        ['--resume', 'f.safetensors'],
        1,
        'f.safetensors: settings.schedule: found a function, expected constant, cosine or step',
      ],
      [['--resume', 'cut.safetensors'], 1, 'cut.safetensors: '],
      [['--resume', 'none.safetensors'], 1, 'none.safetensors: '],
      [
        ['--resume', 't.safetensors'],
        2,
        '--resume t.safetensors: was trained on a table, expected --data with the same',
      ],
      [['--every', '5'], 2, '--every is for --checkpoint'],
      [['--checkpoint', '.'], 1, '--checkpoint .: is a folder'],
      [['--checkpoint', 'c', '--every', '0'], 2, 'Expected a whole number from 1'],
    ] as const) {
      const outcome = await run(['train', ...options], { cwd });
      expect([outcome.code, outcome.stdout]).toEqual([code, '']);
      expect(outcome.stderr).toContain(message);
    }
  });
});
