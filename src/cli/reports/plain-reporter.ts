/** The report of a training for files and pipes: plain lines, one an epoch. */

import { nounOf } from '../files/formats.ts';
import { count, duration, loss, rate } from '../terminal/numbers.ts';
import { oneLine } from '../terminal/safe-text.ts';
import { print } from '../terminal/terminal.ts';
import { deadText } from '../training/dead-units.ts';
import { type Reporter, totals } from '../training/reporter.ts';
import { accuracyText, classLines, score } from './score.ts';

export function plainReporter(): Reporter {
  let epochs = 0;
  let noun = '';
  let classNames: readonly string[] | undefined;
  return {
    start(plan) {
      epochs = plan.epochs;
      noun = nounOf(plan.source);
      classNames = plan.classNames;
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
        `trained: ${count(examples)} ${noun} in ${duration(seconds)}, ${rate(perSecond, noun)}`,
      );
      if (history.bestEpoch !== undefined)
        print(`kept: the parameters of epoch ${history.bestEpoch}`);
      print(`held out: ${score(test, noun)}`);
      for (const line of classLines(test, noun, classNames)) print(line);
      const died = deadText(dead);
      if (died !== undefined) print(`dead: ${died}`);
      if (hash !== undefined) print(`hash: ${hash}`);
      for (const [what, file] of Object.entries(written)) print(`${what}: ${oneLine(file)}`);
    },
  };
}
