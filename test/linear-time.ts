/**
 * Whether something takes more than linear time. Each input is made at a size n and at 4 n and read; where
 * time is linear, the second takes four times as long, where it is quadratic, sixteen times.
 */
import { expect } from 'vitest';

/** What may come on top: compilation, garbage, another process. */
const SLACK = 150;
/** Two to four times what is linear, and less than half of what is quadratic. */
const MOST = 8;

/** Milliseconds that it takes; what it throws counts as read. */
export async function timeOf(read: () => unknown): Promise<number> {
  const started = performance.now();
  try {
    await read();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toMatch(/: found .*, expected /s);
    expect((error as Error).message.length).toBeLessThan(1000);
  }
  return performance.now() - started;
}

/** @param make gives the reading of an input of a size; making it does not count */
export async function expectLinear(
  n: number,
  make: (size: number) => () => unknown,
): Promise<void> {
  const [small, large] = [make(n), make(4 * n)];
  await timeOf(small);
  // What is slow once may be so by chance.
  let times = [0, 0] as [number, number];
  for (let tries = 0; tries < 3; tries++) {
    times = [await timeOf(small), await timeOf(large)];
    if (times[1] < MOST * times[0] + SLACK) return;
  }
  throw new Error(`${n}: ${times[0]} ms, ${4 * n}: ${times[1]} ms`);
}

export function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');
}
