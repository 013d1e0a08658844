/** `relumax train`: trains a network, says how well it does on what it has not seen, saves it. */

import type { Command } from 'commander';
import { DivergenceError } from '../index.ts';
import { withMeaning } from '../model-meaning.ts';
import {
  type AugmentationChoice,
  addAugmentationOptions,
  augmentationOptions,
} from './augmentation-options.ts';
import {
  addCheckpointOptions,
  type CheckpointChoice,
  checkpointOptions,
  openCheckpoints,
  withSettings,
} from './checkpoint-options.ts';
import { addDataOptions, type DataChoice, tableOptions } from './data-options.ts';
import { deadUnits } from './dead-units.ts';
import { reason, UsageError } from './failure.ts';
import {
  addFittingOptions,
  createNetwork,
  DEFAULTS,
  FEW,
  type FittingChoice,
  layersFor,
  outputFor,
  paceFor,
} from './fitting-network.ts';
import { DEFAULT_TEST_SPLIT, examplesToLearn, type Material } from './held-out.ts';
import type { Size } from './image-file.ts';
import { watchInterruption } from './interruption.ts';
import { jsonReport } from './json-report.ts';
import { checkTarget, writeModel } from './model-file.ts';
import { addNetworkOptions, type NetworkChoice } from './network-options.ts';
import {
  addOptimizerOptions,
  type OptimizerChoice,
  optimizerOptions,
} from './optimizer-options.ts';
import { epochs, path, seed, share } from './option-values.ts';
import { parametersHash } from './parameters-hash.ts';
import { plainReport } from './plain-report.ts';
import { addPresetOption, type Preset, type PresetChoice, presetFor } from './presets.ts';
import { interactive } from './terminal.ts';
import { terminalReport } from './terminal-report.ts';
import { batchName, type TrainingReport } from './training-report.ts';

interface TrainOptions
  extends DataChoice,
    FittingChoice,
    NetworkChoice,
    OptimizerChoice,
    AugmentationChoice,
    PresetChoice,
    CheckpointChoice {
  epochs?: number;
  seed: number;
  testSplit?: number;
  save?: string;
  printHash?: true;
  json?: true;
}

export function addTrain(program: Command): void {
  const command = program.command('train');
  addFittingOptions(addDataOptions(command))
    .summary('train a network and say how well it does')
    .description(
      'Train a network of dense layers by gradient descent, on the 10,000 bundled handwritten digits or on your own images or tables: to tell classes apart, or to tell a number. A part of them is held out: nothing is learnt from it, so it tells how well the network reads what it has not seen.',
    )
    .option(
      '-e, --epochs <n>',
      `how often each example is seen (default: ${DEFAULTS.epochs}, or up to ${FEW.epochs} where examples are few)`,
      epochs,
    )
    .option('-s, --seed <n>', 'decides all that is random', seed, DEFAULTS.seed)
    .option(
      '-t, --test-split <share>',
      `share to hold out (default: ${DEFAULT_TEST_SPLIT}; of data with test files those, or the given share of the training files)`,
      share,
    )
    .option(
      '-o, --save <file>',
      'write the model to a safetensors file (default: write nothing)',
      path,
    )
    .option('--print-hash', 'print the SHA-256 of the parameters: the same run gives the same')
    .option('--json', 'print one JSON object a line: start, each epoch, result')
    .addHelpText(
      'after',
      '\nCtrl-C ends the training after the batch that is under way; what was learnt by\n' +
        'then is reported and saved.\n\n' +
        'Examples:\n' +
        '  relumax train --save digits.safetensors\n' +
        '  relumax train --layers 784-128-10 --epochs 10 --batch 128\n' +
        '  relumax train --data fashion-mnist/ --json > training.jsonl\n' +
        '  relumax train --data iris.csv --label species --save iris.safetensors',
    )
    .action((options: TrainOptions, command: Command) =>
      train(options, (name) => command.getOptionValueSource(name) === 'cli').catch(
        (error: unknown) => {
          if (error instanceof UsageError) command.error(error.message);
          throw error;
        },
      ),
    );
  addPresetOption(command);
  addNetworkOptions(command);
  addOptimizerOptions(command);
  addAugmentationOptions(command);
  addCheckpointOptions(command);
}

