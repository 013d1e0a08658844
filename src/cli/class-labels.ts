/** What classes are called on a terminal: by their names, which may come from anyone's file. */

/** Longer names are cut off: they would push everything else aside. */
const LONGEST = 20;

/**
 * A short printable text for each class: its name, or its number where there are no names.
 *
 * @param classes how many there are
 * @param names of all of them, if they have any
 */
export function classLabels(classes: number, names: readonly string[] | undefined): string[] {
  return Array.from({ length: classes }, (_, i) => classLabel(i, names));
}

/** The text for one class, as `classLabels` has it. */
export function classLabel(label: number, names: readonly string[] | undefined): string {
  // A control character in a name could do anything to a terminal.
  const characters = [...(names?.[label] ?? String(label)).replace(/\p{C}/gu, '\ufffd')];
  if (characters.length <= LONGEST) return characters.join('');
  return `${characters.slice(0, LONGEST - 1).join('')}…`;
}
