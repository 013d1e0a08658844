/** A model as one ES module that needs nothing else. */
import type { Hidden, Output } from '../index.ts';
import type { ExportedModel } from './onnx-model.ts';

/**
 * The text of a module that exports `predict`, `layers` and `classes`. It computes in float64 what
 * the network computes in float32, so the probabilities agree to some 10⁻⁶.
 */
export function jsModel({
  layers,
  hidden,
  output,
  parameters,
  classNames,
  normalization,
  targets,
}: ExportedModel): string {
  const arrays = [
    ...(normalization ? [normalization.mean, normalization.deviation] : []),
    ...(targets ? [targets.mean, targets.deviation] : []),
    ...parameters.flatMap(({ weights, biases }) => [weights, biases]),
  ];
  const bytes = Buffer.concat(
    arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
  const names = classNames ?? Array.from({ length: layers.at(-1)! }, (_, i) => String(i));
  return `// A network of dense layers, ${layers.join('-')}: ${hidden} between them, ${output} at the end. Written by relumax.

/** Inputs, hidden units of each layer, outputs. */
export const layers = ${JSON.stringify(layers)};

/** What the outputs are called, in their order. */
export const classes = ${JSON.stringify(names)};

/**
 * ${output === 'softmax' ? 'The probability of each class, for each example.' : 'The outputs, for each example.'}
 *
 * @param {Uint8Array | ArrayLike<number>} inputs examples × ${layers[0]}, one after another: ${
   normalization
     ? 'numbers as in the table that the network learnt from'
     : 'bytes, which count as x / 255, or numbers'
 }
 * @returns {Float32Array} examples × ${layers.at(-1)}
 */
export function predict(inputs) {
  if (inputs.length === 0 || inputs.length % layers[0] !== 0) {
    throw new RangeError(\`inputs: found \${inputs.length} values, expected a multiple of \${layers[0]}\`);
  }
  const examples = inputs.length / layers[0];
  const answers = new Float32Array(examples * layers.at(-1));
  for (let i = 0; i < examples; i++) {
    let a = Float64Array.from({ length: layers[0] }, (_, k) => input(inputs, i * layers[0] + k, k));
    for (let l = 1; l < layers.length; l++) a = dense(a, l);
    answers.set(output(a), i * layers.at(-1));
  }
  return answers;
}
${
  normalization
    ? `
/** Standardised as the inputs were that it learnt from. */
function input(inputs, at, k) {
  return (inputs[at] - numbers[k]) / numbers[layers[0] + k];
}
`
    : `
function input(inputs, at) {
  return inputs instanceof Uint8Array ? inputs[at] / 255 : inputs[at];
}
`
}
/** Z = W·A + b of layer l, and ${hidden} of it but for the last. */
function dense(a, l) {
  const { weights, biases } = parameters[l - 1];
  return Float64Array.from({ length: layers[l] }, (_, j) => {
    let z = numbers[biases + j];
    for (let k = 0; k < a.length; k++) z += numbers[weights + j * a.length + k] * a[k];
    return l < layers.length - 1 ? hidden(z) : z;
  });
}

function hidden(z) {
  return ${HIDDEN_CODE[hidden]};
}

${outputCode(output, normalization !== undefined, targets !== undefined)}

/** float32, little-endian, in base64: ${
    normalization ? 'means and deviations of the inputs, then ' : ''
  }${targets ? 'those of the outputs, then ' : ''}of each layer weights (out × in, row-major), then biases. */
const text =
  '${bytes.toString('base64')}';
const view = new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
const numbers = Float32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));

/** Where each layer's begin. */
const parameters = [];
for (let l = 1, at = ${2 * ((normalization?.mean.length ?? 0) + (targets?.mean.length ?? 0))}; l < layers.length; l++) {
  const biases = at + layers[l] * layers[l - 1];
  parameters.push({ weights: at, biases });
  at = biases + layers[l];
}
`;
}

const HIDDEN_CODE: Record<Hidden, string> = {
  relu: 'Math.max(z, 0)',
  'leaky-relu': 'z > 0 ? z : 0.01 * z',
  tanh: 'Math.tanh(z)',
  sigmoid: '1 / (1 + Math.exp(-z))',
  gelu: 'z / (1 + Math.exp(-1.5957691216057308 * (z + 0.044715 * z ** 3)))',
};

/** What the last layer makes of its sums. */
function outputCode(output: Output, isNormalized: boolean, hasTargets: boolean): string {
  if (output === 'softmax') {
    return `function output(z) {
  const most = Math.max(...z);
  const e = z.map((value) => Math.exp(value - most));
  const sum = e.reduce((total, value) => total + value, 0);
  return e.map((value) => value / sum);
}`;
  }
  if (output === 'sigmoid') {
    return `function output(z) {
  return z.map((value) => 1 / (1 + Math.exp(-value)));
}`;
  }
  if (!hasTargets) {
    return `function output(z) {
  return z;
}`;
  }
  const mean = isNormalized ? '2 * layers[0]' : '0';
  return `/** In the unit of the numbers that it learnt from. */
function output(z) {
  const mean = ${mean};
  return z.map((value, j) => value * numbers[mean + z.length + j] + numbers[mean + j]);
}`;
}
