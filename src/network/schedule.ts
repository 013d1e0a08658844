/** The learning rate of each update (docs/equations.md, eq. 15). */
import {
  describe,
  integer,
  notNegative,
  options,
  outOfRange,
  positive,
} from '../base/arguments.ts';
import { cosine } from '../base/cosine.ts';

/** Every so many epochs the learning rate is multiplied by a factor. */
export interface StepSchedule {
  name: 'step';
  /** A whole number from 1. */
  every: number;
  /** A finite number above 0. */
  factor: number;
}

/**
 * A factor of the learning rate for each update, a finite number from 0, as of PyTorch's `LambdaLR`.
 * The warmup multiplies it.
 */
export type ScheduleFunction = (at: ScheduleMoment) => number;

export type NamedSchedule = 'constant' | 'cosine' | StepSchedule;

export type Schedule = NamedSchedule | ScheduleFunction;

/** The update that a factor is for. */
export interface ScheduleMoment {
  /** Its epoch, from 0. */
  epoch: number;
  /** Its number, from 0, counted over all epochs. */
  update: number;
  /** The number of updates of all epochs. */
  updates: number;
}

/**
 * Checks a schedule.
 *
 * @throws TypeError or RangeError that names the option
 */
export function checkedSchedule(argument: string, given: Schedule): Schedule {
  if (given === 'constant' || given === 'cosine' || typeof given === 'function') return given;
  if (typeof given === 'string') {
    throw outOfRange(
      argument,
      describe(given),
      'constant, cosine, { name: "step", every, factor } or a function',
    );
  }
  const { name, every, factor } = options(argument, given, ['name', 'every', 'factor']);
  if (name !== 'step') throw outOfRange(`${argument}.name`, describe(name), '"step"');
  integer(`${argument}.every`, every, 1, 2 ** 32 - 1);
  positive(`${argument}.factor`, factor);
  return { name, every, factor };
}

/**
 * The factor of the learning rate for an update.
 *
 * @param warmup the number of updates over which it rises linearly
 * @throws TypeError or RangeError that names the schedule, where its function returns no such number;
 *   what the function throws
 */
export function scheduled(schedule: Schedule, warmup: number, at: ScheduleMoment): number {
  const { epoch, update, updates } = at;
  const warm = update < warmup ? (update + 1) / warmup : 1;
  if (typeof schedule === 'function') {
    return warm * notNegative(`schedule, for update ${update}`, schedule(at));
  }
  if (update < warmup) return warm;
  if (schedule === 'constant') return 1;
  if (schedule === 'cosine') return (1 + cosine((update - warmup) / (updates - warmup))) / 2;
  let factor = 1;
  // Multiplied out: engines may differ in the last bit of a power.
  for (let steps = Math.floor(epoch / schedule.every); steps > 0; steps--)
    factor *= schedule.factor;
  return factor;
}
