/** Where the core puts the buffers of a network, read out of its records. */
import { expect, test } from 'vitest';
import { instantiateCore, layOutNetwork } from '../../src/core/checked-exports.ts';
import { coreModule } from '../../src/core/modules/embedded.ts';
import { Network } from '../../src/network/network.ts';
import { threadedInstance } from '../threads/instance.ts';
import { LAYER, NETWORK, roundUp, STEP, WORKSPACE } from './records.ts';

const r4 = (n: number) => roundUp(n, 4);
const r16 = (n: number) => roundUp(n, 16);
const panels = (units: number, inputs: number) => {
  const width = Math.min(r4(units), 16);
  return roundUp(units, width) * r4(inputs) * 4;
};

/** What each thread's workspace takes among the records: a multiple of a cache line. */
const WORKSPACE_BYTES = 128;

/** Of a team's memory: what the record and all threads take, and each of them. */
const TEAM_BYTES = 128;
const CLAIM_BYTES = 64;

/** A network of these sizes, and its numbers by name; threads: undefined for the core without them. */
async function laidOut(sizes: readonly number[], threads: number | undefined) {
  const exports =
    threads === undefined
      ? await instantiateCore(await coreModule())
      : await threadedInstance(threads);
  const { network, staging } = layOutNetwork(exports, sizes);
  const view = new DataView(exports.memory.buffer);
  const reader = (at: number, fields: Record<string, number>) => (field: string) =>
    view.getUint32(at + fields[field]!, true);
  const firstLayer = network + NETWORK.bytes;
  const layers = sizes.slice(1).map((_, l) => reader(firstLayer + l * LAYER.bytes, LAYER));
  // The layers' records end where those of the workspaces begin.
  const behind = firstLayer + layers.length * LAYER.bytes;
  const first = threads === undefined ? behind : roundUp(behind, 64);
  const starts = Array.from({ length: threads ?? 1 }, (_, i) => first + i * WORKSPACE_BYTES);
  return {
    exports,
    network: reader(network, NETWORK),
    workspaces: starts.map((start) => reader(start, WORKSPACE)),
    layers,
    staging,
    end: starts.at(-1)! + WORKSPACE.bytes,
  };
}

/** What each thread has of its own, or finds out by itself. */
const OWN = ['bytes', 'packed', 'encoded', 'bounds'];

const SHAPES: [sizes: number[], tile: number][] = [
  [[1, 1], 128],
  [[3, 2], 128],
  [[784, 10, 10], 128],
  [[64, 33, 17, 10], 128],
  [[784, 512, 512, 10], 128],
  [[1999, 49, 3], 64],
  [[4096, 4096, 4096, 7], 32],
];

test.each(
  SHAPES.flatMap(([sizes, tile]) =>
    [undefined, 1, 2, 5, 64].map((threads) => [sizes, tile, threads] as const),
  ),
)(
  'the buffers of %j are aligned, as large as they must be, and do not overlap; tile %i, threads %s',
  async (sizes, tile, threads) => {
    const {
      exports,
      network,
      workspaces,
      layers,
      staging,
      end: records,
    } = await laidOut(sizes, threads);
    const workspace = workspaces[0]!;
    expect(WORKSPACE.bytes).toBeLessThanOrEqual(WORKSPACE_BYTES);
    expect(network('threads')).toBe(threads ?? 1);
    expect(network('tile')).toBe(tile);
    const block = network('parameterCount') * 4;
    const first = sizes[0]!;
    const activations = workspace('activations');
    const buffers: [number, number][] = [
      [network('parameters'), block],
      [network('previous'), block],
      [network('gradients'), block],
      [workspace('scratch'), panels(sizes[1]!, first)],
      // Four pairs more an example: seven behind those of each thread's, four at least, may be written.
      [workspace('input'), (workspace('inputStride') + 4) * tile * 8],
      [workspace('rowPointers'), 2 * tile * 4],
      [workspace('labels'), tile],
      [workspace('classes'), tile * 4],
      [workspace('maxima'), tile * 4],
      [workspace('sums'), tile * 4],
      [workspace('losses'), tile * 8],
      [network('step'), STEP.bytes],
      [staging, 0],
    ];
    if (threads !== undefined) buffers.push([network('team'), TEAM_BYTES + threads * CLAIM_BYTES]);
    const common = Object.keys(WORKSPACE).filter((name) => !OWN.includes(name));
    for (const own of workspaces) {
      for (const name of common) expect(own(name), name).toBe(workspace(name));
      buffers.push([own('packed'), (r16(Math.max(...sizes.slice(1))) + 16) * tile * 4]);
      buffers.push([own('encoded'), exports.encodedBytes(first)]);
      if (threads !== undefined) buffers.push([own('bounds'), 2 * tile * 4]);
    }
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
  const message = /^layers: found what takes \d+\.\d GiB in all, expected at most the 4 GiB/;
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
