/** `relumax find-lr`: a range test, which suggests a starting learning rate. */

import type { Image, Layer } from '../../core/layers.ts';
import type { Hyperparameters } from '../../core/optimizers.ts';
import { printNotes } from '../files/table-file.ts';
import { optimizerOptions, presetFor, readingOptions, withPreset } from '../options/fit-options.ts';
import type { Values } from '../options/flags.ts';
import type { TableFlag } from '../options/table-flags.ts';
import { threadsText } from '../reports/reporters.ts';
import { UsageError } from '../terminal/failure.ts';
import { watchInterruption } from '../terminal/interruption.ts';
import { loss } from '../terminal/numbers.ts';
import { batchName } from '../terminal/option-values.ts';
import { countingBar } from '../terminal/progress.ts';
import { colors, columns, interactive, labelled, print, printJson } from '../terminal/terminal.ts';
import {
  checkClassWeight,
  checkOutput,
  createNetwork,
  defaultEpochsAndBatch,
  layersFor,
} from '../training/fitting-network.ts';
import { trainingData } from '../training/held-out.ts';
import {
  type Ending,
  type Point,
  type Range,
  rangeTest,
  rounded,
  steepestDescent,
} from '../training/range-test.ts';

const RULE = 'where the smoothed loss falls most steeply';

type FindLrFlag =
  | (
      | 'data'
      | 'channels'
      | 'layers'
      | 'hidden'
      | 'initialization'
      | 'output'
      | 'batch'
      | 'optimizer'
    )
  | keyof Hyperparameters
  | TableFlag
  | (
      | 'weightDecay'
      | 'clipNorm'
      | 'dropout'
      | 'classWeight'
      | keyof Range
      | 'seed'
      | 'threads'
      | 'json'
    );

/** @param isChosen whether the command line had a flag */
export async function findLr(
  options: Values<FindLrFlag>,
  isChosen: (name: string) => boolean,
): Promise<void> {
  const { from, to, updates, seed, initialization, threads, json } = options;
  if (!(from < to)) {
    throw new UsageError(`--to: found ${to}, expected a number above --from, which is ${from}`);
  }
  const data = await trainingData(options.data, undefined, seed, readingOptions(options));
  checkOutput(data);
  checkClassWeight(options.classWeight, data);
  const preset = presetFor({}, data);
  const values = preset ? withPreset(options, isChosen, preset) : options;
  const { hidden } = values;
  const optimizing = optimizerOptions(values);
  const { output } = data;
  const fitting = layersFor(data, values.layers, preset?.hiddenLayers);
  const batchSize = values.batch ?? defaultEpochsAndBatch(data.train.length).batch;
  const network = await createNetwork(data, fitting, {
    ...{ seed, hidden, initialization, output, threads },
  });

  const { text, input, layers } = fitting;
  const setting = { text, input, layers, hidden, output, batch: batchName(batchSize) };
  // Not before: until here the system ends the process at once, whatever it is reading.
  const interruption = watchInterruption();
  const reporter = json ? jsonReporter() : interactive ? terminalReporter() : plainReporter();
  printNotes(data.table?.notes ?? [], data.source.file);
  const { name: optimizer } = optimizing.optimizer;
  reporter.start({ ...setting, optimizer, from, to, updates, seed, threads: network.threads });
  const { points, ending } = await rangeTest(
    network,
    data.train,
    { ...optimizing, batchSize, seed },
    { from, to, updates },
    interruption.signal,
    reporter.point,
  );
  const place = steepestDescent(points, updates);
  const interrupted = ending === 'interrupted' ? interruption.cause : undefined;
  await reporter.result({ points, ending, place, interrupted });
  if (place === undefined && interrupted === undefined) {
    throw new Error(
      ending === 'diverged'
        ? `no learning rate to suggest: the loss diverged at update ${points.length} and had not fallen before; try a smaller --from than ${from}`
        : `no learning rate to suggest: the loss fell nowhere from ${from} to ${to}; try a larger --to`,
    );
  }
}

interface Start {
  /** The network as text. */
  text: string;
  input: Image | undefined;
  layers: readonly Layer[];
  hidden: string;
  output: string;
  batch: number | 'full';
  optimizer: string;
  from: number;
  to: number;
  updates: number;
  seed: number;
  threads: number;
}

interface Result {
  points: readonly Point[];
  ending: Ending;
  /** Index of the point that is suggested. */
  place: number | undefined;
  interrupted: string | undefined;
}

/** What the test says; one implementation for each kind of reader. */
interface Reporter {
  start(start: Start): void;
  point(point: Point, update: number): void;
  result(result: Result): void | Promise<void>;
}

function jsonReporter(): Reporter {
  const event = (name: string, fields: object) => printJson({ event: name, ...fields });
  return {
    start: ({ text: _, ...start }) => event('start', start),
    point: (point, update) => event('point', { update, ...point }),
    result({ points, ending, place, interrupted }) {
      const suggested = place === undefined ? null : rounded(points[place]!.learningRate);
      const rule = 'steepest descent of the smoothed loss';
      event('result', {
        learningRate: suggested,
        rule,
        ending,
        updates: points.length,
        interrupted,
      });
    },
  };
}

function plainReporter(): Reporter {
  let updates = 0;
  return {
    start(start) {
      updates = start.updates;
    },
    point({ learningRate, loss: ofBatch, smoothed }, update) {
      const number = `${String(update).padStart(String(updates).length)}/${updates}`;
      print(
        `update ${number}: learning rate ${learningRate}, loss ${loss(ofBatch)}, smoothed ${loss(smoothed)}`,
      );
    },
    result({ points, ending, place, interrupted }) {
      print(`ended: ${interrupted ?? ending} after ${points.length} of ${updates} updates`);
      if (place !== undefined) {
        print(`suggested: learning rate ${rounded(points[place]!.learningRate)}, ${RULE}`);
      }
    },
  };
}

function terminalReporter(): Reporter {
  const bar = countingBar((done, all) => `${done} of ${all} updates`);
  let plan: Start | undefined;
  return {
    start(start) {
      plan = start;
      const { text, batch, optimizer, from, to, updates, seed } = start;
      const batches = batch === 'full' ? 'full batch' : `batches of ${batch}`;
      print();
      print(labelled('network', colors.bold(text)));
      print(labelled('settings', `${batches}, ${optimizer}, seed ${seed}, ${threadsText(start)}`));
      print(labelled('test', `learning rate from ${from} to ${to} in ${updates} updates`));
    },
    point(_, update) {
      bar.update(update, plan!.updates);
    },
    async result({ points, ending, place, interrupted }) {
      bar.stop();
      const { updates } = plan!;
      if (ending !== 'complete') {
        const why = interrupted ? `by ${interrupted}` : 'because the loss diverged';
        const when = `after ${points.length} of ${updates} updates`;
        print(labelled('stopped', colors.yellow(`${why} ${when}`)));
      }
      const suggested = place === undefined ? '' : String(rounded(points[place]!.learningRate));
      if (points.length > 1) {
        const { rateChart } = await import('../reports/rate-chart.ts');
        const chart = rateChart(points, place, suggested, columns());
        if (chart !== undefined) print(`\n${chart}`);
      }
      print();
      if (place === undefined) return;
      print(labelled('suggested', `learning rate ${colors.bold(suggested)}, ${RULE}`));
      print(
        labelled(
          'use it',
          `relumax train --learning-rate ${suggested}, with the options of this test`,
        ),
      );
      print();
    },
  };
}
