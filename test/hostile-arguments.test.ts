/**
 * Every argument and option of everything that the package exports, but for what has tests of its own in
 * test/worker, with values that are wrong, that change, or that throw: each wrong one gets an error that
 * names it, before anything has changed; each is read once, before the first await.
 */
import { readFileSync } from 'node:fs';
import * as index from 'relumax';
import * as augmentation from 'relumax/augmentation';
import * as checkpoint from 'relumax/checkpoint';
import * as core from 'relumax/core';
import * as idx from 'relumax/idx';
import * as slim from 'relumax/slim';
import * as table from 'relumax/table';
import * as tfjs from 'relumax/tfjs';
import * as torch from 'relumax/torch';
import { describe, expect, test } from 'vitest';
import * as args from '../src/base/arguments.ts';
import { CHECKS, OPTIMIZER_TABLE } from '../src/core/optimizers.ts';
import { randomBytes, randomLabels } from './examples.ts';

const { Dataset, Network, Pace } = index;
const { Checkpoints, encodeCheckpoint } = checkpoint;
const { ImageAugmentation } = augmentation;

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
/** What the package exports, by its entries. */
const ENTRIES: Record<string, object> = {
  '.': index,
  './augmentation': augmentation,
  './checkpoint': checkpoint,
  './core': core,
  './idx': idx,
  './slim': slim,
  './table': table,
  './tfjs': tfjs,
  './torch': torch,
};
/** Entries that have tests of their own, or no functions. */
const OTHERS = [
  './core.wasm',
  './core-convolution-threads.wasm',
  './core-convolution.wasm',
  './core-threads.wasm',
  './node',
  './package.json',
  './worker',
  './worker-thread',
];

/** Methods that are there for other files of the package alone: @internal or @hidden. */
const INTERNAL = [
  'Checkpoints#begin',
  'Dataset#checkMemory',
  'Network#model',
  'Network.from',
  'Pace#end',
  'Pace#follow',
  'Pace#hold',
  'Pace#news',
  'Pace#take',
  'Pace#wake',
  'Preprocessing#encode',
  'Preprocessing#encodeLabels',
  'Preprocessing#places',
  'Preprocessing#withDecimal',
  // Made by the package, and only caught by others.
  'new DivergenceError',
  // Not to be made by `new`.
  'new Dataset',
  'new Network',
  'new Preprocessing',
  'new Table',
];

/** What an argument or option is. */
interface Spec {
  /** Whether one of the values of WRONG is a good one. */
  takes?: (value: unknown) => boolean;
  /** How an error names it; by default by its path. */
  named?: RegExp;
  /** Whether there must be one. */
  required?: boolean;
  /** Its options, where it is an object. */
  options?: Record<string, Spec>;
  /** Whether the object may have others too. */
  open?: boolean;
  /** Whether it may be read at any time: an object with methods, or examples that must not change. */
  live?: boolean;
}

/** An argument: `bare` where its options are named without it. */
type Argument = Spec & { name: string; bare?: boolean };

/** A call that works. */
interface Call {
  arguments: Argument[];
  /** Its arguments, made anew, and what it is a method of. */
  make(): Promise<Made>;
  run(given: never[], on: never): unknown;
  /** What its result shows; by default itself. */
  seen?(result: never): unknown;
}
interface Made {
  given: unknown[];
  on?: index.Network | object;
}

const whole = (least: number, most = Number.MAX_SAFE_INTEGER): Spec => ({
  takes: (value) => Number.isSafeInteger(value) && +value! >= least && +value! <= most,
});
const number = (holds: (value: number) => boolean): Spec => ({
  takes: (value) => typeof value === 'number' && holds(value),
});
const flag: Spec = { takes: (value) => typeof value === 'boolean' };
const callback: Spec = { takes: (value) => typeof value === 'function' };
const text: Spec = { takes: (value) => typeof value === 'string' };
const positive = number((value) => value > 0 && value < Infinity);
const notNegative = number((value) => value >= 0 && value < Infinity);
const fraction = number((value) => value >= 0 && value < 1);
const anyNumber = number(() => true);
const required = (spec: Spec = {}): Spec => ({ ...spec, required: true });
const live = (spec: Spec = {}): Spec => ({ ...spec, live: true });
const MOST = 2 ** 32 - 1;
/** Or `auto`, which is not among the wrong ones. */
const threads = whole(1, 64);

/** An object that may have other properties too. */
const open = (options: Record<string, Spec>, spec: Spec = {}): Spec => ({
  ...spec,
  open: true,
  options,
});
/** A list of which some entries are tried. */
const list = (entries: Record<number, Spec>, spec: Spec = {}): Spec =>
  required(open(entries, spec));

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;
/** What else they are is found out by compiling them. */
const areBytes = (value: unknown) => ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
const isPlain = (value: unknown) => Object.prototype.toString.call(value) === '[object Object]';
const hasNothing = (value: unknown) => isPlain(value) && Object.keys(value as object).length === 0;

/** @param takes whether arrays of another length are found out later */
const layers = (spec?: Spec, takes: Spec['takes'] = () => false) => {
  const layer = required(open({ weights: required({ takes }), biases: required({ takes }) }));
  return list({ 0: layer, 1: layer }, spec);
};
const report = required(
  open({
    epoch: required(anyNumber),
    loss: required(anyNumber),
    accuracy: anyNumber,
    examples: required(anyNumber),
    seconds: required(anyNumber),
    weighted: { takes: (value) => value === true },
    validation: open({ loss: required(anyNumber), accuracy: anyNumber }),
  }),
);
/** @param isLater whether it is found out later that sizes are wrong: when a training goes on */
const checkpointSpec = (isLater: boolean, settings: Spec): Record<string, Spec> => {
  const floats = (value: unknown) => isLater && value instanceof Float32Array;
  const doubles = (value: unknown) => value instanceof Float64Array;
  const kept = layers({ takes: (value) => isLater && isEmpty(value) }, floats);
  const standardization = open({
    mean: required({ takes: doubles }),
    std: required({ takes: doubles }),
  });
  return {
    parameters: kept,
    state: list({ 0: kept, 1: kept }, { takes: isEmpty }),
    progress: required(
      open({
        epoch: required(whole(1)),
        step: required(whole(0)),
        lossSum: required(notNegative),
        correct: required(whole(0)),
        // None in those of earlier versions.
        seconds: notNegative,
        history: list({ 0: report }, { takes: isEmpty }),
        best: open({ epoch: required(whole(1)), loss: required(notNegative) }),
      }),
    ),
    best: { ...kept, required: false },
    normalization: {
      takes: hasNothing,
      options: {
        inputs: standardization,
        targets: standardization,
      },
    },
    settings,
  };
};
const metadata = open(
  { note: required({ ...text, named: /^metadata\["note"\]/ }) },
  { takes: hasNothing },
);
const metadataOption: Argument = { name: 'options', bare: true, options: { metadata } };
const inputsArgument: Argument = { name: 'inputs', ...required(live()) };
const examplesArgument = (options: Record<string, Spec>): Argument => ({
  name: 'examples',
  bare: true,
  ...required({ options }),
});
const datasetArgument: Argument = { name: 'dataset', ...required(live()) };

