/** The activations as exported models compute them: in ONNX, and in JavaScript. */
import { GELU, LEAKY_SLOPE } from '../../../core/activations.ts';
import type { Architecture } from '../../../core/layers.ts';
import type { Hidden, Output } from '../../../index.ts';

/** Nodes of ONNX, one after another; the last one's output is A. */
type OnnxStep = readonly [
  operator: string,
  /** Z is `z`; others are outputs of steps before, or constants. */
  inputs: readonly string[],
  output: string,
  attributes?: Readonly<Record<string, number>>,
];

interface HiddenExport {
  readonly onnx: readonly OnnxStep[];
  /** Numbers that the steps name. */
  readonly constants?: Readonly<Record<string, number>>;
  /** Statements that return g(z), rounded as the core rounds; `sigmoid` and `exp` are there if called. */
  readonly js: string;
}

/** An operator of ONNX that is the whole activation. */
const operator = (name: string, attributes: Record<string, number> = {}): OnnxStep[] => [
  [name, ['z'], 'a', attributes],
];

export const HIDDEN_EXPORTS: Readonly<Record<Hidden, HiddenExport>> = {
  relu: { onnx: operator('Relu'), js: 'return Math.max(z, 0);' },
  'leaky-relu': {
    onnx: operator('LeakyRelu', { alpha: LEAKY_SLOPE }),
    js: `return Math.max(z, z * round(${LEAKY_SLOPE}));`,
  },
  tanh: {
    onnx: operator('Tanh'),
    js: `const s = sigmoid(round(z + z));
  return round(s + s) - 1;`,
  },
  sigmoid: { onnx: operator('Sigmoid'), js: 'return sigmoid(z);' },
  elu: {
    onnx: operator('Elu', { alpha: 1 }),
    js: 'return Math.max(z, exp(-Math.abs(z)) - 1);',
  },
  linear: { onnx: operator('Identity'), js: 'return z;' },
  gelu: {
    // As an operator of its own it came with opset 20.
    onnx: [
      ['Mul', ['z', 'z'], 'square'],
      ['Mul', ['square', 'gelu.cubic'], 'cubic'],
      ['Add', ['cubic', 'gelu.linear'], 'factor'],
      ['Mul', ['z', 'factor'], 'argument'],
      ['Sigmoid', ['argument'], 'sigmoid'],
      ['Mul', ['z', 'sigmoid'], 'a'],
    ],
    constants: { 'gelu.linear': GELU.linear, 'gelu.cubic': GELU.linear * GELU.cubic },
    js: `const cubic = round(round(${GELU.cubic}) * round(z * z));
  return z * sigmoid(round(round(${GELU.linear}) * round(z + round(z * cubic))));`,
  },
  silu: {
    // It has no operator of its own.
    onnx: [
      ['Sigmoid', ['z'], 'sigmoid'],
      ['Mul', ['z', 'sigmoid'], 'a'],
    ],
    js: 'return z * sigmoid(z);',
  },
};

/** The activations of the hidden layers, each once. */
export function activationsBetween({ shapes }: Architecture, hidden: Hidden): Hidden[] {
  const names = shapes
    .slice(0, -1)
    .flatMap(({ weights, activation = hidden }) => (weights ? [activation] : []));
  return [...new Set(names)];
}

interface OutputExport {
  readonly onnx: string;
  /** What the output of the ONNX model is called. */
  readonly result: 'probabilities' | 'values';
  /** The function `output` of all Z of an example, which a linear one makes targets of. */
  readonly js: string;
}

export const OUTPUT_EXPORTS: Readonly<Record<Output, OutputExport>> = {
  softmax: {
    onnx: 'Softmax',
    result: 'probabilities',
    js: `const most = z.reduce((a, b) => Math.max(a, b));
  const e = z.map((value) => exp(round(value - most)));
  // Every fourth into a sum of its own, from the last ones on, as the network's vectors do.
  const last = e.length - 1 - ((e.length - 1) % 4);
  const sums = [0, 1, 2, 3].map((lane) => {
    let sum = e[last + lane] ?? 0;
    for (let j = lane; j < last; j += 4) sum = round(sum + e[j]);
    return sum;
  });
  const scale = round(1 / round(round(sums[0] + sums[2]) + round(sums[1] + sums[3])));
  return e.map((value) => value * scale);`,
  },
  sigmoid: { onnx: 'Sigmoid', result: 'probabilities', js: 'return z.map(sigmoid);' },
  linear: { onnx: 'Identity', result: 'values', js: 'return z;' },
};
