/** Files that are damaged, and what a reader may make of them. */
import { expect } from 'vitest';
import { expectWithin } from './times.ts';

/** Each way to cut `bytes` off. */
export function* cutOff(bytes: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length < bytes.length; length++) yield bytes.slice(0, length);
}

/** Each way to change one of the first bytes in one of its bits, in all of them, to 0 or to 255. */
export function* withByteChanged(bytes: Uint8Array, first = bytes.length): Generator<Uint8Array> {
  for (const [at, byte] of bytes.subarray(0, first).entries()) {
    const changed = new Set([0, 255, byte ^ 255]);
    for (let bit = 0; bit < 8; bit++) changed.add(byte ^ (1 << bit));
    changed.delete(byte);
    for (const other of changed) yield bytes.with(at, other);
  }
}

/**
 * How many of `files` are read, and how many refused by a RangeError that says what was found and
 * what was expected; anything else fails the test.
 */
export async function tally(
  files: Iterable<Uint8Array>,
  read: (bytes: Uint8Array) => unknown,
): Promise<{ read: number; refused: number }> {
  const counts = { read: 0, refused: 0 };
  for (const bytes of files) {
    try {
      await read(bytes);
      counts.read++;
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      expect((error as Error).message).toMatch(/: found .*, expected /s);
      counts.refused++;
    }
  }
  return counts;
}

/** Checks that `claim` is refused within a tenth of a second and without the memory it speaks of. */
export function expectCheapRefusal(claim: () => unknown, message: string): void {
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  const started = performance.now();
  expect(claim).toThrow(message);
  expectWithin(100, performance.now() - started);
  const now = process.memoryUsage();
  expect(now.arrayBuffers - arrayBuffers + now.heapUsed - heapUsed).toBeLessThan(20e6);
}
