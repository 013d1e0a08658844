/**
 * Programs of calls, in any order, with good and bad arguments. An error names the argument and changes
 * nothing; what was given may be changed while a call is under way; no output is NaN; and the same
 * program gives the same in a worker, bit for bit.
 */
import { createHash } from 'node:crypto';
import * as worker from 'relumax/worker';
import { ImageAugmentation } from '../../../src/augmentation.ts';
import { Checkpoints } from '../../../src/checkpoint.ts';
import { parametersHash } from '../../../src/cli/training/parameters-hash.ts';
import { HIDDEN, OUTPUTS } from '../../../src/core/activations.ts';
import { OPTIMIZERS } from '../../../src/core/optimizers.ts';
import { Dataset, type LayerParameters, Network, Pace } from '../../../src/index.ts';
import { Dice } from '../dice.ts';
import { checkSame } from '../files.ts';
import { checkClear, Fault, type Target } from '../target.ts';

/** A value of JSON, or the name of one that JSON does not have, which begins with $. */
type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

interface Step {
  readonly method: string;
  readonly args: readonly Value[];
  /** Whether the next step does not wait for it. */
  readonly pending?: boolean;
}

interface ApiInput {
  readonly layers: readonly number[];
  readonly hidden: string;
  readonly output: string;
  readonly steps: readonly Step[];
}

/** What a program needs, of `relumax` or of `relumax/worker`. */
interface Api {
  readonly Network: {
    create(options: object): Promise<AnyNetwork>;
    load(bytes: Uint8Array, options?: object): Promise<AnyNetwork>;
  };
  readonly Dataset: typeof Dataset;
  readonly Pace: typeof Pace;
}

type AnyNetwork = {
  dispose(): void;
  parameters(): LayerParameters[] | Promise<LayerParameters[]>;
} & Record<string, unknown>;

const EXAMPLES = 12;
/** A call that takes longer never settles, in milliseconds. */
const PATIENCE = 20_000;

/** Options of `fit`, and good values for them. */
const FIT: Readonly<Record<string, readonly Value[]>> = {
  epochs: [1, 2, 3],
  batchSize: [1, 5, 100, '$Infinity'],
  learningRate: [0.1, 1e-3, 1e30],
  optimizer: [...OPTIMIZERS, { name: 'momentum', momentum: 0.5 }, { name: 'adam', beta1: 0 }],
  weightDecay: [0, 0.1],
  clipNorm: [1, '$Infinity'],
  schedule: ['constant', 'cosine', { name: 'step', every: 1, factor: 0.5 }, '$schedule'],
  warmup: [0, 3],
  earlyStopping: [{ patience: 1 }, { patience: 2, minDelta: 0.1 }],
  dropout: [0, 0.5],
  seed: [0, 7, 2 ** 53 - 1],
  shuffle: [true, false],
  validation: ['$dataset', '$doubles'],
  signal: ['$signal', '$aborted'],
  pace: ['$pace', '$paused'],
  onEpoch: ['$function', '$throws'],
  onBatch: ['$function'],
  checkpoints: ['$checkpoints'],
  augmentation: ['$augmentation'],
  classWeights: ['balanced', [1, 0.5], [0, 0]],
  exampleWeights: ['$weights'],
};

/** Of each method: good arguments, and for the last the options that it may have. */
const METHODS: Readonly<
  Record<
    string,
    { args: readonly (readonly Value[])[]; options?: Record<string, readonly Value[]> }
  >
