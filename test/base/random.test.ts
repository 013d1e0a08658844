import { describe, expect, it } from 'vitest';
import { type Purpose, Random } from '../../src/base/random.ts';

function words(count: number, seed: number, purpose: Purpose, index?: number): number[] {
  const random = new Random(seed, purpose, index);
  return Array.from({ length: count }, () => random.word());
}

describe('word', () => {
  // From the reference algorithm (xoshiro128starstar.c 1.1) in another language, which gave
  // 11520, 0, 5927040, 70819200, … from the state 1, 2, 3, 4, run from the states of these seeds.
  it.each<[number, Purpose, number, number[]]>([
    [0, 'weights', 0, [140474240, 1654627772, 563730157, 346895059, 1648993459, 164235964]],
    [1, 'weights', 0, [3496853515, 3401657994, 1029933576, 1654170626, 763917066, 1480699050]],
    [1, 'split', 7, [3873131866, 2915802785, 14521218, 168005013, 2481880439, 2652294258]],
    [
      2 ** 32 + 1,
      'shuffle',
      3,
      [938287552, 340621064, 733864509, 1898707727, 1236688141, 175069664],
    ],
    [
      2 ** 53 - 1,
      'shuffle',
      2 ** 32 - 1,
      [1335578025, 3118064831, 901324404, 1756296118, 3237132635, 3983427518],
    ],
  ])('gives the words of the reference for seed %d, %s %d', (seed, purpose, index, expected) => {
    expect(words(expected.length, seed, purpose, index)).toEqual(expected);
  });

  it('is still with the reference after a thousand words', () => {
    expect(words(1000, 42, 'shuffle').at(-1)).toBe(3860486861);
  });

  it('sets each of the 32 bits in about half of the words', () => {
    const all = words(10_000, 3, 'weights');
    for (let bit = 0; bit < 32; bit++) {
      const set = all.filter((word) => (word >>> bit) & 1).length;
      expect(Math.abs(set - 5_000), `bit ${bit}`).toBeLessThan(300);
    }
  });

  it('gives every seed, purpose and index a sequence of its own', () => {
    const seeds = [0, 1, 2, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 33, 2 ** 53 - 1];
    const sequences = new Set<string>();
    let count = 0;
    for (const seed of seeds) {
      for (const purpose of ['weights', 'split', 'shuffle'] as const) {
        for (const index of [0, 1, 2, 255, 2 ** 32 - 1]) {
          sequences.add(words(4, seed, purpose, index).join());
          count++;
        }
      }
    }
    expect(sequences.size).toBe(count);
  });

  it('takes index 0 where none is given', () => {
    expect(words(4, 9, 'shuffle')).toEqual(words(4, 9, 'shuffle', 0));
  });
});

describe('below', () => {
  it.each([1, 2, 3, 10, 1000, 2 ** 31 + 1, 2 ** 32])('stays in 0 to %d − 1', (count) => {
    const random = new Random(5, 'split');
    for (let i = 0; i < 1000; i++) {
      const drawn = random.below(count);
      expect(Number.isInteger(drawn) && drawn >= 0 && drawn < count).toBe(true);
    }
  });

  it('draws each number equally often', () => {
    const random = new Random(6, 'shuffle');
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.below(7)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it('does not favour small numbers where the count does not divide 2³²', () => {
    // A bare remainder would draw the first third of these half of the time.
    const random = new Random(7, 'shuffle');
    let first = 0;
    for (let i = 0; i < 30_000; i++) if (random.below(3 * 2 ** 30) < 2 ** 30) first++;
    expect(Math.abs(first - 10_000)).toBeLessThan(400);
  });
});

describe('shuffle', () => {
  it.each([0, 1, 2, 3, 100, 1000])('permutes %d items', (length) => {
    const items = Uint32Array.from({ length }, (_, i) => 3 * i);
    const shuffled = items.slice();
    new Random(8, 'shuffle').shuffle(shuffled);
    expect(shuffled.slice().sort()).toEqual(items);
    if (length >= 100) expect(shuffled).not.toEqual(items);
  });

  it('gives each of the six orders of three items equally often', () => {
    const random = new Random(9, 'shuffle');
    const counts = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const items = Uint32Array.of(0, 1, 2);
      random.shuffle(items);
      counts.set(items.join(), (counts.get(items.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });
});
