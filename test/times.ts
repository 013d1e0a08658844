/**
 * Bounds of times. How long something takes says as much of what else the machine does as of the code, so
 * `npm test` only finds what is far too slow; `npm run test:times`, on an idle machine, holds the bounds themselves.
 */
import { expect } from 'vitest';

/** How much slower a machine may be that others use too. */
const SLACK = process.env.RELUMAX_TIMES === undefined ? 20 : 1;

/** @param most milliseconds, on an idle machine */
export function expectWithin(most: number, milliseconds: number, name?: string): void {
  expect(milliseconds, name).toBeLessThanOrEqual(SLACK * most);
}