> = {
  fit: { args: [['$dataset', '$dataset', '$doubles']], options: FIT },
  trainOnBatch: {
    args: [
      ['$inputs', '$bytes', '$view', '$rows'],
      ['$answers', '$answerRows'],
    ],
    options: { learningRate: [0.1, 1e-9, 1e30] },
  },
  evaluate: { args: [['$dataset', '$doubles']], options: { threshold: [0, 0.3, 1] } },
  predict: { args: [['$inputs', '$bytes', '$view', '$huge', '$shared', '$rows', '$int8']] },
  classify: { args: [['$inputs', '$bytes', '$view', '$huge', '$rows']], options: { top: [1, 2] } },
  activations: { args: [['$inputs', '$bytes', '$view', '$huge', '$rows', '$int8']] },
  parameters: { args: [] },
  setParameters: { args: [['$parameters', '$parameters', '$hugeParameters']] },
  save: { args: [], options: { metadata: [{}, { note: 'text' }, { a: '\u0000', 'ä 😀': '' }] } },
  'Network.load': { args: [['$saved', '$damaged']], options: { normalize: [true, false] } },
  'Network.create': {
    args: [],
    options: {
      layers: [
        [3, 2],
        [4, 3, 2],
      ],
      seed: [1],
      hidden: HIDDEN,
      output: OUTPUTS,
      normalize: ['$dataset', '$doubles'],
      classNames: [
        ['a', 'b'],
        ['a', 'a'],
      ],
    },
  },
  'Dataset.from': {
    args: [],
    options: {
      inputs: ['$inputs', '$bytes', '$rows'],
      labels: ['$labels', '$plainLabels'],
      classes: [3],
      classNames: [['a', 'b', 'c']],
    },
  },
  'Dataset.concat': {
    args: [
      ['$dataset', '$doubles'],
      ['$dataset', '$doubles'],
    ],
  },
  'dataset.with': {
    args: [
      ['$bytes', '$rows'],
      ['$answers', '$answerRows'],
    ],
  },
  'dataset.split': { args: [], options: { test: [0.5, 0.1, 0.99], seed: [0, 1] } },
  'dataset.subset': { args: [['$indices']] },
  'new Pace': { args: [], options: { paused: [true, false] } },
  dispose: { args: [] },
};

const BAD: readonly Value[] = [
  ...[
    '$undefined',
    null,
    '$NaN',
    '$Infinity',
    '$-0',
    -1,
    0,
    0.5,
    2 ** 53,
    true,
    '',
    'text',
    'constructor',
  ],
  ...[[], {}, [1], { name: 'text' }, [null, 2], { patience: 0 }, { epochs: 1 }],
  ...[
    '$symbol',
    '$function',
    '$bigint',
    '$date',
    '$accessor',
    '$proxy',
    '$circular',
    '$bare',
    '$hole',
  ],
  ...[
    '$nan',
    '$empty',
    '$detached',
    '$int8',
    '$shared',
    '$inputs',
    '$labels',
    '$huge',
    '$otherDataset',
  ],
  ...[
    '$nanDataset',
    '$labelsDataset',
    '$parameters',
    '$nanParameters',
    '$shortParameters',
    '$aborted',
    '$pace',
    '$saved',
  ],
];

function makeArguments(dice: Dice, method: string): Value[] {
  const { args, options = {} } = METHODS[method]!;
  const one = (values: readonly Value[]) => dice.pick(dice.chance(0.06) ? BAD : values);
  const needed = /^Network.create|^Dataset.from|split/.test(method) ? 0.95 : 0.15;
  const given = dice
    .some(Object.entries(options), needed)
    .map(([name, values]) => [name, one(values)]);
  if (METHODS[method]!.options && dice.chance(0.02))
    given.push([dice.pick(['nope', '__proto__']), dice.pick(BAD)]);
  const made = args.map(one);
  return given.length === 0
    ? made
    : [...made, dice.chance(0.03) ? dice.pick(BAD) : Object.fromEntries(given)];
}

function makeProgram(dice: Dice): ApiInput {
  const layers = [
    dice.small(1, 6),
    ...dice.list(dice.small(0, 2), () => dice.small(1, 9)),
    dice.small(1, 4),
  ];
  const names = Object.keys(METHODS).filter((name) => name !== 'dispose');
  const steps = dice.list(dice.small(1, 8), () => {
    const method = dice.chance(0.02) ? 'dispose' : dice.chance(0.3) ? 'fit' : dice.pick(names);
    return {
      method,
      args: makeArguments(dice, method),
      ...(dice.chance(0.1) && { pending: true }),
    };
  });
  return { layers, hidden: dice.pick(HIDDEN), output: dice.pick(OUTPUTS), steps };
}

/** Where a program runs: its network, and what its values are. */
class Run {
  readonly #api: Api;
  readonly #input: ApiInput;
  readonly #options: object;
  /** Whether what was given is changed while a call is under way. */
  readonly #scrambles: boolean;
  #network!: AnyNetwork;
  #dataset!: Dataset;
  /** The errors of steps that were not waited for, or none. */
  readonly #pending: Promise<unknown>[] = [];
  /** What came of each step that was waited for. */
  readonly transcript: unknown[] = [];

