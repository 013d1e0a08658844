/**
 * The errors for wrong arguments: each names the argument, says what was found and what was
 * expected, and is thrown before anything has changed.
 */

/** A short description of any value, for an error message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  }
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const name = value.constructor?.name ?? 'Object';
  if (name === 'Object') return 'an object';
  if (isDetached(value)) return `${withArticle(name)} whose memory was transferred elsewhere`;
  const length = typeOf.call(value) ? ` of ${(value as Uint8Array).length}` : '';
  return withArticle(name) + length;
}

function withArticle(name: string): string {
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** Whether a buffer, or that of a view, was transferred, or belongs to a Wasm memory that grew. */
function isDetached(value: object): boolean {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  if (classOf(buffer) !== 'ArrayBuffer') return false;
  try {
    new DataView(buffer as ArrayBuffer);
    return false;
  } catch {
    return true;
  }
}

/**
 * Checks that a buffer, or that of a view, has not been transferred elsewhere.
 *
 * @throws RangeError if it has
 */
export function checkAttached(argument: string, value: object): void {
  if (isDetached(value)) throw outOfRange(argument, value, 'one that still has its memory');
}

/**
 * The name of a value's class, where the engine or the platform has it. Unlike `instanceof` it knows
 * values of another realm: another window, a context of node:vm, Jest.
 */
export function classOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** The typed arrays that arguments may be. */
interface TypedArrays {
  Uint8Array: Uint8Array;
  Uint32Array: Uint32Array;
  Float32Array: Float32Array;
  Float64Array: Float64Array;
}

/** Of a typed array as `this` the name of its type; undefined of all that only says it is one. */
export const typeOf: (this: unknown) => string | undefined = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)!.get!;

/** Whether a value is a typed array of one of the types, of whatever realm. */
export function isTyped<T extends keyof TypedArrays>(
  value: unknown,
  ...types: readonly T[]
): value is TypedArrays[T] {
  return types.includes(typeOf.call(value) as T);
}

/**
 * Returns `value` if it is a typed array of that type.
 *
 * @throws TypeError if it is anything else, RangeError if its memory was transferred elsewhere
 */
export function typed<T extends keyof TypedArrays>(
  argument: string,
  value: unknown,
  type: T,
): TypedArrays[T] {
  if (!isTyped(value, type)) throw wrongType(argument, value, withArticle(type));
  if (value.length === 0) checkAttached(argument, value);
  return value;
}

/**
 * Checks that an array still has the length that it once had: its memory may since have been
 * transferred, or resized.
 *
 * @throws RangeError that says so
 */
export function checkLength(argument: string, array: ArrayLike<number>, length: number): void {
  if (array.length !== length) throw outOfRange(argument, array, `its ${length} values`);
}

/**
 * How many times `of` goes into an array's length.
 *
 * @param what else an error says of it
 * @param given what the array was made of, for the error
 * @throws RangeError if it does not, or the array is empty
 */
export function countOf(
  argument: string,
  array: ArrayLike<number>,
  of: number,
  what = '',
  given: unknown = array,
): number {
  if (array.length > 0 && array.length % of === 0) return array.length / of;
  throw outOfRange(argument, given, `a length that is a positive multiple of ${of}${what}`);
}

/** The error for an argument of the wrong type. */
export function wrongType(argument: string, found: unknown, expected: string): TypeError {
  return new TypeError(`${argument}: found ${describe(found)}, expected ${expected}`);
}

/** The error for an argument of the right type whose value cannot be used. */
export function outOfRange(argument: string, found: unknown, expected: string): RangeError {
  const text = typeof found === 'string' ? found : describe(found);
  return new RangeError(`${argument}: found ${text}, expected ${expected}`);
}

/**
 * Returns `value` if it is a whole number from `least` to `most`. The error also names `or`,
 * what else the caller takes.
 *
 * @throws TypeError if it is not a number, RangeError if it is another number
 */
export function integer(
  argument: string,
  value: unknown,
  least: number,
  most: number,
  or = '',
): number {
  const expected = `a whole number from ${least} to ${most}${or}`;
  const holds = (n: number) => Number.isSafeInteger(n) && n >= least && n <= most;
  return checked(argument, value as number, expected, holds);
}

