import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parametersHash } from '../../../src/cli/training/parameters-hash.ts';
import { Dataset, loadDigits, Network } from '../../../src/index.ts';
import { events, hashIn, outcome, run, start } from '../command.ts';
import { writeIdxFolder } from '../idx-folder.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-train-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const load = async (file: string) => Network.load(await readFile(join(cwd, file)));

describe('piped', () => {
  it('prints a plain line an epoch, then the held-out result, and writes nothing', async () => {
    const { code, stdout, stderr } = await run(['train', '-e', '2'], {
      cwd,
      env: { FORCE_COLOR: '1', CI: '1' },
    });
    expect([code, stderr]).toEqual([0, '']);
    const figures = String.raw`loss \d\.\d{4} accuracy \d+\.\d\d %`;
    expect(stdout).toMatch(
      new RegExp(
        `^${[1, 2].map((i) => `epoch ${i}/2: ${figures}, held out: ${figures}, .* images/s\n`).join('')}` +
          String.raw`trained: 16,000 images in .*\nheld out: \d+\.\d\d % of 2,000 images.*\n` +
          String.raw`(class \d: recall \d+\.\d\d %, precision \d+\.\d\d %, \d+ images\n){10}$`,
      ),
    );
    expect(await readdir(cwd)).toEqual([]);
  });

  it('reaches 90 % on held-out digits by default', async () => {
    const { stdout } = await run(['train', '--json'], { cwd });
    const result = events(stdout).at(-1) as { test: { accuracy: number } };
    expect(result.test.accuracy).toBeGreaterThanOrEqual(0.9);
  });
});

describe('--json', () => {
  it('prints the start, each epoch and the result as one object a line', async () => {
    const { code, stdout, stderr } = await run(
      ['train', '-l', '784-7-10', '-e', '2', '-b', 'full', '-r', '0.5', '-s', '9', '--json'],
      { cwd },
    );
    expect([code, stderr]).toEqual([0, '']);
    const [first, ...rest] = events(stdout);
    expect(first).toEqual({
      event: 'start',
      data: 'digits',
      examples: 8000,
      heldOut: 2000,
      layers: [784, 7, 10],
      hidden: 'relu',
      output: 'softmax',
      epochs: 2,
      batch: 'full',
      optimizer: 'sgd',
      learningRate: 0.5,
      seed: 9,
      threads: availableParallelism(),
    });
    const figures = { loss: expect.any(Number), accuracy: expect.any(Number) };
    const epoch = { ...figures, examples: 8000, seconds: expect.any(Number), validation: figures };
    expect(rest).toEqual([
      { event: 'epoch', epoch: 1, ...epoch },
      { event: 'epoch', epoch: 2, ...epoch },
      {
        event: 'result',
        test: figures,
        baseline: figures,
        isBetterThanBaseline: expect.any(Boolean),
        confusion: Array(10).fill(Array(10).fill(expect.any(Number))),
        precision: Array(10).fill(expect.any(Number)),
        recall: Array(10).fill(expect.any(Number)),
        seconds: expect.any(Number),
        examplesPerSecond: expect.any(Number),
        deadUnits: [expect.any(Number)],
      },
    ]);
    const [one, two, result] = rest as [{ seconds: number }, { seconds: number }, TrainResult];
    expect(result.seconds).toBeCloseTo(one.seconds + two.seconds, 9);
    expect(result.examplesPerSecond).toBeCloseTo(16_000 / result.seconds, 3);
  });
});

describe('--threads', () => {
  it('changes how many there are, and nothing else', async () => {
    const ofEach = async (threads: string) => {
      const args = ['train', '-l', '784-128-10', '-e', '2', '--print-hash', '--json'];
      const { code, stdout, stderr } = await run([...args, '--threads', threads, '-o', 'm.st'], {
        cwd,
      });
      expect([code, stderr]).toEqual([0, '']);
      const [first, ...rest] = events(stdout).map(
        ({ seconds, examplesPerSecond, ...event }) => event,
      );
      return { first, rest, file: await readFile(join(cwd, 'm.st')) };
    };
    const one = await ofEach('1');
    expect(one.first!.threads).toBe(1);
    for (const threads of [2, 3]) {
      const several = await ofEach(String(threads));
      expect(several).toEqual({ ...one, first: { ...one.first, threads } });
    }
  });

  it.each(['0', '65', '1.5', 'all'])('refuses %s', async (threads) => {
    const { code, stdout, stderr } = await run(['train', '--threads', threads], { cwd });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(
      `argument '${threads}' is invalid. Expected a whole number from 1 to 64, or auto.`,
    );
  });
});

