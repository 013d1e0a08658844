/** A model as an ONNX file (https://onnx.ai): what other software runs it with. */
import protobuf from 'protobufjs';
import type { Convolution, Layer, LayerShape, MaxPooling } from '../../../core/layers.ts';
import type { Hidden } from '../../../index.ts';
import { biasName, classesRecord, type Model, weightName } from '../../../model/model.ts';
import type { Preprocessing } from '../../../table/preprocessing.ts';
import { activationsBetween, HIDDEN_EXPORTS, OUTPUT_EXPORTS } from './activation-exports.ts';

/** As much of onnx.proto3 (IR version 8) as a network needs. */
const SCHEMA = `
syntax = "proto3";
message ModelProto {
  int64 ir_version = 1;
  string producer_name = 2;
  GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
  repeated StringStringEntryProto metadata_props = 14;
}
message StringStringEntryProto { string key = 1; string value = 2; }
message OperatorSetIdProto { string domain = 1; int64 version = 2; }
message GraphProto {
  repeated NodeProto node = 1;
  string name = 2;
  repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
}
message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  string op_type = 4;
  repeated AttributeProto attribute = 5;
}
message AttributeProto {
  string name = 1;
  float f = 2;
  int64 i = 3;
  repeated int64 ints = 8;
  int32 type = 20;
}
message TensorProto {
  repeated int64 dims = 1;
  int32 data_type = 2;
  string name = 8;
  bytes raw_data = 9;
}
message ValueInfoProto { string name = 1; TypeProto type = 2; }
message TypeProto { TensorTypeProto tensor_type = 1; }
message TensorTypeProto { int32 elem_type = 1; TensorShapeProto shape = 2; }
message TensorShapeProto { repeated Dimension dim = 1; }
message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
`;

/** Element types. */
const FLOAT = 1;
const INT64 = 7;
const DOUBLE = 11;
const FLOAT_ATTRIBUTE = 1;
const INT_ATTRIBUTE = 2;
const INTS_ATTRIBUTE = 7;

/** What the model's input is called. */
const INPUT = 'input';

/**
 * The bytes of an ONNX file, opset 17: `input`, any number of examples × n⁰, to `probabilities`, or
 * `values` where the output is linear, examples × nᴸ. Images are channels last, as everywhere here; ONNX
 * convolves with channels first. Where the network standardises its inputs, that is the first step, and
 * `input` is float64, with the numbers of the table; else it is float32, and images are value / 255. Where
 * it standardises its targets, `values` are float64, in their unit; all else is float32. The classes' names
 * are JSON in the metadata, and of a table the names of the inputs, `features`, and the columns that they come
 * from, `table`.
 */
export function onnxModel(
  {
    architecture,
    functions: { hidden, output: outputs },
    parameters,
    normalization: { inputs: standardized, targets } = {},
  }: Model,
  classNames: readonly string[] | undefined,
  preprocessing?: Preprocessing,
): Uint8Array {
  const { input: image, layers, shapes, features, text } = architecture;
  const node: Node[] = [];
  const initializer = [];
  const { result } = OUTPUT_EXPORTS[outputs];
  let input = INPUT;
  if (standardized) {
    const { mean, std } = standardized;
    initializer.push(tensor('mean', [mean.length], mean), tensor('std', [std.length], std));
    node.push({ opType: 'Sub', input: [input, 'mean'], output: ['centred'] });
    node.push({ opType: 'Div', input: ['centred', 'std'], output: ['standardised'] });
    node.push(cast('standardised', FLOAT, 'A0'));
    input = 'A0';
  }
  if (image) {
    initializer.push(tensor('image.shape', [4], BigInt64Array.from([0n, ...image.map(BigInt)])));
    node.push({ opType: 'Reshape', input: [input, 'image.shape'], output: ['pixels'] });
    const perm = ints('perm', [0, 3, 1, 2]);
    node.push({ opType: 'Transpose', input: ['pixels'], output: ['image'], attribute: [perm] });
    input = 'image';
  }
  let done = 0;
  for (const shape of shapes) {
    const { kind, l, module, weights: sizes, activation = hidden } = shape;
    if (image && kind === 'dense' && shapes[l - 1]?.kind !== 'dense') {
      node.push({ opType: 'Flatten', input: [input], output: ['flat'] });
      input = 'flat';
    }
    const last = l + 1 === shapes.length;
    const a = last ? result : `A${l + 1}`;
    if (!sizes) {
      node.push(windowsNode(shape, layers[l]!, [input], a));
      input = a;
      continue;
    }
    const { weights, biases } = parameters[done++]!;
    const [W, b, z] = [weightName(module), biasName(module), `Z${l + 1}`];
    initializer.push(tensor(W, sizes, weights), tensor(b, [biases.length], biases));
    const transB = { name: 'transB', i: 1, type: INT_ATTRIBUTE };
    node.push(
      kind === 'dense'
        ? { opType: 'Gemm', input: [input, W, b], output: [z], attribute: [transB] }
        : windowsNode(shape, layers[l]!, [input, W, b], z),
    );
    input = a;
    if (!last) node.push(...hiddenNodes(activation, z, input));
    else if (targets) {
      const { mean, std } = targets;
      initializer.push(tensor('targets.mean', [mean.length], mean));
      initializer.push(tensor('targets.std', [std.length], std));
      node.push(cast(z, DOUBLE, 'Z'));
      node.push({ opType: 'Mul', input: ['Z', 'targets.std'], output: ['scaled'] });
      node.push({ opType: 'Add', input: ['scaled', 'targets.mean'], output: [input] });
    } else {
      node.push({ opType: OUTPUT_EXPORTS[outputs].onnx, input: [z], output: [input] });
    }
  }
  for (const name of activationsBetween(architecture, hidden)) {
    for (const [constant, number] of Object.entries(HIDDEN_EXPORTS[name].constants ?? {})) {
      initializer.push(tensor(constant, [], Float32Array.of(number)));
    }
  }
  const model = protobuf.parse(SCHEMA).root.lookupType('ModelProto');
  const content = model.fromObject({
    irVersion: 8,
    producerName: 'relumax',
    graph: {
      name: `relumax ${text}`,
      node,
      initializer,
      input: [value(INPUT, features, standardized ? DOUBLE : FLOAT)],
      output: [value(result, architecture.outputs, targets ? DOUBLE : FLOAT)],
    },
    opsetImport: [{ domain: '', version: 17 }],
    metadataProps: Object.entries({
      ...classesRecord(classNames),
      ...(preprocessing && {
        ...preprocessing.metadata,
        features: JSON.stringify(preprocessing.features),
      }),
    }).map(([key, value]) => ({ key, value })),
  });
  return model.encode(content).finish();
}

