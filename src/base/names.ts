/** The check of names of classes. */
import { outOfRange, wrongType } from './arguments.ts';

/**
 * A frozen copy of the names, after checking them.
 *
 * @throws TypeError where they are no array of strings, RangeError where they are not `count`
 */
export function namesOf(names: readonly string[], count: number): readonly string[] {
  if (!Array.isArray(names)) throw wrongType('classNames', names, 'an array of strings');
  if (names.length !== count) throw outOfRange('classNames', names, `${count} names`);
  const copy: string[] = [...names];
  const bad = copy.findIndex((name) => typeof name !== 'string');
  if (bad >= 0) throw wrongType(`classNames[${bad}]`, copy[bad], 'a string');
  return Object.freeze(copy);
}
