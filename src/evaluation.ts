import { outOfRange, wrongType } from './arguments.ts';
import { Dataset } from './data/dataset.ts';
import type { Core } from './wasm.ts';

/** How well a network reads a dataset. */
export interface Evaluation {
  /** Mean cross-entropy over the examples, in nats. */
  loss: number;
  /** Share of the examples whose most probable class is their own, 0 to 1. */
  accuracy: number;
  /** How many examples there were. */
  examples: number;
  /** `confusion[actual][predicted]`: how many examples of one class were taken for the other. */
  confusion: number[][];
  /** Of the examples taken for each class, the share that is of it; 0 where there is none. */
  precision: number[];
  /** Of the examples of each class, the share that was taken for it; 0 where there is none. */
  recall: number[];
}

/**
 * Returns `dataset` where it fits the network.
 *
 * @throws TypeError where it is no Dataset, RangeError where features or classes differ
 */
export function fittingDataset(
  argument: string,
  dataset: Dataset,
  core: Pick<Core, 'layers'>,
): Dataset {
  if (!(dataset instanceof Dataset)) throw wrongType(argument, dataset, 'a Dataset');
  const features = core.layers[0]!.inputs;
  const classes = core.layers.at(-1)!.units;
  if (dataset.features !== features) {
    const expected = `${features}, the size of the network's first layer`;
    throw outOfRange(`${argument}.features`, dataset.features, expected);
  }
  if (dataset.classes !== classes) {
    const expected = `${classes}, the size of the network's last layer`;
    throw outOfRange(`${argument}.classes`, dataset.classes, expected);
  }
  return dataset;
}

/** Evaluates a network on a dataset that fits it. */
export function evaluate(core: Core, dataset: Dataset): Evaluation {
  const { labels, length } = dataset;
  const { loss, correct, classes } = core.evaluate(dataset.inputs, labels);
  const confusion = Array.from({ length: dataset.classes }, () =>
    new Array<number>(dataset.classes).fill(0),
  );
  for (let i = 0; i < length; i++) {
    const actual = confusion[labels[i]!]!;
    const predicted = classes[i]!;
    // A network whose logits are NaN takes an example for no class at all.
    if (predicted >= 0) actual[predicted] = actual[predicted]! + 1;
  }
  const actual = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  const taken = confusion.map((_, j) => confusion.reduce((sum, row) => sum + row[j]!, 0));
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  return {
    loss,
    accuracy: correct / length,
    examples: length,
    confusion,
    precision: confusion.map((row, j) => share(row[j]!, taken[j]!)),
    recall: confusion.map((row, j) => share(row[j]!, actual[j]!)),
  };
}
