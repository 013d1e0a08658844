/** A model as one ES module that needs nothing else. */
import type { Hidden, Output } from '../../index.ts';
import type { Model } from '../../model/model.ts';
import { jsonText } from '../terminal/safe-text.ts';
import { HIDDEN_EXPORTS, OUTPUT_EXPORTS } from './activation-exports.ts';

/**
 * The text of a module that exports `predict`, `layers` and `classes`. It rounds where the network
 * rounds, and so gives the very numbers that the network gives.
 */
export function jsModel(
  {
    architecture,
    functions: { hidden, output },
    parameters,
    normalization: { inputs, targets } = {},
  }: Model,
  classNames: readonly string[] | undefined,
): string {
  const layers = architecture.layers as readonly number[];
  const arrays = [inputs, targets].flatMap((part) => (part ? [part.mean, part.std] : []));
  const bytes = Buffer.concat(
    [...arrays, ...parameters.flatMap(({ weights, biases }) => [weights, biases])].map(
      ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength),
    ),
  );
  const names = classNames ?? Array.from({ length: layers.at(-1)! }, (_, i) => String(i));
  const kind = targets ? 'Float64Array' : 'Float32Array';
  return `// A network of dense layers, ${layers.join('-')}: ${hidden} between them, ${output} at the end. Written by relumax.

/** Inputs, hidden units of each layer, outputs. */
export const layers = ${JSON.stringify(layers)};

/** What the outputs are called, in their order. */
export const classes = ${scriptText(names)};

/**
 * ${output === 'softmax' ? 'The probability of each class, for each example.' : `The outputs, for each example${targets ? ', in the unit of what the network was trained on' : ''}.`}
 *
 * @param {Uint8Array | Uint8ClampedArray | ArrayLike<number>} inputs examples × ${layers[0]}, one after
 *   another: ${
   inputs ? 'numbers as in the data that the network was trained on; of bytes' : 'numbers, or bytes'
 }, each counts as x / 255
 * @returns {${kind}} examples × ${layers.at(-1)}
 * @throws {RangeError} where an input is no finite number, or so large that a layer overflows
 */
export function predict(inputs) {
  if (inputs.length === 0 || inputs.length % layers[0] !== 0) {
    throw new RangeError(\`inputs: found \${inputs.length} values, expected a multiple of \${layers[0]}\`);
  }
  const examples = inputs.length / layers[0];
  const answers = new ${kind}(examples * layers.at(-1));
  // By the tag, since bytes may come from another window.
  const areBytes = /Uint8(Clamped)?Array/.test(Object.prototype.toString.call(inputs));
  for (let i = 0; i < examples; i++) {
    let a = new Float32Array(layers[0]);
    for (let k = 0; k < a.length; k++) {
      const x = inputs[i * a.length + k];
      a[k] = input(x, k, areBytes);
      if (typeof x === 'number' && Number.isFinite(a[k])) continue;
      throw new RangeError(
        \`inputs[\${i * a.length + k}]: found \${x}, expected a finite number that 32 bits hold\`,
      );
    }
    for (let l = 1; l < layers.length; l++) {
      a = dense(a, l);
      const bad = a.find((value) => !Number.isFinite(value));
      if (bad === undefined) continue;
      throw new RangeError(
        \`inputs: found example \${i}, for which layer \${l} gives \${bad}, expected smaller inputs\`,
      );
    }
    answers.set(output(a), i * layers.at(-1));
  }
  return answers;
}

/** Rounds to 32 bits, as the network does after each operation. */
const round = Math.fround;

${
  inputs
    ? `/** Standardised, in 64 bits. */
function input(x, k, areBytes) {
  return ((areBytes ? x / 255 : x) - inputMean[k]) / inputStd[k];
}`
    : `function input(x, k, areBytes) {
  return areBytes ? x * round(1 / 255) : x;
}`
}

/** Z = W·A + b of layer l, and ${hidden} of it but for the last. */
function dense(a, l) {
  const { weights, biases } = parameters[l - 1];
  const z = new Float32Array(layers[l]);
  for (let j = 0; j < z.length; j++) {
    let sum = 0;
    for (let k = 0; k < a.length; k++) sum = round(sum + round(weights[j * a.length + k] * a[k]));
    z[j] = sum + biases[j];
  }
  return l < layers.length - 1 ? z.map(hidden) : z;
}

${activationCode(hidden, output, targets !== undefined)}
/** Little-endian, in base64: ${
    arrays.length > 0 ? 'means and standard deviations in float64, then ' : ''
  }of each layer in float32 weights (out × in, row-major), then biases. */
const text =
  '${bytes.toString('base64')}';
const view = new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
let at = 0;
function floats(count) {
  return Float32Array.from({ length: count }, (_, i) => view.getFloat32((at += 4) - 4, true));
}
${
  arrays.length > 0
    ? `function doubles(count) {
  return Float64Array.from({ length: count }, (_, i) => view.getFloat64((at += 8) - 8, true));
}
`
    : ''
}${inputs ? 'const [inputMean, inputStd] = [doubles(layers[0]), doubles(layers[0])];\n' : ''}${
  targets ? 'const [mean, std] = [doubles(layers.at(-1)), doubles(layers.at(-1))];\n' : ''
}const parameters = layers.slice(1).map((units, l) => {
  const weights = floats(units * layers[l]);
  return { weights, biases: floats(units) };
});
`;
}

/** As JSON that may also stand in a page: there `</script>` and `<!--` in a name would be markup. */
function scriptText(names: readonly string[]): string {
  return jsonText(names).replaceAll('<', '\\u003c');
}

const HELPERS = {
  sigmoid: `function sigmoid(z) {
  const e = exp(-Math.abs(z));
  return round((z < 0 ? e : 1) / round(1 + e));
}`,
  exp: `/** eˣ for x ≤ 0, within 1 ulp of 32 bits: 2ⁿ·eʳ, eʳ by S. Moshier's polynomial (Cephes, expf.c). */
function exp(x) {
  if (x < round(-87.33654)) return 0;
  const n = round(round(x * round(1.44269504)) + 12582912) - 12582912;
  let r = round(x - round(n * 0.693359375));
  r = round(r - round(n * round(-2.1219444e-4)));
  let p = polynomial[0];
  for (const c of polynomial.subarray(1)) p = round(round(p * r) + c);
  p = round(round(p * round(r * r)) + r);
  return round(p + 1) * 2 ** n;
}
const polynomial = Float32Array.of(
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
);`,
};

/** The code of the activations, with what it calls. */
function activationCode(hidden: Hidden, output: Output, hasTargets: boolean): string {
  const code = `function hidden(z) {
  ${HIDDEN_EXPORTS[hidden].js}
}

${
  hasTargets
    ? `/** In the unit of the targets, in 64 bits. */
function output(z) {
  return Float64Array.from(z, (value, j) => value * std[j] + mean[j]);
}`
    : `function output(z) {
  ${OUTPUT_EXPORTS[output].js}
}`
}
`;
  const [sigmoid, exp] = [/\bsigmoid\b/.test(code), /\bexp\b/.test(code)];
  return [code, ...(sigmoid ? [HELPERS.sigmoid] : []), ...(sigmoid || exp ? [HELPERS.exp] : [])]
    .map((text) => `${text.trim()}\n`)
    .join('\n');
}
