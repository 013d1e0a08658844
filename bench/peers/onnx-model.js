import protobuf from 'protobufjs';

/** As much of onnx.proto3 (IR version 8) as a network of dense layers needs. */
const SCHEMA = `
syntax = "proto3";
message ModelProto {
  int64 ir_version = 1;
  GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
}
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
message AttributeProto { string name = 1; int64 i = 3; int32 type = 20; }
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

const FLOAT = 1;
const INT_ATTRIBUTE = 2;

/**
 * Dense layers as an ONNX model: `x`, images × inputs, to `probabilities`, images × classes.
 *
 * @param {import('./data.js').Layer[]} layers
 */
export function encodeModel(layers) {
  const node = [];
  const initializer = [];
  let input = 'x';
  for (const [l, { inputs, units, weights, biases }] of layers.entries()) {
    initializer.push(tensor(`W${l}`, [units, inputs], weights), tensor(`b${l}`, [units], biases));
    const transB = { name: 'transB', i: 1, type: INT_ATTRIBUTE };
    const gemm = { opType: 'Gemm', input: [input, `W${l}`, `b${l}`], output: [`z${l}`] };
    node.push({ ...gemm, attribute: [transB] });
    const last = l + 1 === layers.length;
    const output = last ? 'probabilities' : `a${l}`;
    node.push({ opType: last ? 'Softmax' : 'Relu', input: [`z${l}`], output: [output] });
    input = output;
  }
  const model = protobuf.parse(SCHEMA).root.lookupType('ModelProto');
  const graph = {
    name: 'dense',
    node,
    initializer,
    input: [value('x', layers[0]?.inputs)],
    output: [value('probabilities', layers.at(-1)?.units)],
  };
  const opsets = [{ domain: '', version: 17 }];
  return model.encode(model.fromObject({ irVersion: 8, graph, opsetImport: opsets })).finish();
}

/**
 * @param {string} name
 * @param {number[]} dims
 * @param {Float32Array} values
 */
function tensor(name, dims, values) {
  return { name, dims, dataType: FLOAT, rawData: new Uint8Array(values.buffer) };
}

/**
 * @param {string} name
 * @param {number} [width]
 */
function value(name, width) {
  const shape = { dim: [{ dimParam: 'images' }, { dimValue: width }] };
  return { name, type: { tensorType: { elemType: FLOAT, shape } } };
}
