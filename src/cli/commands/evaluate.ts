/** `relumax evaluate`: loss and accuracy of a saved model. */

import { architectureText } from '../../core/architecture.ts';
import type { Evaluation, Network } from '../../index.ts';
import { formatOf, nounOf } from '../files/formats.ts';
import { readModel, type SavedModel } from '../files/model-file.ts';
import { printNotes } from '../files/table-file.ts';
import type { Values, ValuesOf } from '../options/flags.ts';
import type { ROW_FLAGS } from '../options/table-flags.ts';
import { printEvaluation } from '../reports/reporters.ts';
import { listFields, scoreFields } from '../reports/score.ts';
import { reason, UsageError } from '../terminal/failure.ts';
import { oneLine } from '../terminal/safe-text.ts';
import { labelled, print, printJson } from '../terminal/terminal.ts';
import { baselineOf } from '../training/baseline.ts';
import { testData } from '../training/held-out.ts';
import type { TestData } from '../training/training-data.ts';

/** Of what is shuffled: the same figures each time. */
const SEED = 1;

export async function evaluate(
  file: string,
  options: Values<'data' | 'channels' | 'layers' | 'threads' | 'importance' | 'json'> &
    ValuesOf<typeof ROW_FLAGS>,
): Promise<void> {
  const model = await readModel(file, options);
  const { network } = model;
  const { input, layers, metadata } = network;
  const format = formatOf(metadata.data ?? 'digits');
  if (options.data === undefined && format !== undefined && !format.isLikeDigits) {
    const { words } = format;
    throw new UsageError(`${file}: was trained on ${words}, expected --data with ${words}`);
  }
  if (options.importance && model.preprocessing === undefined) {
    throw new UsageError(`--importance: ${file} was not trained on a table`);
  }
  const tested = await testData(options.data, model, options);
  const { examples, source, part } = tested;
  printNotes(tested.notes ?? [], source.file);
  const { features: inputs, outputs } = network;
  if (inputs !== examples.features || outputs !== examples.outputs) {
    throw new Error(
      `${file}: takes ${inputs} values and ${network.output === 'softmax' ? `has ${outputs} classes` : `has ${outputs} outputs`}, but the data has ${examples.features} values in each of its ${nounOf(source)} and ${examples.outputs} ${examples.targets ? 'targets' : 'classes'}`,
    );
  }
  const evaluation = evaluated(network, tested);
  const importance = options.importance ? await importanceOf(model, tested) : undefined;
  if (options.json) {
    const classNames = namesOf(model, tested);
    const test = { ...scoreFields(evaluation), examples: examples.length };
    const event = 'result';
    const baseline = baselineOf(examples, network);
    const scores = { ...listFields(evaluation), baseline, importance };
    const { threads } = network;
    printJson({ event, input, layers, ...source, part, classNames, test, ...scores, threads });
    return;
  }
  print();
  print(labelled('model', `${oneLine(file)}, ${architectureText(network)}`));
  print(labelled('data', oneLine(dataText(model, tested))));
  const classNames = namesOf(model, tested);
  const label = network.output === 'linear' ? 'fit' : 'accuracy';
  await printEvaluation(label, evaluation, classNames);
  if (importance) {
    const { importanceLines } = await import('../reports/importance.ts');
    print();
    for (const line of importanceLines(importance, network.output)) print(`  ${line}`);
  }
  print();
}

async function importanceOf({ network, preprocessing }: SavedModel, { examples }: TestData) {
  const { importances } = await import('../reports/importance.ts');
  return importances(network, examples, preprocessing!.columns, SEED);
}

/** @throws Error that names the data, and the example where it is known which one is to blame */
function evaluated(network: Network, { examples, source, placeOf }: TestData): Evaluation {
  try {
    return network.evaluate(examples);
  } catch (error) {
    const { features, outputs } = examples;
    const text = reason(error);
    const [, example, why] = /^inputs: found example (\d+), for which (.*)$/.exec(text) ?? [];
    const [, array, i, what] = /^(inputs|labels|targets)\[(\d+)\]: (.*)$/.exec(text) ?? [];
    const width = array === 'inputs' ? features : array === 'targets' ? outputs : 1;
    const number = example ?? (i && Math.floor(Number(i) / width));
    const data = source.folder ?? source.file ?? 'the bundled digits';
    const place = number === undefined ? data : `${data}, ${placeOf(Number(number))}`;
    const value = array === undefined ? '' : `, ${array.slice(0, -1)} ${(Number(i) % width) + 1}`;
    throw new Error(`${place}${value}: ${why ?? what ?? text}`, { cause: error });
  }
}

/** What the classes are called, by the model or else by the data. */
function namesOf(
  { classNames }: SavedModel,
  { examples }: TestData,
): readonly string[] | undefined {
  return classNames ?? examples.classNames;
}

function dataText({ network }: SavedModel, { source, part }: TestData): string {
  const path = source.folder ?? source.file;
  if (part === 'test') return `${path}, the test files`;
  if (path !== undefined) {
    return part === 'held out'
      ? `${path}, the ${nounOf(source)} that were held out in training`
      : `${path}, all ${nounOf(source)}; the model was trained on others`;
  }
  if (part === 'held out') return 'the bundled digits that were held out in training';
  const { data = 'digits' } = network.metadata;
  const trainedOn = data === 'digits' ? undefined : formatOf(data)?.words;
  return trainedOn === undefined
    ? 'all bundled digits; the model does not say which of them were held out'
    : `all bundled digits; the model was trained on ${trainedOn}, which may have had them too`;
}
