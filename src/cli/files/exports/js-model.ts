/** A model as one ES module that needs nothing else. */
import { type Architecture, product, type TrainedShape } from '../../../core/layers.ts';
import type { Hidden, Output } from '../../../index.ts';
import type { Model } from '../../../model/model.ts';
import type { Preprocessing } from '../../../table/preprocessing.ts';
import { activationsBetween, HIDDEN_EXPORTS, OUTPUT_EXPORTS } from './activation-exports.ts';
import { jsTable, scriptText } from './js-table.ts';

/**
 * The text of a module that exports `predict`, `layers` and `classes`, and of a table `columns`, `encode` and
 * `answer`. It rounds where the network rounds, and so gives the very numbers that the network gives.
 */
export function jsModel(
  {
    architecture,
    functions: { hidden, output },
    parameters,
    normalization: { inputs, targets } = {},
  }: Model,
  classNames: readonly string[] | undefined,
  preprocessing?: Preprocessing,
): string {
  const { input: image, layers, shapes, trained, features, outputs, text } = architecture;
  const arrays = [inputs, targets].flatMap((part) => (part ? [part.mean, part.std] : []));
  const bytes = Buffer.concat(
    [
      ...arrays,
      ...parameters.flatMap(({ weights, biases }, i) => [
        channelsLast(weights, trained[i]!),
        biases,
      ]),
    ].map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
  /** Of weights and biases, layer by layer. */
  const counts = shapes.map(({ weights }) => (weights ? [product(weights), weights[0]] : [0, 0]));
  const between = activationsBetween(architecture, hidden);
  const names = classNames ?? Array.from({ length: outputs }, (_, i) => String(i));
  const kind = targets ? 'Float64Array' : 'Float32Array';
  return `// The network ${text}: ${between.join(', ') || 'nothing'} between its layers, ${output} at the end. Written by relumax.

${
  image
    ? `/** Height, width and channels of the images. */
export const input = ${JSON.stringify(image)};

/** Convolutions, max pooling, and the units of dense layers. */`
    : '/** Inputs, hidden units of each layer, outputs. */'
}
export const layers = ${JSON.stringify(layers)};
const features = ${features};

/** What the outputs are called, in their order. */
export const classes = ${scriptText(names)};

/**
 * ${output === 'softmax' ? 'The probability of each class, for each example.' : `The outputs, for each example${targets ? ', in the unit of what the network was trained on' : ''}.`}
 *
 * @param {Uint8Array | Uint8ClampedArray | ArrayLike<number>} inputs examples × ${features}, one after
 *   another${image ? ', channels last' : ''}: ${
   inputs ? 'numbers as in the data that the network was trained on; of bytes' : 'numbers, or bytes'
 }, each counts as x / 255
 * @returns {${kind}} examples × ${outputs}
 * @throws {RangeError} where an input is no finite number, or so large that a layer overflows
 */
export function predict(inputs) {
  if (inputs.length === 0 || inputs.length % features !== 0) {
    throw new RangeError(\`inputs: found \${inputs.length} values, expected a multiple of \${features}\`);
  }
  const examples = inputs.length / features;
  const answers = new ${kind}(examples * layers.at(-1));
  // By the tag, since bytes may come from another window.
  const areBytes = /Uint8(Clamped)?Array/.test(Object.prototype.toString.call(inputs));
  for (let i = 0; i < examples; i++) {
    let a = new Float32Array(features);
    for (let k = 0; k < a.length; k++) {
      const x = inputs[i * a.length + k];
      a[k] = scaled(x, k, areBytes);
      if (typeof x === 'number' && Number.isFinite(a[k])) continue;
      throw new RangeError(
        \`inputs[\${i * a.length + k}]: found \${x}, expected a finite number that 32 bits hold\`,
      );
    }
    for (let l = 1; l <= parameters.length; l++) {
      a = ${image ? 'layer' : 'dense'}(a, l);
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
function scaled(x, k, areBytes) {
  return ((areBytes ? x / 255 : x) - inputMean[k]) / inputStd[k];
}`
    : `function scaled(x, k, areBytes) {
  return areBytes ? x * round(1 / 255) : x;
}`
}

${image ? imageCode(architecture) : ''}/** Z = W·A + b of layer l, and its activation but for the last. */
function dense(a, l) {
  const { weights, biases } = parameters[l - 1];
  const z = new Float32Array(biases.length);
  for (let j = 0; j < z.length; j++) {
    let sum = 0;
    for (let k = 0; k < a.length; k++) sum = round(sum + round(weights[j * a.length + k] * a[k]));
    z[j] = sum + biases[j];
  }
  return l < parameters.length ? z.map(hidden[activations[l - 1]]) : z;
}

/** The activation of each layer but the last; of pooling it has no effect. */
const activations = ${JSON.stringify(shapes.slice(0, -1).map(({ activation = hidden }) => activation))};
${activationCode(between, output, targets !== undefined)}
/** Little-endian, in base64: ${
    arrays.length > 0 ? 'means and standard deviations in float64, then ' : ''
  }of each layer in float32 weights (out × ${image ? 'rows × columns × channels' : 'in'}, row-major), then biases. */
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
}${inputs ? 'const [inputMean, inputStd] = [doubles(features), doubles(features)];\n' : ''}${
  targets ? 'const [mean, std] = [doubles(layers.at(-1)), doubles(layers.at(-1))];\n' : ''
}const parameters = ${JSON.stringify(counts)}.map(([weights, biases]) => {
  return { weights: floats(weights), biases: floats(biases) };
});
${preprocessing ? `\n${jsTable(preprocessing)}` : ''}`;
}

/** The code of layers of images: which they are, and those that are not dense. */
function imageCode({ input, shapes }: Architecture): string {
  const images = [input!, ...shapes.map(({ output }) => output)];
  return `/** Height, width and channels: of the input, and of what each layer gives. */
