/** Which of one thread and all of them a team uses, by times that are given. */
import { expect, test } from 'vitest';
import { Choice } from '../../src/threads/choice.ts';

/** The share of calls by all threads, of so many milliseconds of calls that take as long as is given. */
function shareOfAll(choice: Choice, milliseconds: number, times: { one: number; all: number }) {
  let [now, calls, all] = [0, 0, 0];
  while (now < milliseconds) {
    const time = times[choice.way];
    if (choice.way === 'all') all++;
    calls++;
    now += time;
    choice.count(time, 64);
  }
  return all / calls;
}

test.each([
  ['all threads, where they are quicker', { one: 0.03, all: 0.02 }, 0.97, 1],
  ['one thread, where it is quicker', { one: 0.02, all: 0.05 }, 0, 0.05],
  ['what is used, where neither is clearly quicker', { one: 0.0196, all: 0.02 }, 0.97, 1],
  ['all threads, where calls take long', { one: 100, all: 60 }, 1, 1],
  ['one thread, where calls take some milliseconds and it is quicker', { one: 5, all: 9 }, 0, 0.1],
] as const)('%s', (_, times, least, most) => {
  const share = shareOfAll(new Choice(), 3000, times);
  expect(share).toBeGreaterThanOrEqual(least);
  expect(share).toBeLessThanOrEqual(most);
});

test('changes within half a second when the machine does', () => {
  const choice = new Choice();
  expect(shareOfAll(choice, 2000, { one: 0.02, all: 0.04 })).toBeLessThan(0.1);
  expect(shareOfAll(choice, 2000, { one: 0.04, all: 0.02 })).toBeGreaterThan(0.85);
  expect(shareOfAll(choice, 2000, { one: 0.02, all: 0.04 })).toBeLessThan(0.1);
});

test('tries for less than a hundredth of the time, where all threads stay quicker', () => {
  const choice = new Choice();
  shareOfAll(choice, 2000, { one: 10, all: 6 });
  expect(shareOfAll(choice, 60_000, { one: 10, all: 6 })).toBeGreaterThan(0.99);
});
