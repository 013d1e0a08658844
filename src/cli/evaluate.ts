/** `relumax evaluate`: how well a saved model does. */

import type { Command } from 'commander';
import { printEvaluation } from './evaluation-view.ts';
import { examplesToJudge, type Trial } from './held-out.ts';
import { readModel } from './model-file.ts';
import { path } from './option-values.ts';
import { labelled, print } from './terminal.ts';

export function addEvaluate(program: Command): void {
  program
    .command('evaluate')
    .summary('say how well a saved model does')
    .description(
      'Judge a saved model by the bundled digits that were held out when it was trained (by all of them where its file does not tell), or by the test files of your own images.',
    )
    .argument('<file>', 'model that relumax train --save has written', path)
    .option('-d, --data <dir>', 'folder with four IDX files, as MNIST comes in', path)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  relumax evaluate digits.safetensors\n' +
        '  relumax evaluate digits.safetensors --data mnist/',
    )
    .action(evaluate);
}

async function evaluate(file: string, options: { data?: string; json?: true }): Promise<void> {
  const network = await readModel(file);
  const { layers, metadata } = network;
  const trial = await examplesToJudge(options.data, metadata);
  const { examples, source, part } = trial;
  const [inputs, outputs] = [layers[0], layers.at(-1)];
  if (inputs !== examples.features || outputs !== examples.classes) {
    throw new Error(
      `${file}: takes ${inputs} values and tells ${outputs} classes apart, but the data has ${examples.features} values an image and ${examples.classes} classes`,
    );
  }
  const evaluation = network.evaluate(examples);
  if (options.json) {
    const { loss, accuracy, confusion, precision, recall } = evaluation;
    const test = { loss, accuracy, examples: examples.length };
    const event = 'result';
    print(JSON.stringify({ event, layers, ...source, part, test, confusion, precision, recall }));
    return;
  }
  print();
  print(labelled('model', `${file}, ${layers.join('-')}`));
  print(labelled('data', dataText(trial)));
  await printEvaluation('accuracy', evaluation);
  print();
}

function dataText({ source, part }: Trial): string {
  if (source.folder !== undefined) return `${source.folder}, the test files`;
  return part === 'held out'
    ? 'the bundled digits that were held out in training'
    : 'all bundled digits; the model does not say which of them were held out';
}
