/**
 * A transform of the AssemblyScript compiler: functions that stay functions, which the optimiser would
 * else copy to wherever they are called. A call costs them next to nothing, for they run once an example or
 * more seldom, and a page loads 380 bytes less.
 */

/** The compiler's names: file, function. */
const KEPT = [
  'assembly/network/batches/countTile',
  'assembly/network/passes/lastLayer',
  'assembly/network/layers/place',
  'assembly/kernels/matmul/packColumns',
  'assembly/kernels/panels/panelUnits',
  'assembly/kernels/panels/panelWidth',
  'assembly/kernels/finite/*',
  'assembly/kernels/log/log',
  'assembly/network/memory/Network#activationOf',
  'assembly/kernels/regularize/sumOfSquares',
  // These must: see there.
  'assembly/network/threads/sleep',
  'assembly/network/threads/wake',
];

export default class KeepCalls {
  /** @param {{ runPasses(names: string[]): void }} module */
  afterCompile(module) {
    // The compiler gives it to every transform.
    const { binaryen } = /** @type {any} */ (this);
    for (const pattern of KEPT) {
      binaryen.setPassArgument('no-inline', pattern);
      module.runPasses(['no-inline']);
    }
  }
}
