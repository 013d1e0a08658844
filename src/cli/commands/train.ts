/** `relumax train`: trains a network, says how well it does on what it has not seen, saves it. */

import type { Command } from 'commander';
import { DivergenceError } from '../../index.ts';
import { classesRecord } from '../files/model-file.ts';
import { printNotes } from '../files/table-advice.ts';
import { writeWhole } from '../files/whole-file.ts';
import { outputOption } from '../options/file-options.ts';
import { historyBytes, historyPath } from '../reports/history-file.ts';
import { jsonReport } from '../reports/json-report.ts';
import { plainReport } from '../reports/plain-report.ts';
import { reportBytes } from '../reports/report-file.ts';
import { terminalReport } from '../reports/terminal-report.ts';
import { EXIT, reason } from '../terminal/failure.ts';
import { watchInterruption } from '../terminal/interruption.ts';
import { epochs } from '../terminal/option-values.ts';
import { interactive, warn } from '../terminal/terminal.ts';
import { verdictOf } from '../training/baseline.ts';
import {
  addCheckpointOptions,
  type CheckpointChoice,
  checkData,
  checkpointsFor,
  openCheckpoints,
  withSettings,
} from '../training/checkpoint-options.ts';
import { deadUnits } from '../training/dead-units.ts';
import { createNetwork, DEFAULTS, FEW } from '../training/fitting-network.ts';
import { parametersHash } from '../training/parameters-hash.ts';
import {
  addRecipeOptions,
  type Recipe,
  type RecipeOptions,
  recipeFor,
} from '../training/recipe.ts';
import { batchName } from '../training/repeat-command.ts';
import type { TrainingPlan, TrainingReport, Written } from '../training/training-report.ts';

interface TrainOptions extends RecipeOptions, CheckpointChoice {
  save?: string;
  report?: string;
  history?: string;
  printHash?: true;
  json?: true;
}

export function addTrain(program: Command): void {
  const command = addRecipeOptions(program.command('train'))
    .summary('train a network and evaluate it on held-out data')
    .description(
      'Train a network of dense layers on the 10,000 bundled handwritten digits, or on your own images, arrays or tables, for classification or regression. Part of the data is held out: the network is not trained on it, and is evaluated on it after each epoch.',
    )
    .option(
      '-e, --epochs <n>',
      `number of epochs (default: ${DEFAULTS.epochs}, or up to ${FEW.epochs} where examples are few)`,
      epochs,
    )
    .addOption(outputOption('-o, --save <file>', 'save the model as a safetensors file'))
    .addOption(
      outputOption(
        '--report <file>',
        'write a report as one HTML page: curves, confusion matrix, mistakes, weights',
      ),
    )
    .addOption(
      outputOption(
        '--history <file>',
        'write loss and accuracy of each epoch to a .csv or .json file',
        { parse: historyPath },
      ),
    )
    .option('--print-hash', 'print the SHA-256 of the parameters, to compare runs')
    .option('--json', 'print one JSON object a line: start, each epoch, result')
    .addHelpText(
      'after',
      '\nCtrl-C ends the training after the current batch; the network as it is then is\n' +
        'evaluated and saved.\n\n' +
        'Examples:\n' +
        '  relumax train --save digits.safetensors\n' +
        '  relumax train --layers 784-128-10 --epochs 10 --batch 128\n' +
        '  relumax train --data fashion-mnist/ --json > training.jsonl\n' +
        '  relumax train --data iris.csv --label species --save iris.safetensors',
    )
    .action((options: TrainOptions, command: Command) =>
      train(options, (name) => command.getOptionValueSource(name) === 'cli'),
    );
  addCheckpointOptions(command);
}

