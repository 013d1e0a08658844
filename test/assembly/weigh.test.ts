import { expect, test } from 'vitest';
import { randomFloats } from '../examples.ts';
import { Bench, lanes4, SIZES } from './kernels.ts';

test.each(SIZES)('the loss and dZ of an example with %i outputs are multiplied', async (n) => {
  const bench = await Bench.create();
  for (const weight of [1, 0, 0.3, 24]) {
    const column = new Float32Array(lanes4(n));
    column.set(randomFloats(n, n));
    const [dz, loss] = [bench.floats(column), bench.room(8)];
    bench.readDoubles(loss, 1)[0] = Math.PI;
    bench.kernels.weigh(loss, dz, weight, n);
    bench.checkGuards();
    const w = Math.fround(weight);
    expect(bench.readFloats(dz, column.length)).toEqual(column.map((value) => value * w));
    expect(bench.readDoubles(loss, 1)[0]).toBe(Math.PI * w);
  }
});