const LAYERS = [4, 5, 3];
const examples = () => ({
  inputs: randomBytes(40 * 4, 1, 0.5),
  labels: randomLabels(40, 3, 1),
  classes: 3,
  classNames: ['a', 'b', 'c'],
});
const targetExamples = () => ({
  inputs: Float32Array.from(randomBytes(40 * 4, 1, 0.5)),
  targets: Float64Array.from(randomBytes(40 * 3, 2, 0.5), (value) => value / 255),
  outputs: 3,
  classNames: ['a', 'b', 'c'],
});
const oneHotExamples = () => {
  const { labels, ...rest } = examples();
  return { ...rest, targets: Array.from(labels, (label) => [0, 1, 2].map((i) => +(i === label))) };
};
const dataset = Dataset.from(examples());
const targets = Dataset.from(targetExamples());
const network = (given = {}) => Network.create({ layers: LAYERS, seed: 1, ...given });
const linear = () => network({ output: 'linear', normalize: targets });
const RESUMABLE = {
  optimizer: 'adam',
  epochs: 3,
  validation: targets,
  earlyStopping: { patience: 5 },
} as const;

/** With everything that a checkpoint may have. */
let made: checkpoint.Checkpoint | undefined;
async function someCheckpoint(): Promise<checkpoint.Checkpoint> {
  made ??= await newCheckpoint();
  return structuredClone(made);
}

async function newCheckpoint(): Promise<checkpoint.Checkpoint> {
  let kept: checkpoint.Checkpoint | undefined;
  const onCheckpoint = (given: checkpoint.Checkpoint) => {
    if (given.progress.epoch === 2) kept ??= given;
  };
  const checkpoints = new Checkpoints({ every: 1, onCheckpoint });
  await (await linear()).fit(targets, { ...RESUMABLE, checkpoints });
  return kept!;
}

/** What the checks of hyperparameters take. */
const SPECS = new Map<unknown, Spec>([
  [args.share, fraction],
  [args.positive, positive],
  [args.notNegative, notNegative],
  [args.boolean, flag],
]);

/** An optimizer, by the default options of its row. */
const optimizerSpec = (defaults: object): Spec => ({
  options: {
    name: required({ named: /^optimizer/ }),
    ...Object.fromEntries(
      Object.keys(defaults).map((name) => [name, SPECS.get(CHECKS[name as keyof typeof CHECKS])!]),
    ),
  },
});

const fitOptions = {
  epochs: whole(1, MOST),
  batchSize: { takes: (value: unknown) => value === Infinity || whole(1).takes!(value) },
  learningRate: positive,
  optimizer: optimizerSpec(OPTIMIZER_TABLE.adam.defaults),
  weightDecay: notNegative,
  clipNorm: number((value) => value > 0),
  schedule: {
    options: { name: required(), every: required(whole(1, MOST)), factor: required(positive) },
  },
  warmup: whole(0, MOST),
  earlyStopping: { options: { patience: required(whole(1, MOST)), minDelta: notNegative } },
  dropout: fraction,
  augmentation: open({ augment: required(callback), settings: live({ takes: () => true }) }),
  classWeights: open({ 0: required(notNegative), 2: required(notNegative) }),
  exampleWeights: open({ 0: required(notNegative), 39: required(notNegative) }),
  seed: whole(0),
  shuffle: flag,
  validation: live(),
  signal: live(),
  pace: live(),
  replace: flag,
  onEpoch: callback,
  onBatch: callback,
  onWarning: callback,
  checkpoints: open({ begin: required(callback) }),
} satisfies Record<string, Spec>;

const { optimizer, learningRate, weightDecay, clipNorm } = fitOptions;
const batchOptions: Argument = {
  name: 'options',
  bare: true,
  options: { optimizer, learningRate, weightDecay, clipNorm },
};

const batch = () => ({
  optimizer: { name: 'adam', beta1: 0.8, beta2: 0.9, epsilon: 1e-6 } as const,
  learningRate: 0.2,
  weightDecay: 0.01,
  clipNorm: 1,
});

const everyFitOption = () => ({
  epochs: 2,
  batchSize: 7,
  learningRate: 0.01,
  optimizer: { name: 'adam', beta1: 0.8, beta2: 0.9, epsilon: 1e-6 },
  weightDecay: 0.01,
  clipNorm: 1,
  schedule: { name: 'step', every: 1, factor: 0.5 },
  warmup: 2,
  earlyStopping: { patience: 2, minDelta: 0.01 },
  dropout: 0.1,
  augmentation: { settings: {}, augment: (inputs: index.Inputs) => inputs.slice() },
  classWeights: [1, 2, 0.5],
  exampleWeights: Array.from({ length: 40 }, (_, i) => i % 3),
  seed: 3,
  shuffle: true,
  validation: dataset,
  signal: new AbortController().signal,
  pace: new Pace(),
  replace: true,
  onEpoch: () => undefined,
  onBatch: () => undefined,
  onWarning: () => undefined,
  checkpoints: { begin: () => ({ after: () => undefined }) },
});

