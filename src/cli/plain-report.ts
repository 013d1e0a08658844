/** The report of a training for files and pipes: plain lines, one an epoch. */

import { count, duration, imageRate, loss, percent } from './numbers.ts';
import { print } from './terminal.ts';
import { type TrainingReport, totals } from './training-report.ts';

export function plainReport(): TrainingReport {
  let epochs = 0;
  return {
    start(plan) {
      epochs = plan.epochs;
    },
    epoch({ epoch, loss: trainingLoss, accuracy, examples, seconds, validation }) {
      const number = `${String(epoch).padStart(String(epochs).length)}/${epochs}`;
      const heldOut = validation
        ? `, held out: loss ${loss(validation.loss)} accuracy ${percent(validation.accuracy)}`
        : '';
      print(
        `epoch ${number}: loss ${loss(trainingLoss)} accuracy ${percent(accuracy)}${heldOut}, ${imageRate(examples / seconds)}`,
      );
    },
    end() {},
    result({ history, test, interrupted, saved, hash }) {
      const { examples, seconds, perSecond } = totals(history);
      if (interrupted) print(`interrupted: ${interrupted}`);
      print(`trained: ${count(examples)} images in ${duration(seconds)}, ${imageRate(perSecond)}`);
      if (history.bestEpoch !== undefined)
        print(`kept: the parameters of epoch ${history.bestEpoch}`);
      print(
        `held out: ${percent(test.accuracy)} of ${count(test.examples)} images read correctly, loss ${loss(test.loss)}`,
      );
      if (hash !== undefined) print(`hash: ${hash}`);
      if (saved !== undefined) print(`saved: ${saved}`);
    },
  };
}
