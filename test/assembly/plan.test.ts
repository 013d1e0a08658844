/** Where the core puts the buffers of a network, read out of its records. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { instantiateCore, layOutNetwork } from '../../src/core/checked-exports.ts';
import { coreModule } from '../../src/core/embedded.ts';
import { Network } from '../../src/network/network.ts';

const source = await readFile(new URL('../../assembly/network/memory.ts', import.meta.url), 'utf8');

/** The bytes of a field by its type; what is not here takes four. */
const BYTES: Record<string, number> = { f64: 8, bool: 1 };

/** Where each field of a record begins, as its class declares them; `bytes` is the whole record. */
function fieldsOf(name: string): Record<string, number> & { bytes: number } {
  const [, base, body] = new RegExp(`class ${name} (?:extends (\\w+) )?\\{(.*?)\\n\\}`, 's').exec(
    source,
  )!;
  const fields = base === undefined ? { bytes: 0 } : fieldsOf(base);
  for (const [, field, type] of body!.matchAll(/^ {2}(\w+): (\w+);$/gm)) {
    const size = BYTES[type!] ?? 4;
    fields[field!] = roundUp(fields.bytes, size);
    fields.bytes = fields[field!]! + size;
  }
  return fields;
}

const roundUp = (n: number, multiple: number) => Math.ceil(n / multiple) * multiple;
const r4 = (n: number) => roundUp(n, 4);
const r16 = (n: number) => roundUp(n, 16);
const panels = (units: number, inputs: number) => {
  const width = Math.min(r4(units), 16);
  return roundUp(units, width) * r4(inputs) * 4;
};

const NETWORK = fieldsOf('Network');
const LAYER = fieldsOf('Layer');
const WORKSPACE = fieldsOf('Workspace');

/** A network of these sizes, and its numbers by name. */
async function laidOut(sizes: readonly number[]) {
  const exports = await instantiateCore(await coreModule());
  const { network, workspace, staging } = layOutNetwork(exports, sizes);
  const view = new DataView(exports.memory.buffer);
  const reader = (at: number, fields: Record<string, number>) => (field: string) =>
    view.getUint32(at + fields[field]!, true);
  // The layers' records end where the workspace's begins.
  const layers = sizes.slice(1).map((_, l) => {
    return reader(workspace - (sizes.length - 1 - l) * LAYER.bytes, LAYER);
  });
  return {
    exports,
    network: reader(network, NETWORK),
    workspace: reader(workspace, WORKSPACE),
    layers,
    staging,
    end: workspace + WORKSPACE.bytes,
  };
}

test.each([
  [[1, 1], 128],
  [[3, 2], 128],
  [[784, 10, 10], 128],
  [[64, 33, 17, 10], 128],
  [[784, 512, 512, 10], 128],
  [[1999, 49, 3], 64],
  [[4096, 4096, 4096, 7], 32],
])(
  'the buffers of %j are aligned, as large as they must be, and do not overlap',
  async (sizes, tile) => {
    const { exports, network, workspace, layers, staging, end: records } = await laidOut(sizes);
    expect(network('tile')).toBe(tile);
    const block = network('parameterCount') * 4;
    const first = sizes[0]!;
    const activations = workspace('activations');
    const buffers: [number, number][] = [
      [network('parameters'), block],
      [network('previous'), block],
      [network('gradients'), block],
      [workspace('scratch'), panels(sizes[1]!, first)],
      [workspace('packed'), (r16(Math.max(...sizes.slice(1))) + 16) * tile * 4],
      [workspace('input'), (workspace('inputStride') * tile + 7) * 8],
      [workspace('rowPointers'), (tile + 1) * 4],
      [workspace('encoded'), exports.encodedBytes(first)],
      [workspace('labels'), tile],
      [workspace('classes'), tile * 4],
      [workspace('maxima'), tile * 4],
      [workspace('sums'), tile * 4],
      [staging, 0],
    ];
    let within = 0;
    for (const [l, layer] of layers.entries()) {
      const [inputs, units] = [sizes[l]!, sizes[l + 1]!];
      expect([layer('inputs'), layer('units')]).toEqual([inputs, units]);
      expect(layer('weights')).toBeGreaterThanOrEqual(within);
      expect(layer('biases')).toBe(layer('weights') + panels(units, inputs));
      within = layer('biases') + r4(units) * 4;
      expect(layer('weights') % 64).toBe(0);
      const stride = layer('stride');
      expect(stride).toBe(r4(units) % 64 === 0 ? r4(units) + 16 : r4(units));
      for (const at of ['output', 'delta'])
        buffers.push([activations + layer(at), stride * tile * 4]);
      if (l > 0) buffers.push([layer('transposed'), panels(inputs, units)]);
    }
    expect(within).toBeLessThanOrEqual(block);
    buffers.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    let end = records;
    for (const [start, bytes] of buffers) {
      expect(start).toBeGreaterThanOrEqual(end);
      expect(start % 64).toBe(0);
      end = start + bytes;
    }
    expect(staging).toBe(end);
    expect(exports.memory.buffer.byteLength).toBeGreaterThanOrEqual(end);
  },
);

test.each([
  // Weights that just do not fit; whose number of bytes is 2³² times 2 and more; of very many layers.
  [[30_000, 12_000]],
  [[65_536, 65_536]],
  [[2 ** 24, 2 ** 24, 2 ** 24]],
  [Array.from({ length: 20_000 }, () => 2 ** 24)],
])('what no memory holds is refused before anything is written: %#', async (layers) => {
  const message = /^layers: found what takes \d+\.\d GiB in all, expected at most the 4\.0 GiB/;
  await expect(Network.create({ layers })).rejects.toThrow(message);
  const exports = await instantiateCore(await coreModule());
  expect(() => layOutNetwork(exports, layers)).toThrow(/^sizes: found what takes/);
});

test('200,000 layers have a plan, and a network', async () => {
  const layers = new Array<number>(200_001).fill(1);
  using network = await Network.create({ layers });
  expect(network.predict(new Uint8Array(1))).toHaveLength(1);
  network.setParameters(network.parameters());
});
