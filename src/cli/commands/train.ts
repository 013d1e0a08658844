/** `relumax train`: trains a network, says how well it does on what it has not seen, saves it. */

import { DivergenceError, type Network } from '../../index.ts';
import { classesRecord } from '../../model/model.ts';
import { printNotes } from '../files/table-file.ts';
import { writeWhole } from '../files/whole-file.ts';
import type { Values } from '../options/flags.ts';
import { jsonReporter, plainReporter, terminalReporter } from '../reports/reporters.ts';
import { EXIT, reason } from '../terminal/failure.ts';
import { watchInterruption } from '../terminal/interruption.ts';
import { batchName } from '../terminal/option-values.ts';
import { interactive, warn } from '../terminal/terminal.ts';
import { verdictOf } from '../training/baseline.ts';
import {
  checkData,
  checkpointsFor,
  openCheckpoints,
  withSettings,
} from '../training/checkpoint-options.ts';
import { deadUnits } from '../training/dead-units.ts';
import { createNetwork } from '../training/fitting-network.ts';
import { parametersHash } from '../training/parameters-hash.ts';
import type { Reporter, TrainingPlan, Written } from '../training/reporter.ts';
import {
  createOptions,
  setupFor,
  type TrainingFlag,
  type TrainingSetup,
} from '../training/setup.ts';

type TrainFlag =
  | TrainingFlag
  | (
      | 'threads'
      | 'save'
      | 'checkpoint'
      | 'every'
      | 'resume'
      | 'report'
      | 'history'
      | 'printHash'
      | 'json'
    );

/** @param isGiven whether the command line had a flag */
export async function train(
  asked: Values<TrainFlag>,
  isGiven: (name: string) => boolean,
): Promise<void> {
  const resumed = await openCheckpoints(asked);
  const options = resumed ? withSettings(asked, isGiven, resumed) : asked;
  const { threads, save, report: reportFile, history: historyFile } = options;
  const isChosen = (name: string) => isGiven(name) || resumed !== undefined;
  const setup = await setupFor(options, isChosen, (data) => {
    if (resumed !== undefined) checkData(resumed, data);
  });
  const { data, epochs, batch, seed } = setup;
  // Older releases standardised fewer kinds of data.
  const { normalize } = resumed ? { normalize: resumed.checkpoint.normalization } : data;
  const network = await createNetwork({ ...data, normalize }, setup.architecture, {
    ...createOptions(setup),
    threads,
  });
  const metadata = metadataOf(setup);
  const checkpoints = checkpointsFor(options, resumed, metadata, data);

  // Not before: until here the system ends the process at once, whatever it is reading.
  const interruption = watchInterruption();
  const reporter = reporterFor(options);
  const plan = planOf(setup, network);
  printNotes(data.table?.notes ?? [], data.source.file);
  await reporter.start(plan);
  const warnings: string[] = [];
  const history = await network
    .fit(data.train, {
      ...setup.fit,
      ...{ epochs, batchSize: batch, seed },
      validation: data.heldOut,
      signal: interruption.signal,
      onEpoch: (epoch) => reporter.epoch(epoch),
      ...(reporter.batch && { onBatch: (batch) => reporter.batch?.(batch) }),
      onWarning: (message) => warnings.push(message),
      ...checkpoints.options,
    })
    .catch((error: unknown) => {
      if (error instanceof RangeError && error.message.startsWith('resume')) {
        throw new Error(reason(error, `${options.resume}`), { cause: error });
      }
      if (error instanceof RangeError && error.message.startsWith('inputs')) {
        const { file, folder } = data.source;
        throw new Error(reason(error, file ?? folder), { cause: error });
      }
      if (!(error instanceof DivergenceError) || save === undefined) throw error;
      throw new Error(`${error.message}; nothing was written`, { cause: error });
    })
    .finally(() => reporter.end());
  // An untrained network must not replace a trained one.
  if (history.epochs.length === 0) {
    throw new Error('interrupted before the first update; nothing was written');
  }

  const interrupted = history.aborted ? interruption.cause : undefined;
  const test = network.evaluate(data.heldOut);
  const hash = options.printHash && parametersHash(network.parameters());
  const dead = await deadUnits(network, data.heldOut);
  const verdict = await verdictOf(network, setup, history, test, dead);
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
  await write(['--history', 'history'], historyFile, async () => {
    const { historyBytes } = await import('../reports/history-file.ts');
    return historyBytes(`${historyFile}`, history);
  });
  await write(['--report', 'report'], reportFile, async () => {
    const { reportBytes } = await import('../reports/html/page.ts');
    return reportBytes({ network, plan, result, ...setup });
  });
  await reporter.result(result, written);
  if (checkpoints.failure !== undefined) failures.push(checkpoints.failure);
  for (const failure of failures) warn(failure);
  // A signal's code tells more.
  if (failures.length > 0) process.exitCode ??= EXIT.failed;
  const files = Object.values(written);
  if (interrupted === 'output closed' && files.length > 0) {
    const when = `in epoch ${history.epochs.length} of ${epochs}`;
    warn(`output closed ${when}; ${files.join(', ')}: as it was then`);
  }
  const { complaint, isRuined, isFailed } = verdict;
  if (complaint === undefined) {
    for (const warning of warnings) warn(warning);
    return;
  }
  const unsaved = isRuined && save !== undefined ? '; the model was not saved' : '';
  warn(`${complaint}${unsaved}`);
  if (isFailed) process.exitCode ??= EXIT.failed;
}

function planOf({ data, ...setup }: TrainingSetup, { threads }: Network): TrainingPlan {
  const { architecture, hidden, output, epochs, optimizer, learningRate, seed } = setup;
  return {
    source: data.source,
    examples: data.train.length,
    heldOut: data.heldOut.length,
    classNames: data.train.classNames,
    table: data.table,
    batchSize: setup.batch,
    ...{ architecture, hidden, output, epochs, optimizer, learningRate, seed, threads },
  };
}

/** What the model's file is to say of its training. */
function metadataOf({ data, batch, seed, optimizer, learningRate, settings }: TrainingSetup) {
  return {
    ...data.record,
    ...classesRecord(data.train.classNames),
    seed: String(seed),
    batch: String(batchName(batch)),
    'learning-rate': String(learningRate),
    ...(optimizer !== 'sgd' && { optimizer }),
    // The settings that decided the outcome, without the path of the data.
    settings: JSON.stringify(Object.fromEntries(settings.filter(([name]) => name !== 'data'))),
  };
}

function reporterFor({ json }: Values<'json'>): Reporter {
  if (json) return jsonReporter();
  return interactive ? terminalReporter() : plainReporter();
}
