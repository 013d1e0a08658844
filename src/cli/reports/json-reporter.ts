/** The report of a training for programs: one JSON object a line. */

import { batchName } from '../terminal/option-values.ts';
import { printJson } from '../terminal/terminal.ts';
import { type Reporter, totals } from '../training/reporter.ts';
import { baselineFields, classFields, scoreFields } from './score.ts';

export function jsonReporter(): Reporter {
  const event = (
    name: string,
    fields: object,
    replacer?: (key: string, value: unknown) => unknown,
  ) => printJson({ event: name, ...fields }, replacer);
  return {
    start({ source, examples, heldOut, classNames, ...plan }) {
      const { layers, hidden, output, epochs, batchSize, optimizer, learningRate, seed } = plan;
      const batch = batchName(batchSize);
      const training = { layers, hidden, output, epochs, batch, optimizer, learningRate, seed };
      const notes = plan.notes.length > 0 ? plan.notes : undefined;
      event('start', { ...source, examples, heldOut, classNames, ...training, notes });
    },
    epoch({ epoch, loss, accuracy, examples, seconds, validation }) {
      // There is no NaN in JSON, nor is there an accuracy then.
      const isNumber = (_: string, value: unknown) => (Number.isNaN(value) ? undefined : value);
      event('epoch', { epoch, loss, accuracy, examples, seconds, validation }, isNumber);
    },
    end() {},
    result({ history, test, dead, interrupted, hash, verdict }, written) {
      const { seconds, perSecond } = totals(history);
      event('result', {
        test: scoreFields(test),
        ...classFields(test),
        baseline: baselineFields(verdict.baseline),
        isBetterThanBaseline: verdict.isBetter,
        seconds,
        examplesPerSecond: perSecond,
        bestEpoch: history.bestEpoch,
        deadUnits: dead.map((layer) => layer.dead),
        interrupted,
        ...written,
        hash,
      });
    },
  };
}
