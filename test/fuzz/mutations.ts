/** Ways to damage a file. */
import type { Dice } from './dice.ts';

/** Numbers at which readers go wrong. */
const NUMBERS = [0, 1, 2, 127, 128, 255, 256, 65535, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
const TEXTS = ['0', '-1', '1e9', '1.5', '4294967296', '9007199254740993', '99999999999999999999'];

type Mutation = (bytes: Buffer, dice: Dice, other: Buffer) => Buffer;

const cut = (bytes: Buffer, begin: number, end: number, between: Uint8Array = Buffer.of()) =>
  Buffer.concat([bytes.subarray(0, begin), between, bytes.subarray(end)]);

/** A part of the file, as a rule a short one. */
function range(length: number, dice: Dice): [begin: number, end: number] {
  const begin = dice.between(0, length);
  return [begin, begin + dice.small(0, length - begin)];
}

const MUTATIONS: readonly Mutation[] = [
  function flipBit(bytes, dice) {
    const at = dice.between(0, bytes.length - 1);
    return Buffer.from(bytes.with(at, bytes[at]! ^ (1 << dice.between(0, 7))));
  },
  function setByte(bytes, dice) {
    const at = dice.between(0, bytes.length - 1);
    const value = dice.pick([0, 255, bytes[at]! + 1, bytes[at]! - 1, dice.between(0, 255)]);
    return Buffer.from(bytes.with(at, value));
  },
  function truncate(bytes, dice) {
    return bytes.subarray(0, dice.between(0, bytes.length - 1));
  },
  function remove(bytes, dice) {
    return cut(bytes, ...range(bytes.length, dice));
  },
  function repeat(bytes, dice) {
    const [begin, end] = range(bytes.length, dice);
    return cut(bytes, end, end, bytes.subarray(begin, end));
  },
  function insert(bytes, dice) {
    const at = dice.between(0, bytes.length);
    return cut(bytes, at, at, dice.bytes(dice.small(1, 64)));
  },
  function splice(bytes, dice, other) {
    const [begin, end] = range(bytes.length, dice);
    return cut(bytes, begin, end, other.subarray(...range(other.length, dice)));
  },
  function number(bytes, dice) {
    const size = dice.pick([1, 2, 4, 8]);
    if (bytes.length < size) return bytes;
    const to = Buffer.from(bytes);
    const at = dice.between(0, bytes.length - size);
    const value = dice.pick([...NUMBERS, bytes.length, bytes.length - at]);
    const place = size === 8 ? at + dice.pick([0, 4]) : at;
    const width = Math.min(size, 4);
    const fitting = value % 256 ** width;
    if (dice.chance(0.5)) to.writeUIntLE(fitting, place, width);
    else to.writeUIntBE(fitting, place, width);
    return to;
  },
  function numberInText(bytes, dice) {
    const found = [...bytes.subarray(0, 4096).toString('latin1').matchAll(/\d+/g)];
    if (found.length === 0) return bytes;
    const { 0: digits, index } = dice.pick(found);
    const near = String(Number(digits) + dice.between(-2, 2));
    const text = dice.pick([near, near, ...TEXTS]);
    return cut(bytes, index, index + digits.length, Buffer.from(text));
  },
];

/**
 * A file with one to four damages.
 *
 * @param other a file of the same kind, for parts of it
 */
export function mutated(bytes: Buffer, dice: Dice, other: Buffer): Buffer {
  let damaged = bytes;
  for (let i = dice.small(1, 4); i > 0 && damaged.length > 0; i--) {
    damaged = dice.pick(MUTATIONS)(damaged, dice, other);
  }
  return damaged;
}
