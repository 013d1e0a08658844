/** What fails in a worker, or ends it, is told to those whose calls it was, and to nobody else. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { MessageChannel, Worker as NodeWorker } from 'node:worker_threads';
import { Network as LocalNetwork } from 'relumax';
import { Dataset, type Inputs, Network, type Output, Pace, startWorker } from 'relumax/worker';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkedNetwork } from '../../src/network/network-options.ts';
import { PROTOCOL } from '../../src/worker/messages.ts';
import { serve } from '../../src/worker/thread.ts';

const FEATURES = 2;
const LENGTH = 4;

const withLabels = () =>
  Dataset.from({
    inputs: new Float32Array(LENGTH * FEATURES),
    labels: new Uint8Array(LENGTH),
    classes: 2,
  });

const withTargets = () =>
  Dataset.from({
    inputs: new Float64Array(LENGTH * FEATURES),
    targets: new Float64Array(LENGTH * 2),
    outputs: 2,
  });

/** What somebody may write into the arrays of a dataset after it was made. */
const DAMAGES: [string, () => Dataset, string][] = [
  ['NaN in inputs', () => damaged(withLabels(), 'inputs', Number.NaN), 'inputs[3]: found NaN'],
  ['an infinity', () => damaged(withLabels(), 'inputs', -Infinity), 'inputs[3]: found -Infinity'],
  ['a label too large', () => damaged(withLabels(), 'labels', 2), 'labels[3]: found 2'],
  ['NaN in targets', () => damaged(withTargets(), 'targets', Number.NaN), 'targets[3]: found NaN'],
];

function damaged(dataset: Dataset, name: 'inputs' | 'labels' | 'targets', value: number): Dataset {
  dataset[name]![3] = value;
  return dataset;
}

const outputFor = ({ targets }: Dataset): Output => (targets ? 'linear' : 'softmax');

describe.each(DAMAGES)('%s, written into a dataset after it was made', (_, make, message) => {
  test('fails in the calls that use it, and changes nothing', async () => {
    const network = await LocalNetwork.create({
      layers: [FEATURES, 3, 2],
      output: outputFor(make()),
    });
    const before = network.parameters();
    await expect(network.fit(make())).rejects.toThrow(message);
    await expect(network.fit(make(), { batchSize: Infinity })).rejects.toThrow(message);
    expect(() => network.evaluate(make())).toThrow(message);
    expect(() => make().split({ test: 0.5, seed: 1 })).toThrow(/\[\d\]: found /);
    expect(network.parameters()).toEqual(before);
  });

  test('fails in those of a worker alone, and all that is in it lives on', async () => {
    const worker = startWorker();
    const options = { layers: [FEATURES, 3, 2], output: outputFor(make()), worker };
    const [network, other] = [await Network.create(options), await Network.create(options)];
    const whole = () => (make().targets ? withTargets() : withLabels());
    const pace = new Pace({ paused: true });
    const fitting = other.fit(whole(), { pace });
    for (const transfer of [false, true]) {
      const dataset = make();
      await expect(network.fit(dataset, { transfer })).rejects.toThrow(message);
      await expect(network.evaluate(dataset, { transfer })).rejects.toThrow(message);
      const validated = network.fit(whole(), { validation: dataset, transfer });
      await expect(validated).rejects.toThrow(message);
      const labels = Network.create({ ...options, normalize: dataset, transfer });
      await expect(labels).rejects.toThrow(message);
      expect(dataset.inputs).toHaveLength(LENGTH * FEATURES);
      // Mended, it is as good as any.
      (dataset.targets ?? dataset.labels)[3] = 0;
      dataset.inputs[3] = 0;
      await network.fit(dataset, { transfer });
      expect((await network.evaluate(dataset)).examples).toBe(LENGTH);
    }
    pace.resume();
    expect((await fitting).epochs).toHaveLength(1);
    worker.terminate();
  });
});

