/** What goes wrong with threads ends with one clear error: nothing hangs, and nothing is left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker as NodeWorker } from 'node:worker_threads';
import { describe, expect, test, vi } from 'vitest';
import { parametersHash } from '../../src/cli/training/parameters-hash.ts';
import { Dataset } from '../../src/data/dataset.ts';
import type { FitOptions } from '../../src/network/fit-options.ts';
import type { BatchReport } from '../../src/network/history.ts';
import { Network } from '../../src/network/network.ts';
import { Pace } from '../../src/network/pace.ts';
import { LAYER, NETWORK, roundUp, WORKSPACE } from '../assembly/records.ts';
import { randomBytes, randomLabels } from '../examples.ts';
import { expectWithin } from '../times.ts';
import { alive, helpersOf, type Seen, teams, workers, workersOf } from './teams.ts';

vi.mock('../../src/threads/team.ts', async (original) =>
  (await import('./teams.ts')).followed(await original()),
);
vi.mock('../../src/base/workers-node.ts', async (original) =>
  (await import('./teams.ts')).counted(await original()),
);

/** How many networks are made one after another. */
const NETWORKS = 200;

const FEATURES = 784;
const LAYERS = [FEATURES, 48, 4];

function examples(length: number): Dataset {
  return Dataset.from({
    inputs: randomBytes(length * FEATURES, 1, 0.3),
    labels: randomLabels(length, 4, 1),
    classes: 4,
  });
}

const dataset = examples(400);
const FIT: FitOptions = { epochs: 3, batchSize: 100, seed: 1 };

/** A network all of whose helpers are there. */
async function create(threads: number): Promise<[Network, Seen]> {
  const network = await Network.create({ layers: LAYERS, threads });
  const team = teams.at(-1)!;
  await helpersOf(team, threads - 1, () => network.evaluate(dataset));
  return [network, team];
}

async function hashAfterFit(network: Network): Promise<string> {
  await network.fit(dataset, FIT);
  return parametersHash(network.parameters());
}

const expected = await hashAfterFit(await Network.create({ layers: LAYERS }));

/** Other networks with threads are made and train as ever. */
async function expectOthersGoOn(): Promise<void> {
  const [network] = await create(3);
  expect(await hashAfterFit(network)).toBe(expected);
  network.dispose();
}

/** The error of a call that must fail. */
async function errorOf(call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  return expect.unreachable('the call must fail');
}

/** Every call fails with the error from now on, but for `dispose`. */
async function expectBroken(network: Network, error: Error): Promise<void> {
  const { inputs, labelsOrTargets } = dataset;
  const calls = [
    () => network.parameters(),
    () => network.save(),
    () => network.predict(inputs),
    () => network.activations(inputs),
    () => network.evaluate(dataset),
    () => network.trainOnBatch(inputs, labelsOrTargets),
    () => network.fit(dataset),
  ];
  for (const call of calls) expect(await errorOf(call), String(call)).toBe(error);
  network.dispose();
  await expectOthersGoOn();
}

const SILENT = 'threads: a thread of the network does not respond';

describe('a helper that ends', () => {
  test('while its network trains, ends the training with an error; another goes on', async () => {
    const [[other], [network, team]] = [await create(2), await create(3)];
    const pace = new Pace();
    const onBatch = ({ epoch, step }: BatchReport) => {
      if (epoch === 2 && step === 3) void workersOf(team)[0]!.terminate();
    };
    const [error, hash] = await Promise.all([
      errorOf(() => network.fit(dataset, { ...FIT, epochs: 1e6, pace, onBatch })),
      hashAfterFit(other),
    ]);
    expect(error.message).toBe(
      'threads: a thread of the network has ended: its worker was terminated',
    );
    expect(hash).toBe(expected);
    await expectBroken(network, error);
    // The pace is free again.
    await other.fit(dataset, { pace });
  });

  test('while its network has nothing to do, is replaced', async () => {
    const [network, team] = await create(3);
    await vi.waitFor(() => expect(team.exports.presentCount(team.network)).toBe(0), 5000);
    await Promise.all(alive().map((worker) => worker.terminate()));
    expect(alive()).toEqual([]);
    await helpersOf(team, 2, () => network.evaluate(dataset));
    expect(await hashAfterFit(network)).toBe(expected);
    network.dispose();
  });

  test('by a trap, ends the training with an error', async () => {
    const [network, team] = await create(2);
    const onBatch = ({ step }: BatchReport) => {
      if (step !== 2) return;
      // The second part has its activations where no memory is.
      const records = roundUp(team.network + NETWORK.bytes + 2 * LAYER.bytes, 64);
      const second = new DataView(team.exports.memory.buffer, records + 128);
      second.setUint32(WORKSPACE.activations!, 3 * 2 ** 30, true);
    };
    const error = await errorOf(() => network.fit(dataset, { ...FIT, onBatch }));
    expect(error.message).toBe(SILENT);
    expect(error.cause).toBeInstanceOf(WebAssembly.RuntimeError);
    // What the helper says comes later, and changes nothing.
    await sleep(50);
    await expectBroken(network, error);
  });

  test('in the middle of its part, is not waited for without end', async () => {
    const [network, team] = await create(2);
    await vi.waitFor(() => expect(team.exports.presentCount(team.network)).toBe(0), 5000);
    // Three tenths of a second instead of five seconds.
    team.exports.setTeam(team.network, 1, 3);
    const records = new DataView(team.exports.memory.buffer);
    const at = records.getUint32(team.network + NETWORK.team!, true);
    const dying = new NodeWorker(TAKES_A_PART, {
      eval: true,
      workerData: { memory: team.exports.memory, phase: at / 4, claim: (at + 128 + 64) / 4 },
    });
    await once(dying, 'message');
    const began = performance.now();
    const error = await errorOf(() => network.fit(dataset, { ...FIT, epochs: 1e6 }));
    expect(error.message).toBe(SILENT);
    expectWithin(1000, performance.now() - began);
    await dying.terminate();
    await expectBroken(network, error);
  });
});

