import { expect, test } from 'vitest';
import { planMemory } from '../../src/core/memory.ts';
import { Network } from '../../src/network/network.ts';

const r4 = (n: number) => Math.ceil(n / 4) * 4;
const r16 = (n: number) => Math.ceil(n / 16) * 16;

test.each([[[1, 1]], [[3, 2]], [[784, 10, 10]], [[64, 33, 17, 10]], [[4096, 4096, 4096, 7]]])(
  'the buffers of %j are aligned, as large as they must be, and do not overlap',
  (sizes) => {
    const weightFloats = (units: number, inputs: number) => r16(units) * r4(inputs);
    const plan = planMemory(sizes, 1948, 500, weightFloats);
    const { tile } = plan;
    const block = plan.parameterCount * 4;
    const buffers = [
      [plan.network, 500],
      [plan.parameters, block],
      [plan.previous, block],
      [plan.gradients, block],
      [plan.scratch, weightFloats(sizes[1]!, sizes[0]!) * 4],
      [plan.packed, (r16(Math.max(...sizes.slice(1))) + 16) * tile * 4],
      [plan.input, (plan.inputStride * tile + 7) * 8],
      [plan.starts, (tile + 1) * 4],
      [plan.marks, (sizes[0]! + 7) * 2],
      [plan.labels, tile],
      [plan.classes, tile * 4],
      [plan.maxima, tile * 4],
      [plan.sums, tile * 4],
      [plan.batch, 16],
      [plan.evaluation, 16],
      [plan.trainingSet, 16],
      [plan.staged, 16],
      [plan.staging, 0],
    ];
    let within = 0;
    for (const [l, layer] of plan.layers.entries()) {
      expect([layer.inputs, layer.units]).toEqual(sizes.slice(l, l + 2));
      expect(layer.weights).toBeGreaterThanOrEqual(within);
      expect(layer.biases).toBe(layer.weights + weightFloats(layer.units, layer.inputs) * 4);
      within = layer.biases + r4(layer.units) * 4;
      expect(layer.weights % 16).toBe(0);
      expect(layer.stride).toBeGreaterThanOrEqual(r4(layer.units));
      expect(layer.stride % 4).toBe(0);
      buffers.push([layer.output, layer.stride * tile * 4], [layer.delta, layer.stride * tile * 4]);
      if (l > 0) buffers.push([layer.transposed, weightFloats(layer.inputs, layer.units) * 4]);
    }
    expect(within).toBeLessThanOrEqual(block);
    expect(tile % 4).toBe(0);
    buffers.sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
    let end = 1948;
    for (const [start, bytes] of buffers) {
      expect(start).toBeGreaterThanOrEqual(end);
      expect(start! % 64).toBe(0);
      end = start! + bytes!;
    }
    expect(plan.staging).toBe(end);
  },
);

test('200,000 layers have a plan, and a network', async () => {
  const layers = new Array<number>(200_001).fill(1);
  expect(planMemory(layers, 1948, 500, () => 16).layers).toHaveLength(200_000);
  using network = await Network.create({ layers });
  expect(network.predict(new Uint8Array(1))).toHaveLength(1);
  network.setParameters(network.parameters());
});
