/** The report of a training for someone who watches: a progress bar, then a page of results. */

import { nounOf } from '../files/formats.ts';
import { count, duration, rate } from '../terminal/numbers.ts';
import type { ProgressBar } from '../terminal/progress-bar.ts';
import { oneLine } from '../terminal/safe-text.ts';
import { shellPath } from '../terminal/shell.ts';
import { colors, columns, labelled, print } from '../terminal/terminal.ts';
import { deadText } from '../training/dead-units.ts';
import { type Reporter, totals } from '../training/reporter.ts';
import { printEvaluation } from './evaluation-view.ts';

export function terminalReporter(): Reporter {
  let bar: ProgressBar | undefined;
  let classNames: readonly string[] | undefined;
  let isTable = false;
  let noun = '';
  return {
    async start(plan) {
      classNames = plan.classNames;
      isTable = plan.source.data === 'table';
      noun = nounOf(plan.source);
      const batch = Number.isFinite(plan.batchSize) ? `batches of ${plan.batchSize}` : 'full batch';
      print();
      const { hidden, output } = plan;
      const functions =
        hidden === 'relu' && output === 'softmax' ? '' : `, ${hidden} and ${output}`;
      print(labelled('network', colors.bold(plan.layers.join('-')) + functions));
      print(
        labelled(
          'data',
          `${oneLine(plan.source.folder ?? plan.source.file ?? 'bundled digits')}: ${count(plan.examples)} for training, ${count(plan.heldOut)} held out`,
        ),
      );
      print(
        labelled(
          'settings',
          `${count(plan.epochs)} ${plan.epochs === 1 ? 'epoch' : 'epochs'}, ${batch}, ${plan.optimizer}, learning rate ${plan.learningRate}, seed ${plan.seed}`,
        ),
      );
      print();
      const { progressBar } = await import('../terminal/progress-bar.ts');
      bar = progressBar(plan.epochs, plan.examples, noun);
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
      const { examples, seconds, perSecond } = totals(history);
      const { length } = history.epochs;
      if (interrupted) {
        print(labelled('stopped', colors.yellow(`by ${interrupted} in epoch ${length}`)));
      }
      print(
        labelled(
          'trained',
          `${count(examples)} ${noun} in ${duration(seconds)}, ${rate(perSecond, noun)}`,
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
        const input = isTable ? 'ROWS.csv' : 'IMAGE.png';
        print(labelled('use it', `relumax predict ${shellPath(saved)} ${input}`));
      }
      print();
    },
  };
}
