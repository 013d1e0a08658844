/**
 * A transform of the AssemblyScript compiler: functions that stay functions, which the optimiser would
 * else copy to wherever they are called. A call costs them nothing, for they run once an example or more
 * seldom, and a page loads 290 bytes less.
 */

/** The compiler's names: file, function. */
const KEPT = [
  'assembly/network/layers/place',
  'assembly/kernels/matmul/packColumns',
  'assembly/kernels/panels/panelUnits',
  'assembly/kernels/panels/panelWidth',
  'assembly/kernels/finite/*',
  'assembly/kernels/log/log',
  'assembly/kernels/target-loss/targetLoss',
  'assembly/kernels/activation/activateBackward',
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