/** A convolution, or pooling: windows over an image. */
function windowsNode(
  { input: image, output }: LayerShape,
  layer: Layer,
  input: string[],
  to: string,
): Node {
  const { conv, kernel, stride, maxPool } = layer as Convolution & MaxPooling;
  const [size, step] = conv ? [kernel, stride!] : [maxPool, maxPool];
  const around = [0, 1].map((side) => (output[side]! - 1) * step + size - image[side]!);
  // Of an odd number of zeros one more comes behind the image than before it.
  const pads = [Math.floor, Math.ceil].flatMap((half) =>
    around.map((zeros) => half(Math.max(zeros, 0) / 2)),
  );
  const attribute = [
    ints('kernel_shape', [size, size]),
    ints('strides', [step, step]),
    ints('pads', pads),
  ];
  return { opType: conv ? 'Conv' : 'MaxPool', input, output: [to], attribute };
}

/** A = g(Z). */
function hiddenNodes(hidden: Hidden, z: string, a: string): Node[] {
  const { onnx, constants = {} } = HIDDEN_EXPORTS[hidden];
  const names: Record<string, string> = { z, a };
  const nameOf = (name: string) => names[name] ?? (name in constants ? name : `${z}.${name}`);
  return onnx.map(([opType, inputs, output, attributes = {}]) => ({
    opType,
    input: inputs.map(nameOf),
    output: [nameOf(output)],
    attribute: Object.entries(attributes).map(([name, f]) => ({ name, f, type: FLOAT_ATTRIBUTE })),
  }));
}

interface Attribute {
  name: string;
  f?: number;
  i?: number;
  ints?: readonly number[];
  type: number;
}

const ints = (name: string, ints: readonly number[]): Attribute => ({
  name,
  ints,
  type: INTS_ATTRIBUTE,
});

interface Node {
  opType: string;
  input: string[];
  output: string[];
  attribute?: Attribute[];
}

const TYPES = new Map<unknown, number>([
  [Float32Array, FLOAT],
  [Float64Array, DOUBLE],
  [BigInt64Array, INT64],
]);

function tensor(
  name: string,
  dims: readonly number[],
  data: Float32Array | Float64Array | BigInt64Array,
) {
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims, dataType: TYPES.get(data.constructor), rawData };
}

function cast(from: string, type: number, to: string): Node {
  return {
    ...{ opType: 'Cast', input: [from], output: [to] },
    attribute: [{ name: 'to', i: type, type: INT_ATTRIBUTE }],
  };
}

function value(name: string, width: number, elemType: number) {
  const shape = { dim: [{ dimParam: 'examples' }, { dimValue: width }] };
  return { name, type: { tensorType: { elemType, shape } } };
}