describe('the side of the worker', () => {
  /** A worker's answers, in this thread, to requests as a page might send them. */
  function thread() {
    const { port1, port2 } = new MessageChannel();
    serve(port2 as unknown as MessagePort, PROTOCOL);
    const answers: unknown[] = [];
    const waiting: (() => void)[] = [];
    port1.on('message', (answer) => {
      answers.push(answer);
      waiting.shift()?.();
    });
    return {
      port2,
      async answerTo(...requests: unknown[]): Promise<unknown> {
        const answered = new Promise<void>((resolve) => waiting.push(resolve));
        for (const request of requests) port1.postMessage(request);
        await answered;
        return answers.at(-1);
      },
      [Symbol.dispose]: () => port1.close(),
    };
  }

  test('answers with the error of a dataset that is none', async () => {
    using worker = thread();
    const call = { kind: 'call', network: 1 };
    const options = { layers: [2, 2], output: 'softmax' } as const;
    const settings = { ...(await checkedNetwork(options)), normalize: undefined };
    const made = await worker.answerTo({
      ...call,
      id: 1,
      method: 'create',
      arguments: [settings, []],
    });
    expect(made).toMatchObject({ kind: 'result', id: 1 });
    const examples = { inputs: new Float32Array(2).fill(Number.NaN), labels: new Uint8Array(1) };
    const answer = await worker.answerTo(
      { kind: 'dataset', key: 7, examples: { ...examples, classes: 2 } },
      { ...call, id: 2, method: 'evaluate', arguments: [7, {}] },
    );
    const message = 'inputs[0]: found NaN, expected a finite number';
    expect(answer).toMatchObject({ kind: 'error', id: 2, error: { name: 'RangeError', message } });
    expect(await worker.answerTo({ ...call, id: 3, method: 'parameters', arguments: [] })).toEqual(
      expect.objectContaining({ kind: 'result', id: 3 }),
    );
  });

  test('says that a message could not be read', async () => {
    using worker = thread();
    const answered = worker.answerTo();
    worker.port2.emit('messageerror', new Error('no memory'));
    expect(await answered).toEqual({ kind: 'unreadable' });
  });
});

test('a message that could not be read ends what is asked, and nothing later', async () => {
  const worker = startWorker();
  let port: import('node:worker_threads').MessagePort | undefined;
  const post = worker.postMessage.bind(worker);
  worker.postMessage = ((message: { port: typeof port }, transfer: Transferable[]) => {
    // In between, where messages can be put in.
    const { port1, port2 } = new MessageChannel();
    port = message.port!;
    port.on('message', (value) => port1.postMessage(value));
    port1.on('message', (value) => port!.postMessage(value));
    post({ ...message, port: port2 }, [port2 as never, ...transfer.slice(1)]);
  }) as typeof worker.postMessage;
  const network = await Network.create({ layers: [FEATURES, 2], worker });
  const pace = new Pace({ paused: true });
  const fitting = expect(network.fit(withLabels(), { pace })).rejects.toThrow(
    'fit: a message to the worker or from it could not be read',
  );
  port!.postMessage({ kind: 'unreadable' });
  await fitting;
  expect(await network.parameters()).toHaveLength(1);
  worker.terminate();
  port!.close();
});

