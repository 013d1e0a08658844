/** Models that TensorFlow.js wrote: dense layers, convolutions and pooling, one after another. */
import { decodeModel } from '../../../src/model/model-reader.ts';
import { modelFromTfjs } from '../../../src/model/tfjs-reader.ts';
import type { Dice } from '../dice.ts';
import { filesTarget, must } from '../files.ts';

interface LayerJson {
  class_name: string;
  config: Record<string, unknown>;
}

interface Weight {
  name: string;
  shape: number[];
  dtype: string;
}

/** What relumax calls the activations. */
const HIDDEN: Readonly<Record<string, string>> = {
  ...{ relu: 'relu', tanh: 'tanh', sigmoid: 'sigmoid', elu: 'elu' },
  ...{ gelu_new: 'gelu', swish: 'silu', linear: 'linear' },
};
const OUTPUTS = ['softmax', 'sigmoid', 'linear'];

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

/** Layers that fit each other, and the weights that they have. */
function some(dice: Dice): { layers: LayerJson[]; weights: Weight[] } {
  const activations = dice.some(Object.keys(HIDDEN));
  const layers: LayerJson[] = [];
  const weights: Weight[] = [];
  const add = (class_name: string, config: Record<string, unknown> = {}) => {
    const first = layers.length === 0 ? { batch_input_shape: [null, ...shape] } : {};
    layers.push({ class_name, config: { name: `layer_${layers.length}`, ...first, ...config } });
  };
  const train = (class_name: string, config: Record<string, unknown>, kernel: number[]) => {
    const use_bias = dice.chance(0.7);
    const isInside = dice.chance(0.7);
    const activation = activations.length > 0 ? dice.pick(activations) : 'relu';
    add(class_name, { ...config, use_bias, ...(isInside && { activation }) });
    const name = `layer_${layers.length - 1}`;
    weights.push({ name: `${name}/kernel`, shape: kernel, dtype: 'float32' });
    if (use_bias) weights.push({ name: `${name}/bias`, shape: kernel.slice(-1), dtype: 'float32' });
    if (!isInside) add('Activation', { activation });
  };
  const isImage = dice.chance(0.5);
  let shape = dice.list(isImage ? 3 : 1, () => dice.small(1, 6));
  for (let i = isImage ? dice.small(0, 3) : 0; i > 0; i--) {
    const [height, width, channels] = shape as [number, number, number];
    if (dice.chance(0.3) && Math.min(height, width) >= 2) {
      add('MaxPooling2D', { pool_size: [2, 2] });
      shape = [height >> 1, width >> 1, channels];
      continue;
    }
    const [filters, stride] = [dice.small(1, 4), dice.small(1, 2)];
    const size = dice.small(1, 3);
    const config = {
      filters,
      kernel_size: [size, size],
      strides: [stride, stride],
      padding: 'same',
    };
    train('Conv2D', config, [size, size, channels, filters]);
    shape = [Math.ceil(height / stride), Math.ceil(width / stride), filters];
  }
  if (isImage) add('Flatten');
  let inputs = product(shape);
  for (let i = dice.small(0, 3); i > 0; i--) {
    const units = dice.small(1, 6);
    train('Dense', { units }, [inputs, units]);
    if (dice.chance(0.3)) add('Dropout', { rate: 0.5 });
    inputs = units;
  }
  const units = dice.small(1, 4);
  add('Dense', { units, use_bias: false, activation: dice.pick(OUTPUTS) });
  const name = `layer_${layers.length - 1}/kernel`;
  weights.push({ name, shape: [inputs, units], dtype: 'float32' });
  return { layers, weights };
}

/** The weights by name, with their shapes. */
function weightsIn(groups: { weights: Weight[] }[], bin: Buffer) {
  let end = 0;
  const entries = groups
    .flatMap(({ weights }) => weights)
    .map(({ name, shape }) => {
      const values = Float32Array.from({ length: product(shape) }, (_, i) =>
        bin.readFloatLE(end + 4 * i),
      );
      end += 4 * values.length;
      must(values.every(Number.isFinite), 'finite weights');
      return [name, { shape, values }] as const;
    });
  must(end === bin.length, 'as many weights as bytes');
  return new Map(entries);
}

/** The values [a, b, c] of an array as [c, b, a]. */
function turned(values: Float32Array, [a, b, c]: readonly [number, number, number]): Float32Array {
  return values.map((_, to) => {
    const [first, second, third] = [to % a, Math.floor(to / a) % b, Math.floor(to / a / b)];
    return values[(first * b + second) * c + third]!;
  });
}

