import { expect, it } from 'vitest';
import { lossChart } from '../../../src/cli/reports/loss-chart.ts';

it('falls from the first epoch to the last, no wider than it may be', () => {
  const epochs = [2.4, 1.2, 0.6, 0.3].map((loss, i) => ({
    epoch: i + 1,
    loss,
    accuracy: 0,
    examples: 1,
    seconds: 1,
  }));
  const lines = lossChart(epochs, 60)!.split('\n');
  expect(lines).toHaveLength(11);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  expect(lines[1]).toMatch(/^ {4}2\.40 ┼/);
  expect(lines[9]).toMatch(/^ {4}0\.30 ┤.*─$/);
  expect(lines[10]).toMatch(/^ +1 +epoch +4$/);
  expect(lines[10]!.length).toBe(lines[9]!.length);
});

it('tells rows apart where the loss hardly falls', () => {
  const epoch = { epoch: 1, loss: 2.3021, accuracy: 0, examples: 1, seconds: 1 };
  const chart = lossChart([epoch, { ...epoch, epoch: 2, loss: 2.2971 }], 80);
  expect(chart).toContain('  2.3021 ┼');
  expect(chart).toContain('  2.3015 ┤');
});

it('draws a loss that stays the same', () => {
  const epoch = { epoch: 1, loss: 0.5, accuracy: 0, examples: 1, seconds: 1 };
  const lines = lossChart([epoch, { ...epoch, epoch: 2 }], 80)!.split('\n');
  expect(lines[1]).toMatch(/^ {4}0\.50 ┼─+$/);
  expect(lines.at(-2)).toBe('    0.00 ┤');
});

it('is as wide as it may be, and none where that is too narrow for a curve', () => {
  const epochs = Array.from({ length: 5 }, (_, i) => ({
    ...{ epoch: i + 1, loss: 3 - i / 2, accuracy: 0, examples: 1, seconds: 1 },
  }));
  for (let width = 0; width < 40; width++) expect(lossChart(epochs, width)).toBeUndefined();
  for (let width = 40; width <= 100; width++) {
    const lines = lossChart(epochs, width)!.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBe(Math.min(width, 74));
  }
});