describe('a worker that is terminated', () => {
  const ENDED = 'the worker was terminated';

  /** Calls of every method. */
  const calls = (network: Network): Record<string, Promise<unknown>> => ({
    fit: network.fit(withLabels(), { pace: new Pace({ paused: true }) }),
    trainOnBatch: network.trainOnBatch(new Uint8Array(2), new Uint8Array(1)),
    evaluate: network.evaluate(withLabels()),
    predict: network.predict(new Uint8Array(2)),
    classify: network.classify(new Uint8Array(2)),
    activations: network.activations(new Uint8Array(2)),
    parameters: network.parameters(),
    setParameters: network.parameters().then((parameters) => network.setParameters(parameters)),
    save: network.save(),
  });

  /** Holds the worker, so that nothing is answered. */
  const busy = (network: Network) => {
    const dataset = Dataset.from({
      inputs: new Uint8Array(20_000_000 * FEATURES),
      labels: new Uint8Array(20_000_000),
      classes: 2,
    });
    return expect(network.evaluate(dataset, { transfer: true })).rejects.toThrow(ENDED);
  };

  test('rejects what is under way, and what comes later, of all its networks', async () => {
    const worker = startWorker();
    const networks = [
      await Network.create({ layers: [FEATURES, 2], worker }),
      await Network.create({ layers: [FEATURES, 2], worker }),
    ];
    const held = busy(networks[0]!);
    const pending = networks.flatMap((network) => Object.entries(calls(network)));
    const made = Network.create({ layers: [FEATURES, 2], worker });
    const rejected = [
      ...pending.map(([name, call]) =>
        expect(call, name).rejects.toThrow(
          name === 'setParameters' || name === 'save' ? ENDED : `${name}: ${ENDED}`,
        ),
      ),
      expect(made).rejects.toThrow(`create: ${ENDED}`),
      held,
    ];
    worker.terminate();
    const later = Object.entries(calls(networks[1]!));
    rejected.push(
      ...later.map(([name, call]) => expect(call, name).rejects.toThrow(ENDED)),
      expect(Network.create({ layers: [FEATURES, 2], worker })).rejects.toThrow(ENDED),
    );
    await Promise.all(rejected);
    for (const network of networks) network.dispose();
  });

  test('takes nothing more', async () => {
    const worker = startWorker();
    const network = await Network.create({ layers: [FEATURES, 2], worker });
    worker.terminate();
    const inputs = new Uint8Array(2);
    await expect(network.predict(inputs, { transfer: true })).rejects.toThrow(ENDED);
    expect(inputs).toHaveLength(2);
    const dataset = withLabels();
    await expect(network.fit(dataset, { transfer: true })).rejects.toThrow(ENDED);
    expect(dataset.inputs).toHaveLength(LENGTH * FEATURES);
  });

  test('before it has a network', async () => {
    const worker = startWorker();
    worker.terminate();
    await expect(Network.create({ layers: [FEATURES, 2], worker })).rejects.toThrow(ENDED);
  });

  test('that somebody else had started, and had ended before', async () => {
    const script = new URL('../../dist/worker-thread.js', import.meta.url);
    const worker = new NodeWorker(script);
    const given = worker as unknown as Worker;
    const network = await Network.create({ layers: [FEATURES, 2], worker: given });
    const pending = expect(network.fit(withLabels(), { pace: new Pace({ paused: true }) }));
    const ended = pending.rejects.toThrow(/^fit: the worker (was terminated|ended)$/);
    await NodeWorker.prototype.terminate.call(worker);
    await ended;
    const other = new NodeWorker(script);
    await other.terminate();
    const made = Network.create({ layers: [2, 2], worker: other as unknown as Worker });
    await expect(made).rejects.toThrow('create: the worker ended');
  });

  test('a worker that runs something else, and ends', async () => {
    const worker = new NodeWorker('setTimeout(() => process.exit(3), 50)', { eval: true });
    const made = Network.create({ layers: [2, 2], worker: worker as unknown as Worker });
    await expect(made).rejects.toThrow('create: the worker ended');
  });

  test('holds no program', async () => {
    const program = `
      import { Network, Dataset, Pace, startWorker } from 'relumax/worker';
      const worker = startWorker();
      const network = await Network.create({ layers: [2, 2], worker });
      const dataset = Dataset.from({ inputs: new Uint8Array(2), labels: new Uint8Array(1), classes: 2 });
      network.fit(dataset, { pace: new Pace({ paused: true }) }).catch(({ message }) => console.log(message));
      setTimeout(() => worker.terminate(), 50);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: join(import.meta.dirname, '../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 30_000,
    });
    const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    expect({ stdout, code }).toEqual({ stdout: `fit: ${ENDED}\n`, code: 0 });
  });
});

describe('options of the wrong kind', () => {
  /** What no option of `fit` but a few may be. */
  const WRONG: readonly unknown[] = [null, '', 'x', -1, Number.NaN, {}, [], () => 1, Symbol('x')];
  let network: Network;
  let worker: Worker;
  beforeEach(async () => {
    worker = startWorker();
    network = await Network.create({ layers: [FEATURES, 3, 2], worker });
  });
  afterEach(() => worker.terminate());

  const inputs = () => new Float32Array(FEATURES);
  const labels = () => new Uint8Array(1);

  /** Every option of every method, and what is handed over besides. */
  const METHODS: Record<
    string,
    [string[], (option: object) => [() => Promise<unknown>, Inputs[]]]
  > = {
    create: [
      [
        ...['layers', 'seed', 'hidden', 'output', 'normalize', 'classNames', 'threads'],
        ...['worker', 'transfer', 'other'],
      ],
      (option) => {
        const normalize = withLabels();
        const options = { layers: [FEATURES, 2], worker, transfer: true, normalize, ...option };
        return [() => Network.create(options), [normalize.inputs]];
      },
    ],
    load: [
      ['worker', 'normalize', 'threads', 'other'],
      (option) => [() => Network.load(new Uint8Array(8), { worker, ...option }), []],
    ],
    fit: [
      [
        ...['epochs', 'batchSize', 'learningRate', 'optimizer', 'weightDecay', 'clipNorm'],
        ...['schedule', 'warmup', 'earlyStopping', 'dropout', 'seed', 'shuffle', 'signal'],
        ...['validation', 'augmentation', 'checkpoints', 'classWeights', 'exampleWeights'],
        ...['pace', 'onEpoch', 'onBatch', 'transfer', 'other'],
      ],
      (option) => {
        const dataset = withLabels();
        const options = { transfer: true, validation: withLabels(), ...option };
        return [() => network.fit(dataset, options), [dataset.inputs, dataset.labels]];
      },
    ],
    trainOnBatch: [
      ['learningRate', 'transfer', 'other'],
      (option) => {
        const batch = [inputs(), labels()] as const;
        return [() => network.trainOnBatch(...batch, { transfer: true, ...option }), [...batch]];
      },
    ],
    evaluate: [
      ['threshold', 'transfer', 'other'],
      (option) => {
        const dataset = withLabels();
        return [() => network.evaluate(dataset, { transfer: true, ...option }), [dataset.inputs]];
      },
    ],
    predict: [
      ['transfer', 'other'],
      (option) => {
        const batch = inputs();
        return [() => network.predict(batch, { transfer: true, ...option }), [batch]];
      },
    ],
    classify: [
      ['top', 'transfer', 'other'],
      (option) => {
        const batch = inputs();
        return [() => network.classify(batch, { transfer: true, ...option }), [batch]];
      },
    ],
    activations: [
      ['transfer', 'other'],
      (option) => {
        const batch = inputs();
        return [() => network.activations(batch, { transfer: true, ...option }), [batch]];
      },
    ],
    save: [['metadata', 'other'], (option) => [() => network.save(option), []]],
  };

  /** Values of WRONG that an option takes. */
  const TAKEN: Record<string, readonly unknown[]> = {
    onEpoch: [WRONG[7]],
    onBatch: [WRONG[7]],
    metadata: [WRONG[5]],
  };

  test.each(Object.entries(METHODS))('%s', async (name, [options, call]) => {
    for (const option of options) {
      for (const value of WRONG) {
        if (TAKEN[option]?.includes(value)) continue;
        let reads = 0;
        const accessor = Object.defineProperty({}, option, {
          enumerable: true,
          get: () => {
            reads++;
            return value;
          },
        });
        for (const given of [{ [option]: value }, accessor]) {
          const [made, arrays] = call(given);
          const before = await network.parameters();
          const what = `${name}, ${option}: ${String(value)}`;
          const error: Error = await made().then(
            () => expect.unreachable(what),
            (error) => error,
          );
          expect(error.message, what).toMatch(option === 'other' ? /found "other"/ : option);
          expect(error.message, what).toMatch(/: found .+, expected /);
          expect([TypeError, RangeError], what).toContain(error.constructor);
          for (const array of arrays) expect(array.length, what).toBeGreaterThan(0);
          expect(await network.parameters(), what).toEqual(before);
        }
        // Spread once into the options here; never a second time there.
        expect(reads).toBeLessThan(2);
      }
    }
  });

  test('options that are none', async () => {
    for (const value of [null, 1, 'x', [], () => 1]) {
      const given = value as object;
      const calls = [
        Network.create(given as never),
        Network.load(new Uint8Array(8), given),
        network.fit(withLabels(), given),
        network.trainOnBatch(inputs(), labels(), given),
        network.evaluate(withLabels(), given),
        network.predict(inputs(), given),
        network.classify(inputs(), given),
        network.activations(inputs(), given),
        network.save(given),
      ];
      const message = /^options: found .*, expected an object$/;
      await Promise.all(calls.map((made) => expect(made).rejects.toThrow(message)));
    }
  });

  test('arrays of parameters are each read once', async () => {
    const parameters = await network.parameters();
    let reads = 0;
    const given = parameters.map(({ weights, biases }) => ({
      biases,
      get weights() {
        reads++;
        return weights;
      },
    }));
    await network.setParameters(given);
    expect(reads).toBe(parameters.length);
    expect(parameters[0]!.weights.length).toBeGreaterThan(0);
  });

  test('what is changed after a call changes nothing', async () => {
    const file = await network.save({ metadata: { by: 'one' } });
    const metadata: Record<string, string> = { by: 'one' };
    const [saving, loading] = [network.save({ metadata }), Network.load(file, { worker })];
    metadata.by = 'another';
    const copy = file.slice();
    file.fill(0);
    expect(await saving).toEqual(copy);
    expect((await loading).metadata).toEqual({ by: 'one' });
    const parameters = await network.parameters();
    const setting = network.setParameters(parameters);
    const before = structuredClone(parameters);
    for (const { weights } of parameters) weights.fill(7);
    await setting;
    expect(await network.parameters()).toEqual(before);
  });
});
