import { expect, it } from 'vitest';
import { rateChart } from '../../../src/cli/reports/rate-chart.ts';

const points = Array.from({ length: 21 }, (_, i) => ({
  learningRate: 10 ** (i / 4 - 5),
  loss: 0,
  smoothed: i < 15 ? 3 - i / 7 : i - 14,
}));

it('marks the suggestion below its place on the curve, within the width', () => {
  const lines = rateChart(points, 10, '0.003', 74)!.split('\n');
  // 64 columns of curve from column 10 on; place 10 of 20 is in the middle.
  expect(lines.at(-2)!.indexOf('▲')).toBe(10 + 32);
  expect(lines.at(-2)!.trim()).toBe('▲ 0.003');
  expect(lines.at(-1)).toMatch(/^ {10}0\.00001 +learning rate +1$/);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(74);
});

it('writes to the left of the mark where there is no room to its right', () => {
  const mark = rateChart(points, 20, '0.003', 60)!.split('\n').at(-2)!;
  expect(mark).toMatch(/^ +0\.003 ▲$/);
  expect(mark.length).toBe(60);
});

it('has no mark without a suggestion', () => {
  expect(rateChart(points, undefined, '', 60)).not.toContain('▲');
});

it('draws a divergence not much higher than what came before', () => {
  const diverging = points.map((point, i) => (i > 18 ? { ...point, smoothed: 1e9 } : point));
  expect(rateChart(diverging, undefined, '', 60)!.split('\n')[1]).toMatch(/^ {4}3\.60 ┤ +╭/);
});

it('is as wide as it may be, and none where that is too narrow for a curve', () => {
  for (let width = 0; width < 40; width++) {
    expect(rateChart(points, 10, '0.00316', width)).toBeUndefined();
  }
  for (let width = 40; width <= 100; width++) {
    for (let place = 0; place < points.length; place++) {
      const lines = rateChart(points, place, '0.00316', width)!.split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBe(Math.min(width, 74));
    }
  }
});