/** What takes the second part of a phase, and ends before it has done anything. */
const TAKES_A_PART = `
  const { parentPort, workerData: { memory, phase, claim } } = require('node:worker_threads');
  const words = new Int32Array(memory.buffer);
  let seen = Atomics.load(words, phase);
  parentPort.postMessage('ready');
  for (;;) {
    const now = Atomics.load(words, phase);
    if (now === seen) continue;
    seen = now;
    if (Atomics.compareExchange(words, claim, 2 * now, 2 * now + 1) === 2 * now) break;
  }`;

describe('leaves its helpers to others:', () => {
  test('a network that is disposed of while it trains', async () => {
    const [network, team] = await create(3);
    const onBatch = ({ epoch }: BatchReport) => {
      if (epoch === 2) network.dispose();
    };
    const error = await errorOf(() => network.fit(dataset, { ...FIT, epochs: 1e6, onBatch }));
    expect(error.message).toBe('fit: the network was disposed of while it trained');
    await vi.waitFor(() => expect(team.exports.presentCount(team.network)).toBe(0), 5000);
    const before = workers.size;
    await expectOthersGoOn();
    expect(workers.size).toBe(before);
  });

  test('a callback that throws', async () => {
    const [network] = await create(3);
    const thrown = new Error('of the callback');
    const initial = network.parameters();
    const onBatch = () => {
      throw thrown;
    };
    expect(await errorOf(() => network.fit(dataset, { ...FIT, onBatch }))).toBe(thrown);
    network.setParameters(initial);
    expect(await hashAfterFit(network)).toBe(expected);
    network.dispose();
    await expectOthersGoOn();
  });

  test('a network that is dropped, whose memory is collected', async () => {
    const memory = await (async () => {
      const [network, team] = await create(3);
      await network.fit(dataset, FIT);
      return new WeakRef(team.exports.memory);
    })();
    forget();
    await vi.waitFor(() => {
      collect();
      // Not an assertion about the memory itself, which its error would keep.
      expect(memory.deref() === undefined).toBe(true);
    }, 10_000);
  });
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Forgets what the tests have noted of networks. */
function forget(): void {
  teams.length = 0;
  for (const worker of workers.keys()) workers.set(worker, undefined);
}

test.each([true, false])(
  `${NETWORKS} networks take no more memory than a few, and no more helpers; disposed of: %s`,
  async (disposes) => {
    const images = examples(6000);
    collect();
    const start = process.memoryUsage.rss() / 2 ** 20;
    const megabytes: number[] = [];
    let most = 0;
    for (let i = 0; i < NETWORKS; i++) {
      const network = await Network.create({ layers: LAYERS, threads: 3 });
      await network.fit(images, { epochs: 1, batchSize: 128 });
      if (disposes) network.dispose();
      forget();
      most = Math.max(most, alive().length);
      if ((i + 1) % 20 > 0) continue;
      collect();
      await sleep(20);
      megabytes.push(process.memoryUsage.rss() / 2 ** 20);
    }
    // Each has some 6 MB: without end, they would come to more than 1,000.
    expect(Math.max(...megabytes) - start).toBeLessThan(400);
    if (disposes) expect(most).toBeLessThanOrEqual(8);
  },
);

describe('a process', () => {
  const root = new URL('../..', import.meta.url);
  /** Trains with threads, and tells about each epoch. */
  const start = (epochs: number) => {
    const script = `
      import { loadDigits, Network } from 'relumax';
      const network = await Network.create({ layers: [784, 32, 10], threads: 3 });
      const onEpoch = ({ epoch }) => console.log('epoch', epoch);
      await network.fit(await loadDigits(), { epochs: ${epochs}, batchSize: 128, onEpoch });`;
    return spawn(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  };
  const ended = async (child: ChildProcess) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    const [code, signal] = await once(child, 'exit');
    clearTimeout(timer);
    return { code, signal };
  };

  test('that has trained with threads ends by itself', async () => {
    expect(await ended(start(3))).toEqual({ code: 0, signal: null });
  });

  // Windows has no signals.
  const SIGNALS = process.platform === 'win32' ? [] : (['SIGINT', 'SIGTERM'] as const);
  test.each(SIGNALS)('ends at %s while it trains', async (signal) => {
    const child = start(1e6);
    await once(child.stdout!, 'data');
    child.kill(signal);
    expect(await ended(child)).toEqual({ code: null, signal });
  });
});

test('networks that train at the same time give what each gives alone', async () => {
  const made: Network[] = [];
  for (const threads of [2, 3, 3, 5]) made.push((await create(threads))[0]);
  const hashes = await Promise.all(made.map(hashAfterFit));
  expect(hashes).toEqual(made.map(() => expected));
  for (const network of made) network.dispose();
});

test('more threads than there are cores finish', async () => {
  for (const threads of [8, 24]) {
    const network = await Network.create({ layers: LAYERS, threads });
    expect(await hashAfterFit(network)).toBe(expected);
    network.dispose();
  }
});

test('making a network lets the process hear what helpers have to say', async () => {
  let heard = false;
  setImmediate(() => {
    heard = true;
  });
  const network = await Network.create({ layers: [784, 10], threads: 2 });
  network.dispose();
  expect(heard).toBe(true);
});