  constructor(api: Api, input: ApiInput, options: object, scrambles: boolean) {
    this.#api = api;
    this.#input = input;
    this.#options = options;
    this.#scrambles = scrambles;
  }

  async run(): Promise<'accepted' | 'refused'> {
    const { layers, hidden, output, steps } = this.#input;
    const { Network } = this.#api;
    this.#dataset = this.#value('$dataset') as Dataset;
    this.#network = await Network.create({ layers, hidden, output, seed: 1, ...this.#options });
    let outcome: 'accepted' | 'refused' = 'accepted';
    let isDisposed = false;
    try {
      for (const step of steps) {
        const isChecked = this.#pending.length === 0 && !isDisposed;
        const before = isChecked ? await this.#hash() : undefined;
        const call = this.#call(step);
        isDisposed ||= step.method === 'dispose';
        if (step.pending) {
          this.#pending.push(
            call.then(
              () => undefined,
              (error: unknown) => error,
            ),
          );
          continue;
        }
        try {
          this.#note(await settled(call, step.method));
        } catch (error) {
          checkClear(error);
          outcome = 'refused';
          const { name } = error as Error;
          // Of two arguments that are wrong either may be named.
          this.transcript.push(name === 'DivergenceError' ? name : 'refused');
          const mayChange =
            name === 'DivergenceError' || JSON.stringify(step.args).includes('$throws');
          if (before && !mayChange && (await this.#hash()) !== before) {
            throw new Fault(
              `${step.method} fails, but has changed the parameters: ${(error as Error).message}`,
            );
          }
        }
      }
      const errors = await settled(Promise.all(this.#pending), 'a call that was pending');
      for (const error of errors) if (error !== undefined) checkClear(error);
      if (!isDisposed) {
        this.transcript.push(await this.#hash());
        await this.#works();
      }
    } finally {
      this.#network.dispose();
    }
    return outcome;
  }

  async #hash(): Promise<string> {
    return parametersHash(await settled(this.#network.parameters(), 'parameters'));
  }

  /** Checks that the network still answers. */
  async #works(): Promise<void> {
    try {
      const predict = this.#network.predict as (inputs: Float32Array) => unknown;
      await settled(
        predict.call(this.#network, new Float32Array(this.#input.layers[0]!)),
        'predict',
      );
    } catch (error) {
      checkClear(error);
      if (!(error instanceof RangeError))
        throw new Fault(`works no more: ${(error as Error).message}`);
    }
  }

  /** Keeps a result, but for what takes time, and checks that all its numbers are some. */
  #note(result: unknown): void {
    const hash = createHash('sha256');
    const visit = (value: unknown, name = '') => {
      if (typeof value === 'number') {
        if (!Number.isFinite(value)) throw new Fault(`gives ${value} for ${name || 'an output'}`);
        if (name !== 'seconds') hash.update(String(value));
      } else if (ArrayBuffer.isView(value)) {
        const nonFinite = [...(value as Float32Array)].find((number) => !Number.isFinite(number));
        if (nonFinite !== undefined)
          throw new Fault(`gives ${nonFinite} in ${name || 'an output'}`);
        hash.update(value as Uint8Array);
      } else if (Array.isArray(value)) {
        for (const item of value) visit(item, name);
      } else if (isPlain(value)) {
        for (const [key, item] of Object.entries(value)) visit(item, key);
      } else if (typeof value === 'string' || typeof value === 'boolean')
        hash.update(String(value));
    };
    visit(result);
    this.transcript.push(hash.digest('hex').slice(0, 8));
  }

  async #call({ method, args }: Step): Promise<unknown> {
    const values = args.map((value) => this.#value(value));
    const [owner, name] = method.split('.') as [string, string?];
    const { Network, Dataset, Pace } = this.#api;
    const places = { Network, Dataset, dataset: this.#dataset } as Record<string, object>;
    // Options with the worker, where there is one.
    const last = method === 'Network.create' ? 0 : 1;
    if (owner === 'Network' && values[last] === undefined) values[last] = { ...this.#options };
    else if (owner === 'Network' && isPlain(values[last]))
      Object.assign(values[last], this.#options);
    const result =
      method === 'new Pace'
        ? new Pace(...(values as []))
        : name === undefined
          ? apply(this.#network, owner, values)
          : apply(places[owner]!, name, values);
    if (this.#scrambles && result instanceof Promise) for (const value of values) scramble(value);
    const made = await result;
    if (owner !== 'Network') return made;
    const { layers } = made as AnyNetwork;
    const parameters = await (made as AnyNetwork).parameters();
    (made as AnyNetwork).dispose();
    return { layers, parameters };
  }

  #value(value: Value): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#value(item));
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [name, this.#value(item)]),
      );
    }
    return typeof value === 'string' && value.startsWith('$') ? this.#named(value.slice(1)) : value;
  }

  #named(name: string): unknown {
    const { layers, output } = this.#input;
    const [inputs, outputs] = [layers[0]!, layers.at(-1)!];
    const dice = new Dice(1, name, 0);
    const count = EXAMPLES * inputs;
    const floats = (length: number) =>
      Float32Array.from(dice.list(length, () => dice.between(-9, 9) / 8));
    const labels = () => Uint8Array.from(dice.list(EXAMPLES, (i) => i % outputs));
    const targets = () => floats(EXAMPLES * outputs).map((value) => Math.abs(value) / 2);
    const answers = () => (output === 'softmax' ? labels() : targets());
    const datasetOf = (values: Float32Array | Float64Array | Uint8Array) =>
      this.#api.Dataset.from(
        output === 'softmax'
          ? { inputs: values, labels: labels(), classes: outputs }
          : { inputs: values, targets: targets(), outputs },
      );
    const parameters = (value?: number) =>
      layers.slice(1).map((units, l) => {
        const weights = floats(units * layers[l]!);
        if (value !== undefined) weights[0] = value;
        return { weights, biases: floats(units) };
      });
    switch (name) {
      case 'undefined':
        return undefined;
      case 'NaN':
      case 'Infinity':
      case '-0':
        return Number(name);
      case 'symbol':
        return Symbol('s');
      case 'bigint':
        return 5n;
      case 'date':
        return new Date(0);
      case 'function':
        return () => {};
      case 'schedule':
        return ({ update }: { update: number }) => 1 / (1 + update);
      case 'throws':
        return () => {
          throw new Error('thrown by the caller');
        };
      case 'accessor':
        return {
          get epochs() {
            throw new Error('thrown by the caller');
          },
        };
      case 'proxy':
        return new Proxy({}, {});
      case 'bare':
        return Object.create(null);
      case 'hole':
        return Array(3);
      case 'circular': {
        const circular: { own?: unknown } = {};
        circular.own = circular;
        return circular;
      }
      case 'dataset':
        this.#dataset ??= datasetOf(dice.bytes(count));
        return this.#dataset;
      case 'doubles':
        return datasetOf(Float64Array.from(floats(count)));
      case 'otherDataset':
        return this.#api.Dataset.from({
          inputs: floats(14),
          labels: new Uint8Array(2),
          classes: 9,
        });
      case 'nanDataset': {
        const dataset = datasetOf(floats(count));
        dataset.inputs[0] = Number.NaN;
        return dataset;
      }
      case 'labelsDataset': {
        const dataset = datasetOf(new Uint8Array(dice.bytes(count)));
        dataset.labels[0] = 255;
        return dataset;
      }
      case 'inputs':
        return floats(count);
      case 'bytes':
        return new Uint8Array(dice.bytes(count));
      case 'view':
        return floats(count + 4).subarray(2, 2 + count);
      case 'huge':
        return floats(count).fill(3e38);
      case 'nan':
        return floats(count).fill(Number.NaN);
      case 'shared':
        return new Float32Array(new SharedArrayBuffer(4 * count));
      case 'empty':
        return new Float32Array();
      case 'int8':
        return new Int8Array(count);
      case 'detached': {
        const detached = floats(count);
        structuredClone(detached, { transfer: [detached.buffer] });
        return detached;
      }
      case 'labels':
        return labels();
      case 'answers':
        return answers();
      case 'weights':
        return floats(EXAMPLES).map(Math.abs);
      case 'rows':
        return rowsOf(floats(count), inputs);
      case 'answerRows':
        return output === 'softmax'
          ? Array.from(labels(), (label) =>
              Array.from({ length: outputs }, (_, i) => +(i === label)),
            )
          : rowsOf(targets(), outputs);
      case 'plainLabels':
        return [...labels()];
      case 'indices':
        return Uint32Array.from(dice.list(5, () => dice.between(0, EXAMPLES - 1)));
      case 'parameters':
        return parameters();
      case 'hugeParameters':
        return parameters(3e38);
      case 'nanParameters':
        return parameters(Number.NaN);
      case 'shortParameters':
        return parameters().slice(1);
      case 'saved':
        return SAVED;
      case 'damaged':
        return SAVED.subarray(0, 100);
      case 'signal':
        return new AbortController().signal;
      case 'aborted':
        return AbortSignal.abort();
      case 'pace':
        return new this.#api.Pace();
      case 'paused': {
        const pace = new this.#api.Pace({ paused: true });
        setTimeout(() => pace.step(2), 1);
        setTimeout(() => pace.resume(), 5);
        return pace;
      }
      case 'checkpoints':
        return new Checkpoints({ every: 2, onCheckpoint: () => {} });
      case 'augmentation':
        return new ImageAugmentation({ width: inputs, height: 1 });
      default:
        throw new Error(`no value ${name}`);
    }
  }
}

const SAVED = (await Network.create({ layers: [3, 2], seed: 1 })).save();

function rowsOf(values: Float32Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, i) => [
    ...values.subarray(i * width, (i + 1) * width),
  ]);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return value?.constructor === Object;
}