/** Returns `value` if it is a number from 0 to below 1. */
export function share(argument: string, value: number): number {
  return checked(argument, value, 'a number from 0 to below 1', (x) => x >= 0 && x < 1);
}

/** Returns `value` if it is a finite number above 0. */
export function positive(argument: string, value: number): number {
  return checked(argument, value, 'a finite number above 0', (x) => x > 0 && x < Infinity);
}

/** Returns `value` if it is a finite number from 0. */
export function notNegative(argument: string, value: number): number {
  return checked(argument, value, 'a finite number from 0', (x) => x >= 0 && x < Infinity);
}

/**
 * Returns `value` if it is a number for which something `holds`.
 *
 * @throws TypeError if it is not a number, RangeError if it is another number
 */
export function checked(
  argument: string,
  value: number,
  expected: string,
  holds: (value: number) => boolean,
): number {
  if (typeof value !== 'number') throw wrongType(argument, value, expected);
  if (!holds(value)) throw outOfRange(argument, value, expected);
  return value;
}

/**
 * Checks that all values are numbers, and none is NaN or infinite.
 *
 * @throws TypeError or RangeError that names the first one
 */
export function checkFinite(argument: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      checked(`${argument}[${i}]`, values[i]!, 'a finite number', () => false);
    }
  }
}

/** A seed: any whole number that a JavaScript number holds exactly, 0 to 2⁵³ − 1. */
export function seedNumber(argument: string, value: unknown): number {
  return integer(argument, value, 0, Number.MAX_SAFE_INTEGER);
}

/**
 * Returns `name` if it is one of the names.
 *
 * @throws RangeError where it is anything else
 */
export function oneOf<Name>(argument: string, name: unknown, names: readonly Name[]): Name {
  if (names.includes(name as Name)) return name as Name;
  throw outOfRange(argument, describe(name), `one of ${names.join(', ')}`);
}

/**
 * Returns `value` if it is true or false.
 *
 * @throws TypeError if it is anything else
 */
export function boolean(argument: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw wrongType(argument, value, 'true or false');
}

/**
 * A copy of the bytes of a file.
 *
 * @throws TypeError if they are anything but bytes, RangeError if their memory was transferred
 */
export function fileBytes(
  argument: string,
  value: Uint8Array | ArrayBuffer,
): Uint8Array<ArrayBuffer> {
  const areTyped = isTyped(value, 'Uint8Array');
  if (!areTyped && classOf(value) !== 'ArrayBuffer') {
    throw wrongType(argument, value, 'a Uint8Array or an ArrayBuffer');
  }
  checkAttached(argument, value);
  // A view of a buffer, or already a copy of a view.
  return new Uint8Array(areTyped ? value : new Uint8Array(value));
}

/** Whether a value is a promise, of whatever realm. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}

/**
 * Returns `value` if it is a function.
 *
 * @throws TypeError if it is anything else
 */
export function callable<F>(argument: string, value: F): F {
  if (typeof value === 'function') return value;
  throw wrongType(argument, value, 'a function');
}

/** A method of an object, read once and bound to it. */
export function method<K extends string, T extends { [key in K]: (...args: never[]) => unknown }>(
  argument: string,
  object: T,
  name: K,
): T[K] {
  return callable(`${argument}.${name}`, object[name]).bind(object) as T[K];
}

/**
 * Returns `value` if it is an object, and has no properties but the `known` ones where those
 * are given: a misspelt option must not pass for a missing one.
 *
 * @throws TypeError if it is anything else
 */
export function options<T extends object>(
  argument: string,
  value: T,
  known?: readonly (keyof T & string)[],
): T {
  // A module's namespace too; but no Map, nor a promise that was not awaited: they have no options.
  if (!/^(Object|Module)$/.test(classOf(value))) throw wrongType(argument, value, 'an object');
  const unknown = Object.keys(value).find(
    (key) => known?.includes(key as keyof T & string) === false,
  );
  if (unknown !== undefined) {
    throw new TypeError(
      `${argument}: found ${describe(unknown)}, expected only ${known?.join(', ')}`,
    );
  }
  return value;
}
