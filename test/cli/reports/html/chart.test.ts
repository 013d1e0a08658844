import { expect, test } from 'vitest';
import { chart } from '../../../../src/cli/reports/html/chart.ts';

/** The y of the lines of a kind, with the words beside them. */
function linesOf(svg: string, kind: string): (readonly [words: string, y: number])[] {
  const found = svg.matchAll(
    new RegExp(`<g class="${kind}"><line [^>]*y1="([^"]*)"[^]*?<text[^>]*>([^<]*)<`, 'g'),
  );
  return [...found].map(([, y, words]) => [words!, Number(y)]);
}

test('levels are horizontal lines at their values; those outside the axis are left out', () => {
  const x = { title: 'x', domain: [0, 1], format: String } as const;
  const levels = [
    { at: 1.25, label: 'inside & named' },
    { at: 7, label: 'above' },
    { at: -1, label: 'below' },
  ];
  const y = { title: 'y', domain: [0, 2], format: String, levels } as const;
  const svg = chart('a chart', [], x, y).text;
  const ticks = new Map(linesOf(svg, 'tick'));
  const [[words, at], ...others] = linesOf(svg, 'level') as [[string, number]];
  expect(others).toEqual([]);
  expect(words).toBe('inside &amp; named');
  const share = (at - ticks.get('0')!) / (ticks.get('2')! - ticks.get('0')!);
  expect(share).toBeCloseTo(1.25 / 2, 9);
  expect(linesOf(chart('a chart', [], x, { ...y, levels: [] }).text, 'level')).toEqual([]);
});
