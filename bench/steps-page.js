/** The steps, the roofline and the crossover as tables and charts (docs/benchmarks/steps.md). */
import { drawLines, drawRoofline } from './chart.js';
import { percent, timeCells } from './tables.js';
import { SPARSE_FRACTION } from './works.js';

/**
 * @typedef {import('./parts.js').Results} Results
 * @typedef {import('./parts.js').Steps} Steps
 * @typedef {import('./tables.js').Table} Table
 */

/**
 * @param {Results} results
 * @returns {Table[]}
 */
export function stepTables({ steps, probe }) {
  if (!steps) return [];
  return [
    ...steps.series.map((series, i) => seriesTable(series, i, steps, probe)),
    listingTable(steps),
    rooflineTable(steps),
    ...steps.crossovers.map(crossoverTable),
  ].filter((table) => table !== undefined);
}

/**
 * @param {import('./steps.js').Series} series
 * @param {number} index
 * @param {Steps} steps
 * @param {number} probe
 * @returns {Table}
 */
function seriesTable({ title, rows }, index, { clock }, probe) {
  const note =
    'In turns, in one run. GFLOP/s, FLOP a cycle and the share of the probe’s rate are of the operations that ' +
    'are carried out; “done” is their share of a dense product’s. “As fast”: as the step before, or as the ' +
    'core’s kernel where the name begins with “…”. “From float64”: the greatest difference of an element, by ' +
    'the greatest element.';
  return {
    name: `series-${index}`,
    title,
    note: index === 0 ? note : 'Columns as above.',
    head: [
      '',
      'code',
      'µs',
      'min–max',
      'as fast',
      'done',
      'GFLOP/s',
      'of probe',
      'FLOP a cycle',
      'from float64',
    ],
    firstNumber: 2,
    rows: rows.map(({ name, code, timing, gain, rate, executed, difference }) => {
      const done = rate * executed;
      return [
        name,
        code,
        ...timeCells(timing, 1e3),
        gain === undefined ? '' : `${gain.toFixed(2)} ×`,
        percent(executed),
        done.toFixed(1),
        percent(done / probe),
        (done / clock).toFixed(1),
        difference.toExponential(1),
      ];
    }),
  };
}

/**
 * @param {Steps} steps
 * @returns {Table}
 */
function listingTable({ listings }) {
  const title = 'What V8 makes of the loops';
  const head = [
    '',
    'instructions',
    '×',
    '+',
    'loads',
    'spills',
    'others',
    'instructions for each ×',
  ];
  const common = { name: 'listings', title, head, firstNumber: 1 };
  if ('missing' in listings)
    return { ...common, note: `Not known: ${listings.missing}.`, rows: [] };
  const loops = Object.entries(listings.loops);
  return {
    ...common,
    note:
      `${loops[0]?.[1].engine}: one iteration of the innermost loop, which V8 may have unrolled. ×: ` +
      'multiplications, of four numbers or, in `scalar`, of one. Spills: loads and stores of numbers that ' +
      'found no register. Others: addresses, counting, jumps. `npm run listing` prints the instructions.',
    rows: loops.map(([name, loop]) => [
      name,
      `${loop.instructions.length}`,
      `${loop.multiplications}`,
      `${loop.additions}`,
      `${loop.loads}`,
      `${loop.spills}`,
      `${loop.others}`,
      (loop.instructions.length / loop.multiplications).toFixed(1),
    ]),
  };
}

/**
 * @param {Steps} steps
 * @returns {Table}
 */
function rooflineTable({ roofline: { points, slopes } }) {
  const delivered = slopes.map(({ name, bandwidth }) => `${name} ${bandwidth.toFixed(0)} GB/s`);
  return {
    name: 'roofline',
    title: 'The roofline',
    note: `Measured: ${delivered.join(', ')}. FLOP/byte: what is carried out for each byte of the operands, each counted once.`,
    head: ['', 'FLOP/byte', 'µs', 'min–max', 'GFLOP/s'],
    firstNumber: 1,
    rows: points.map(({ kernel, intensity, timing, rate }, i) => [
      `${i + 1}. ${kernel}`,
      intensity.toFixed(2),
      ...timeCells(timing, 1e3),
      rate.toFixed(1),
    ]),
  };
}

/**
 * @param {import('./crossover.js').Crossover} crossover
 * @param {number} index
 * @returns {Table}
 */
function crossoverTable({ layer, points, crossing }, index) {
  const found =
    crossing === undefined
      ? 'The lines do not meet.'
      : `From ${percent(crossing)} on, the dense products take less time.`;
  return {
    name: `crossover-${index}`,
    title: `Dense and sparse products, ${layer}`,
    note: `A tile of 128 examples of bytes: A or its nonzeros, Z and dW; the bits are the same. ${found}`,
    head: ['nonzeros', 'dense, µs', 'min–max', 'sparse, µs', 'min–max'],
    firstNumber: 0,
    rows: points.map(({ share, dense, sparse }) => [
      percent(share),
      ...timeCells(dense, 1e3),
      ...timeCells(sparse, 1e3),
    ]),
  };
}

/**
 * @param {Results} results
 * @returns {import('./page.js').Chart[]}
 */
export function stepCharts({ steps, probe }) {
  if (!steps) return [];
  const { roofline, crossovers } = steps;
  return [
    {
      part: 'roofline',
      file: 'steps-roofline.svg',
      text: 'GFLOP/s of the kernels by their FLOP for each byte, below the probe’s rate and what caches and memory deliver',
      svg: drawRoofline({
        title: 'The kernels under the roofline',
        subtitle: 'GFLOP/s that are carried out',
        axis: 'FLOP for each byte of the operands',
        ceiling: { name: `the probe: ${probe.toFixed(1)} GFLOP/s`, rate: probe },
        slopes: roofline.slopes.map(({ name, bandwidth }) => ({
          name: `${name}: ${bandwidth.toFixed(0)} GB/s`,
          bandwidth,
        })),
        points: roofline.points.map(({ kernel, intensity, rate }) => ({
          name: kernel,
          intensity,
          rate,
        })),
      }),
    },
    ...crossovers.map(({ layer, points }, i) => ({
      part: `crossover-${i}`,
      file: `steps-crossover-${layer.replaceAll(/\W+/g, '-')}.svg`,
      text: `Time of dense and of sparse products by the share of nonzeros, ${layer}`,
      svg: drawLines({
        title: `Dense and sparse products, ${layer}`,
        subtitle: 'ms a tile of 128 examples: the first layer’s A, Z and dW',
        axis: 'inputs that are not zero',
        format: '.0%',
        points: points.flatMap(({ share, dense, sparse }) => [
          { line: 'sparse: the nonzeros alone', x: share, value: sparse.ms },
          { line: 'dense: all inputs', x: share, value: dense.ms },
        ]),
        mark: { x: SPARSE_FRACTION, text: 'the core’s limit' },
      }),
    })),
  ];
}

/**
 * The loop of the core's tile, to be read on the page.
 *
 * @param {Steps} steps
 */
export function tileListing({ listings }) {
  if ('missing' in listings) return [];
  const tile = listings.loops.affine;
  if (!tile) return [];
  return [
    'The loop of `affine`, the core’s tile:',
    `\`\`\`asm\n${tile.instructions.join('\n')}\n\`\`\``,
  ];
}
