import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { drawBars, drawLines, drawRoofline } from '../../bench/chart.js';
import { formatResults, writePage } from '../../bench/page.js';

/** @param {number} ms */
const timing = (ms) => ({ ms, fastest: ms * 0.9, slowest: ms * 1.1, samples: 5 });

/** @type {import('../../bench/parts.js').Results} */
const RESULTS = {
  date: '2026-01-02',
  machine: { cpu: 'A | B', cores: 2, memory: 8, system: 'linux x64', node: 'Node 20.0.0, V8 11' },
  numpy: 'NumPy 9.8.7',
  data: 'some images',
  probe: 50,
  equality: [
    {
      work: '784-10-10, batch 64',
      updates: 300,
      twin: 1e-7,
      skipping: 2e-7,
      numpy: undefined,
      oracle: { relumax: 3e-7, twin: 4e-7, skipping: 5e-7 },
    },
  ],
  kernels: [
    {
      kernel: 'Z = W·A + b, 784 → 128',
      trainer: 'relumax',
      timing: timing(0.5),
      rate: 40,
      product: true,
      executed: 1,
      difference: 6e-7,
      speedOfTwin: 8,
    },
    {
      kernel: 'Z = W·A + b, 784 → 128',
      trainer: 'twin',
      timing: timing(4),
      rate: 5,
      product: true,
      executed: 1,
    },
  ],
  optimizers: [
    { optimizer: 'Adam', parameters: 101_776, timing: timing(0.05), ns: 0.5, bytes: 28 },
  ],
  training: {
    rows: [
      {
        work: '784-10-10, batch 64',
        trainer: 'relumax',
        timing: timing(30),
        images: 60_000,
        imagesPerSecond: 2e6,
        gflops: 60,
        executed: 0.25,
        difference: 3e-7,
        slower: 1,
      },
      {
        work: '784-10-10, batch 64',
        trainer: 'twin',
        timing: timing(450),
        images: 60_000,
        imagesPerSecond: 133_333,
        gflops: 4,
        executed: 1,
        difference: 4e-7,
        slower: 15,
      },
    ],
    copying: [{ work: '784-10-10, batch 64', ms: 25 }],
  },
  growth: [
    {
      work: '784-10-10, batch 64',
      costs: [
        { images: 1_000, ns: 400 },
        { images: 60_000, ns: 440 },
      ],
      spread: 0.1,
    },
  ],
  threads: [1, 2].map((threads) => ({
    work: '784-128-10, batch 128',
    threads,
    timing: timing(180 / threads),
    images: 60_000,
    speedup: threads,
    gflops: 150 * threads,
    probe: 50 * threads,
    ...(threads === 1 && { executed: 0.2 }),
  })),
};

/** @type {string} */
let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relumax-page-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the page shows every figure, names all that was used, and its charts are there', async () => {
  await writePage(RESULTS, folder);
  const page = await readFile(join(folder, 'bench.md'), 'utf8');
  for (const text of [
    '2026-01-02',
    'A | B, 2 cores, 8 GiB',
    'Node 20.0.0',
    'NumPy 9.8.7',
    '50.0 GFLOP/s',
    '| 784-10-10, batch 64 | relumax | 60,000 | 30.0 | 27.0–33.0 | 2,000,000 | 60.0 | 25 % | 15.0 | 30 % | 3.0e-7 |',
    '|  | JavaScript | 60,000 | 450 | 405–495 | 133,333 | 4.0 | 100 % | 4.0 | 8 % | 4.0e-7 | 15.00 × |',
    '| Z = W·A + b, 784 → 128 | relumax | 500 | 450–550 | 40.0 | 100 % | 40.0 | 80 % | 6.0e-7 | 8.0 × |',
    '| 784-10-10, batch 64 | 400 | 440 | 10 % |',
    '| 784-128-10, batch 128 | 1 | 60,000 | 180 | 162–198 | 1.00 × | 150.0 | 20 % | 30.0 | 60 % |',
    '|  | 2 | 60,000 | 90.0 | 81.0–99.0 | 2.00 × | 300.0 | – | – | – |',
    '| 784-10-10, batch 64 | 300 | 1.0e-7 | 2.0e-7 | – |',
  ]) {
    expect(page).toContain(text);
  }
  // What was not measured has no section.
  expect(page).not.toContain('## Prediction');
  const charts = [...page.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map((match) => match[1]);
  expect(charts).toHaveLength(4);
  expect((await readdir(folder)).sort()).toEqual([...charts, 'bench.json', 'bench.md'].sort());
  expect(JSON.parse(await readFile(join(folder, 'bench.json'), 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(RESULTS)),
  );
});

test('the terminal shows the same tables', () => {
  const text = formatResults(RESULTS);
  expect(text).toContain('Training, an epoch');
  expect(text).toMatch(/relumax +│ 60,000 │ +30\.0 │/);
  expect(text).toContain('probe    50.0 GFLOP/s');
});

test('a chart has a bar for each value, as long as it is large, and says what it is', () => {
  const bars = [1, 10, 100].map((value) => ({
    label: `bar ${value}`,
    value,
    text: `${value} ms`,
    relumax: value === 1,
  }));
  const svg = drawBars({ title: 'A title', subtitle: 'below', bars, logarithmic: true });
  for (const text of ['A title', 'below', 'bar 10', '100 ms']) expect(svg).toContain(text);
  const widths = [...svg.matchAll(/class="bar" .* width="([\d.]+)"/g)].map(([, w]) => Number(w));
  // From 0.1 on: a decade, two and three.
  expect(widths).toHaveLength(3);
  expect(widths.map((width) => width / Number(widths[0]))).toEqual([
    1,
    expect.closeTo(2),
    expect.closeTo(3),
  ]);
});

