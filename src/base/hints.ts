/**
 * The relumax way of options that people bring along from Keras, TensorFlow.js, PyTorch and brain.js. Loaded
 * on demand, for the message of an error.
 */

const DATASET =
  'make one of arrays: Dataset.from({ inputs, labels, classes }), with targets for numbers';
const RATE = 'learningRate is an option of fit';
const ACTIVATION =
  'hidden is the activation of all hidden layers, { dense: 16, activation } that of one, output that of the last';
const INITIALIZATION = 'initialization chooses the initial weights of all layers';
const UNITS = 'layers: [inputs, …, outputs] has the units of each layer, such as [4, 16, 3]';
const CONVOLUTION =
  'with input, { conv: 8, kernel: 3 } is a convolution and { maxPool: 2 } a pooling';
const LOSS = 'the loss follows from output: softmax, sigmoid or linear';
const REPORTS = 'onEpoch: (report) => console.log(report) prints each epoch';
const STOPPING = 'earlyStopping: { patience: 3 } stops when the validation loss no longer falls';
const METRICS = 'reports have loss and accuracy, and network.evaluate(dataset) has more';
const OPTIMIZER = 'fit takes the optimizer: fit(dataset, { optimizer: "adam" })';
const DROPOUT = 'dropout is an option of fit';

/** Of `fit`, and of `trainOnBatch`. */
export const OF_FIT: Readonly<Record<string, string>> = {
  validationSplit:
    'split the dataset: const { train, test } = dataset.split({ test: 0.2, seed: 0 }), then fit(train, { validation: test })',
  validationData: 'validation takes a Dataset',
  validation_data: 'validation takes a Dataset',
  callbacks: `the callbacks are onEpoch and onBatch; ${STOPPING}`,
  callback: 'the callbacks are onEpoch and onBatch',
  onEpochEnd: 'the callback is onEpoch',
  onBatchEnd: 'the callback is onBatch',
  classWeight: 'classWeights: an array, or "balanced"',
  class_weight: 'classWeights: an array, or "balanced"',
  sampleWeight: 'exampleWeights has a weight for each example',
  sample_weight: 'exampleWeights has a weight for each example',
  loss: `${LOSS}, an option of Network.create`,
  metrics: METRICS,
  verbose: REPORTS,
  log: REPORTS,
  logPeriod: REPORTS,
  initialEpoch: 'Checkpoints of relumax/checkpoint resume a training',
  stepsPerEpoch: 'an epoch has all examples, batchSize at a time',
  batch_size: 'batchSize',
  yieldEvery: 'fit yields to the event loop by itself',
  lr: 'learningRate',
  learning_rate: 'learningRate',
  weight_decay: 'weightDecay',
  momentum: 'optimizer: { name: "momentum", momentum: 0.9 }',
  iterations: 'epochs',
  errorThresh: STOPPING,
  patience: STOPPING,
};

/** Of `create`, and of its layers. */
const OF_CREATE: Readonly<Record<string, string>> = {
  units: UNITS,
  inputShape: `${UNITS}; of images, input: [height, width, channels]`,
  inputDim: UNITS,
  inputSize: UNITS,
  outputSize: UNITS,
  hiddenLayers: UNITS,
  activation: ACTIVATION,
  kernelInitializer: INITIALIZATION,
  biasInitializer: 'biases begin at 0',
  optimizer: OPTIMIZER,
  loss: LOSS,
  metrics: METRICS,
  learningRate: RATE,
  epochs: 'epochs is an option of fit',
  batchSize: 'batchSize is an option of fit',
  dropout: DROPOUT,
  rate: DROPOUT,
  filters: CONVOLUTION,
  kernelSize: CONVOLUTION,
  poolSize: CONVOLUTION,
  strides: 'stride is one number, for both directions',
};

/** What helps with the message of an error; empty where nothing is known to. */
export function hintFor(message: string): string {
  // Also of fit(xs, ys), where arrays come in place of options.
  const isOfArrays =
    /^(dataset|validation): found .* expected a Dataset$|^options: found .* of [1-9]\d*, expected an object$/;
  if (isOfArrays.test(message)) return DATASET;
  const [, name, known] = /: found "(\w+)", expected only (.*)$/.exec(message) ?? [];
  if (name === undefined) return '';
  const hints = /\blearningRate\b/.test(known!) ? OF_FIT : OF_CREATE;
  return (Object.hasOwn(hints, name) && hints[name]) || '';
}