const images = ${JSON.stringify(images)};

function layer(a, l) {
  const { conv, maxPool } = layers[l - 1];
  if (conv) return convolution(a, l);
  return maxPool ? pooling(a, l) : dense(a, l);
}

/** Z = F ∗ A + b of layer l, and its activation. */
function convolution(a, l) {
  const { kernel, stride } = layers[l - 1];
  const { weights, biases } = parameters[l - 1];
  const [height, width, channels] = images[l - 1];
  const [rows, columns, filters] = images[l];
  // Of an odd number of zeros around the image one more comes behind it.
  const before = (size, steps) => Math.max(((steps - 1) * stride + kernel - size) >> 1, 0);
  const [top, left] = [before(height, rows), before(width, columns)];
  const z = new Float32Array(rows * columns * filters);
  for (let i = 0; i < z.length; i++) {
    const n = i % filters;
    const pixel = (i - n) / filters;
    const x = (pixel % columns) * stride - left;
    const y = Math.floor(pixel / columns) * stride - top;
    let sum = biases[n];
    for (let ky = Math.max(0, -y); ky < kernel && y + ky < height; ky++) {
      for (let kx = Math.max(0, -x); kx < kernel && x + kx < width; kx++) {
        const from = ((y + ky) * width + x + kx) * channels;
        const at = ((n * kernel + ky) * kernel + kx) * channels;
        for (let c = 0; c < channels; c++) sum = round(sum + round(weights[at + c] * a[from + c]));
      }
    }
    z[i] = sum;
  }
  return z.map(hidden[activations[l - 1]]);
}

/** The largest value of each window, channel by channel. */
function pooling(a, l) {
  const { maxPool } = layers[l - 1];
  const [, width, channels] = images[l - 1];
  const [rows, columns] = images[l];
  const most = new Float32Array(rows * columns * channels).fill(-Infinity);
  for (let y = 0; y < rows * maxPool; y++) {
    for (let x = 0; x < columns * maxPool; x++) {
      const to = (Math.floor(y / maxPool) * columns + Math.floor(x / maxPool)) * channels;
      const from = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) most[to + c] = Math.max(most[to + c], a[from + c]);
    }
  }
  return most;
}

`;
}

/** Weights with the channels last, as the images have them; in models they come first. */
function channelsLast(weights: Float32Array, { input, weights: [, ...sizes] }: TrainedShape) {
  const channels = input[2];
  const pixels = product(sizes) / channels;
  return weights.map((_, i) => {
    const [c, pixel] = [i % channels, Math.floor(i / channels)];
    const j = Math.floor(pixel / pixels);
    return weights[(j * channels + c) * pixels + (pixel % pixels)]!;
  });
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
function activationCode(between: readonly Hidden[], output: Output, hasTargets: boolean): string {
  const functions = between.map((name) => {
    const body = HIDDEN_EXPORTS[name].js.replaceAll('\n', '\n  ');
    return `  '${name}': (z) => {\n    ${body}\n  },\n`;
  });
  const code = `const hidden = {
${functions.join('')}};

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
