/** The report of a training for files and pipes: plain lines, one an epoch. */

import { count, duration, loss, percent, rate } from './numbers.ts';
import { nounOf } from './source.ts';
import { print } from './terminal.ts';
import { type TrainingReport, totals } from './training-report.ts';

export function plainReport(): TrainingReport {
  let epochs = 0;
  let noun = '';
  return {
    start(plan) {
      epochs = plan.epochs;
      noun = nounOf(plan.source);
    },
    epoch({ epoch, loss: trainingLoss, accuracy, examples, seconds, validation }) {
      const number = `${String(epoch).padStart(String(epochs).length)}/${epochs}`;
      const heldOut = validation
        ? `, held out: loss ${loss(validation.loss)} accuracy ${percent(validation.accuracy)}`
        : '';
      print(
        `epoch ${number}: loss ${loss(trainingLoss)} accuracy ${percent(accuracy)}${heldOut}, ${rate(examples / seconds, noun)}`,
      );
    },
    end() {},
    result({ history, test, interrupted, saved, hash }) {
      const { examples, seconds, perSecond } = totals(history);
      if (interrupted) print(`interrupted: ${interrupted}`);
      print(
        `trained: ${count(examples)} ${noun} in ${duration(seconds)}, ${rate(perSecond, noun)}`,
      );
      if (history.bestEpoch !== undefined)
        print(`kept: the parameters of epoch ${history.bestEpoch}`);
      print(
        `held out: ${percent(test.accuracy)} of ${count(test.examples)} ${noun} read correctly, loss ${loss(test.loss)}`,
      );
      if (hash !== undefined) print(`hash: ${hash}`);
      if (saved !== undefined) print(`saved: ${saved}`);
    },
  };
}