test('the steps have a page of their own, with all figures and charts', async () => {
  const loop = {
    instructions: ['vmulps xmm0,xmm1,xmm2', 'jmp 0x1'],
    multiplications: 1,
    additions: 0,
  };
  /** @type {import('../../bench/parts.js').Steps} */
  const steps = {
    clock: 4,
    series: [
      {
        title: 'Z = W·A + b, 1 → 2',
        rows: [
          {
            name: 'first',
            code: 'a.ts: f',
            timing: timing(2),
            difference: 1e-7,
            rate: 10,
            executed: 1,
          },
          {
            name: 'second',
            code: 'a.ts: g',
            timing: timing(1),
            difference: 2e-7,
            rate: 20,
            executed: 0.5,
            after: 'first',
            gain: 2,
          },
        ],
      },
    ],
    listings: {
      loops: { affine: { engine: 'V8 11', ...loop, loads: 0, spills: 0, others: 1 } },
    },
    roofline: {
      slopes: [{ name: 'main memory', bandwidth: 30 }],
      points: [{ kernel: 'SGD', intensity: 0.17, rate: 5, timing: timing(1) }],
    },
    crossovers: [
      {
        layer: '784 → 128',
        points: [
          { share: 0, dense: timing(2), sparse: timing(1) },
          { share: 1, dense: timing(2), sparse: timing(3) },
        ],
        crossing: 0.5,
      },
    ],
  };
  const { date, machine, numpy, data, probe } = RESULTS;
  await writePage({ date, machine, numpy, data, probe, steps }, folder);
  const page = await readFile(join(folder, 'steps.md'), 'utf8');
  for (const text of [
    'A | B, 2 cores, 8 GiB',
    'The probe’s rate is 50.0 GFLOP/s',
    'clock was 4.00 GHz',
    '| first | a.ts: f | 2,000 | 1,800–2,200 |  | 100 % | 10.0 | 20 % | 2.5 | 1.0e-7 |',
    '| second | a.ts: g | 1,000 | 900–1,100 | 2.00 × | 50 % | 10.0 | 20 % | 2.5 | 2.0e-7 |',
    '| affine | 2 | 1 | 0 | 0 | 0 | 1 | 2.0 |',
    'vmulps xmm0,xmm1,xmm2\njmp 0x1',
    '| 1. SGD | 0.17 | 1,000 | 900–1,100 | 5.0 |',
    'From 50 % on, the dense products take less time.',
    '| 100 % | 2,000 | 1,800–2,200 | 3,000 | 2,700–3,300 |',
  ]) {
    expect(page).toContain(text);
  }
  const charts = ['steps-crossover-784-128.svg', 'steps-roofline.svg'];
  for (const chart of charts) expect(page).toContain(`(${chart})`);
  // Of nothing else there is a page.
  expect((await readdir(folder)).sort()).toEqual([...charts, 'steps.json', 'steps.md']);
  expect(formatResults({ date, machine, numpy, data, probe, steps })).toContain('The roofline');

  await writePage(
    { ...RESULTS, steps: { ...steps, listings: { missing: 'on x64 alone' } } },
    folder,
  );
  expect(await readFile(join(folder, 'steps.md'), 'utf8')).toContain('Not known: on x64 alone.');
  const both = JSON.parse(await readFile(join(folder, 'bench.json'), 'utf8'));
  expect(both.steps).toBeUndefined();
});

test('lines are drawn to scale, and a place on the axis may be named', () => {
  const points = [0, 0.5, 1].map((x) => ({ line: 'a line', x, value: 2 * x }));
  const mark = { x: 0.5, text: 'half' };
  const svg = drawLines({ title: 'T', subtitle: 'S', axis: 'share', points, format: '.0%', mark });
  for (const text of ['a line', 'share', '>100%<', 'half']) expect(svg).toContain(text);
  const [, path = ''] = /class="line" d="M([^"]+)"/.exec(svg) ?? [];
  const [from, middle, to] = path.split('L').map((point) => point.split(',').map(Number));
  expect(middle).toEqual([
    expect.closeTo(((from?.[0] ?? 0) + (to?.[0] ?? 0)) / 2, 0),
    expect.closeTo(((from?.[1] ?? 0) + (to?.[1] ?? 0)) / 2, 0),
  ]);
});

test('a roofline has a point for each computation, which lies where its roofs meet', () => {
  const svg = drawRoofline({
    title: 'T',
    subtitle: 'S',
    axis: 'FLOP/byte',
    ceiling: { name: 'ceiling', rate: 40 },
    slopes: [{ name: 'memory', bandwidth: 20 }],
    points: [
      { name: 'corner', intensity: 2, rate: 40 },
      { name: 'slope', intensity: 0.2, rate: 4 },
    ],
  });
  const dots = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="9"/g)];
  // And as many in the legend.
  expect(dots).toHaveLength(4);
  const [, slope = ''] = /class="roof" d="M[^"]*L([\d.,]+)" stroke="#748ffc"/.exec(svg) ?? [];
  expect(dots[0]?.slice(1, 3)).toEqual(slope.split(','));
  const ceiling = /class="roof" d="M[\d.]+,([\d.]+)H/.exec(svg)?.[1];
  expect(dots[0]?.[2]).toBe(ceiling);
});
