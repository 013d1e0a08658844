/**
 * The relumax way of options that people bring along from Keras, TensorFlow.js, PyTorch and brain.js. Loaded
 * on demand, for the message of an error.
 */

const DATASET =
  'make one of arrays: Dataset.from({ inputs, labels, classes }), with targets for numbers';
const OPTIONS =
  'create takes { layers: [inputs, …, outputs] }, and fit a dataset, such as Dataset.from({ inputs, labels, classes }), before its options';
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
const DECAY = 'weightDecay is an option of fit';
const BIASES = 'every layer has biases';
const EMPTY = 'validation takes a whole Dataset';
const BETAS = 'optimizer: { name: "adam", beta1: 0.9, beta2: 0.999 }';

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
  validationSteps: EMPTY,
  validationBatchSize: EMPTY,
  validationFreq: EMPTY,
  onTrainBegin: 'code before fit runs before the training',
  onTrainEnd: 'fit resolves when the training has ended',
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
  useBias: BIASES,
  bias: BIASES,
  kernelRegularizer: DECAY,
  biasRegularizer: DECAY,
  batchNormalization: 'there is no batch normalisation; normalize standardises the inputs',
};

/** Of `earlyStopping`, and of optimizers. */
const OF_OBJECTS: Readonly<Record<string, string>> = {
  monitor: 'the loss on validation is what it judges by',
  mode: 'the loss on validation is what it judges by',
  restoreBestWeights: 'the parameters of the best epoch are restored',
  restore_best_weights: 'the parameters of the best epoch are restored',
  decay: 'of rmsprop it is alpha, of adagrad learningRateDecay',
  rho: 'of rmsprop it is alpha',
  beta_1: BETAS,
  beta_2: BETAS,
  learningRate: 'learningRate is an option of fit beside optimizer',
  lr: 'learningRate is an option of fit beside optimizer',
  weightDecay: 'weightDecay is an option of fit beside optimizer',
};

/** Of names that have another one here: with the sign that the error has the list of names. */
const OF_NAMES: Readonly<Record<string, string>> = {
  heUniform: 'he-uniform',
  heNormal: 'he-normal',
  glorotUniform: 'glorot-uniform',
  glorotNormal: 'glorot-normal',
  he_uniform: 'he-uniform',
  he_normal: 'he-normal',
  glorot_uniform: 'glorot-uniform',
  glorot_normal: 'glorot-normal',
  xavier: 'glorot-uniform',
  swish: 'silu',
  gelu_new: 'gelu',
  leakyReLU: 'leaky-relu',
  leakyrelu: 'leaky-relu',
  leaky_relu: 'leaky-relu',
  rmsProp: 'rmsprop',
  RMSprop: 'rmsprop',
  Adam: 'adam',
  AdamW: 'adamw',
  SGD: 'sgd',
};

/** What is known of a name; none of what every object has. */
function of(hints: Readonly<Record<string, string>>, name: string): string {
  return (Object.hasOwn(hints, name) && hints[name]) || '';
}

/** What helps with the message of an error; empty where nothing is known to. */
export function hintFor(message: string): string {
  if (/^(dataset|validation): found .* expected a Dataset$/.test(message)) return DATASET;
  if (/^options: found .* of [1-9]\d*, expected an object$/.test(message)) return OPTIONS;
  if (message === 'fit: the network is being trained by fit') return 'replace: true ends that';
  if (/^classWeights: found an object/.test(message)) return 'by class, such as [1, 24]';
  const [, other] = /: found "(\w+)", expected one of /.exec(message) ?? [];
  const name = of(OF_NAMES, other ?? '');
  if (name) return `its name here is ${name}`;
  const [, subject, option, known] =
    /^(.*): found "(\w+)", expected only (.*)$/.exec(message) ?? [];
  if (option === undefined) return '';
  if (/^(optimizer|earlyStopping)\b/.test(subject!)) return of(OF_OBJECTS, option);
  return of(/\blearningRate\b/.test(known!) ? OF_FIT : OF_CREATE, option);
}
