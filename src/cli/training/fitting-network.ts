/** The network, epochs and batch size that fit the data, where the flags leave them open. */
import { Network, type NetworkOptions } from '../../index.ts';
import { nounOf } from '../files/formats.ts';
import { reason, UsageError } from '../terminal/failure.ts';
import { DEFAULTS, FEW } from '../terminal/option-values.ts';
import type { TrainingData } from './held-out.ts';

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

/** The layers asked for, or the default ones, where they fit the data. */
export function layersFor(
  { train, source }: TrainingData,
  asked: readonly number[] | undefined,
  hidden: readonly number[] = DEFAULTS.hiddenLayers,
): number[] {
  const { features, outputs, targets } = train;
  const layers = [...(asked ?? [features, ...hidden, outputs])];
  if (layers[0] !== features || layers.at(-1) !== outputs) {
    throw new UsageError(
      `--layers ${layers.join('-')} does not fit the data: the first size must be ${features}, the values in each of the ${nounOf(source)}, and the last ${outputs}, its ${targets ? 'targets' : 'classes'}`,
    );
  }
  return layers;
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

/** The new network for the data; sizes that are too large for it are a wrong argument. */
export async function createNetwork(
  { normalize, source }: TrainingData,
  options: NetworkOptions,
): Promise<Network> {
  try {
    return await Network.create({ ...options, ...(normalize && { normalize }) });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    if (error.message.startsWith('layers')) {
      throw new UsageError(`--${error.message}`, { cause: error });
    }
    throw new Error(reason(error, source.file ?? source.folder), { cause: error });
  }
}
