/** The report of a training for programs: one JSON object a line. */

import { print } from './terminal.ts';
import { batchName, type TrainingReport, totals } from './training-report.ts';

export function jsonReport(): TrainingReport {
  const event = (name: string, fields: object) => print(JSON.stringify({ event: name, ...fields }));
  return {
    start({ source, examples, heldOut, classNames, ...plan }) {
      const { layers, epochs, batchSize, optimizer, learningRate, seed } = plan;
      const batch = batchName(batchSize);
      const training = { layers, epochs, batch, optimizer, learningRate, seed };
      event('start', { ...source, examples, heldOut, classNames, ...training });
    },
    epoch({ epoch, loss, accuracy, examples, seconds, validation }) {
      event('epoch', { epoch, loss, accuracy, examples, seconds, validation });
    },
    end() {},
    result({ history, test, interrupted, saved, hash }) {
      const { seconds, perSecond } = totals(history);
      event('result', {
        test: { loss: test.loss, accuracy: test.accuracy },
        seconds,
        examplesPerSecond: perSecond,
        bestEpoch: history.bestEpoch,
        interrupted,
        saved,
        hash,
      });
    },
  };
}
