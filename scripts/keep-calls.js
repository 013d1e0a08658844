/**
 * A transform of the AssemblyScript compiler: functions that stay functions, which the optimiser would
 * else copy to wherever they are called. A call costs them nothing, for they run once a kernel or more
 * seldom, and a page loads 220 bytes less.
 */

/** The compiler's names: file, function. */
const KEPT = [
  'assembly/network/plan/place',
  'assembly/kernels/matmul/packColumns',
  'assembly/kernels/panels/panelUnits',
  'assembly/kernels/panels/panelWidth',
  'assembly/kernels/finite/*',
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
