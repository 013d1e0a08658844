/** `relumax evaluate`: loss and accuracy of a saved model. */

import type { Command } from 'commander';
import type { Evaluation, Network } from '../../index.ts';
import { readModel, type SavedModel } from '../files/model-file.ts';
import { DATA_HELP, nounOf } from '../files/source.ts';
import { printNotes } from '../files/table-advice.ts';
import { inputOption, modelArgument } from '../options/file-options.ts';
import { printEvaluation } from '../reports/evaluation-view.ts';
import { baselineFields, classFields, scoreFields } from '../reports/score.ts';
import { reason, UsageError } from '../terminal/failure.ts';
import { oneLine } from '../terminal/safe-text.ts';
import { labelled, print, printJson } from '../terminal/terminal.ts';
import { baselineOf } from '../training/baseline.ts';
import { examplesToJudge, type Trial } from '../training/held-out.ts';

/** The data of models that cannot be evaluated on digits, by their metadata. */
const KINDS: Readonly<Record<string, string>> = {
  table: 'a table',
  images: 'a folder of images',
  arrays: 'arrays',
};

export function addEvaluate(program: Command): void {
  program
    .command('evaluate')
    .summary('evaluate a saved model')
    .description(
      'Evaluate a saved model on held-out data: the bundled digits that were held out when it was trained (all of them if its file does not say which), or --data: test files, the rows of a table that were held out in training, or all rows of another table.',
    )
    .addArgument(modelArgument())
    .addOption(inputOption('-d, --data <path>', DATA_HELP))
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  relumax evaluate digits.safetensors\n' +
        '  relumax evaluate digits.safetensors --data mnist/\n' +
        '  relumax evaluate iris.safetensors --data iris.csv',
    )
    .action(evaluate);
}

interface EvaluateOptions {
  data?: string;
  json?: true;
}

async function evaluate(file: string, options: EvaluateOptions): Promise<void> {
  const model = await readModel(file);
  const { network } = model;
  const { layers, metadata } = network;
  const { data = '' } = metadata;
  const kind = Object.hasOwn(KINDS, data) ? KINDS[data] : undefined;
  if (options.data === undefined && kind !== undefined) {
    throw new UsageError(`${file}: was trained on ${kind}, expected --data with ${kind}`);
  }
  const trial = await examplesToJudge(options.data, model);
  const { examples, source, part } = trial;
  printNotes(trial.notes, source.file, false);
  const [inputs, outputs] = [layers[0], layers.at(-1)];
  if (inputs !== examples.features || outputs !== examples.outputs) {
    throw new Error(
      `${file}: takes ${inputs} values and ${network.output === 'softmax' ? `tells ${outputs} classes apart` : `gives ${outputs}`}, but the data has ${examples.features} values in each of its ${nounOf(source)} and ${examples.outputs} ${examples.targets ? 'to be told' : 'classes'}`,
    );
  }
  const evaluation = evaluated(network, trial);
  if (options.json) {
    const classNames = namesOf(model, trial);
    const test = { ...scoreFields(evaluation), examples: examples.length };
    const event = 'result';
    const baseline = baselineFields(baselineOf(examples, network));
    const scores = { ...classFields(evaluation), baseline };
    printJson({ event, layers, ...source, part, classNames, test, ...scores });
    return;
  }
  print();
  print(labelled('model', `${oneLine(file)}, ${layers.join('-')}`));
  print(labelled('data', oneLine(dataText(trial))));
  const classNames = namesOf(model, trial);
  const label = network.output === 'linear' ? 'fit' : 'accuracy';
  await printEvaluation(label, evaluation, classNames);
  print();
}

/** @throws Error that names the data, and the example where it is known which one is to blame */
function evaluated(network: Network, { examples, source, placeOf }: Trial): Evaluation {
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
function namesOf({ classNames }: SavedModel, { examples }: Trial): readonly string[] | undefined {
  return classNames ?? examples.classNames;
}

function dataText({ source, part }: Trial): string {
  const path = source.folder ?? source.file;
  if (part === 'test') return `${path}, the test files`;
  if (path !== undefined) {
    return part === 'held out'
      ? `${path}, the ${nounOf(source)} that were held out in training`
      : `${path}, all ${nounOf(source)}; the model was trained on others`;
  }
  return part === 'held out'
    ? 'the bundled digits that were held out in training'
    : 'all bundled digits; the model does not say which of them were held out';
}
