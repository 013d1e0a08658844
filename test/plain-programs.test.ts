/** The programs of examples/plain: the equations in JavaScript and in NumPy, held against relumax. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { loadDigits, Network } from '../src/index.ts';
import { writeIdxFolder } from './cli/idx-folder.ts';
import { randomFloats, randomLabels, randomParameters } from './examples.ts';
import { relativeError } from './reference.ts';
import { ROOT } from './tfjs-programs.ts';

const FOLDER = fileURLToPath(new URL('examples/plain/', ROOT));

/** The numbers in each line that a program prints. */
async function printed(command: string, ...args: string[]): Promise<number[][]> {
  const { stdout, stderr } = await promisify(execFile)(command, args);
  expect(stderr).toBe('');
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.match(/\d+(\.\d+)?/g)!.map(Number));
}

test('train.js reaches what relumax reaches', { timeout: 120_000 }, async () => {
  const lines = await printed(process.execPath, join(FOLDER, 'train.js'));
  const { train, test: unseen } = (await loadDigits()).split({ test: 0.2, seed: 1 });
  const network = await Network.create({ layers: [784, 10, 10], seed: 1 });
  const options = { batchSize: 64, learningRate: 0.1, shuffle: false };
  const { epochs } = await network.fit(train, { ...options, epochs: 5 });
  const wanted = epochs.map(({ epoch, loss, accuracy }) => [epoch, loss, accuracy!]);
  expect(lines).toHaveLength(6);
  for (const [i, [epoch, loss, accuracy]] of wanted.entries()) {
    expect(lines[i]![0]).toBe(epoch);
    expect(lines[i]![1]).toBeCloseTo(loss!, 4);
    // float64 beside float32: an example that is almost a draw may go either way.
    expect(Math.abs(lines[i]![2]! - accuracy!) * train.length).toBeLessThan(3);
  }
  const { accuracy } = network.evaluate(unseen);
  expect(Math.abs(lines[5]![0]! - accuracy!) * unseen.length).toBeLessThan(3);
  expect(accuracy).toBeGreaterThan(0.9);
});

/** Whether a Python has NumPy. */
function hasNumpy(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const python = ['python3', '/usr/bin/python3'].find(hasNumpy);
if (python === undefined) console.warn('NOT RUN: examples/plain/train.py, for there is no NumPy.');

describe.skipIf(python === undefined)('train.py', { timeout: 120_000 }, () => {
  test('makes the update that relumax makes', async () => {
    const [sizes, m] = [[7, 5, 4], 13];
    const [inputs, labels] = [randomFloats(m * 7, 1), randomLabels(m, 4, 2)];
    const initial = randomParameters(sizes, 3);
    const program = `
import json, sys
import numpy as np
sys.path.append(${JSON.stringify(FOLDER)})
from train import step
given = json.loads(sys.argv[1])
parameters = [np.array(p).reshape(-1, n) for p, n in zip(given["parameters"], (7, 1, 5, 1))]
losses, right = step(parameters, np.array(given["inputs"]).reshape(-1, 7).T, np.array(given["labels"]), 0.5)
print(json.dumps([losses.mean(), int(right.sum()), *(p.ravel().tolist() for p in parameters)]))
`;
    const parameters = initial.flatMap(({ weights, biases }) => [[...weights], [...biases]]);
    const given = JSON.stringify({ parameters, inputs: [...inputs], labels: [...labels] });
    const { stdout } = await promisify(execFile)(python!, ['-B', '-c', program, given]);
    const [loss, correct, ...updated] = JSON.parse(stdout) as [number, number, ...number[][]];

    const network = await Network.create({ layers: sizes });
    network.setParameters(initial);
    const wanted = network.trainOnBatch(inputs, labels, { learningRate: 0.5 });
    expect(loss).toBeCloseTo(wanted.loss, 5);
    expect(correct).toBe(wanted.correct);
    const arrays = network.parameters().flatMap(({ weights, biases }) => [weights, biases]);
    for (const [i, values] of arrays.entries()) {
      expect(relativeError(updated[i]!, values)).toBeLessThan(1e-6);
    }
  });

  test('learns the digits of a folder', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'relumax-plain-'));
    try {
      const folder = join(parent, 'digits');
      await writeIdxFolder(folder, await loadDigits(), { train: 8000, test: 2000 });
      const lines = await printed(python!, '-B', join(FOLDER, 'train.py'), folder);
      const [losses, accuracies] = [
        lines.map(([, loss]) => loss),
        lines.map((line) => line.at(-1)!),
      ];
      expect(lines.map(([epoch]) => epoch).slice(0, 3)).toEqual([1, 2, 3]);
      expect(losses[2]).toBeLessThan(0.4);
      expect(accuracies[3]).toBeGreaterThan(0.85);
    } finally {
      await rm(parent, { recursive: true });
    }
  });
});