function apply(owner: unknown, name: string, args: readonly unknown[]): unknown {
  return (owner as Record<string, (...args: unknown[]) => unknown>)[name]!(...args);
}

/** Changes what a caller may change: options, lists and arrays; datasets must stay as they are. */
function scramble(value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value.splice(0, value.length, 'scrambled')) scramble(item);
  } else if (isPlain(value)) {
    for (const [name, { value: item }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
      Object.defineProperty(value, name, { value: 'scrambled' });
      if (item !== 'scrambled') scramble(item);
    }
  } else if (value instanceof Float32Array && value.length > 0) value.fill(77);
}

async function settled<T>(promise: T | Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Fault(`${what} never settles`)), PATIENCE);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const common = {
  make: makeProgram,
  budget: () => ({ ms: 2000, mb: 100 }),
  parts: {
    of: ({ steps }: ApiInput) => steps,
    from: (steps: readonly unknown[], input: ApiInput) => ({ ...input, steps: steps as Step[] }),
  },
};

const main = { Network, Dataset, Pace } as unknown as Api;

/** Whether what comes of a program depends on nothing but the program. */
const isSettled = ({ steps }: ApiInput) => !steps.some(({ pending }) => pending);

export const api: Target<ApiInput> = {
  ...common,
  name: 'api',
  async check(input) {
    const run = new Run(main, input, {}, false);
    const outcome = await run.run();
    if (!isSettled(input)) return outcome;
    const other = new Run(main, input, {}, true);
    await other.run();
    checkSame(other.transcript, run.transcript);
    return outcome;
  },
};

