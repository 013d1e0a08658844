/**
 * Trainings on the bundled digits whose parameters are published: each must give this hash on every
 * engine. Tests run them by the command and by the library, in Node and in a page, and `npm run
 * test:engines` under several versions of Node; docs/trainer.md lists them.
 */

/**
 * @typedef {object} Recipe
 * @property {string} command what follows `relumax train`
 * @property {Omit<import('../src/index.ts').NetworkOptions, 'normalize'>} network the same for the library
 * @property {Omit<import('../src/index.ts').FitOptions, 'validation' | 'pace' | 'augmentation' | 'checkpoints'>} fit
 * @property {{ shift: number, rotate: number, scale: number }} [moves] of the images
 * @property {string} hash SHA-256 of the parameters, as --print-hash prints it
 */

/** @type {Recipe[]} */
export const RECIPES = [
  {
    command: '--epochs 3',
    network: { layers: [784, 10, 10], seed: 1 },
    fit: { epochs: 3, batchSize: 64, learningRate: 0.1, seed: 1 },
    hash: 'c065937212c3e96faa306ecabdcf02decc7183219c75ac2f250010c99f7017b2',
  },
  {
    command:
      '--layers 784-33-17-10 --epochs 2 --batch 100 --optimizer nesterov --schedule cosine --clip-norm 1',
    network: { layers: [784, 33, 17, 10], seed: 1 },
    fit: {
      ...{ epochs: 2, batchSize: 100, learningRate: 0.1, seed: 1 },
      ...{ optimizer: 'nesterov', schedule: 'cosine', clipNorm: 1 },
    },
    hash: 'bb4c0cd2b3aeff2d899397d365fd27b9ea844b15fbbc7570be8e3a8dd10bf9a9',
  },
  {
    command:
      '--epochs 3 --batch full --optimizer momentum --weight-decay 0.01 --hidden leaky-relu --seed 2',
    network: { layers: [784, 10, 10], seed: 2, hidden: 'leaky-relu' },
    fit: {
      ...{ epochs: 3, batchSize: Number.POSITIVE_INFINITY, learningRate: 0.1, seed: 2 },
      ...{ optimizer: 'momentum', weightDecay: 0.01 },
    },
    hash: '0f75865ed9aafc330ffcad514e9139e017ab9eda295761602329c2e22df3c963',
  },
  {
    command:
      '--layers 784-20-10 --epochs 2 --optimizer adamw --hidden tanh --dropout 0.2 --warmup 50',
    network: { layers: [784, 20, 10], seed: 1, hidden: 'tanh' },
    fit: {
      ...{ epochs: 2, batchSize: 64, learningRate: 0.001, seed: 1 },
      ...{ optimizer: 'adamw', dropout: 0.2, warmup: 50 },
    },
    hash: '01df248123f2f948d78308e3c47103ccfcca254459eabfc0250a23e2f7af3cd4',
  },
  {
    command:
      '--layers 784-16-16-10 --epochs 2 --optimizer adam --hidden sigmoid --schedule step:1:0.5',
    network: { layers: [784, 16, 16, 10], seed: 1, hidden: 'sigmoid' },
    fit: {
      ...{ epochs: 2, batchSize: 64, learningRate: 0.001, seed: 1 },
      ...{ optimizer: 'adam', schedule: { name: 'step', every: 1, factor: 0.5 } },
    },
    hash: 'f17129ad3a61af6503b03e14ba6c4faee87064c3be7a8bfbfd38f743fe93c2db',
  },
  {
    command: '--layers 28x28-8c5s-p2-16c5s-p2-10 --epochs 1',
    network: {
      input: [28, 28, 1],
      layers: [
        { conv: 8, kernel: 5, padding: 'same' },
        { maxPool: 2 },
        { conv: 16, kernel: 5, padding: 'same' },
        { maxPool: 2 },
        10,
      ],
      seed: 1,
    },
    fit: { epochs: 1, batchSize: 64, learningRate: 0.1, seed: 1 },
    hash: '66150c3e69009d0572283760714c21f3331d845f7484f955bd7e007bec3fcbce',
  },
  {
    command:
      '--layers 28x28-6c5/2-12c3s-20-10 --epochs 1 --optimizer adam --hidden gelu --dropout 0.1',
    network: {
      input: [28, 28, 1],
      layers: [{ conv: 6, kernel: 5, stride: 2 }, { conv: 12, kernel: 3, padding: 'same' }, 20, 10],
      seed: 1,
      hidden: 'gelu',
    },
    fit: {
      ...{ epochs: 1, batchSize: 64, learningRate: 0.001, seed: 1 },
      ...{ optimizer: 'adam', dropout: 0.1 },
    },
    hash: 'afae196065bed208af046ff7743fe2ef727c52b7c48c0d1e9fbecabc99f88415',
  },
  {
    command:
      '--layers 28x28-p2-7c3-p3-10 --epochs 2 --batch 100 --optimizer nesterov --hidden tanh --clip-norm 1',
    network: {
      input: [28, 28, 1],
      layers: [{ maxPool: 2 }, { conv: 7, kernel: 3 }, { maxPool: 3 }, 10],
      seed: 1,
      hidden: 'tanh',
    },
    fit: {
      ...{ epochs: 2, batchSize: 100, learningRate: 0.1, seed: 1 },
      ...{ optimizer: 'nesterov', clipNorm: 1 },
    },
    hash: '9f45b541837d5ef8cbb519970749442feec1028c124026c9be059cf8da6e434c',
  },
  {
    command:
      '--layers 784-24-10 --epochs 2 --optimizer adam --hidden gelu --dropout 0.1 --shift 2 --rotate 10 --scale 0.1',
    network: { layers: [784, 24, 10], seed: 1, hidden: 'gelu' },
    fit: {
      ...{ epochs: 2, batchSize: 64, learningRate: 0.001, seed: 1 },
      ...{ optimizer: 'adam', dropout: 0.1 },
    },
    moves: { shift: 2, rotate: 10, scale: 0.1 },
    hash: '0931cb249bc61318847562a45812951d98f1581a379ac5fab102b1f52ef04b32',
  },
];
