/**
 * Models that PyTorch saved. A state_dict has only names and numbers: ReLU between the layers, unless they
 * are given with others, and softmax after them are assumed.
 */
import { describe, options, outOfRange } from '../base/arguments.ts';
import { checkedArchitecture, type Image, type Layer } from '../core/architecture.ts';
import { type Architecture, denseArchitecture } from '../core/layers.ts';
import type { LayerParameters } from '../core/parameters.ts';
import { encodeModel, type Model, OWN_METADATA } from './model.ts';
import { damaged, type Layout, layoutOf } from './safetensors-reader.ts';

/** Every element type of the format, with the bytes that each takes. */
const BYTES = new Map(
  Object.entries({
    ...{ F4: 0.5, F6_E2M3: 0.75, F6_E3M2: 0.75, BOOL: 1, U8: 1, I8: 1, F8_E5M2: 1, F8_E4M3: 1 },
    ...{ F8_E8M0: 1, F8_E4M3FNUZ: 1, F8_E5M2FNUZ: 1, I16: 2, U16: 2, F16: 2, BF16: 2, I32: 4 },
    ...{ U32: 4, F32: 4, C64: 8, F64: 8, I64: 8, U64: 8 },
  }),
);

type Read = (data: DataView, at: number) => number;

/** Those that are read, each into a number that holds its values exactly. */
const READ = new Map<string, Read>([
  ['F32', (data, at) => data.getFloat32(at, true)],
  ['F64', (data, at) => data.getFloat64(at, true)],
  ['F16', (data, at) => halfFloat(data.getUint16(at, true))],
  ['BF16', (data, at) => floatOfBits(data.getUint16(at, true) << 16)],
]);

type Entry = Layout['entries'][number];

/** A Linear or Conv2d: its tensors, by the name of the module that has them. */
interface Module {
  readonly module: string;
  weight?: Entry;
  bias?: Entry;
}

/** The options of `modelFromTorch`. */
export interface TorchOptions {
  /** The layers, as `Network.create` takes them. Default: those of the file, which must all be `nn.Linear`. */
  layers?: readonly Layer[];
  /** Height, width and channels of the images that are the inputs, likewise. */
  input?: Image | undefined;
}

/**
 * Converts a model that PyTorch saved, `save_file(net.state_dict(), …)`, to a file of relumax. Its
 * layers are `nn.Linear` with ReLU between them, unless `layers` says another activation, and the outputs of the last
 * are logits. The number in
 * their names gives the order: `0.weight`, `2.weight`, or `fc1.weight`, `fc2.weight`; convolutions come
 * before Linears. A layer without bias gets zeros. F64, F16 and BF16 are converted to F32. A file with `nn.Conv2d` needs the layers, for
 * it has neither their padding nor pooling.
 *
 * @param bytes the whole file, safetensors
 * @param given input and layers of the network, where it has convolutions
 * @returns bytes for `Network.load`; a file that relumax saved is returned as it is
 * @throws TypeError where `bytes` is not a Uint8Array
 * @throws RangeError that names the tensor, where the file is damaged or holds another network
 */
export function modelFromTorch(bytes: Uint8Array, given: TorchOptions = {}): Uint8Array {
  const { input, layers } = options('options', given, ['input', 'layers']);
  const isGiven = input !== undefined || layers !== undefined;
  const model = decodeTorch(
    bytes,
    isGiven ? checkedArchitecture({ input, layers: layers! }) : undefined,
  );
  return model ? encodeModel(model) : bytes;
}

/**
 * Decodes the same file.
 *
 * @param known its architecture; undefined: the file says it, whose layers are all Linear
 * @returns undefined for a file that relumax saved
 * @throws TypeError or RangeError as `modelFromTorch`
 */
export function decodeTorch(bytes: Uint8Array, known?: Architecture): Model | undefined {
  const { entries, metadata, data } = layoutOf(bytes, BYTES);
  const { format = 'pt' } = metadata;
  if (format === 'relumax') return undefined;
  if (format !== 'pt') {
    throw damaged(`metadata "format" ${describe(format)}`, '"pt" (PyTorch), "relumax" or none');
  }
  if (metadata.input === OWN_METADATA.input) {
    const found = `metadata "format" ${describe(metadata.format)} beside relumax's own`;
    throw damaged(found, '"relumax"');
  }
  const modules = modulesOf(entries);
  const architecture = known ?? linearArchitecture(modules);
  const shapes = architecture.trained.map(({ weights }) => weights);
  if (modules.length !== shapes.length) {
    const expected = `${shapes.length}, for the layers ${architecture.text}`;
    throw damaged(`${modules.length} layers with a weight`, expected);
  }
  for (const [i, { weight, bias }] of modules.entries()) {
    const shape = shapes[i]!;
    if (`${weight.shape}` !== `${shape}`) {
      throw refused(weight, shapeText(weight), `[${shape}], for the layers ${architecture.text}`);
    }
    if (bias && `${bias.shape}` !== `${shape[0]}`) {
      throw refused(bias, shapeText(bias), `[${shape[0]}], a value for each output`);
    }
  }
  const parameters = modules.map(({ weight, bias }, i): LayerParameters => {
    const weights = floatsOf(data, weight);
    const biases = bias ? floatsOf(data, bias) : new Float32Array(shapes[i]![0]!);
    return { weights, biases };
  });
  const functions = { hidden: 'relu', output: 'softmax' } as const;
  return { architecture, functions, parameters, normalization: undefined, metadata: {} };
}

