/** The command `relumax` as it is declared. The work of a command is loaded when it runs. */

import { Argument, Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { PUBLIC_DATA, type PublicData } from './files/public-data.ts';
import { addFlags, inputArgument, optionFor } from './options/declare.ts';
import { DOWNLOAD_FLAGS, FLAGS, PREDICT_FLAGS, SETTINGS } from './options/flags.ts';
import { HYPERPARAMETER_FLAGS } from './options/optimizer-flags.ts';
import { ROW_FLAGS, TABLE_FLAGS } from './options/table-flags.ts';
import { UsageError } from './terminal/failure.ts';
import { megabytes } from './terminal/numbers.ts';
import { path } from './terminal/option-values.ts';
import { colors, warn, writeError } from './terminal/terminal.ts';

/** The command whose action it is. */
let running: Command;

export const program = new Command('relumax')
  .description('Train small neural networks in WebAssembly and use them.')
  .version(manifest.version, '-V, --version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .option('--no-color', 'print without colours, as with NO_COLOR set')
  .configureHelp({ styleTitle: colors.bold, showGlobalOptions: true })
  .configureOutput({
    writeErr: writeError,
    outputError: (text) => warn(errorText(text)),
  })
  .exitOverride()
  .hook('preAction', async (_, command) => {
    running = command;
    const { checkFiles } = await import('./options/file-options.ts');
    await checkFiles(command);
  });

/** The command that the arguments name. */
let named: Command | undefined;

/** An error of commander's on one line; where others call an option so, that is a better suggestion than its own. */
function errorText(text: string): string {
  // Its own suggestions come on a second line.
  const line = text
    .trim()
    .replaceAll('\n', ' ')
    .replace(/^error: /, '');
  const [unknown, name] = /^unknown option '(--[^'=]+)[^']*'/.exec(line) ?? [];
  const known = name && named && optionFor(named, name);
  return known ? `${unknown} (Did you mean ${known}?)` : line;
}

const modelArgument = () =>
  inputArgument(
    '<file>',
    'model saved by relumax train --save, or by PyTorch as safetensors',
    path,
  );
const json = (objects: string) => ({ ...FLAGS.json, help: `print ${objects}` });

const train = program
  .command('train')
  .summary('train a network and evaluate it on held-out data')
  .description(
    'Train a neural network on the 10,000 bundled handwritten digits, or on your own images, arrays or tables, for classification or regression. Part of the data is held out: the network is not trained on it, and is evaluated on it after each epoch.',
  )
  .addHelpText(
    'after',
    '\nCtrl-C ends the training after the current batch; the network as it is then is\n' +
      'evaluated and saved.\n\n' +
      'Examples:\n' +
      '  relumax train --save digits.safetensors\n' +
      '  relumax train --layers 784-128-10 --epochs 10 --batch 128\n' +
      '  relumax train --data fashion-mnist/ --json > training.jsonl\n' +
      '  relumax train --data iris.csv --label species --save iris.safetensors\n' +
      '  relumax train --data houses.csv.gz --label price --ignore id,address',
  )
  .action(async (options, command: Command) => {
    const { train } = await import('./commands/train.ts');
    await train(options, (name) => command.getOptionValueSource(name) === 'cli');
  });
const { threads, preset, save, checkpoint, every, resume, report, history, printHash } = FLAGS;
addFlags(train, {
  ...SETTINGS,
  ...{ threads, preset, save, checkpoint, every, resume, report, history, printHash },
  json: json('one JSON object a line: start, each epoch, result'),
});

const findLr = program
  .command('find-lr')
  .summary('suggest a starting learning rate')
  .description(
    'Learning rate range test: train a new network for some updates while the learning rate rises exponentially, show the loss over the learning rate, and suggest the rate where the loss falls most steeply. Nothing is saved.',
  )
  .addHelpText(
    'after',
    '\nThe test ends early where the loss has risen to four times its minimum, and with\n' +
      'Ctrl-C, which shows the curve so far.\n\n' +
      'Examples:\n' +
      '  relumax find-lr --layers 784-128-10\n' +
      '  relumax find-lr --data iris.csv --optimizer adam --to 1',
  )
  .action(async (options, command: Command) => {
    const { findLr } = await import('./commands/find-lr.ts');
    await findLr(options, (name) => command.getOptionValueSource(name) === 'cli');
  });
const { data, channels, layers, hidden, initialization, output, batch } = FLAGS;
const { optimizer, weightDecay, clipNorm, dropout, classWeight, from, to, updates, seed } = FLAGS;
addFlags(findLr, {
  data,
  ...TABLE_FLAGS,
  ...{ channels, layers, hidden, initialization, output, batch, optimizer },
  ...HYPERPARAMETER_FLAGS,
  ...{ weightDecay, clipNorm, dropout, classWeight, from, to, updates, seed, threads },
  json: json('one JSON object a line: start, each point, result'),
});

/** As PyTorch's files do not say them. */
const savedLayers = {
  ...layers,
  help: 'layers of a PyTorch model with convolutions, such as 28x28-8c5s-p2-10',
  otherwise: 'those that the file says',
};

const evaluate = program
  .command('evaluate')
  .summary('evaluate a saved model')
  .description(
    'Evaluate a saved model on held-out data: the bundled digits that were held out when it was trained (all of them if its file does not say which), or --data: test files, the rows of a table that were held out in training, or all rows of another table.',
  )
  .addArgument(modelArgument())
  .addHelpText(
    'after',
    '\nExamples:\n' +
      '  relumax evaluate digits.safetensors\n' +
      '  relumax evaluate digits.safetensors --data mnist/\n' +
      '  relumax evaluate iris.safetensors --data iris.csv',
  )
  .action(async (file: string, options) => {
    const { evaluate } = await import('./commands/evaluate.ts');
    await evaluate(file, options);
  });
addFlags(evaluate, {
  ...{ data, ...ROW_FLAGS, channels, layers: savedLayers, threads },
  importance: FLAGS.importance,
  json: json('one JSON object'),
});

const predict = program
  .command('predict')
  .summary('predict the classes of images, or the classes or numbers of table rows')
  .description(
    'Predict which digit each image shows. A PNG, JPEG or WebP may have any size and colours, with one digit on a plain background: it is converted to the format of MNIST, 28 × 28 pixels, light on dark. Standard input is not converted: 784 bytes an image, row by row, 0 for the background and 255 for ink, any number of images.\n\nA model that was trained on a folder of images or on CIFAR-10 brings images to the size of the training and does not convert them otherwise, in colour if it was trained with --channels 3. A model that was trained on a table takes tables with the same columns, with or without the label column, and predicts the class or number of each row.',
  )
  .addArgument(modelArgument())
  .addArgument(
    inputArgument('[input...]', 'PNG, JPEG or WebP files, or tables; - or none for standard input'),
  )
  .addHelpText(
    'after',
    '\nImages and rows that cannot be read are reported on standard error, and the exit\n' +
      'code is then 1. The others are still predicted.\n\n' +
      'Examples:\n' +
      '  relumax predict digits.safetensors four.png seven.png\n' +
      '  head -c 784 images.bin | relumax predict digits.safetensors --json\n' +
      '  relumax predict iris.safetensors flowers.csv\n' +
      '  relumax predict iris.safetensors flowers.csv --output predictions.csv',
  )
  .action(async (file: string, inputs: string[], options) => {
    const { predict } = await import('./commands/predict.ts');
    await predict(file, inputs, options);
  });
addFlags(predict, {
  ...{ ...PREDICT_FLAGS, ...ROW_FLAGS, channels, layers: savedLayers },
  json: json(
    'one JSON object a line: image and digit or class, or file, row and class, with probabilities; or file, row and value',
  ),
});

const exporting = program
  .command('export')
  .summary('export a saved model to ONNX or JavaScript')
  .description(
    'Export a saved model as an ONNX file, for onnxruntime and others, or as one JavaScript module without dependencies, for pages that only predict. Both include the standardisation of inputs, and predict numbers in the unit of the label column.',
  )
  .addArgument(modelArgument())
  .addHelpText(
    'after',
    '\nExamples:\n' +
      '  relumax export digits.safetensors --onnx digits.onnx\n' +
      '  relumax export digits.safetensors --js digits.js',
  )
  .action(async (file: string, options) => {
    const { exportModel } = await import('./commands/export.ts');
    await exportModel(file, options);
  });
const { onnx, js } = FLAGS;
addFlags(exporting, { onnx, js, layers: savedLayers });

const datasets = Object.entries<PublicData>(PUBLIC_DATA).map(([name, { title, source, files }]) => {
  const bytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  return `  ${name.padEnd(14)} ${title}, ${megabytes(bytes)}\n${' '.repeat(17)}${source}\n`;
});
const download = program
  .command('data')
  .summary('download public datasets')
  .description('Download public datasets.')
  .command('download')
  .summary('download a public dataset')
  .description(
    'Download a public dataset into a folder for --data. Each file is checked against its SHA-256. If a download is interrupted, the same command resumes it.',
  )
  .addArgument(new Argument('<name>', 'dataset').choices(Object.keys(PUBLIC_DATA)))
  .addHelpText(
    'after',
    `\nDatasets:\n${datasets.join('')}\nExamples:\n` +
      '  relumax data download fashion-mnist\n' +
      '  relumax train --data fashion-mnist --layers 784-128-10\n' +
      '  relumax train --data cifar-10 --channels 3',
  )
  .action(async (name: keyof typeof PUBLIC_DATA, options) => {
    const { downloadData } = await import('./commands/data.ts');
    await downloadData(name, PUBLIC_DATA[name], options);
  });
addFlags(download, {
  ...DOWNLOAD_FLAGS,
  json: json('one JSON object a line: each file, result'),
});

program
  .command('completion')
  .summary('print a completion script for a shell')
  .description('Print a script for tab completion of commands, options, their choices and files.')
  .addArgument(new Argument('<shell>', 'shell').choices(['bash', 'zsh', 'fish']))
  .addHelpText(
    'after',
    '\nExamples, for the file that the shell reads when it starts:\n' +
      '  source <(relumax completion bash)         # ~/.bashrc\n' +
      '  source <(relumax completion zsh)          # ~/.zshrc, after compinit\n' +
      '  relumax completion fish | source          # ~/.config/fish/config.fish',
  )
  .action(async (shell: 'bash' | 'zsh' | 'fish') => {
    const { printCompletion } = await import('./commands/completion.ts');
    printCompletion(program, shell);
  });

showUsageAfterErrors(program, 'relumax');
program.showHelpAfterError('Usage: relumax <command> [options] (more: relumax --help)');

function showUsageAfterErrors(parent: Command, path: string): void {
  for (const command of parent.commands) {
    const name = `${path} ${command.name()}`;
    command.showHelpAfterError(`Usage: ${name} ${command.usage()} (more: ${name} --help)`);
    showUsageAfterErrors(command, name);
  }
}

/**
 * Runs the command that the arguments name.
 *
 * @throws CommanderError where they are wrong, which has been said by then; what the command throws
 */
export async function run(args: readonly string[]): Promise<void> {
  named = program.commands.find((command) => command.name() === args[0]);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof UsageError) running.error(error.message);
    throw error;
  }
}
