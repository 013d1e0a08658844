/** What `relumax train` prints: for someone who watches, for files and pipes, and for programs. */

import type { Evaluation } from '../../index.ts';
import { FORMATS, type Format, nounOf } from '../files/formats.ts';
import { count, counted, duration, loss, rate } from '../terminal/numbers.ts';
import { batchName } from '../terminal/option-values.ts';
import type { ProgressBar } from '../terminal/progress.ts';
import { oneLine } from '../terminal/safe-text.ts';
import { shellPath } from '../terminal/shell.ts';
import { colors, columns, labelled, print, printJson } from '../terminal/terminal.ts';
import { deadText } from '../training/dead-units.ts';
import { type Reporter, type TrainingPlan, totals } from '../training/reporter.ts';
import { classLines } from './class-scores.ts';
import { accuracyText, listFields, numberLines, score, scoreFields } from './score.ts';

export function terminalReporter(): Reporter {
  let bar: ProgressBar | undefined;
  let classNames: readonly string[] | undefined;
  let format: Format = FORMATS.digits;
  return {
    async start(plan) {
      classNames = plan.classNames;
      format = FORMATS[plan.source.data];
      const batch = Number.isFinite(plan.batchSize) ? `batches of ${plan.batchSize}` : 'full batch';
      print();
      const { hidden, output } = plan;
      const functions =
        hidden === 'relu' && output === 'softmax' ? '' : `, ${hidden} and ${output}`;
      print(labelled('network', colors.bold(plan.architecture.text) + functions));
      print(
        labelled(
          'data',
          `${oneLine(plan.source.folder ?? plan.source.file ?? 'bundled digits')}: ${count(plan.examples)} for training, ${count(plan.heldOut)} held out`,
        ),
      );
      print(
        labelled(
          'settings',
          `${counted(plan.epochs, 'epochs')}, ${batch}, ${plan.optimizer}, learning rate ${plan.learningRate}, seed ${plan.seed}, ${threadsText(plan)}`,
        ),
      );
      if (plan.table) {
        const { columnsTable } = await import('./columns-table.ts');
        print(`\n${columnsTable(plan.table, columns())}`);
      }
      print();
      const { progressBar } = await import('../terminal/progress.ts');
      bar = progressBar(plan.epochs, plan.examples, format.noun);
    },
    batch(report) {
      bar?.batch(report);
    },
    epoch(report) {
      bar?.epoch(report);
    },
    end() {
      bar?.stop();
    },
    async result({ history, test, dead, interrupted, hash }, { saved, ...written }) {
      const { noun } = format;
      const { examples, seconds, perSecond } = totals(history);
      const { length } = history.epochs;
      if (interrupted) {
        print(labelled('stopped', colors.yellow(`by ${interrupted} in epoch ${length}`)));
      }
      print(
        labelled(
          'trained',
          `${counted(examples, noun)} in ${duration(seconds)}, ${rate(perSecond, noun)}`,
        ),
      );
      if (history.bestEpoch !== undefined) {
        print(labelled('kept', `the parameters of epoch ${history.bestEpoch}`));
      }
      const died = deadText(dead);
      if (died !== undefined) {
        print(labelled('dead', colors.yellow(`${died} give 0 for all that was held out`)));
      }
      await printEvaluation('held out', test, classNames);
      if (length > 1) {
        const { lossChart } = await import('./loss-chart.ts');
        const chart = lossChart(history.epochs, columns());
        if (chart !== undefined) print(`\n${chart}`);
      }
      print();
      if (hash !== undefined) print(labelled('hash', hash));
      for (const [what, file] of Object.entries(written)) {
        print(labelled(what, colors.bold(oneLine(file))));
      }
      if (saved === undefined) {
        print(labelled('not saved', colors.dim('--save FILE keeps the model')));
      } else {
        print(labelled('saved', colors.bold(oneLine(saved))));
        const input = format.hasColumns ? 'ROWS.csv' : 'IMAGE.png';
        print(labelled('use it', `relumax predict ${shellPath(saved)} ${input}`));
      }
      print();
    },
  };
}