/** A fit by an optimizer that is given in another way. */
const fitBy = (optimizer: unknown, spec: Spec): Call => ({
  ...CALLS['Network#fit']!,
  arguments: [
    datasetArgument,
    { name: 'options', bare: true, options: { ...fitOptions, optimizer: spec } },
  ],
  make: async () => ({
    on: await network(),
    given: [dataset, { ...everyFitOption(), optimizer: structuredClone(optimizer) }],
  }),
});

const idxFile = (dimensions: number[], values: Iterable<number>) =>
  Uint8Array.from([
    0,
    0,
    8,
    dimensions.length,
    ...dimensions.flatMap((n) => [0, 0, 0, n]),
    ...values,
  ]);
const idxSpec = (named: RegExp) =>
  required({
    options: {
      name: required({ ...text, named: /^(images|labels)\.name/ }),
      bytes: required(live({ named })),
    },
  });

const torchFile = () => {
  const model = new Map([['format', 'pt']]);
  const header = JSON.stringify({
    __metadata__: Object.fromEntries(model),
    '0.weight': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
  }).padEnd(128);
  const bytes = new Uint8Array(8 + 128 + 24);
  new DataView(bytes.buffer).setBigUint64(0, 128n, true);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytes;
};

const [coreModule, threadedCoreModule] = await Promise.all(
  ['core', 'core-threads'].map((name) =>
    WebAssembly.compile(readFileSync(new URL(`../dist/${name}.wasm`, import.meta.url))),
  ),
);
async function instance() {
  return { ...(await core.instantiateCore(coreModule!)) };
}
/** A network of images, and the specification of its layers; an error may come of the shapes that follow. */
const someImageLayers = () => [
  { conv: 2, kernel: 2, padding: 'same', stride: 1, activation: 'elu' },
  { maxPool: 2 },
  3,
];
const layerOf = (least: number, most: number) => ({
  ...whole(least, most),
  named: /^(input|layers|model file)/,
});
const imageLayers = (spec: Spec) =>
  list(
    {
      0: {
        ...spec,
        named: /^layers/,
        options: {
          conv: required(layerOf(1, 2 ** 24)),
          kernel: required(layerOf(1, 11)),
          padding: {},
          stride: whole(1, 4),
          activation: {},
        },
      },
      2: required(layerOf(1, 2 ** 24)),
    },
    { named: /^layers/ },
  );

/** A file as PyTorch has it, of such a network. */
async function imageFile() {
  const network = await Network.create({
    input: [6, 5, 1],
    layers: someImageLayers() as index.Layer[],
  });
  const text = new TextDecoder('latin1').decode(network.save());
  const found = text.replace(/"__metadata__":\{[^}]*\},/, (part) => ' '.repeat(part.length));
  // The header still begins with its brace.
  return Buffer.from(found, 'latin1');
}

const TABLE = `id,age,town,kind
// a comment
1,20,a,yes
2,30,b,no
3,NA,a,yes
4,40,b,no
`;
const people = await table.Table.read(TABLE, { comment: '//' });
const preprocessing = table.Preprocessing.fit(people);
/** Names of columns, or their numbers: of others an error names the option as well. */
const columns = open(
  {},
  {
    takes: (value) => value === '' || value === '1' || isEmpty(value),
    named: /^(label|ignore|categorical|numeric|t\.csv)/,
  },
);
/** What a cell of numbers may be. */
const isCell = (value: unknown) =>
  value === null ||
  value === '' ||
  Number.isNaN(value) ||
  (['string', 'number'].includes(typeof value) && Number.isFinite(Number(value)));
const splitOptions: Argument = {
  name: 'options',
  bare: true,
  ...required(),
  options: { test: required(number((value) => value > 0 && value < 1)), seed: whole(0) },
};

const exportsArgument: Argument = { name: 'exports', ...required(live()) };

