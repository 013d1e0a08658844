/** What a network cannot take is named by file and row; all else is predicted. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Network } from '../../../src/index.ts';
import { run } from '../command.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-overflow-'));
});
afterAll(() => rm(cwd, { recursive: true }));

/** Writes a network whose weights are all the same large number. */
async function writeNetwork(
  file: string,
  layers: number[],
  metadata: Record<string, string>,
  output: 'softmax' | 'linear' = 'softmax',
): Promise<void> {
  const network = await Network.create({ layers, output });
  const parameters = network.parameters();
  for (const { weights } of parameters) weights.fill(1e30);
  network.setParameters(parameters);
  await writeFile(join(cwd, file), network.save({ metadata }));
}

const TABLE = { data: 'table', label: 'y', features: '["a","b"]' };
const small = 'expected inputs and parameters small enough for 32-bit floats';

it.each(['softmax', 'linear'] as const)('of a table, for %s outputs', async (output) => {
  await writeNetwork('m.st', [2, 3, output === 'softmax' ? 2 : 1], TABLE, output);
  await writeFile(join(cwd, 'x.csv'), 'a,b\n0,0\n1,2\n1e30,2\n\n3,1e39\n0,0\n');
  for (const json of [[], ['--json']]) {
    const { code, stdout, stderr } = await run(['predict', 'm.st', 'x.csv', ...json], { cwd });
    expect(code).toBe(1);
    expect(stderr).toBe(
      `relumax: x.csv, row 3: layer 2 gives Infinity, ${small}\n` +
        `relumax: x.csv, row 4: layer 1 gives Infinity, ${small}\n` +
        'relumax: x.csv, row 6, input "b": found 1e+39, expected a finite number that 32 bits hold\n',
    );
    const lines = stdout.trimEnd().split('\n');
    const rows = lines.map((line) =>
      json[0] ? JSON.parse(line).row : Number(/:(\d+)/.exec(line)![1]),
    );
    expect(rows).toEqual([2, 7]);
  }
});

it('of images on standard input', async () => {
  await writeNetwork('m.st', [784, 3, 10], {});
  const input = Buffer.alloc(3 * 784);
  input.fill(255, 784, 2 * 784);
  const { code, stdout, stderr } = await run(['predict', 'm.st'], { cwd, input });
  expect(code).toBe(1);
  expect(stdout.split('\n').map((line) => line.split('\t')[0])).toEqual(['stdin 1', 'stdin 3', '']);
  expect(stderr).toBe(`relumax: stdin 2: layer 2 gives Infinity, ${small}\n`);
});

it('200,000 outputs are predicted like others', async () => {
  const layers = [784, 1, 200_000];
  const network = await Network.create({ layers });
  await writeFile(join(cwd, 'wide.st'), network.save());
  const input = Buffer.alloc(784, 9);
  const outcome = await run(['predict', 'wide.st', '--json'], { cwd, input });
  expect([outcome.code, outcome.stderr]).toEqual([0, '']);
  expect(JSON.parse(outcome.stdout).probabilities).toHaveLength(200_000);
  const table = await Network.create({ layers: [2, 1, 256] });
  await writeFile(join(cwd, 'table.st'), table.save({ metadata: TABLE }));
  await writeFile(join(cwd, 'x.csv'), 'a,b\n1,2\n');
  const ofTable = await run(['predict', 'table.st', 'x.csv'], { cwd });
  expect([ofTable.code, ofTable.stderr]).toEqual([0, '']);
  const evaluated = await run(['evaluate', 'wide.st'], { cwd });
  expect(evaluated.stderr).toMatch(/^relumax: wide\.st: takes 784 values and has 200000 classes/);
});
