/** Models that PyTorch wrote: whatever the element type, the numbers are those of the file. */
import { decodeModel } from '../../../src/model/model-reader.ts';
import { modelFromTorch } from '../../../src/model/torch-model.ts';
import type { Dice } from '../dice.ts';
import { filesTarget, must } from '../files.ts';
import { decode, encode, type RawTensor, SIZES } from './safetensors.ts';

const NAMES: readonly ((l: number) => string)[] = [
  (l) => `${2 * l}.`,
  (l) => `fc${l + 1}.`,
  (l) => `net.${9 + l}.linear.`,
];

/** A tensor of numbers that are finite in its type, some of them not. */
function random(dice: Dice, shape: number[], areFinite: boolean): RawTensor {
  const dtype = dice.pick(Object.keys(SIZES));
  const size = SIZES[dtype]!;
  const bytes = dice.bytes(shape.reduce((product, n) => product * n, 1) * size);
  // The top bit of the exponent is 0 in numbers below 2.
  if (areFinite) for (let i = size - 1; i < bytes.length; i += size) bytes[i]! &= 0xbf;
  return { dtype, shape, bytes };
}

function numbersOf({ dtype, bytes }: RawTensor): Float32Array {
  const size = SIZES[dtype]!;
  const read = (at: number) => {
    if (dtype === 'F64') return bytes.readDoubleLE(at);
    if (dtype === 'F32') return bytes.readFloatLE(at);
    const bits = bytes.readUInt16LE(at);
    if (dtype === 'BF16') {
      const float = Buffer.alloc(4);
      float.writeUInt16LE(bits, 2);
      return float.readFloatLE();
    }
    const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
    if (exponent === 31) return Number.NaN;
    return (
      sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
    );
  };
  return Float32Array.from({ length: bytes.length / size }, (_, i) => read(i * size));
}

export const torch = filesTarget({
  name: 'torch',
  make(dice) {
    const layers = dice.list(dice.small(2, 5), () => dice.small(1, 9));
    const areFinite = dice.chance(0.9);
    const name = dice.pick(NAMES);
    const entries = layers
      .slice(1)
      .flatMap((units, l): [string, RawTensor][] => [
        [`${name(l)}weight`, random(dice, [units, layers[l]!], areFinite)],
        ...(dice.chance(0.8)
          ? [[`${name(l)}bias`, random(dice, [units], areFinite)] as [string, RawTensor]]
          : []),
      ]);
    // Names that are numbers come first in an object, in their order, as the layers do.
    const tensors = Object.fromEntries(dice.chance(0.5) ? entries : entries.reverse());
    const metadata = dice.pick([{}, { format: 'pt' }]) as Record<string, string>;
    return { files: { file: encode({ tensors, metadata }, dice) }, valid: areFinite || undefined };
  },
  read({ file }) {
    const { architecture, parameters, functions } = decodeModel(modelFromTorch(file!));
    const { layers } = architecture;
    return { layers, parameters, functions };
  },
  expected({ file }) {
    const { tensors } = decode(file!);
    const weights = Object.keys(tensors).filter(
      (name) => name === 'weight' || name.endsWith('.weight'),
    );
    weights.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    const layers = [tensors[weights[0]!]!.shape[1]!];
    const parameters = weights.map((name) => {
      const weight = tensors[name]!;
      const bias = tensors[name.replace(/weight$/, 'bias')];
      const [units, inputs] = weight.shape as [number, number];
      must(inputs === layers.at(-1), 'as many inputs as outputs before');
      layers.push(units);
      const biases = bias ? numbersOf(bias) : new Float32Array(units);
      return { weights: numbersOf(weight), biases };
    });
    for (const values of parameters.flatMap(({ weights, biases }) => [weights, biases])) {
      must(values.every(Number.isFinite), 'finite parameters');
    }
    return { layers, parameters, functions: { hidden: 'relu', output: 'softmax' } };
  },
});
