/** What classes are called: by their names, which may come from anyone's file. */

import { oneLine } from '../terminal/safe-text.ts';

/** The text for one class, on one line: its name, or its number where there are no names. */
export function classLabel(label: number, names: readonly string[] | undefined): string {
  return oneLine(names?.[label] ?? String(label));
}

/**
 * A text for each class.
 *
 * @param classes how many there are
 * @param names of all of them, if they have any
 * @param longest characters of one, where there is no room for more: the first, unless some classes
 *   begin alike
 */
export function classLabels(
  classes: number,
  names: readonly string[] | undefined,
  longest = Number.POSITIVE_INFINITY,
): string[] {
  const whole = Array.from({ length: classes }, (_, i) => classLabel(i, names));
  const beginnings = whole.map((label) => shortened(label, longest));
  if (new Set(beginnings).size === new Set(whole).size) return beginnings;
  return whole.map((label) => {
    const characters = [...label];
    return characters.length <= longest ? label : `…${characters.slice(1 - longest).join('')}`;
  });
}

/** The beginning of a text, of at most so many characters, the last of them … where it was longer. */
export function shortened(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}