/** @param isGiven whether the command line had an option */
async function train(asked: TrainOptions, isGiven: (name: string) => boolean): Promise<void> {
  const resumed = await openCheckpoints(asked);
  const restored = resumed ? withSettings(asked, isGiven, resumed) : asked;
  const { seed, save } = restored;
  const interruption = watchInterruption();
  if (save !== undefined) await checkTarget(save);
  const { output: wanted } = restored;
  const reading = { ...tableOptions(restored), output: wanted };
  const material = await examplesToLearn(restored.data, restored.testSplit, seed, reading);
  const preset = presetFor(restored, material.source);
  const chosen = (name: string) => isGiven(name) || resumed !== undefined;
  const options = preset ? withPreset(restored, chosen, preset) : restored;
  const optimizer = optimizerOptions(options);
  const { learningRate } = optimizer;
  const augmentation = augmentationOptions(options, imageSizeOf(material));
  const output = outputFor(material, wanted);
  const layers = layersFor(material, options.layers, preset?.hiddenLayers);
  const { epochs, batch } = { ...paceFor(material.train.length), ...given(options) };
  const { hidden } = options;
  const network = await createNetwork({ layers, seed, hidden, output });

  const report = reportFor(options);
  await report.start({
    source: material.source,
    examples: material.train.length,
    heldOut: material.heldOut.length,
    classNames: material.train.classNames,
    targets: material.targets,
    layers,
    hidden,
    output,
    epochs,
    batchSize: batch,
    optimizer: options.optimizer,
    learningRate,
    seed,
  });
  const metadata = {
    ...material.record,
    seed: String(seed),
    batch: String(batchName(batch)),
    'learning-rate': String(learningRate),
    ...(options.optimizer !== 'sgd' && { optimizer: options.optimizer }),
  };
  const meaning = {
    classNames: material.train.classNames,
    normalization: material.normalization,
    targets: material.targets,
  };
  const history = await network
    .fit(material.train, {
      epochs,
      batchSize: batch,
      ...optimizer,
      ...augmentation,
      seed,
      validation: material.heldOut,
      signal: interruption.signal,
      onEpoch: (epoch) => report.epoch(epoch),
      ...(report.batch && { onBatch: (batch) => report.batch?.(batch) }),
      ...checkpointOptions(options, resumed, (bytes) => withMeaning(bytes, meaning), metadata),
    })
    .catch((error: unknown) => {
      if (error instanceof RangeError && error.message.startsWith('resume')) {
        throw new Error(reason(error, `${options.resume}`), { cause: error });
      }
      if (!(error instanceof DivergenceError) || save === undefined) throw error;
      throw new Error(`${error.message}; nothing was written`, { cause: error });
    })
    .finally(() => report.end());
  // An untrained network must not replace a trained one.
  if (history.epochs.length === 0) {
    throw new Error('interrupted before anything was learnt; nothing was written');
  }

  const interrupted = history.aborted ? interruption.cause : undefined;
  const test = network.evaluate(material.heldOut);
  let saved: string | undefined;
  try {
    if (save !== undefined) {
      const epochs = String(history.epochs.length);
      const ended = { ...metadata, epochs, ...(interrupted && { interrupted }) };
      await writeModel(save, withMeaning(network.save({ metadata: ended }), meaning));
      saved = save;
    }
  } finally {
    const hash = options.printHash && parametersHash(network.parameters());
    const dead = deadUnits(network, material.heldOut);
    await report.result({ history, test, dead, interrupted, saved, hash });
  }
  const guessing = lossOfGuessing(material);
  const { loss } = history.epochs.at(-1)!;
  if (guessing !== undefined && loss > guessing) {
    process.stderr.write(
      `relumax: nothing was learnt: the loss ended at ${loss.toPrecision(4)}, and guessing gives ${guessing.toPrecision(4)}; try a learning rate smaller than ${learningRate}\n`,
    );
  }
}

/** Of epochs and batch, what was given. */
function given({ epochs, batch }: TrainOptions): { epochs?: number; batch?: number } {
  return { ...(epochs !== undefined && { epochs }), ...(batch !== undefined && { batch }) };
}

/** Options that were not chosen, as the preset has them. */
function withPreset(
  options: TrainOptions,
  isChosen: (name: string) => boolean,
  { hiddenLayers, ...preset }: Preset,
): TrainOptions {
  const filled = Object.entries(preset).filter(([name]) => !isChosen(name));
  return { ...options, ...Object.fromEntries(filled) };
}

/** The size of the examples, where they are images of a size that is known or square. */
function imageSizeOf({ train, source, record }: Material): Size | undefined {
  if (source.data === 'table') return undefined;
  const [width, height] = record.size?.split('x').map(Number) ?? [];
  if (width !== undefined && height !== undefined) return { width, height };
  const side = Math.sqrt(train.features);
  return Number.isInteger(side) ? { width: side, height: side } : undefined;
}

/** The loss of who knows no more than how often each class is, or of the mean, if that is known. */
function lossOfGuessing({ train, targets }: Material): number | undefined {
  if (train.targets === undefined) return Math.log(train.classes);
  return targets && 1;
}

function reportFor({ json }: TrainOptions): TrainingReport {
  if (json) return jsonReport();
  return interactive ? terminalReport() : plainReport();
}
