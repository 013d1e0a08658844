/** Model files: what is loaded is what the file has, and can be used, saved and loaded again. */
import fc from 'fast-check';
import { HIDDEN, type Hidden, OUTPUTS } from '../../../src/core/activations.ts';
import { checkedArchitecture, type Dense, type Layer } from '../../../src/core/architecture.ts';
import { MOST_STD, type Standardization } from '../../../src/core/normalization.ts';
import { Network } from '../../../src/index.ts';
import { encodeModel, type Model } from '../../../src/model/model.ts';
import { type Dice, TEXT } from '../dice.ts';
import { checkSame, filesTarget, must } from '../files.ts';
import { checkClear, Fault } from '../target.ts';
import { decode, encode, type RawFile } from './safetensors.ts';

const floats = (dice: Dice, length: number) =>
  Float32Array.from(
    dice.list(length, () => (dice.chance(0.03) ? dice.float() : dice.between(-9, 9) / 8)),
  );

function standardization(dice: Dice, length: number): Standardization {
  const mean = Float64Array.from(dice.list(length, () => dice.double()));
  return {
    mean,
    std: Float64Array.from(
      dice.list(length, () => Math.min(Math.abs(dice.double()) || 1, MOST_STD)),
    ),
  };
}

/** A model with sizes, functions, numbers and texts at random. */
export function randomModel(dice: Dice): Model {
  const layers = dice.list(dice.small(2, 5), () => dice.small(1, 20));
  const functions = { hidden: dice.pick(HIDDEN), output: dice.pick(OUTPUTS) };
  const parameters = layers.slice(1).map((units, l) => ({
    weights: floats(dice, units * layers[l]!),
    biases: floats(dice, units),
  }));
  const isLinear = functions.output === 'linear';
  const inputs = dice.chance(0.3) ? standardization(dice, layers[0]!) : undefined;
  const targets = isLinear && dice.chance(0.3) ? standardization(dice, layers.at(-1)!) : undefined;
  const normalization = inputs || targets ? { inputs, targets } : undefined;
  const key = TEXT.filter((text) => text !== '__proto__' && text !== 'checkpoint').map(
    (text) => `x${text}`,
  );
  const metadata = dice.of(fc.dictionary(key, TEXT, { maxKeys: 3, noNullPrototype: true }));
  return {
    architecture: checkedArchitecture({
      layers: layers.map((units, l) => {
        const isHidden = l > 0 && l + 1 < layers.length;
        return isHidden && dice.chance(0.2)
          ? { dense: units, activation: dice.pick(HIDDEN) }
          : units;
      }),
    }),
    functions,
    parameters,
    normalization,
    metadata,
  };
}

/** The values of a tensor of 32 bits. */
export const floatsOf = ({ bytes }: { bytes: Buffer }) =>
  Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
const doublesOf = ({ bytes, dtype }: { bytes: Buffer; dtype: string }) =>
  dtype === 'F32'
    ? Float64Array.from(floatsOf({ bytes }))
    : Float64Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(8 * i));

/** What a file says besides what all models do. */
export function textsIn(metadata: RawFile['metadata']): Record<string, string> {
  const { format, version, input, hidden, output, layers, checkpoint, ...others } = metadata;
  return others;
}

const unitsOf = (layer: Layer) => (typeof layer === 'number' ? layer : (layer as Dense).dense);

/** What the tensors and the metadata of a model say. */
function modelOf({ tensors, metadata }: RawFile) {
  const { format, version, input, hidden, output, layers: sizes } = metadata;
  must(format === 'relumax' && version === '1' && input === 'float32, or uint8 / 255', 'metadata');
  const parameters = [];
  const layers: Layer[] = [];
  // The hyphen of leaky-relu is none.
  const texts = sizes!.split(/-(?!relu)/);
  for (let l = 0; tensors[`layers.${l}.weight`]; l++) {
    const [weight, bias] = [tensors[`layers.${l}.weight`]!, tensors[`layers.${l}.bias`]!];
    const [units, inputs] = weight.shape as [number, number];
    must(weight.dtype === 'F32' && bias.dtype === 'F32' && bias.shape[0] === units, 'shapes');
    if (l === 0) layers.push(inputs);
    must(unitsOf(layers.at(-1)!) === inputs, 'as many inputs as outputs before');
    const [, activation] = (texts[l + 1] ?? '').split(':') as [string, Hidden?];
    layers.push(activation ? { dense: units, activation } : units);
    parameters.push({ weights: floatsOf(weight), biases: floatsOf(bias) });
  }
  const said = layers.map((layer) =>
    typeof layer === 'object' && 'dense' in layer ? `${layer.dense}:${layer.activation}` : layer,
  );
  must(said.join('-') === sizes, 'metadata layers');
  for (const values of parameters.flatMap(({ weights, biases }) => [weights, biases])) {
    must(values.every(Number.isFinite), 'finite parameters');
  }
  const half = (name: string) => {
    const [mean, std] = [tensors[`${name}.mean`], tensors[`${name}.deviation`]];
    return mean && std && { mean: doublesOf(mean), std: doublesOf(std) };
  };
  const [inputs, targets] = [half('normalization'), half('targets')];
  return {
    ...{ layers, hidden, output, parameters },
    normalization:
      inputs || targets ? { ...(inputs && { inputs }), ...(targets && { targets }) } : undefined,
    metadata: textsIn(metadata),
  };
}

/** A network as it shows itself. */
function shown(network: Network) {
  const { layers, hidden, output, normalization, metadata } = network;
  const parameters = network.parameters();
  return {
    layers: [...layers],
    hidden,
    output,
    normalization,
    parameters,
    metadata: { ...metadata },
  };
}

/** Checks that outputs are numbers, or that an error says why there are none. */
function checkOutputs(network: Network): void {
  const inputs = network.features;
  for (const value of [0, 1, -1e30]) {
    try {
      const outputs = network.predict(new Float32Array(inputs).fill(value));
      const nonFinite = outputs.find((output) => !Number.isFinite(output));
      if (nonFinite !== undefined) throw new Fault(`predicts ${nonFinite}`);
    } catch (error) {
      checkClear(error);
    }
  }
}

export const model = filesTarget({
  name: 'model',
  make(dice) {
    const bytes = Buffer.from(encodeModel(randomModel(dice)));
    if (dice.chance(0.5)) return { files: { file: bytes }, valid: true };
    // With other tensors or metadata, in another order.
    const raw = decode(bytes);
    const tensors = dice.some(Object.entries(raw.tensors), 0.97);
    const metadata = dice.some(Object.entries(raw.metadata), 0.97);
    const isWhole =
      tensors.length === Object.keys(raw.tensors).length &&
      metadata.length === Object.keys(raw.metadata).length;
    const other = { tensors: Object.fromEntries(tensors), metadata: Object.fromEntries(metadata) };
    return { files: { file: encode(other, dice) }, valid: isWhole || undefined };
  },
  async read({ file }) {
    const network = await Network.load(file!);
    checkOutputs(network);
    checkSame(shown(await Network.load(network.save())), shown(network));
    return shown(network);
  },
  expected: ({ file }) => modelOf(decode(file!)),
});
