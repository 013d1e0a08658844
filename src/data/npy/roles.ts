/** How inputs and labels are found among several arrays by their names. */
import { describe, outOfRange } from '../../base/arguments.ts';

/** So many arrays with a role include a duplicate: inputs and labels of three parts are six. */
export const TOO_MANY_ARRAYS = 7;

/** Whether an array's name is one for inputs or labels. */
export function hasRole(name: string): boolean {
  return roleOf(name) !== undefined;
}

/**
 * The names of the arrays that `datasetsFromNpy` needs.
 *
 * @throws RangeError as `datasetsFromNpy`
 */
export function arraysToRead(source: string, names: readonly string[]): string[] {
  const { train, test } = rolesOf(source, names.filter(hasRole));
  return [train, ...(test ? [test] : [])].flatMap(({ x, y }) => [x, y]);
}

/** Names of inputs and labels that belong together. */
export interface Pair {
  x: string;
  y: string;
}

const PART = '(train(?:ing)?|test(?:ing)?|val(?:id(?:ation)?)?)';
const ROLE = new RegExp(
  `^(?:${PART}[-_. ]?)?(?:(x|images?|inputs?|data|features?)|(y|labels?|targets?))(?:[-_. ]?${PART})?$`,
  'i',
);

/** The part and the kind of array that a name stands for. */
function roleOf(name: string): { part: string; kind: keyof Pair } | undefined {
  const match = ROLE.exec(name.replace(/\.npy$/i, '').replace(/^.*[/\\]/, ''));
  if (match === null) return undefined;
  const [, before, inputs, , after] = match;
  if (before !== undefined && after !== undefined) return undefined;
  const part = (before ?? after ?? 'train').slice(0, 2).toLowerCase();
  return { part, kind: inputs === undefined ? 'y' : 'x' };
}

/** @throws RangeError where some are missing, or there are two of a kind */
export function rolesOf(source: string, names: readonly string[]): { train: Pair; test?: Pair } {
  const parts = new Map<string, Partial<Pair>>();
  for (const name of names) {
    const role = roleOf(name);
    if (role === undefined) continue;
    const part = parts.get(role.part) ?? {};
    if (part[role.kind] !== undefined) {
      const found = `both ${describe(part[role.kind])} and ${describe(name)}`;
      throw outOfRange(source, found, 'one array of each kind');
    }
    parts.set(role.part, { ...part, [role.kind]: name });
  }
  const train = parts.get('tr');
  const test = parts.get('te') ?? parts.get('va');
  const isWhole = (part: Partial<Pair> | undefined): part is Pair =>
    part?.x !== undefined && part.y !== undefined;
  if (!isWhole(train) || !(test === undefined || isWhole(test))) {
    const found = names.length === 0 ? 'no arrays' : names.map((name) => describe(name)).join(', ');
    throw outOfRange(source, found, 'x_train and y_train (and x_test and y_test), or x and y');
  }
  return { train, ...(test && { test }) };
}