describe('optimizers', () => {
  it('train, and the hash that is printed is that of the parameters that are saved', async () => {
    const { code, stdout } = await run(
      [
        'train',
        '-e',
        '30',
        '--optimizer',
        'adamw',
        '--schedule',
        'step:5:0.5',
        '--clip-norm',
        '1',
      ].concat([
        '--warmup',
        '50',
        '--patience',
        '2',
        '-r',
        '0.02',
        '--print-hash',
        '-o',
        'a.safetensors',
      ]),
      { cwd },
    );
    expect(code).toBe(0);
    const kept = Number(/^kept: the parameters of epoch (\d+)$/m.exec(stdout)![1]);
    expect(kept).toBeLessThanOrEqual(28);
    expect(stdout).toContain(`epoch ${String(kept + 2).padStart(2)}/30`);
    expect(stdout).not.toContain(`epoch ${String(kept + 3).padStart(2)}/30`);
    const hash = hashIn(stdout);
    expect(parametersHash((await load('a.safetensors')).parameters())).toBe(hash);
  });

  it.each([
    [['--optimizer', 'lion'], 'lion'],
    [['--momentum', '0.5'], '--momentum is for momentum, nesterov, rmsprop, not for sgd'],
    [['--schedule', 'step:5'], 'Expected constant, cosine, or step:EPOCHS:FACTOR.'],
    [['--schedule', 'step:0:2'], 'Expected a whole number from 1'],
    [['--warmup', '-1'], 'Expected a whole number from 0'],
    [['--patience', '0'], 'Expected a whole number from 1'],
  ])('%j is a wrong use', async (options, message) => {
    const { code, stdout, stderr } = await run(['train', ...options], { cwd });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});

interface TrainResult {
  test: { loss: number; accuracy: number };
  seconds: number;
  examplesPerSecond: number;
  saved?: string;
  interrupted?: string;
}

describe('on a terminal', () => {
  const args = ['train', '-e', '2', '--save', 'm.safetensors'];

  it('draws a bar and removes it, then shows the results', async () => {
    const { code, stdout } = await run([...args, '--threads', '3'], { cwd, terminal: 100 });
    expect(code).toBe(0);
    expect(stdout).toMatch(/epoch 1\/2 {2}.*[━─]{10}/);
    // Cursor and line wrapping are given back.
    expect(stdout.lastIndexOf('\x1b[?25h')).toBeGreaterThan(stdout.lastIndexOf('\x1b[?25l'));
    expect(stdout.lastIndexOf('\x1b[?7h')).toBeGreaterThan(stdout.lastIndexOf('\x1b[?7l'));
    const text = stripVTControlCharacters(stdout);
    expect(text).toMatch(/settings {3}2 epochs, .*, seed 1, 3 threads\n/);
    expect(text).toMatch(/held out {3}\d+\.\d\d % of 2,000 classified correctly/);
    expect(text).toContain('predicted');
    expect(text).toContain('loss  ─ training  ─ held out');
    expect(text).toMatch(/saved {6}m\.safetensors/);
  });

  it.each([
    [['--no-color'], {}],
    [[], { NO_COLOR: '1' }],
  ])('prints no colours with %j %j', async (option, env) => {
    const { stdout } = await run([...args, ...option], { cwd, terminal: 80, env });
    expect(stdout).toContain('predicted');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
    expect(stdout).not.toMatch(/\x1b\[[\d;]*m/);
  });

  it('prints plain lines where the terminal can do no more', async () => {
    const { stdout } = await run(args, { cwd, terminal: 80, env: { TERM: 'dumb' } });
    expect(stdout).toMatch(/^epoch 1\/2: /);
    expect(stdout).not.toContain('\x1b');
  });
});

describe('--save', () => {
  it('writes what evaluate judges the same, and the same bytes each time', async () => {
    const train = (file: string) => run(['train', '-e', '1', '--json', '-o', file], { cwd });
    const [one] = [await train('one.st'), await train('two.st')];
    const { test, saved } = events(one.stdout).at(-1) as unknown as TrainResult;
    expect(saved).toBe('one.st');
    const bytes = await Promise.all(['one.st', 'two.st'].map((name) => readFile(join(cwd, name))));
    expect(bytes[0]!.equals(bytes[1]!)).toBe(true);
    expect((await load('one.st')).metadata).toMatchObject({
      data: 'digits',
      'test-split': '0.2',
      seed: '1',
      epochs: '1',
      batch: '64',
      'learning-rate': '0.1',
    });
    const { stdout } = await run(['evaluate', 'one.st', '--json'], { cwd });
    expect(events(stdout)[0]).toMatchObject({
      part: 'held out',
      test: { ...test, examples: 2000 },
    });
    expect(await readdir(cwd)).toEqual(['one.st', 'two.st']);
  });

  it('replaces a file, also through a link', async () => {
    await writeFile(join(cwd, 'model.st'), 'old');
    await symlink('model.st', join(cwd, 'link.st'));
    expect((await run(['train', '-e', '1', '--save', 'link.st'], { cwd })).code).toBe(0);
    expect((await load('model.st')).layers).toEqual([784, 10, 10]);
    expect(await readdir(cwd)).toEqual(['link.st', 'model.st']);
  });

  it('keeps the old file and writes nothing where the training diverges', async () => {
    await writeFile(join(cwd, 'model.st'), 'old');
    const { code, stderr } = await run(['train', '-r', '1e30', '--save', 'model.st'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^relumax: .*epoch 1, step \d+.*learning rate.*; nothing was written\n$/,
    );
    expect(await readFile(join(cwd, 'model.st'), 'utf8')).toBe('old');
    expect(await readdir(cwd)).toEqual(['model.st']);
  });

  it('says so if the loss stays finite but does not fall', async () => {
    const { code, stderr } = await run(['train', '-r', '10', '-e', '2'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^relumax: the network is no better than a constant prediction: .* class frequencies is 2\.\d+; try .*smaller than 10\n$/,
    );
    expect((await run(['train', '-e', '2'], { cwd })).stderr).toBe('');
  });

  it('fails and keeps the old file where the loss stays finite but becomes absurd', async () => {
    await writeFile(join(cwd, 'model.st'), 'old');
    const args = ['train', '-r', '1000', '-e', '2', '--save', 'model.st', '--json'];
    const { code, stdout, stderr } = await run(args, { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^relumax: the training failed: .* before the training; try a learning rate smaller than 1000; the model was not saved\n$/,
    );
    const result = events(stdout).at(-1);
    expect(result).toMatchObject({ event: 'result', isBetterThanBaseline: false });
    expect(result).not.toHaveProperty('saved');
    expect(await readFile(join(cwd, 'model.st'), 'utf8')).toBe('old');
  });

  it.each([
    ['none/model.st', 'folder none: no such file or directory'],
    ['folder', 'is a folder'],
    ['new/', 'is a folder'],
    ['/dev/null', 'is not a regular file'],
    ['file/model.st', 'not a directory'],
  ])('turns %s down before the training', async (target, why) => {
    await mkdir(join(cwd, 'folder'));
    await writeFile(join(cwd, 'file'), '');
    const { code, stdout, stderr } = await run(['train', '--save', target], { cwd });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^relumax: --save .*\n$/);
    expect(stderr).toContain(why);
  });
});

describe('--data', () => {
  it('learns from the training files and holds the test files out', async () => {
    await writeIdxFolder(join(cwd, 'idx'), await loadDigits(), { train: 300, test: 100 });
    const { code, stdout } = await run(
      ['train', '--data', 'idx', '-e', '2', '-o', 'm.st', '--json'],
      { cwd },
    );
    expect(code).toBe(0);
    const [first, ...rest] = events(stdout);
    expect(first).toMatchObject({ data: 'idx', folder: 'idx', examples: 300, heldOut: 100 });
    expect((await load('m.st')).metadata).toMatchObject({ data: 'idx' });
    const { stdout: judged } = await run(['evaluate', 'm.st', '--data', 'idx', '--json'], { cwd });
    const { test } = rest.at(-1) as unknown as TrainResult;
    expect(events(judged)[0]).toMatchObject({ part: 'test', test: { ...test, examples: 100 } });
    const { stdout: onDigits } = await run(['evaluate', 'm.st', '--json'], { cwd });
    expect(events(onDigits)[0]).toMatchObject({ part: 'all', test: { examples: 10_000 } });
  });

  it('leaves the test files alone where --test-split is given', async () => {
    await writeIdxFolder(join(cwd, 'idx'), await loadDigits(), { train: 300, test: 100 });
    const { stdout } = await run(['train', '-d', 'idx', '-t', '0.1', '-e', '1', '--json'], { cwd });
    expect(events(stdout)[0]).toMatchObject({ examples: 270, heldOut: 30 });
  });

  it('needs no test files where a part of the training files is held out', async () => {
    await writeIdxFolder(join(cwd, 'idx'), await loadDigits(), { train: 300, test: 100 });
    for (const kind of ['images-idx3', 'labels-idx1']) {
      await rm(join(cwd, `idx/t10k-${kind}-ubyte`));
    }
    const { code, stderr } = await run(['train', '-d', 'idx', '-e', '1'], { cwd });
    expect([code, stderr]).toEqual([
      1,
      'relumax: idx: found only training files, expected t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, or --test-split\n',
    ]);
    const args = ['train', '-d', 'idx', '-t', '0.2', '-e', '2', '--json', '-o', 'm.st'];
    const { stdout } = await run(args, { cwd });
    expect(events(stdout)[0]).toMatchObject({ examples: 240, heldOut: 60 });
    const { test } = events(stdout).at(-1) as unknown as TrainResult;
    const { stdout: judged } = await run(['evaluate', 'm.st', '-d', 'idx', '--json'], { cwd });
    expect(events(judged)[0]).toMatchObject({ part: 'held out', test });
  });

  it('names a class that only the test files have', async () => {
    const { inputs, labels } = await loadDigits();
    const changed = Dataset.from({
      inputs,
      labels: labels.map((label, i) => (i === 350 ? 10 : label)),
      classes: 11,
    });
    await writeIdxFolder(join(cwd, 'idx'), changed, { train: 300, test: 100 });
    const { code, stderr } = await run(['train', '-d', 'idx', '-e', '1'], { cwd });
    expect([code, stderr]).toEqual([
      1,
      'relumax: idx: found class 10 only in the test examples, expected examples of each class to train on\n',
    ]);
    expect((await run(['train', '-d', 'idx', '-e', '1', '-t', '0.2'], { cwd })).code).toBe(0);
  });

  it('names what is missing', async () => {
    for (const [folder, why] of [
      ['none', 'none: no such file or directory\n'],
      ['a/mnist', 'a/mnist: no such file or directory; relumax data download mnist gets it\n'],
      ['.', 'train-images-idx3-ubyte'],
    ]) {
      const { code, stderr } = await run(['train', '--data', folder!], { cwd });
      expect(code).toBe(1);
      expect(stderr).toMatch(/^relumax: .*\n$/);
      expect(stderr).toContain(why);
    }
  });
});

describe('interrupted', () => {
  const long = ['train', '-e', '1000000', '-o', 'm.st', '--json'];
  // The same arithmetic takes as long on any number of cores: signals must come before a batch ends.
  const oneBatch = (layers: string) => [...long, '-l', layers, '-b', 'full', '--threads', '1'];
  /** Calls back after an epoch: before its first update a training has nothing to save. */
  const onceTrained = (child: ChildProcess, callback: () => void) => {
    const listen = (lines: Buffer) => {
      if (!lines.includes('"event":"epoch"')) return;
      child.stdout!.off('data', listen);
      callback();
    };
    child.stdout!.on('data', listen);
  };

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('by %s, reports and saves the network as it is', async (signal, exitCode) => {
    const child = start(long, { cwd });
    onceTrained(child, () => child.kill(signal));
    const { code, stdout, stderr } = await outcome(child);
    expect([code, stderr]).toEqual([exitCode, '']);
    const result = events(stdout).at(-1) as unknown as TrainResult;
    expect(result).toMatchObject({ event: 'result', interrupted: signal, saved: 'm.st' });
    expect((await load('m.st')).metadata).toMatchObject({ interrupted: signal });
    const { stdout: judged } = await run(['evaluate', 'm.st', '--json'], { cwd });
    expect(events(judged)[0]).toMatchObject({ part: 'held out', test: result.test });
    expect(await readdir(cwd)).toEqual(['m.st']);
  });

  it('by one Ctrl-C that npm passes on as well, reports and saves all the same', async () => {
    // A batch takes some 200 ms, so that both signals arrive before the command ends.
    const child = start(oneBatch('784-512-10'), { cwd });
    onceTrained(child, () => {
      child.kill('SIGINT');
      setTimeout(() => child.kill('SIGINT'), 20);
    });
    const { code, stdout } = await outcome(child);
    expect(code).toBe(130);
    expect(events(stdout).at(-1)).toMatchObject({ event: 'result', saved: 'm.st' });
  });

  it('by a second Ctrl-C, ends at once', async () => {
    // One batch takes seconds, so the first Ctrl-C alone would have to wait.
    const child = start(oneBatch('784-12288-10'), { cwd });
    child.stdout!.once('data', async () => {
      for (let i = 0; i < 2; i++) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        child.kill('SIGINT');
      }
    });
    const { code, stdout } = await outcome(child);
    expect(code).toBe(130);
    expect(events(stdout)).toHaveLength(1);
    expect(await readdir(cwd)).toEqual([]);
  });

  it('by SIGHUP again and again, saves all the same', async () => {
    // One batch takes more than a second, and so all signals come before its end.
    const child = start(oneBatch('784-8192-10'), { cwd });
    onceTrained(child, async () => {
      for (let i = 0; i < 3; i++) {
        child.kill('SIGHUP');
        await new Promise((resolve) => setTimeout(resolve, 450));
      }
    });
    const { code, stdout } = await outcome(child);
    expect(code).toBe(129);
    expect(events(stdout).at(-1)).toMatchObject({ interrupted: 'SIGHUP', saved: 'm.st' });
  });

  it('by Ctrl-C that the reader of the output gets as well, has the exit code of Ctrl-C', async () => {
    const child = start(long, { cwd });
    const ended = once(child, 'exit');
    onceTrained(child, () => {
      child.stdout!.destroy();
      setTimeout(() => child.kill('SIGINT'), 1);
    });
    expect(await ended).toEqual([130, null]);
    expect((await load('m.st')).layers).toEqual([784, 10, 10]);
  });

  it('by a reader that leaves, saves and says of what it is the model', async () => {
    const child = start(long, { cwd });
    const ended = once(child, 'exit');
    let complaint = '';
    child.stderr!.on('data', (chunk) => {
      complaint += chunk;
    });
    child.stdout!.once('data', () => child.stdout!.destroy());
    expect(await ended).toEqual([141, null]);
    expect(complaint).toMatch(
      /^relumax: output closed in epoch \d+ of 1000000; m\.st: as it was then\n$/,
    );
    const { layers, metadata } = await load('m.st');
    expect([layers, metadata.interrupted]).toEqual([[784, 10, 10], 'output closed']);
  });

  it('by a reader that leaves, says nothing where nothing was to be kept', async () => {
    const child = start(['train', '-e', '1000000'], { cwd });
    const complaint = text(child.stderr!);
    const ended = once(child, 'exit');
    child.stdout!.once('data', () => child.stdout!.destroy());
    expect([await ended, await complaint]).toEqual([[141, null], '']);
  });
});
