import { describe, expect, it } from 'vitest';
import type { ReportData } from '../../../../src/cli/reports/html/report-data.ts';
import { residualsSection } from '../../../../src/cli/reports/html/residuals.ts';
import { Dataset } from '../../../../src/index.ts';

/** A report of numbers: the actual ones, each a row, and what was predicted for them. */
function reportOf(actual: number[][], predicted: number[][], fields: object = {}): ReportData {
  const heldOut = Dataset.from({ inputs: actual.map(() => [0]), targets: actual });
  const r2 = actual[0]!.map(() => 0.5);
  const plan = { output: 'linear', classNames: undefined };
  const result = { test: { r2, rmse: r2.map(() => 12.3456) } };
  const outputs = Float64Array.from(predicted.flat());
  return { plan, result, heldOut, outputs, ...fields } as unknown as ReportData;
}

const textOf = (data: ReportData) => residualsSection(data)!.text;
const cellsOf = (text: string) => [...text.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell]) => cell);
const dotsOf = (text: string) =>
  [...text.matchAll(/class="curve dots [^"]*" d="(.*?)"/g)].map(([, path]) =>
    [...path!.matchAll(/M([\d.-]+) ([\d.-]+)h0/g)].map(([, x, y]) => [Number(x), Number(y)]),
  );

describe('residuals', () => {
  it('has the errors in the unit of the number: actual less predicted', () => {
    const text = textOf(reportOf([[1000], [1100], [1300]], [[990], [1130], [1290]]));
    // Residuals 10, −30 and 10.
    expect(cellsOf(text)).toEqual(['0.5000', '12.35', '16.67', '-3.33']);
  });

  it('has a dot for each example, on the line where it was predicted exactly', () => {
    const [fit, rest] = dotsOf(textOf(reportOf([[1], [2], [3]], [[1], [2], [9]])));
    const lines = (text: string) =>
      [...text.matchAll(/class="curve curve-2" d="M([\d.]+),([\d.]+)L([\d.]+),([\d.]+)"/g)].map(
        ([, ...ends]) => ends.map(Number),
      );
    const [[x1, y1, x2, y2], [, zero]] = lines(
      textOf(reportOf([[1], [2], [3]], [[1], [2], [9]])),
    ) as [number[], number[]];
    const onLine = fit!.map(([x, y]) => y1! + ((x! - x1!) * (y2! - y1!)) / (x2! - x1!) - y!);
    expect(onLine.map((distance) => Math.abs(distance) < 0.1)).toEqual([true, true, false]);
    // A smaller number is further down, as is a negative residual.
    expect(onLine[2]).toBeGreaterThan(10);
    expect(rest!.map(([, y]) => Math.sign(Math.round(y! - zero!)))).toEqual([0, 0, 1]);
  });

  it('shows 0 as 0, whatever 32 bits made of it', () => {
    const actual = [[-5], [0], [5], [0]];
    const text = textOf(reportOf(actual, [[-5], [1.7e-7], [5], [1.7e-7]]));
    expect(cellsOf(text)).toEqual(['0.5000', '12.35', '0', '0']);
  });

  it('shows some of very many examples, and the first of many numbers', () => {
    const many = Array.from({ length: 5000 }, (_, i) => [i]);
    const text = textOf(reportOf(many, many));
    expect(dotsOf(text).map(({ length }) => length)).toEqual([2000, 2000]);
    expect(text).toContain('for 5,000 examples, 2,000 of them shown');
    const wide = [1, 2].map((value) => Array.from({ length: 9 }, () => value));
    const charts = textOf(reportOf(wide, wide));
    expect(charts).toContain('The first 8 of 9 numbers.');
    expect([dotsOf(charts).length, cellsOf(charts).length]).toEqual([16, 36]);
  });

  it('has charts where nothing varies, and of predictions that are not finite', () => {
    for (const predicted of [
      [[3], [3]],
      [[3], [Infinity]],
      [[NaN], [NaN]],
    ]) {
      const text = textOf(reportOf([[3], [3]], predicted));
      expect(text.match(/<svg/g)).toHaveLength(2);
      expect(text.replace(/<td>.*?<\/td>/g, '')).not.toMatch(/NaN|Infinity/);
    }
  });

  it('has ticks that tell large numbers apart, and short ones of huge numbers', () => {
    const ticks = (from: number, step: number) =>
      [
        ...textOf(reportOf([[from], [from + step]], [[from], [from + step]])).matchAll(
          /text-anchor="end">(.*?)</g,
        ),
      ].map(([, text]) => text);
    expect(ticks(1.7e9, 100)).toContain('1700000080');
    expect(ticks(0, 4e20)).toContain('2e+20');
    const below = [
      ...textOf(reportOf([[0], [9e6]], [[0], [9e6]])).matchAll(/x="([\d.]+)"[^>]*"middle">(\d+)</g),
    ].map(([, x, text]) => ({ x: Number(x), text }));
    const [zero, next] = below;
    expect([zero!.text, next!.text]).toEqual(['0', '2000000']);
    expect(next!.x - zero!.x).toBeGreaterThan(7 * 9);
  });

  it('tells nothing of classes', () => {
    const data = reportOf([[0]], [[0]]);
    expect(residualsSection({ ...data, plan: { ...data.plan, output: 'softmax' } })).toBe(
      undefined,
    );
  });

  it('escapes the names of numbers', () => {
    const plan = { output: 'linear', classNames: ['<b>\u202e', '"&'] };
    const rows = [
      [1, 2],
      [2, 3],
    ];
    const text = textOf(reportOf(rows, rows, { plan }));
    expect(text).toContain('<bdi>&lt;b&gt;\ufffd</bdi>');
    expect(text).toContain('of &quot;&amp; for 2 examples');
    expect(text).not.toMatch(/<b>|\u202e/);
  });
});