/** A number, or the first of two that must be the same. */
function sizeOf(given: unknown, or = 1): number {
  const [size, width] = [given ?? or, given ?? or].flat() as number[];
  must(size === width, 'height and width alike');
  return size!;
}

export const tfjs = filesTarget({
  name: 'tfjs',
  make(dice) {
    const { layers, weights } = some(dice);
    const areFinite = dice.chance(0.9);
    const bin = dice.bytes(4 * weights.reduce((sum, { shape }) => sum + product(shape), 0));
    // The top bit of the exponent is 0 in numbers below 2.
    if (areFinite) for (let i = 3; i < bin.length; i += 4) bin[i]! &= 0xbf;
    const order = dice.chance(0.5) ? weights : [...weights].reverse();
    const json = JSON.stringify({
      modelTopology: { class_name: 'Sequential', config: dice.chance(0.2) ? layers : { layers } },
      weightsManifest: [{ paths: ['weights.bin'], weights: order }],
    });
    return { files: { json: Buffer.from(json), bin }, valid: areFinite || undefined };
  },
  read({ json, bin }) {
    const bytes = modelFromTfjs(json!.toString(), bin!);
    const { architecture, parameters, functions } = decodeModel(bytes);
    const { input, layers } = architecture;
    return { input, layers, parameters, functions };
  },
  expected({ json, bin }) {
    const { modelTopology, weightsManifest } = JSON.parse(json!.toString());
    const { config } = modelTopology;
    const data = weightsIn(weightsManifest, bin!);
    const sequence = (config.layers ?? config) as LayerJson[];
    let shape = (sequence[0]!.config.batch_input_shape as number[]).slice(1);
    const isImage = sequence.some(({ class_name: type }) => /2D$/.test(type));
    const input = isImage ? shape : undefined;
    const layers: unknown[] = isImage ? [] : [product(shape)];
    const activations: string[] = [];
    /** Where in the list of layers those with parameters are. */
    const trained: number[] = [];
    const parameters: { weights: Float32Array; biases: Float32Array }[] = [];
    let pixels = 1;
    for (const { class_name: type, config: own } of sequence) {
      const [height, width, channels] = shape as [number, number, number];
      if (type === 'Flatten') {
        if (isImage && shape.length === 3) pixels = height * width;
        shape = [product(shape)];
      } else if (type === 'MaxPooling2D') {
        const maxPool = sizeOf(own.pool_size, 2);
        layers.push({ maxPool });
        shape = [Math.floor(height / maxPool), Math.floor(width / maxPool), channels];
      } else if (type === 'Conv2D' || type === 'Dense') {
        const { filters, units = filters, padding = 'valid', use_bias = true } = own;
        const [kernel, stride] = [sizeOf(own.kernel_size), sizeOf(own.strides)];
        const isConv = type === 'Conv2D';
        const sizes = isConv ? [kernel, kernel, channels, units] : [product(shape), units];
        const weights = data.get(`${own.name}/kernel`)!;
        const bias = data.get(`${own.name}/bias`);
        must(`${weights.shape}` === `${sizes}`, 'a kernel of its shape');
        must(!use_bias === !bias, 'a bias where the layer has one');
        const all = isConv ? kernel * kernel : pixels;
        const axes = [all, product(weights.shape) / all / +units!, units] as [
          number,
          number,
          number,
        ];
        parameters.push({
          weights: turned(weights.values, axes),
          biases: bias?.values ?? new Float32Array(units as number),
        });
        activations.push((own.activation as string | undefined) ?? 'linear');
        trained.push(layers.push(isConv ? { conv: units, kernel, padding, stride } : units) - 1);
        const zeros = padding === 'same' ? kernel - 1 : 0;
        const side = (size: number) => Math.floor((size + zeros - kernel) / stride) + 1;
        shape = isConv ? [side(height), side(width), units as number] : [units as number];
        if (!isConv) pixels = 1;
      } else if (type === 'Activation' && own.activation !== 'linear') {
        must(activations.at(-1) === 'linear', 'one activation for each layer');
        activations.splice(-1, 1, own.activation as string);
      }
    }
    const output = activations.pop();
    const [hidden = 'relu'] = activations.map((name) => HIDDEN[name]);
    for (const [i, name] of activations.entries()) {
      const activation = HIDDEN[name];
      const layer = layers[trained[i]!];
      if (activation === hidden) continue;
      layers[trained[i]!] = {
        ...(typeof layer === 'number' ? { dense: layer } : (layer as object)),
        activation,
      };
    }
    return { input, layers, parameters, functions: { hidden, output } };
  },
});
