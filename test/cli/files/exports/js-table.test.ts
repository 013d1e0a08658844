/** JavaScript exports of the models of tables: rows with names in, answers with names out. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { OUTPUTS } from '../../../../src/core/activations.ts';
import { Network } from '../../../../src/network/network.ts';
import { Preprocessing } from '../../../../src/table.ts';
import { ROWS, trainedOn } from '../../../table/trained.ts';
import { run } from '../../command.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-js-table-'));
});
afterAll(() => rm(cwd, { recursive: true }));

describe.each(OUTPUTS)('the export of a table’s model with %s', (output) => {
  const exported = async () => {
    const { file } = await trainedOn(output);
    await writeFile(join(cwd, `${output}.st`), file);
    const args = ['export', `${output}.st`, '--js', `${output}.mjs`];
    expect((await run(args, { cwd })).stderr).toBe('');
    const network = await Network.load(file);
    const preprocessing = Preprocessing.of(network)!;
    const module = await import(pathToFileURL(join(cwd, `${output}.mjs`)).href);
    return { network, preprocessing, module };
  };

  it('answers as the library does, for unseen categories and missing cells too', async () => {
    const { network, preprocessing, module } = await exported();
    const inputs = preprocessing.inputs(ROWS);
    expect(module.encode(ROWS)).toEqual(inputs);
    const answers = preprocessing.answers(network.predict(inputs));
    expect(module.answer(ROWS)).toEqual(answers);
    expect(module.answer(ROWS[2])).toEqual(answers[2]);
    expect(answers[0]).toEqual(answers[1]);
    expect(module.answer([])).toEqual([]);
    expect(module.predict(inputs)).toEqual(network.predict(inputs));
  });

  it('tells the columns, and what is wrong with a row', async () => {
    const { preprocessing, module } = await exported();
    expect(module.columns).toEqual(
      preprocessing.columns.map(({ name, kind, categories }) => ({
        ...{ name, kind },
        ...(categories && { categories }),
      })),
    );
    expect(() => module.answer({ age: 'old' })).toThrow(
      'rows[0]["age"]: found "old", expected a number',
    );
    expect(() => module.answer([{}, { agee: 3 }])).toThrow('rows[1]: found "agee", and no "age"');
  });
});

test('a name that is markup is none in the text of a module', async () => {
  const { file } = await trainedOn('softmax');
  await writeFile(join(cwd, 'markup.st'), file);
  await run(['export', 'markup.st', '--js', 'markup.mjs'], { cwd });
  const { readFile } = await import('node:fs/promises');
  expect(await readFile(join(cwd, 'markup.mjs'), 'utf8')).not.toMatch(/<\/script|<!--/i);
});
