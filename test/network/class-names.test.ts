/** The names of a network's classes: from `create` or the first dataset, through files and the command. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readModel } from '../../src/cli/files/model-file.ts';
import { Dataset } from '../../src/data/dataset.ts';
import { modelFromTorch } from '../../src/model/torch-model.ts';
import { type Checkpoint, Checkpoints } from '../../src/network/checkpoint.ts';
import { Network } from '../../src/network/network.ts';
import { run } from '../cli/command.ts';
import { randomBytes, randomLabels } from '../examples.ts';

const NAMES = ['cat', 'dog', 'cow'];

function examples(classNames?: readonly string[]): Dataset {
  const inputs = randomBytes(30 * 4, 1, 0.5);
  return Dataset.from({ inputs, labels: randomLabels(30, 3, 2), classes: 3, classNames });
}

const create = (given = {}) => Network.create({ layers: [4, 3], ...given });
const differs = (argument: string) =>
  new RangeError(`${argument}.classNames: found "cow" for output 1, expected "dog", the network's`);

test('are those that `create` was given', async () => {
  const given = [...NAMES];
  const creating = create({ classNames: given });
  given[0] = 'other';
  const network = await creating;
  expect(network.classNames).toEqual(NAMES);
  await network.fit(examples());
  await network.fit(examples(NAMES));
  expect(network.classNames).toEqual(NAMES);
  expect((await create()).classNames).toBeUndefined();
});

test.each([
  ['too few', ['a', 'b'], 'classNames: found an array of 2, expected 3 names'],
  ['no text', ['a', 1, 'b'], 'classNames[1]: found 1, expected a string'],
  ['no array', null, 'classNames: found null, expected an array of strings'],
])('%s: refused, of dense layers and of images', async (_, classNames, message) => {
  await expect(create({ classNames })).rejects.toThrow(message);
  const image = { input: [2, 2, 1], layers: [{ conv: 2, kernel: 1 }, 3] };
  await expect(create({ ...image, classNames })).rejects.toThrow(message);
});

test('are those of images too', async () => {
  const network = await Network.create({
    ...{ input: [2, 2, 1], layers: [{ conv: 2, kernel: 1 }, 3] },
    classNames: NAMES,
  });
  expect((await Network.load(network.save())).classNames).toEqual(NAMES);
});

test('are those of the first dataset that has any', async () => {
  const network = await create();
  await network.fit(examples());
  expect(network.classNames).toBeUndefined();
  await network.fit(examples(NAMES));
  expect(network.classNames).toEqual(NAMES);
});

test('are those of targets', async () => {
  const { inputs } = examples();
  const targets = new Float32Array(30);
  const network = await create({ layers: [4, 1], output: 'linear' });
  await network.fit(Dataset.from({ inputs, targets, outputs: 1, classNames: ['price'] }));
  expect(network.classNames).toEqual(['price']);
});

test('other names are refused, before anything has changed', async () => {
  const others = examples(['cat', 'cow', 'dog']);
  const network = await create({ classNames: NAMES });
  const before = network.save();
  await expect(network.fit(others)).rejects.toThrow(differs('dataset'));
  await expect(network.fit(examples(), { validation: others })).rejects.toThrow(
    differs('validation'),
  );
  expect(() => network.evaluate(others)).toThrow(differs('dataset'));
  expect(network.save()).toEqual(before);
  // Those of the dataset count where the network has none.
  const unnamed = await create();
  await expect(unnamed.fit(examples(NAMES), { validation: others })).rejects.toThrow(
    differs('validation'),
  );
  unnamed.evaluate(others);
  expect(unnamed.classNames).toBeUndefined();
});

test('a training that does not begin leaves none', async () => {
  const made: Checkpoint[] = [];
  const network = await create();
  const checkpoints = new Checkpoints({ onCheckpoint: (checkpoint) => void made.push(checkpoint) });
  await network.fit(examples(), { checkpoints });
  const fit = network.fit(examples(NAMES), {
    batchSize: 3,
    checkpoints: new Checkpoints({ resume: made[0]! }),
  });
  await expect(fit).rejects.toThrow('resume.settings.batchSize');
  expect(network.classNames).toBeUndefined();
});

test('stay with the network through files', async () => {
  const network = await create();
  await network.fit(examples(NAMES));
  const file = network.save({ metadata: { note: 'x' } });
  const back = await Network.load(file);
  expect(back.classNames).toEqual(NAMES);
  expect(back.metadata).toEqual({ classes: JSON.stringify(NAMES), note: 'x' });
  expect((await Network.load(back.save())).classNames).toEqual(NAMES);
  expect((await Network.load(modelFromTorch(file))).classNames).toEqual(NAMES);
  expect(back.classify(new Uint8Array(4), { top: 1 })[0]![0]!.name).toBe(
    network.classify(new Uint8Array(4))[0]![0]!.name,
  );
});

test('text of the caller’s own under their key is no names, and stays', async () => {
  for (const classes of ['cats and dogs', '["cat"]', '[1,2,3]', '{}']) {
    const network = await create();
    const back = await Network.load(network.save({ metadata: { classes } }));
    expect([back.classNames, back.metadata.classes]).toEqual([undefined, classes]);
    await back.fit(examples(NAMES));
    expect((await Network.load(back.save())).classNames).toEqual(NAMES);
  }
});

test('are the same in the command', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'relumax-class-names-'));
  try {
    const network = await create({ classNames: NAMES });
    await writeFile(join(cwd, 'ours.st'), network.save());
    expect((await readModel(join(cwd, 'ours.st'))).classNames).toEqual(NAMES);
    const rows = Array.from({ length: 20 }, (_, i) => `${i},${i % 3},${i < 10 ? 'low' : 'high'}`);
    await writeFile(join(cwd, 't.csv'), ['a,b,level', ...rows].join('\n'));
    const { code } = await run(['train', '-d', 't.csv', '-o', 'theirs.st'], { cwd });
    expect(code).toBe(0);
    const theirs = await Network.load(await readFile(join(cwd, 'theirs.st')));
    expect(theirs.classNames).toEqual(['high', 'low']);
  } finally {
    await rm(cwd, { recursive: true });
  }
});