export function plainReporter(): Reporter {
  let epochs = 0;
  let noun = '';
  let classNames: readonly string[] | undefined;
  return {
    async start(plan) {
      epochs = plan.epochs;
      noun = nounOf(plan.source);
      classNames = plan.classNames;
      if (plan.table === undefined) return;
      const { plainColumns } = await import('./columns-table.ts');
      for (const line of plainColumns(plan.table)) print(line);
    },
    epoch({ epoch, loss: trainingLoss, accuracy, examples, seconds, validation }) {
      const number = `${String(epoch).padStart(String(epochs).length)}/${epochs}`;
      const heldOut = validation
        ? `, held out: loss ${loss(validation.loss)}${accuracyText(validation.accuracy)}`
        : '';
      print(
        `epoch ${number}: loss ${loss(trainingLoss)}${accuracyText(accuracy)}${heldOut}, ${rate(examples / seconds, noun)}`,
      );
    },
    end() {},
    result({ history, test, dead, interrupted, hash }, written) {
      const { examples, seconds, perSecond } = totals(history);
      if (interrupted) print(`interrupted: ${interrupted}`);
      print(
        `trained: ${counted(examples, noun)} in ${duration(seconds)}, ${rate(perSecond, noun)}`,
      );
      if (history.bestEpoch !== undefined)
        print(`kept: the parameters of epoch ${history.bestEpoch}`);
      print(`held out: ${score(test, noun)}`);
      for (const line of classLines(test, noun, classNames)) print(line);
      for (const line of numberLines(test, classNames)) print(line);
      const died = deadText(dead);
      if (died !== undefined) print(`dead: ${died}`);
      if (hash !== undefined) print(`hash: ${hash}`);
      for (const [what, file] of Object.entries(written)) print(`${what}: ${oneLine(file)}`);
    },
  };
}

export function jsonReporter(): Reporter {
  const event = (name: string, fields: object) => printJson({ event: name, ...fields });
  return {
    async start({ source, examples, heldOut, classNames, table, ...plan }) {
      const { hidden, output, epochs, batchSize, optimizer, learningRate, seed } = plan;
      const { architecture, threads } = plan;
      const batch = batchName(batchSize);
      const training = {
        input: architecture.input,
        layers: architecture.layers,
        hidden,
        output,
        epochs,
        batch,
        optimizer,
        learningRate,
        seed,
        threads,
      };
      event('start', {
        ...source,
        examples,
        heldOut,
        classNames,
        ...training,
        ...(await tableFields(table)),
      });
    },
    epoch({ epoch, loss, accuracy, examples, seconds, validation }) {
      event('epoch', { epoch, loss, accuracy, examples, seconds, validation });
    },
    end() {},
    result({ history, test, dead, interrupted, hash, verdict }, written) {
      const { seconds, perSecond } = totals(history);
      event('result', {
        test: scoreFields(test),
        ...listFields(test),
        baseline: verdict.baseline,
        isBetterThanBaseline: verdict.isBetter,
        seconds,
        examplesPerSecond: perSecond,
        bestEpoch: history.bestEpoch,
        deadUnits: dead.map((layer) => layer.dead.length),
        interrupted,
        ...written,
        hash,
      });
    },
  };
}

/** The fields of a table in JSON. */
async function tableFields(parts: TrainingPlan['table']) {
  if (parts === undefined) return {};
  const { columnFields } = await import('./columns-table.ts');
  const { notes, table } = parts;
  const { withoutLabel } = table;
  return {
    columns: columnFields(parts),
    ...(withoutLabel > 0 && { withoutLabel }),
    ...(notes.length > 0 && { notes }),
  };
}

/** "1 thread", "2 threads". */
export function threadsText({ threads }: { readonly threads: number }): string {
  return counted(threads, 'threads');
}

/**
 * Prints accuracy or R² and loss, labelled `label`, and recall and precision of the classes, with the
 * confusion matrix where there is one; or R² and RMSE of several numbers.
 *
 * @param names of the classes or numbers, if they have any
 */
export async function printEvaluation(
  label: string,
  evaluation: Evaluation,
  names: readonly string[] | undefined,
): Promise<void> {
  const bold = (text: string) => colors.bold(colors.green(text));
  print(labelled(label, score(evaluation, '', bold)));
  for (const line of numberLines(evaluation, names)) print(labelled('', line));
  if (evaluation.recall.length === 0) return;
  // Loaded here because training can start without it.
  const { confusionTable } = await import('./confusion-table.ts');
  print();
  print(confusionTable(evaluation, columns(), names));
}
