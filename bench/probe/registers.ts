/**
 * As much 128-bit arithmetic as V8 gets out of a core: sums of four lanes, to which products of loaded
 * vectors with others in registers are added. There are enough sums that none waits for itself, and
 * few enough for sixteen registers; loads take none of the units that multiply and add. The two are
 * separate operations, as in the core, for a fused one rounds differently.
 *
 * Each loaded vector is all ones, so the sum of all lanes, which is returned, is 4 · steps · vectors
 * loaded a step · Σ y. `steps` is a multiple of 50.
 */

/** How many steps find operands of their own, which all lie in the first-level cache. */
const STEPS = 50;
const OPERANDS = memory.data(2400, 16);

function fillOperands(): void {
  for (let x = OPERANDS; x < OPERANDS + 2400; x += 16) v128.store(x, f32x4.splat(1));
}

/** Two vectors loaded a step, four in registers, eight sums. */
export function twoByFour(steps: i32, y0: f32, y1: f32, y2: f32, y3: f32): f32 {
  const y0s = f32x4.splat(y0);
  const y1s = f32x4.splat(y1);
  const y2s = f32x4.splat(y2);
  const y3s = f32x4.splat(y3);
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  let sum2 = f32x4.splat(0);
  let sum3 = f32x4.splat(0);
  let sum4 = f32x4.splat(0);
  let sum5 = f32x4.splat(0);
  let sum6 = f32x4.splat(0);
  let sum7 = f32x4.splat(0);
  fillOperands();
  for (; steps > 0; steps -= STEPS) {
    for (let x = OPERANDS; x < OPERANDS + STEPS * 32; x += 32) {
      const x0 = v128.load(x);
      const x1 = v128.load(x, 16);
      sum0 = f32x4.add(sum0, f32x4.mul(x0, y0s));
      sum1 = f32x4.add(sum1, f32x4.mul(x1, y0s));
      sum2 = f32x4.add(sum2, f32x4.mul(x0, y1s));
      sum3 = f32x4.add(sum3, f32x4.mul(x1, y1s));
      sum4 = f32x4.add(sum4, f32x4.mul(x0, y2s));
      sum5 = f32x4.add(sum5, f32x4.mul(x1, y2s));
      sum6 = f32x4.add(sum6, f32x4.mul(x0, y3s));
      sum7 = f32x4.add(sum7, f32x4.mul(x1, y3s));
    }
  }
  let sum = sum0;
  sum = f32x4.add(sum, sum1);
  sum = f32x4.add(sum, sum2);
  sum = f32x4.add(sum, sum3);
  sum = f32x4.add(sum, sum4);
  sum = f32x4.add(sum, sum5);
  sum = f32x4.add(sum, sum6);
  sum = f32x4.add(sum, sum7);
  return ofLanes(sum);
}

/** Three vectors loaded a step, three in registers, nine sums. */
export function threeByThree(steps: i32, y0: f32, y1: f32, y2: f32): f32 {
  const y0s = f32x4.splat(y0);
  const y1s = f32x4.splat(y1);
  const y2s = f32x4.splat(y2);
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  let sum2 = f32x4.splat(0);
  let sum3 = f32x4.splat(0);
  let sum4 = f32x4.splat(0);
  let sum5 = f32x4.splat(0);
  let sum6 = f32x4.splat(0);
  let sum7 = f32x4.splat(0);
  let sum8 = f32x4.splat(0);
  fillOperands();
  for (; steps > 0; steps -= STEPS) {
    for (let x = OPERANDS; x < OPERANDS + STEPS * 48; x += 48) {
      const x0 = v128.load(x);
      const x1 = v128.load(x, 16);
      const x2 = v128.load(x, 32);
      sum0 = f32x4.add(sum0, f32x4.mul(x0, y0s));
      sum1 = f32x4.add(sum1, f32x4.mul(x1, y0s));
      sum2 = f32x4.add(sum2, f32x4.mul(x2, y0s));
      sum3 = f32x4.add(sum3, f32x4.mul(x0, y1s));
      sum4 = f32x4.add(sum4, f32x4.mul(x1, y1s));
      sum5 = f32x4.add(sum5, f32x4.mul(x2, y1s));
      sum6 = f32x4.add(sum6, f32x4.mul(x0, y2s));
      sum7 = f32x4.add(sum7, f32x4.mul(x1, y2s));
      sum8 = f32x4.add(sum8, f32x4.mul(x2, y2s));
    }
  }
  let sum = sum0;
  sum = f32x4.add(sum, sum1);
  sum = f32x4.add(sum, sum2);
  sum = f32x4.add(sum, sum3);
  sum = f32x4.add(sum, sum4);
  sum = f32x4.add(sum, sum5);
  sum = f32x4.add(sum, sum6);
  sum = f32x4.add(sum, sum7);
  sum = f32x4.add(sum, sum8);
  return ofLanes(sum);
}

/** The sum of four lanes. */
function ofLanes(sum: v128): f32 {
  return (
    f32x4.extract_lane(sum, 0) +
    f32x4.extract_lane(sum, 1) +
    f32x4.extract_lane(sum, 2) +
    f32x4.extract_lane(sum, 3)
  );
}