/** The architecture of layers that are all Linear. */
function linearArchitecture(modules: readonly { weight: Entry }[]): Architecture {
  const sizes: number[] = [];
  for (const [l, { weight }] of modules.entries()) {
    const [units, inputs] = sizesOf(weight);
    if (l === 0) sizes.push(inputs);
    else if (inputs !== sizes[l]) {
      const before = `${sizes[l]}, the outputs of ${describe(modules[l - 1]!.weight.name)}`;
      throw refused(weight, `${inputs} inputs`, before);
    }
    sizes.push(units);
  }
  return denseArchitecture(sizes);
}

/** The layers in their order. */
function modulesOf(entries: readonly Entry[]) {
  const byModule = new Map<string, Module>();
  for (const entry of entries) {
    const [, module = '', kind] = /^(?:(.*)\.)?(weight|bias)$/s.exec(entry.name) ?? [];
    if (kind === undefined) {
      throw refused(entry, 'it', 'only NAME.weight and NAME.bias, as Linear layers have');
    }
    const found = byModule.get(module) ?? { module };
    found[kind as 'weight' | 'bias'] = entry;
    byModule.set(module, found);
  }
  if (byModule.size === 0) throw damaged('no tensors', 'NAME.weight [out, in] of a Linear layer');
  const modules = Array.from(byModule.values(), ({ module, weight, bias }) => {
    // One of both is there.
    if (!weight) throw refused(bias!, 'no weight beside it', 'weight and bias of a layer');
    return { module, weight, bias };
  });
  // Convolutions first, whatever their names, such as conv1, conv2, fc1.
  const sizes = (weight: Entry) => weight.shape.length;
  return modules.sort((a, b) => sizes(b.weight) - sizes(a.weight) || inOrder(a.module, b.module));
}

/** Whether module `a` comes before `b`, below 0, or after it; the first number that differs says. */
function inOrder(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  // A number that differs may begin before its first digit that does.
  while (/\d/.test(a[at - 1] ?? '')) at--;
  const [before, after] = [a, b].map((name) => Number(/^\d+/.exec(name.slice(at))?.[0]));
  const difference = before! - after!;
  // NaN where either is no number.
  if (difference) return difference;
  const expected = 'names that differ in a number, which tells the order';
  throw damaged(`layers ${describe(a)} and ${describe(b)}`, expected);
}

/** out and in of a weight. */
function sizesOf(weight: Entry): readonly [number, number] {
  const [units, inputs] = weight.shape;
  if (weight.shape.length === 4) {
    throw refused(weight, shapeText(weight), 'input and layers to be given, for it is of a Conv2d');
  }
  if (weight.shape.length !== 2 || !units || !inputs) {
    throw refused(weight, shapeText(weight), '[out, in] of a Linear layer, both above 0');
  }
  return [units, inputs];
}

/** The values of a tensor, rounded to 32 bits where they have more. */
function floatsOf(data: DataView, entry: Entry): Float32Array {
  const { name, dtype, begin, end } = entry;
  const read = READ.get(dtype);
  if (!read) throw refused(entry, `dtype ${describe(dtype)}`, [...READ.keys()].join(', '));
  const size = BYTES.get(dtype)!;
  const values = new Float32Array((end - begin) / size);
  for (let i = 0; i < values.length; i++) {
    const value = read(data, begin + size * i);
    values[i] = value;
    if (!Number.isFinite(values[i])) {
      const subject = `model file, tensor ${describe(name)}, value ${i}`;
      throw outOfRange(subject, value, 'a finite number that 32 bits hold');
    }
  }
  return values;
}

/** A number of 16 bits: sign, 5 of exponent with a bias of 15, 10 of fraction. */
function halfFloat(bits: number): number {
  if ((bits & 0x7c00) === 0x7c00) return (bits & 0x3ff) === 0 ? Infinity : Number.NaN;
  // With the fields of a float of 32 bits, whose exponent has a bias of 127, it is 2¹¹² times less.
  return floatOfBits(((bits & 0x8000) << 16) | ((bits & 0x7fff) << 13)) * 2 ** 112;
}

const scratch = new DataView(new ArrayBuffer(4));

function floatOfBits(bits: number): number {
  scratch.setInt32(0, bits);
  return scratch.getFloat32(0);
}

function shapeText({ shape }: Entry): string {
  return `the shape [${shape.length > 8 ? `${shape.slice(0, 8)},…` : shape}]`;
}

function refused({ name }: Entry, found: string, expected: string): RangeError {
  return outOfRange(`model file, tensor ${describe(name)}`, found, expected);
}
