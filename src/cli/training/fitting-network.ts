/** The network, epochs and batch size that fit the data, where the flags leave them open. */
import { type Architecture, checkedArchitecture, type Layer } from '../../core/architecture.ts';
import type { ImageShape } from '../../data/image-levels.ts';
import { type Dataset, Network, type NetworkOptions } from '../../index.ts';
import { nounOf } from '../files/formats.ts';
import { reason, UsageError } from '../terminal/failure.ts';
import { DEFAULTS, FEW } from '../terminal/option-values.ts';
import type { TrainingData } from './training-data.ts';

/**
 * Default epochs and batch size: those of `DEFAULTS` where they come to
 * enough updates; else the batch is halved, and then epochs are added, as far as `FEW` goes.
 */
export function defaultEpochsAndBatch(examples: number): { epochs: number; batch: number } {
  const updates = (batch: number) => DEFAULTS.epochs * Math.ceil(examples / batch);
  let batch = DEFAULTS.batch;
  while (batch > FEW.batch && updates(batch) < FEW.updates) batch /= 2;
  const needed = Math.ceil(FEW.updates / Math.ceil(examples / batch));
  return { batch, epochs: Math.min(FEW.epochs, Math.max(DEFAULTS.epochs, needed)) };
}

/**
 * The layers asked for, or the default ones, where they fit the data.
 *
 * @param hidden the hidden layers of the default ones, as lists to choose from: the first that fits
 */
export function layersFor(
  { train, source, shape }: TrainingData,
  asked: Architecture | undefined,
  hidden: readonly (readonly Layer[])[] = [DEFAULTS.hiddenLayers],
): Architecture {
  const { features, outputs, targets } = train;
  const network = asked ?? usualLayers(train, shape, hidden);
  const { input, text } = network;
  const kind = targets ? 'targets' : 'classes';
  const noun = nounOf(source);
  if (input && shape && input.some((size, i) => size !== shape[i])) {
    const expected = shape.slice(0, shape[2] === 1 ? 2 : 3).join('x');
    throw new UsageError(
      `--layers ${text} does not fit the data: the input must be ${expected}, as the ${noun} are`,
    );
  }
  if (network.features !== features || network.outputs !== outputs) {
    throw new UsageError(
      `--layers ${text} does not fit the data: the first size must be ${features}, the values in each of the ${noun}, and the last ${outputs}, its ${kind}`,
    );
  }
  return network;
}

function usualLayers(
  { features, outputs }: Dataset,
  shape: ImageShape | undefined,
  hidden: readonly (readonly Layer[])[],
): Architecture {
  for (const layers of hidden) {
    const isDense = layers.every((layer) => typeof layer === 'number');
    if (isDense) return checkedArchitecture({ layers: [features, ...layers, outputs] });
    if (shape === undefined) continue;
    try {
      return checkedArchitecture({ input: shape, layers: [...layers, outputs] });
    } catch {
      // Windows that do not fit small images.
    }
  }
  throw new RangeError('layers: found none that fit, expected dense ones at last');
}

/**
 * Checks that the output fits the data.
 *
 * @throws UsageError where it does not
 */
export function checkOutput({ train, output }: TrainingData): void {
  if ((output === 'softmax') === (train.targets === undefined)) return;
  const [found, expected] = train.targets
    ? ['numbers', 'linear or sigmoid']
    : ['classes', 'softmax'];
  throw new UsageError(`--output ${output}: found data with ${found}, expected ${expected}`);
}

/**
 * Checks that there are classes to weigh.
 *
 * @throws UsageError where there are none
 */
export function checkClassWeight(
  classWeight: 'balanced' | undefined,
  { train: { targets, outputs }, output }: TrainingData,
): void {
  if (classWeight === undefined || targets === undefined) return;
  if (output === 'sigmoid' && outputs === 1) return;
  const found = output === 'linear' ? 'numbers to predict' : 'several labels at once';
  throw new UsageError(`--class-weight ${classWeight}: found ${found}, expected classes`);
}

/** The new network for the data; sizes that are too large for it are a wrong argument. */
export async function createNetwork(
  { normalize, source }: TrainingData,
  { input, layers }: Architecture,
  options: Omit<NetworkOptions, 'input' | 'layers' | 'normalize'>,
): Promise<Network> {
  try {
    return await Network.create({
      ...options,
      layers,
      ...(input && { input }),
      ...(normalize && { normalize }),
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    if (error.message.startsWith('layers')) {
      throw new UsageError(`--${error.message}`, { cause: error });
    }
    throw new Error(reason(error, source.file ?? source.folder), { cause: error });
  }
}