const size: Spec = { named: /^(layers\[|normalize|classNames)/ };
const inSettings = required({ named: /^checkpoint\.settings/ });

const CALLS: Record<string, Call> = {
  'Network.create': {
    arguments: [
      {
        name: 'options',
        bare: true,
        ...required(),
        options: {
          // The first and the last must be those of `normalize`, the last that of the names.
          layers: list({
            0: required(size),
            1: required(whole(1, 2 ** 24)),
            2: required({
              ...whole(1, 2 ** 24),
              named: /^layers\[2/,
              options: { dense: required(whole(1, 2 ** 24)), activation: {} },
            }),
            3: required(size),
          }),
          input: { named: /^(layers\[0\]|input)/ },
          seed: whole(0),
          hidden: {},
          initialization: {},
          output: {},
          normalize: live(),
          classNames: open({ 0: required(text), 2: required(text) }),
          threads,
        },
      },
    ],
    make: async () => ({
      given: [
        {
          layers: [LAYERS[0], 5, { dense: 3, activation: 'elu' }, LAYERS.at(-1)],
          ...{ seed: 2, hidden: 'tanh', initialization: 'he-normal', output: 'linear' },
          ...{ normalize: targets, classNames: ['a', 'b', 'c'], threads: 2 },
        },
      ],
    }),
    run: ([given]) => Network.create(given!),
  },
  'Network.load': {
    arguments: [
      { name: 'bytes', ...required({ named: /^(bytes|model file)/ }) },
      { name: 'options', bare: true, options: { normalize: flag, threads } },
    ],
    // A Buffer, whose `slice` is no copy.
    make: async () => ({
      given: [Buffer.from((await linear()).save()), { normalize: true, threads: 2 }],
    }),
    run: ([bytes, given]) => Network.load(bytes!, given),
  },
  'Network#fit': {
    arguments: [datasetArgument, { name: 'options', bare: true, options: fitOptions }],
    make: async () => ({ on: await network(), given: [dataset, everyFitOption()] }),
    run: ([dataset, given], on: index.Network) => on.fit(dataset!, given),
    seen: ({ epochs }: index.History) => epochs.map(({ seconds, ...rest }) => rest),
  },
  'Network#trainOnBatch': {
    arguments: [inputsArgument, { name: 'labels', ...required(live()) }, batchOptions],
    make: async () => {
      const { inputs, labels } = examples();
      return { on: await network(), given: [inputs, labels, batch()] };
    },
    run: (given: [never, never], on: index.Network) => on.trainOnBatch(...given),
  },
  'Network#trainOnBatch with targets': {
    arguments: [inputsArgument, { name: 'targets', ...required(live()) }, batchOptions],
    make: async () => {
      const { inputs, targets } = targetExamples();
      return { on: await linear(), given: [inputs, targets, batch()] };
    },
    run: (given: [never, never], on: index.Network) => on.trainOnBatch(...given),
  },
  'Network#evaluate': {
    arguments: [
      datasetArgument,
      { name: 'options', bare: true, options: { threshold: number((x) => x >= 0 && x <= 1) } },
    ],
    make: async () => ({
      on: await network({ output: 'sigmoid' }),
      given: [targets, { threshold: 0.3 }],
    }),
    run: ([dataset, given], on: index.Network) => on.evaluate(dataset!, given),
  },
  'Network#classify': {
    arguments: [inputsArgument, { name: 'options', bare: true, options: { top: whole(1, 3) } }],
    make: async () => ({ on: await network(), given: [dataset.inputs, { top: 2 }] }),
    run: ([inputs, given], on: index.Network) => on.classify(inputs!, given),
  },
  'Network#predict': {
    arguments: [inputsArgument],
    make: async () => ({ on: await network(), given: [dataset.inputs] }),
    run: ([inputs], on: index.Network) => on.predict(inputs!),
  },
  'Network#activations': {
    arguments: [inputsArgument],
    make: async () => ({ on: await network(), given: [dataset.inputs] }),
    run: ([inputs], on: index.Network) => on.activations(inputs!),
  },
  'Network#parameters': {
    arguments: [],
    make: async () => ({ on: await network(), given: [] }),
    run: (_, on: index.Network) => on.parameters(),
  },
  'Network#setParameters': {
    arguments: [{ name: 'parameters', ...layers() }],
    make: async () => ({ on: await network(), given: [(await network({ seed: 5 })).parameters()] }),
    run: ([parameters], on: index.Network) => on.setParameters(parameters!),
  },
  'Network#save': {
    arguments: [{ ...metadataOption, options: { metadata, optimizer: flag } }],
    make: async () => ({
      on: await network(),
      given: [{ metadata: { note: 'x' }, optimizer: true }],
    }),
    run: ([given], on: index.Network) => on.save(given),
  },
  'Network#dispose': {
    arguments: [],
    make: async () => ({ given: [] }),
    run: async () => (await network()).dispose(),
  },
  'Dataset.from': {
    arguments: [
      examplesArgument({
        inputs: required(live()),
        // As many as the examples that the inputs are.
        labels: required(live({ named: /^(labels|inputs)/ })),
        // As many as there are names.
        classes: { ...whole(3, 256), named: /^(classes|labels)/ },
        classNames: open({ 0: required(text), 2: required(text) }),
      }),
    ],
    make: async () => ({ given: [examples()] }),
    run: ([given]) => Dataset.from(given!),
  },
  'Dataset.from with targets': {
    arguments: [
      examplesArgument({
        inputs: required(live()),
        targets: required(live()),
        // Another number of outputs does not fit the targets.
        outputs: { takes: (value) => value === 1, named: /^(outputs|targets)/ },
        classNames: {},
      }),
    ],
    make: async () => ({ given: [{ ...targetExamples(), classNames: undefined }] }),
    run: ([given]) => Dataset.from(given!),
  },
  'Dataset.from with targets of classes': {
    arguments: [
      examplesArgument({
        inputs: required(live()),
        targets: required(live()),
        classes: { ...whole(3, 3), named: /^(classes|targets)/ },
        classNames: open({ 0: required(text) }),
      }),
    ],
    make: async () => ({ given: [oneHotExamples()] }),
    run: ([given]) => Dataset.from(given!),
  },
  'Dataset.concat': {
    arguments: [
      { name: 'datasets[0]', ...required(live()) },
      { name: 'datasets[1]', ...required(live()) },
    ],
    make: async () => ({ given: [dataset, Dataset.from(examples())] }),
    run: (given: index.Dataset[]) => Dataset.concat(...given),
  },
  'Dataset#with': {
    arguments: [
      inputsArgument,
      { name: 'labels', ...required(live({ named: /^(labels|inputs)/ })) },
    ],
    make: async () => ({ given: [randomBytes(8, 2, 0.5), [0, 2]] }),
    run: (given: [never, never]) => dataset.with(...given),
  },
  'Dataset#split': {
    arguments: [splitOptions],
    make: async () => ({ given: [{ test: 0.25, seed: 1 }] }),
    run: ([given]) => dataset.split(given!),
  },
  'Dataset#subset': {
    arguments: [{ name: 'examples', ...required(live()) }],
    make: async () => ({ given: [Uint32Array.of(3, 1)] }),
    run: ([given]) => dataset.subset(given!),
  },
  loadDigits: {
    arguments: [],
    make: async () => ({ given: [] }),
    run: async () => (await index.loadDigits()).length,
  },
  'new Pace': {
    arguments: [{ name: 'options', bare: true, options: { paused: flag } }],
    make: async () => ({ given: [{ paused: true }] }),
    run: ([given]) => new Pace(given).paused,
  },
  'Pace#pause': { arguments: [], make: async () => ({ given: [] }), run: () => new Pace().pause() },
  'Pace#resume': {
    arguments: [],
    make: async () => ({ given: [] }),
    run: () => new Pace().resume(),
  },
  'Pace#step': {
    arguments: [{ name: 'updates', ...whole(1) }],
    make: async () => ({ given: [2] }),
    run: ([updates]) => new Pace().step(updates),
  },
  'new Checkpoints': {
    arguments: [
      {
        name: 'options',
        bare: true,
        ...required(),
        options: {
          every: whole(1),
          onCheckpoint: callback,
          resume: {
            options: checkpointSpec(true, required({ takes: isPlain })),
          },
        },
      },
    ],
    make: async () => ({
      given: [{ every: 5, onCheckpoint: () => undefined, resume: await someCheckpoint() }],
    }),
    run: async ([given]) => {
      const checkpoints = new Checkpoints(given!);
      // The options may change from now on.
      await undefined;
      return checkpoints;
    },
    seen: async (checkpoints: checkpoint.Checkpoints) => {
      const network = await linear();
      await network.fit(targets, { ...RESUMABLE, checkpoints });
      return network.parameters();
    },
  },
  encodeCheckpoint: {
    arguments: [
      {
        name: 'checkpoint',
        ...required(),
        options: checkpointSpec(
          false,
          required(open({ layers: inSettings, functions: inSettings })),
        ),
      },
      metadataOption,
    ],
    make: async () => ({ given: [await someCheckpoint(), { metadata: { note: 'x' } }] }),
    run: ([given, options]) => encodeCheckpoint(given!, options),
  },
  decodeCheckpoint: {
    arguments: [{ name: 'bytes', ...required({ named: /^(bytes|model file)/ }) }],
    make: async () => ({ given: [encodeCheckpoint(await someCheckpoint())] }),
    run: ([bytes]) => checkpoint.decodeCheckpoint(bytes!),
  },
  'new ImageAugmentation': {
    arguments: [
      {
        name: 'options',
        bare: true,
        ...required(),
        options: {
          width: required(whole(1, 1024)),
          height: required(whole(1, 1024)),
          channels: whole(1, 2 ** 20),
          shift: number((value) => value >= 0 && value <= 1024),
          rotate: number((value) => value >= 0 && value <= 180),
          scale: number((value) => value >= 0 && value <= 0.9),
        },
      },
    ],
    make: async () => ({
      given: [{ width: 2, height: 2, channels: 3, shift: 1, rotate: 20, scale: 0.2 }],
    }),
    run: ([given]) => new ImageAugmentation(given!).settings,
  },
  'ImageAugmentation#augment': {
    arguments: [
      inputsArgument,
      {
        name: 'at',
        ...required(),
        options: {
          // Others do not fit the inputs, or the size of the images.
          features: required({ named: /^(at\.features|inputs|augmentation)/ }),
          seed: whole(0),
          epoch: required(whole(0, MOST)),
          threads: whole(1, 64),
        },
      },
    ],
    make: async () => ({ given: [dataset.inputs, { features: 4, seed: 1, epoch: 1, threads: 2 }] }),
    run: ([inputs, at]) => new ImageAugmentation({ width: 2, height: 2 }).augment(inputs!, at!),
  },
  parseIdx: {
    arguments: [
      { name: 'file', ...required(live()) },
      { name: 'name', ...required(text) },
    ],
    make: async () => ({ given: [idxFile([2], [0, 1]), 'file'] }),
    run: ([bytes, name]) => idx.parseIdx(bytes!, name!),
  },
  datasetFromIdx: {
    arguments: [
      {
        name: 'files',
        bare: true,
        ...required(),
        options: {
          images: idxSpec(/^some images/),
          labels: idxSpec(/^some labels/),
          classes: { ...whole(2, 256), named: /^(classes|some labels)/ },
        },
      },
    ],
    make: async () => ({
      given: [
        {
          images: { name: 'some images', bytes: idxFile([2, 2, 2], dataset.inputs.subarray(0, 8)) },
          labels: { name: 'some labels', bytes: idxFile([2], [0, 1]) },
          classes: 2,
        },
      ],
    }),
    run: ([files]) => idx.datasetFromIdx(files!),
  },
  'Table.read': {
    arguments: [
      { name: 'source', ...required(live({ ...text, named: /^(source|t\.csv)/ })) },
      {
        name: 'options',
        bare: true,
        options: {
          ...{ name: text, header: flag, output: {}, decimal: {} },
          ...{
            label: { ...columns, takes: () => false },
            ignore: columns,
            categorical: columns,
            numeric: columns,
          },
          ...{
            delimiter: { takes: (value) => typeof value === 'string' && value.length === 1 },
            comment: { takes: (value) => typeof value === 'string' && value !== '' },
          },
        },
      },
    ],
    make: async () => ({
      given: [
        TABLE,
        {
          ...{ name: 't.csv', header: true, output: 'softmax', decimal: '.' },
          ...{ label: 'kind', ignore: 'id', categorical: 'town', numeric: 'age' },
          ...{ delimiter: ',', comment: '//' },
        },
      ],
    }),
    run: ([source, given]) => table.Table.read(source!, given),
  },
  readRows: {
    arguments: [
      {
        name: 'source',
        ...required(
          live({
            takes: (value) => typeof value === 'string' || areBytes(value),
            named: /^(source|t\.csv)/,
          }),
        ),
      },
      {
        name: 'options',
        bare: true,
        options: {
          ...{ name: text, header: flag, decimal: {} },
          delimiter: { takes: (value) => typeof value === 'string' && value.length === 1 },
          comment: { takes: (value) => typeof value === 'string' && value !== '' },
          known: open(
            { 0: text },
            {
              takes: (v) =>
                Array.isArray(v) &&
                Object.values(v).every((name) => typeof name === 'string') &&
                Object.values(v).length === v.length,
            },
          ),
        },
      },
    ],
    make: async () => ({
      given: [
        TABLE,
        {
          ...{ name: 't.csv', header: true, decimal: '.' },
          ...{ delimiter: ',', comment: '//', known: ['age'] },
        },
      ],
    }),
    run: async ([source, given]) => (await table.readRows(source!, given!)).header,
  },
  'Table#split': {
    arguments: [splitOptions],
    make: async () => ({ given: [{ test: 0.25, seed: 1 }] }),
    run: ([given]) => people.split(given!),
  },
  'Preprocessing.fit': {
    arguments: [
      { name: 'table', ...required(live()) },
      { name: 'rows', ...live() },
    ],
    make: async () => ({ given: [people, Uint32Array.of(0, 1, 2)] }),
    run: (given: [never, never]) => table.Preprocessing.fit(...given).metadata,
  },
  'Preprocessing.of': {
    arguments: [
      {
        name: 'network',
        ...required(
          open(
            {
              metadata: required(
                open({ table: { named: /^model file/ } }, { takes: isPlain, named: /^metadata/ }),
              ),
              features: { named: /^model file/ },
              outputs: { named: /^model file/ },
              output: { named: /^model file/ },
            },
            { named: /^(network|metadata)/ },
          ),
        ),
      },
    ],
    make: async () => {
      const { metadata, output, features } = preprocessing;
      const own = { metadata: { ...metadata }, outputs: 2, output, features: features.length };
      return { given: [own] };
    },
    run: ([network]) => table.Preprocessing.of(network!)?.metadata,
  },
  'Preprocessing#dataset': {
    arguments: [
      { name: 'table', ...required(live()) },
      { name: 'rows', ...live() },
    ],
    make: async () => ({ given: [people, Uint32Array.of(2, 0)] }),
    run: (given: [never, never]) => preprocessing.dataset(...given),
  },
  'Preprocessing#unseen': {
    arguments: [
      { name: 'table', ...required(live()) },
      { name: 'rows', ...live() },
    ],
    make: async () => ({ given: [people, Uint32Array.of(2, 0)] }),
    run: (given: [never, never]) => preprocessing.unseen(...given),
  },
  'Preprocessing#inputs': {
    arguments: [
      {
        name: 'rows',
        ...list(
          {
            0: required(
              open({ age: { takes: isCell, named: /^rows\[0\]\["age"\]/ } }, { takes: hasNothing }),
            ),
          },
          { takes: isEmpty },
        ),
      },
      { name: 'options', bare: true, options: { onUnseen: callback } },
    ],
    make: async () => ({ given: [[{ age: 3, town: 'c' }], { onUnseen: () => {} }] }),
    run: (given: [never, never]) => preprocessing.inputs(...given),
  },
  'Preprocessing#answers': {
    arguments: [{ name: 'outputs', ...required(live()) }],
    make: async () => ({ given: [Float32Array.of(0.25, 0.75)] }),
    run: ([outputs]) => preprocessing.answers(outputs!),
  },
  tableDefaults: {
    arguments: [
      { name: 'rows', ...required(whole(1, MOST)) },
      { name: 'options', bare: true, options: { best: flag } },
    ],
    make: async () => ({ given: [100, { best: true }] }),
    run: (given: [never, never]) => table.tableDefaults(...given),
  },
  modelFromTorch: {
    arguments: [{ name: 'bytes', ...required({ named: /^(bytes|model file)/ }) }],
    make: async () => ({ given: [torchFile()] }),
    run: ([bytes]) => torch.modelFromTorch(bytes!),
  },
  modelFromTfjs: {
    arguments: [
      {
        name: 'modelJson',
        ...required(
          open({
            modelTopology: required({ named: /^modelJson/ }),
            weightsManifest: { named: /^(modelJson|weights)/ },
          }),
        ),
      },
      { name: 'weights', ...list({ 0: required({ named: /^weights/ }) }) },
      {
        name: 'options',
        bare: true,
        options: { classNames: open({ 0: required(text) }) },
      },
    ],
    make: async () => {
      const { modelJson, weights } = tfjs.tfjsFromModel((await network()).save());
      const [group] = modelJson.weightsManifest;
      const weightsManifest = [{ ...group, paths: ['a', 'b'] }];
      const files = [weights.slice(0, 9), weights.slice(9)];
      const classNames = ['a', 'b', 'c'];
      return { given: [{ ...modelJson, weightsManifest }, files, { classNames }] };
    },
    run: ([modelJson, weights, given]) => tfjs.modelFromTfjs(modelJson!, weights!, given),
  },
  tfjsFromModel: {
    arguments: [{ name: 'bytes', ...required({ named: /^(bytes|model file)/ }) }],
    make: async () => ({ given: [(await network()).save()] }),
    run: ([bytes]) => tfjs.tfjsFromModel(bytes!),
  },
  instantiateCore: {
    arguments: [
      { name: 'module', ...required(live()) },
      { name: 'memory', ...required(live()) },
    ],
    make: async () => ({
      given: [
        threadedCoreModule,
        new WebAssembly.Memory({ initial: 1, maximum: 2 ** 16, shared: true }),
      ],
    }),
    run: ([module, memory]) => core.instantiateCore(module!, memory!),
    seen: ({ memory }: core.CoreExports) => memory.buffer.byteLength,
  },
  layOutNetwork: {
    arguments: [
      exportsArgument,
      {
        name: 'sizes',
        ...list({ 0: required(whole(1, 2 ** 24)), 2: required(whole(1, 2 ** 24)) }),
      },
      { name: 'threads', ...whole(1, 1) },
    ],
    make: async () => ({ given: [await instance(), [...LAYERS], 1] }),
    run: ([exports, sizes, threads]) => core.layOutNetwork(exports!, sizes!, threads),
    seen: ({ staging }: core.NetworkLayout) => staging,
  },
};
Object.assign(CALLS, {
  ...Object.fromEntries(
    (
      [
        [slim.loadCore, 'core'],
        [slim.loadThreadedCore, 'core-threads'],
        [slim.loadConvolutionCore, 'core-convolution'],
        [slim.loadThreadedConvolutionCore, 'core-convolution-threads'],
      ] as const
    ).map(([load, file]): [string, Call] => [
      load.name,
      {
        arguments: [{ name: 'core', ...required({ takes: areBytes }) }],
        make: async () => ({
          given: [readFileSync(new URL(`../dist/${file}.wasm`, import.meta.url))],
        }),
        run: ([source]) => load(source!),
      },
    ]),
  ),
  'Network.create with an image': {
    ...CALLS['Network.create']!,
    arguments: [
      {
        name: 'options',
        bare: true,
        ...required(),
        options: {
          layers: imageLayers(required()),
          // Other sizes fit other layers.
          input: list(
            { 0: required(layerOf(1, 512)), 2: required(layerOf(1, 2 ** 24)) },
            { named: /^(input|layers)/ },
          ),
          seed: whole(0),
          hidden: {},
          initialization: {},
          output: {},
          normalize: live(),
          classNames: open({ 0: required(text), 2: required(text) }),
          threads,
        },
      },
    ],
    make: async () => ({
      given: [
        {
          ...{ input: [6, 5, 1], layers: someImageLayers(), seed: 2, hidden: 'tanh', threads: 2 },
          classNames: ['a', 'b', 'c'],
        },
      ],
    }),
  } satisfies Call,
  'modelFromTorch with layers': {
    ...CALLS.modelFromTorch!,
    arguments: [
      { name: 'bytes', ...required({ named: /^(bytes|model file)/ }) },
      {
        name: 'options',
        bare: true,
        named: /^(options|model file)/,
        options: {
          layers: imageLayers(required()),
          input: list({ 0: required(layerOf(1, 512)) }, { named: /^(input|layers)/ }),
        },
      },
    ],
    make: async () => ({
      given: [await imageFile(), { input: [6, 5, 1], layers: someImageLayers() }],
    }),
    run: ([bytes, given]) => torch.modelFromTorch(bytes!, given),
  } satisfies Call,
  ...Object.fromEntries(
    Object.entries(OPTIMIZER_TABLE).map(([name, { defaults }]) => [
      `Network#fit by ${name}`,
      fitBy({ name, ...defaults }, optimizerSpec(defaults)),
    ]),
  ),
  'Network#fit by a name': fitBy('nesterov', {}),
  'Network#fit with a schedule function': {
    ...CALLS['Network#fit']!,
    // A function that returns no number is refused before the first update.
    arguments: [
      datasetArgument,
      { name: 'options', bare: true, options: { ...fitOptions, schedule: {} } },
    ],
    make: async () => ({
      on: await network(),
      given: [
        dataset,
        {
          ...everyFitOption(),
          schedule: ({ update }: index.ScheduleMoment) => 1 / (1 + update),
        },
      ],
    }),
  } satisfies Call,
});

/** What no argument or option is, unless it says that it `takes` it. */
const WRONG: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['true', true],
  ['false', false],
  ['0', 0],
  ['−0', -0],
  ['1', 1],
  ['−1', -1],
  ['1.5', 1.5],
  ['0.5', 0.5],
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['−Infinity', -Infinity],
  ['2⁵³', 2 ** 53],
  ['a bigint', 1n],
  ['an empty text', ''],
  ['a text', 'x'],
  ['a number as text', '1'],
  ['a symbol', Symbol('x')],
  ['a function', () => undefined],
  ['an empty array', []],
  ['an array of numbers', [0.5, 2]],
  ['an array of texts', ['a']],
  ['an array with holes', new Array(2 ** 32 - 1)],
  ['an empty object', {}],
  ['an object without prototype', Object.create(null)],
  ['an object of another kind', { notAnOption: 1 }],
  ['an instance', new (class Other {})()],
  ['a Map', new Map([['epochs', 3]])],
  ['a Set', new Set([1])],
  ['a Date', new Date(0)],
  ['a regular expression', /x/],
  ['a promise that was not awaited', Promise.resolve({})],
  ['a boxed number', new Number(1)],
  ['a boxed text', new String('x')],
  ['a typed array of none', new Uint8Array(0)],
  ['bytes of another length', new Uint8Array(7)],
  ['floats of another length', new Float32Array(7)],
  ['doubles of another length', new Float64Array(7)],
  ['an array of another type', new BigInt64Array(160)],
  ['a buffer', new ArrayBuffer(7)],
  ['shared memory', new SharedArrayBuffer(8)],
  ['a view without a type', new DataView(new ArrayBuffer(8))],
  ['an object that says it is a signal', { [Symbol.toStringTag]: 'AbortSignal' }],
  ['something with the prototype of a Dataset', Object.create(Dataset.prototype)],
];

/** Where an argument or option is: the index of the argument, and the names that lead on from there. */
interface Place {
  argument: number;
  keys: string[];
  name: string;
  spec: Spec;
}

function placesOf(args: readonly Argument[]): Place[] {
  const within = (place: Place, isRoot: boolean, bare = false): Place[] => [
    place,
    ...Object.entries(place.spec.options ?? {}).flatMap(([key, spec]) => {
      const part = /^\d+$/.test(key) ? `[${key}]` : `.${key}`;
      const name = isRoot && bare ? key : place.name + part;
      return within({ ...place, keys: [...place.keys, key], name, spec }, false);
    }),
  ];
  return args.flatMap((spec, argument) =>
    within({ argument, keys: [], name: spec.name, spec }, true, spec.bare),
  );
}

/** The arguments with another property at a place; nothing of the given ones is changed. */
function withAt(given: unknown[], { argument, keys }: Place, property: PropertyDescriptor) {
  const copyOf = (value: unknown) =>
    Array.isArray(value)
      ? [...value]
      : Object.assign(Object.create(Object.getPrototypeOf(value)), value);
  const changed = [...given];
  let parent: object = changed;
  let key = String(argument);
  for (const next of keys) {
    const copy = copyOf(parent[key as never]);
    Object.defineProperty(parent, key, {
      value: copy,
      configurable: true,
      writable: true,
      enumerable: true,
    });
    parent = copy;
    key = next;
  }
  Object.defineProperty(parent, key, { ...property, configurable: true, enumerable: true });
  return changed;
}

const isWithin = (inner: Place, outer: Place) =>
  inner.argument === outer.argument && outer.keys.every((key, i) => inner.keys[i] === key);

const nameOf = (name: string) => new RegExp(`^${name.replace(/[.[\]]/g, '\\$&')}`);

/** What a call came to: its result, or its error. */
async function outcomeOf(call: Call, given: unknown[], on: object | undefined) {
  try {
    return { result: await call.run(given as never[], on as never) };
  } catch (error) {
    return { error };
  }
}

/** What can be seen of a result. */
async function seen(call: Call, result: unknown): Promise<unknown> {
  if (call.seen) return call.seen(result as never);
  if (!(result instanceof Network)) return result;
  return { ...result, parameters: result.parameters(), normalization: result.normalization };
}

const stateOf = (on: unknown) => (on instanceof Network ? on.parameters() : undefined);

/** What the call with these arguments comes to where nothing is wrong. */
async function expectSame(call: Call, { given, on }: Made): Promise<void> {
  const { result, error } = await outcomeOf(call, given, on);
  expect(error).toBeUndefined();
  const plain = await call.make();
  const expected = await outcomeOf(call, plain.given, plain.on);
  expect(await seen(call, result)).toEqual(await seen(call, expected.result));
  expect(stateOf(on)).toEqual(stateOf(plain.on));
}

describe('the list below', () => {
  test('has every entry of the package', () => {
    expect(Object.keys(manifest.exports).sort()).toEqual(
      [...Object.keys(ENTRIES), ...OTHERS].sort(),
    );
  });

  test('has every function, constructor and method of them', () => {
    const called = new Set(Object.keys(CALLS).map((name) => name.replace(/ (with|by) .*/, '')));
    expect(new Set([...called, ...INTERNAL])).toEqual(new Set(functionsOf(ENTRIES)));
  });
});

function functionsOf(entries: Record<string, object>): string[] {
  const isMethod = (prototype: object, name: string) =>
    name !== 'constructor' &&
    typeof Object.getOwnPropertyDescriptor(prototype, name)!.value === 'function';
  const all = Object.values(entries).flatMap((entry) => Object.entries(entry));
  return all.flatMap(([name, exported]) => {
    if (typeof exported !== 'function') return [];
    if (!/^class/.test(String(exported))) return [name];
    const statics = Object.getOwnPropertyNames(exported).filter((key) => isMethod(exported, key));
    const methods: string[] = [];
    for (
      let prototype = exported.prototype;
      prototype !== Object.prototype && prototype !== Error.prototype;
      prototype = Object.getPrototypeOf(prototype)
    ) {
      methods.push(
        ...Object.getOwnPropertyNames(prototype).filter((key) => isMethod(prototype, key)),
      );
    }
    return [
      `new ${name}`,
      ...statics.map((key) => `${name}.${key}`),
      ...methods.map((key) => `${name}#${key}`),
    ];
  });
}

describe.each(Object.entries(CALLS))('%s', (_, call) => {
  const places = placesOf(call.arguments);

  test('works', async () => {
    await expectSame(call, await call.make());
  });

  test('refuses whatever is wrong by its name, before anything has changed', async () => {
    const { given, on } = await call.make();
    const before = stateOf(on);
    for (const place of places) {
      const { name, spec } = place;
      for (const [wrong, value] of WRONG) {
        if (spec.takes?.(value) || (value === undefined && !spec.required)) continue;
        // An object whose options may all be missing.
        const mayBeEmpty =
          spec.options && !spec.open && !Object.values(spec.options).some((o) => o.required);
        if (mayBeEmpty && hasNothing(value)) continue;
        const changed = withAt(given, place, { value, writable: true });
        const { error } = await outcomeOf(call, changed, on);
        const where = `${name}: ${wrong}`;
        expect(error, where).toSatisfy((e) => e instanceof TypeError || e instanceof RangeError);
        // What is missing in an empty object is named as well.
        const inside = hasNothing(value) ? places.filter((other) => isWithin(other, place)) : [];
        const names = [place, ...inside].map((one) => one.spec.named ?? nameOf(one.name));
        expect(
          names.some((one) => one.test((error as Error).message)),
          `${where}: ${error}`,
        ).toBe(true);
        expect((error as Error).message, where).toMatch(/: found .*, expected /s);
      }
    }
    expect(stateOf(on)).toEqual(before);
    // And all is as it was for the call that is right.
    await expectSame(call, { given, ...(on && { on }) });
  });

  const objects = places.filter(({ spec }) => spec.options && !spec.open);
  test('refuses options that are not known, and knows those that are listed here', async () => {
    const { given, on } = await call.make();
    for (const place of objects) {
      const unknown = { ...place, keys: [...place.keys, 'notAnOption'] };
      const { error } = await outcomeOf(call, withAt(given, unknown, { value: 1 }), on);
      const message = String((error as Error | undefined)?.message);
      expect(message, place.name).toMatch(/: found "notAnOption", expected only /);
      const known = message.replace(/.* expected only /s, '').split(', ');
      expect(known.sort(), place.name).toEqual(Object.keys(place.spec.options!).sort());
    }
  });

  const options = places.filter(({ keys }) => keys.length > 0);
  test('reads each option once', async () => {
    for (const place of options) {
      const { given, on } = await call.make();
      let value: unknown = given[place.argument];
      for (const key of place.keys) value = value?.[key as never];
      let reads = 0;
      const get = () => {
        // What is copied on the way here, and a list's own copy.
        reads++;
        return reads > 1 ? null : value;
      };
      const changed = withAt(given, place, { get });
      reads = 0;
      await expectSame(call, { given: changed, ...(on && { on }) });
      expect(reads, place.name).toBeLessThanOrEqual(1);
    }
  });

  test('lets an error of an accessor through, before anything has changed', async () => {
    const { given, on } = await call.make();
    const before = stateOf(on);
    const thrown = new Error('of the accessor');
    for (const place of options) {
      const get = () => {
        throw thrown;
      };
      const { error } = await outcomeOf(call, withAt(given, place, { get }), on);
      expect(error, place.name).toBe(thrown);
    }
    expect(stateOf(on)).toEqual(before);
    await expectSame(call, { given, ...(on && { on }) });
  });

  test('does not see what changes once it was called', async () => {
    const { given, on } = await call.make();
    const running = outcomeOf(call, given, on);
    for (const { argument, keys, spec } of [...places].reverse()) {
      if (spec.live) continue;
      let parent: object = given;
      let key = String(argument);
      for (const next of keys) {
        parent = parent?.[key as never] as object;
        key = next;
      }
      const value = parent?.[key as never] as unknown;
      if (
        value instanceof Uint8Array ||
        value instanceof Float32Array ||
        value instanceof Float64Array
      )
        value.fill(1);
      else if (keys.length > 0 && parent) Object.assign(parent, { [key]: null });
    }
    const { result, error } = await running;
    expect(error).toBeUndefined();
    const plain = await call.make();
    const expected = await outcomeOf(call, plain.given, plain.on);
    expect(await seen(call, result)).toEqual(await seen(call, expected.result));
    expect(stateOf(on)).toEqual(stateOf(plain.on));
  });
});
