/** Tables as people have them: with row numbers, text, dates and missing cells. */
import { Random } from '../../src/base/random.ts';

const DAY = 86_400_000;

/** Random numbers from 0 to below 1. */
function fractions(seed: number): () => number {
  const random = new Random(seed, 'shuffle');
  return () => random.word() / 2 ** 32;
}

/** A table of passengers: who survived depends on sex and class of travel, and a little on age. */
export function passengers(): string {
  const next = fractions(1);
  const header = '"","survived","sex","age","class of travel","boarded","ship"';
  const rows = Array.from({ length: 240 }, (_, i) => {
    const sex = next() < 0.4 ? 'female' : 'male';
    const age = Math.round(1 + 70 * next());
    const travel = ['1st', '2nd', '3rd'][Math.floor(3 * next())]!;
    const day = new Date(Date.UTC(1912, 3, 1 + (i % 14))).toISOString().slice(0, 10);
    const chance = (sex === 'female' ? 3 : -1) + (travel === '3rd' ? -2 : 0) + (age < 10 ? 2 : 0);
    const survived = chance + next() > 0.5 ? 'yes' : 'no';
    const cells = [
      i + 1,
      i % 120 === 7 ? '' : survived,
      sex,
      i % 5 ? age : 'NA',
      travel,
      day,
      'Titanic',
    ];
    return cells.map((cell) => (typeof cell === 'number' ? cell : `"${cell}"`)).join();
  });
  return [header, ...rows, ''].join('\n');
}

/** A table of houses with their prices; dates have times of day. */
export function houses(): string {
  const next = fractions(2);
  const rows = Array.from({ length: 300 }, (_, i) => {
    const rooms = 1 + Math.floor(8 * next());
    const area = Math.round(20 * rooms + 40 * next());
    const garden = next() < 0.5;
    const sold = new Date(Date.UTC(2020, 0, 1) + (i % 365) * DAY + (i % 5) * 3_600_000);
    const price = 100_000 + 2000 * area + (garden ? 50_000 : 0) + Math.round(9000 * next());
    const time = sold.toISOString().slice(0, 16).replace('T', ' ');
    return [rooms, area, garden ? 'TRUE' : 'FALSE', time, price].join(';');
  });
  return ['rooms;area;garden;sold;price', ...rows, ''].join('\n');
}
