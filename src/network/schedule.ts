/** The learning rate of each update (docs/math.md, eq. 15). */
import { describe, integer, options, outOfRange, positive } from '../base/arguments.ts';
import { cosine } from '../base/cosine.ts';

/** Every so many epochs the learning rate is multiplied by a factor. */
export interface StepSchedule {
  name: 'step';
  /** A whole number from 1. */
  every: number;
  /** A finite number above 0. */
  factor: number;
}

export type Schedule = 'constant' | 'cosine' | StepSchedule;

/** How far a training is. */
export interface Moment {
  /** From 0. */
  epoch: number;
  /** From 0, over all epochs. */
  update: number;
  /** How many there are in all. */
  updates: number;
}

/**
 * Checks a schedule.
 *
 * @throws TypeError or RangeError that names the option
 */
export function checkedSchedule(argument: string, given: Schedule): Schedule {
  if (given === 'constant' || given === 'cosine') return given;
  if (typeof given === 'string') {
    throw outOfRange(
      argument,
      describe(given),
      'constant, cosine or { name: "step", every, factor }',
    );
  }
  const { name, every, factor } = options(argument, given, ['name', 'every', 'factor']);
  if (name !== 'step') throw outOfRange(`${argument}.name`, describe(name), '"step"');
  integer(`${argument}.every`, every, 1, 2 ** 32 - 1);
  positive(`${argument}.factor`, factor);
  return { name, every, factor };
}

/**
 * What the learning rate is multiplied by.
 *
 * @param warmup over how many updates it rises to its full height in a straight line
 */
export function scheduled(schedule: Schedule, warmup: number, moment: Moment): number {
  const { epoch, update, updates } = moment;
  if (update < warmup) return (update + 1) / warmup;
  if (schedule === 'constant') return 1;
  if (schedule === 'cosine') return (1 + cosine((update - warmup) / (updates - warmup))) / 2;
  let factor = 1;
  // Multiplied out: engines may differ in the last bit of a power.
  for (let steps = Math.floor(epoch / schedule.every); steps > 0; steps--)
    factor *= schedule.factor;
  return factor;
}
