/** Early stopping: its options, and their checks. */
import { integer, notNegative, options, wrongType } from '../base/arguments.ts';

/** When to stop: see `FitOptions`. */
export interface EarlyStopping {
  patience: number;
  minDelta: number;
}

/**
 * Checks the option, and that there is a validation set.
 *
 * @throws TypeError or RangeError that names the option
 */
export function checkedStopping(
  argument: string,
  given: { patience: number; minDelta?: number },
  { validation }: { validation: object | undefined },
): EarlyStopping {
  const { patience, minDelta = 0 } = options(argument, given, ['patience', 'minDelta']);
  integer(`${argument}.patience`, patience, 1, 2 ** 32 - 1);
  notNegative(`${argument}.minDelta`, minDelta);
  if (validation === undefined) {
    throw wrongType('validation', validation, 'a Dataset, for early stopping to judge by');
  }
  return { patience, minDelta };
}