/** @param isGiven whether the command line had an option */
async function train(asked: TrainOptions, isGiven: (name: string) => boolean): Promise<void> {
  const resumed = await openCheckpoints(asked);
  const options = resumed ? withSettings(asked, isGiven, resumed) : asked;
  const { save, report: reportFile, history: historyFile } = options;
  const isChosen = (name: string) => isGiven(name) || resumed !== undefined;
  const recipe = await recipeFor(options, isChosen, (material) => {
    if (resumed !== undefined) checkData(resumed, material);
  });
  const { material, epochs, batch, seed } = recipe;
  const { layers, hidden, output } = recipe;
  const network = await createNetwork(material, { layers, seed, hidden, output });
  const metadata = metadataOf(recipe);
  const checkpoints = checkpointsFor(options, resumed, metadata, material);

  // Not before: until here the system ends the process at once, whatever it is reading.
  const interruption = watchInterruption();
  const report = reportFor(options);
  const plan = planOf(recipe);
  printNotes(material.notes, material.source.file, true);
  await report.start(plan);
  const history = await network
    .fit(material.train, {
      ...recipe.fit,
      ...{ epochs, batchSize: batch, seed },
      validation: material.heldOut,
      signal: interruption.signal,
      onEpoch: (epoch) => report.epoch(epoch),
      ...(report.batch && { onBatch: (batch) => report.batch?.(batch) }),
      ...checkpoints.options,
    })
    .catch((error: unknown) => {
      if (error instanceof RangeError && error.message.startsWith('resume')) {
        throw new Error(reason(error, `${options.resume}`), { cause: error });
      }
      if (error instanceof RangeError && error.message.startsWith('inputs')) {
        const { file, folder } = material.source;
        throw new Error(reason(error, file ?? folder), { cause: error });
      }
      if (!(error instanceof DivergenceError) || save === undefined) throw error;
      throw new Error(`${error.message}; nothing was written`, { cause: error });
    })
    .finally(() => report.end());
  // An untrained network must not replace a trained one.
  if (history.epochs.length === 0) {
    throw new Error('interrupted before the first update; nothing was written');
  }

  const interrupted = history.aborted ? interruption.cause : undefined;
  const test = network.evaluate(material.heldOut);
  const hash = options.printHash && parametersHash(network.parameters());
  const dead = deadUnits(network, material.heldOut);
  const verdict = await verdictOf(network, recipe, history, test, dead);
  const result = { history, test, dead, interrupted, hash, verdict };
  const written: Written = {};
  const failures: string[] = [];
  // Where one cannot be written, the others still are.
  const write = async (
    [option, what]: [option: string, what: keyof Written],
    file: string | undefined,
    content: () => Uint8Array | Promise<Uint8Array>,
  ) => {
    if (file === undefined) return;
    try {
      await writeWhole(file, content);
      written[what] = file;
    } catch (error) {
      failures.push(`${option} ${reason(error)}`);
    }
  };
  // Neither must one that the training made worse.
  if (!verdict.isRuined) {
    const epochs = String(history.epochs.length);
    const ended = { ...metadata, epochs, ...(interrupted && { interrupted }) };
    await write(['--save', 'saved'], save, () => network.save({ metadata: ended }));
  }
  await write(['--history', 'history'], historyFile, () => historyBytes(`${historyFile}`, history));
  await write(['--report', 'report'], reportFile, () =>
    reportBytes({ network, plan, result, ...recipe }),
  );
  await report.result(result, written);
  if (checkpoints.failure !== undefined) failures.push(checkpoints.failure);
  for (const failure of failures) warn(failure);
  // A signal's code tells more.
  if (failures.length > 0) process.exitCode ??= EXIT.failed;
  const files = Object.values(written);
  if (interrupted === 'output closed' && files.length > 0) {
    const when = `in epoch ${history.epochs.length} of ${epochs}`;
    warn(`output closed ${when}; ${files.join(', ')}: as it was then`);
  }
  const { complaint, isRuined } = verdict;
  if (complaint === undefined) return;
  const unsaved = isRuined && save !== undefined ? '; the model was not saved' : '';
  warn(`${complaint}${unsaved}`);
  if (isRuined) process.exitCode ??= EXIT.failed;
}

function planOf({ material, ...recipe }: Recipe): TrainingPlan {
  const { layers, hidden, output, epochs, batch, optimizer, learningRate, seed } = recipe;
  return {
    source: material.source,
    examples: material.train.length,
    heldOut: material.heldOut.length,
    classNames: material.train.classNames,
    notes: material.notes,
    ...{ layers, hidden, output, epochs, batchSize: batch, optimizer, learningRate, seed },
  };
}

/** What the model's file is to say of its training. */
function metadataOf({ material, batch, seed, optimizer, learningRate, settings }: Recipe) {
  return {
    ...material.record,
    ...classesRecord(material.train.classNames),
    seed: String(seed),
    batch: String(batchName(batch)),
    'learning-rate': String(learningRate),
    ...(optimizer !== 'sgd' && { optimizer }),
    // All that decided the outcome; where the data were is nobody’s business.
    settings: JSON.stringify(Object.fromEntries(settings.filter(([name]) => name !== 'data'))),
  };
}

function reportFor({ json }: TrainOptions): TrainingReport {
  if (json) return jsonReport();
  return interactive ? terminalReport() : plainReport();
}