let started: Worker | undefined;

/** What a worker does not have, or does at another time. */
const ELSEWHERE =
  /"(?:transfer|checkpoints|augmentation|signal|pace|onEpoch|onBatch|normalize)"|"\$(?:shared|accessor|bare)"|"schedule":"\$(?:schedule|function|throws)"/;

/** Methods that may transfer what they are given to the worker, after so many arguments. */
const TRANSFERRING: Readonly<Record<string, number>> = {
  ...{ fit: 1, trainOnBatch: 2, evaluate: 1, predict: 1, classify: 1, activations: 1 },
};

export const inWorker: Target<ApiInput> = {
  ...common,
  name: 'worker',
  make(dice) {
    const program = makeProgram(dice);
    const steps = program.steps.map((step) => {
      const place = TRANSFERRING[step.method];
      if (place === undefined || !dice.chance(0.1)) return step;
      const transfer = dice.pick([true, true, ...BAD]);
      const given = step.args[place];
      return {
        ...step,
        args: [...step.args.slice(0, place), { ...(isPlain(given) && given), transfer }],
      };
    });
    return { ...program, steps };
  },
  async check(input) {
    started ??= worker.startWorker();
    try {
      const run = new Run(worker as unknown as Api, input, { worker: started }, true);
      const outcome = await run.run();
      if (!isSettled(input) || ELSEWHERE.test(JSON.stringify(input))) return outcome;
      const local = new Run(main, input, {}, false);
      await local.run();
      checkSame(run.transcript, local.transcript);
      return outcome;
    } catch (error) {
      // It may have ended with the input.
      started.terminate();
      started = undefined;
      throw error;
    }
  },
};
