/** What layers make of Z, by name (docs/math.md, eq. 3, 4 and 16 to 21). */
import { oneOf } from '../base/arguments.ts';

/** What hidden layers make of Z, in the order in which the core numbers them. */
export const HIDDEN = ['relu', 'leaky-relu', 'tanh', 'sigmoid', 'gelu'] as const;
/**
 * What the last layer makes of Z, likewise: `softmax`, with the cross-entropy of a class; `sigmoid`,
 * with the binary cross-entropy of targets, each by itself; `linear`, with the mean squared error.
 */
export const OUTPUTS = ['softmax', 'sigmoid', 'linear'] as const;

export type Hidden = (typeof HIDDEN)[number];
export type Output = (typeof OUTPUTS)[number];

/** The functions of a network. */
export interface Functions {
  readonly hidden: Hidden;
  readonly output: Output;
}

/**
 * Checks the names of functions.
 *
 * @param where an error says that they were found
 * @throws RangeError that names the wrong one
 */
export function checkedFunctions(
  where: string,
  { hidden, output }: { hidden?: unknown; output?: unknown },
): Functions {
  return {
    hidden: oneOf(`${where}hidden`, hidden, HIDDEN),
    output: oneOf(`${where}output`, output, OUTPUTS),
  };
}
