/** The network and the pace of a training that fit its data, where the options leave them open. */
import { type Command, Option } from 'commander';
import { Network, type NetworkOptions } from '../../index.ts';
import { nounOf } from '../files/source.ts';
import { reason, UsageError } from '../terminal/failure.ts';
import { batchSize, layerSizes } from '../terminal/option-values.ts';
import type { Material } from './held-out.ts';

/** The defaults of a training. */
export const DEFAULTS = { hidden: [10], epochs: 20, batchSize: 64, seed: 1 };

/** Of few examples, epochs are more and batches smaller, until there are enough updates. */
export const FEW = { updates: 1000, epochs: 200, batchSize: 8 };

export interface FittingChoice {
  layers?: number[];
  batch?: number;
}

export function addFittingOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '-l, --layers <sizes>',
        `layer sizes, inputs first (default: 784-${DEFAULTS.hidden.join('-')}-10, or what fits the data)`,
      ).argParser(layerSizes),
    )
    .option(
      '-b, --batch <n>',
      `batch size, or full for full-batch training (default: ${DEFAULTS.batchSize}, or down to ${FEW.batchSize} where examples are few)`,
      batchSize,
    );
}

/**
 * Default epochs and batch size: those of `DEFAULTS` where they come to
 * enough updates; else the batch is halved, and then epochs are added, as far as `FEW` goes.
 */
export function paceFor(examples: number): { epochs: number; batch: number } {
  const updates = (batch: number) => DEFAULTS.epochs * Math.ceil(examples / batch);
  let batch = DEFAULTS.batchSize;
  while (batch > FEW.batchSize && updates(batch) < FEW.updates) batch /= 2;
  const needed = Math.ceil(FEW.updates / Math.ceil(examples / batch));
  return { batch, epochs: Math.min(FEW.epochs, Math.max(DEFAULTS.epochs, needed)) };
}

/** The layers asked for, or the default ones, where they fit the data. */
export function layersFor(
  { train, source }: Material,
  asked: number[] | undefined,
  hidden: readonly number[] = DEFAULTS.hidden,
): number[] {
  const { features, outputs, targets } = train;
  const layers = asked ?? [features, ...hidden, outputs];
  if (layers[0] !== features || layers.at(-1) !== outputs) {
    throw new UsageError(
      `--layers ${layers.join('-')} does not fit the data: the first size must be ${features}, the values in each of the ${nounOf(source)}, and the last ${outputs}, its ${targets ? 'numbers to be learnt' : 'classes'}`,
    );
  }
  return layers;
}

/**
 * Checks that the output fits the data.
 *
 * @throws UsageError where it does not
 */
export function checkOutput({ train, output }: Material): void {
  if ((output === 'softmax') === (train.targets === undefined)) return;
  const [found, expected] = train.targets
    ? ['numbers', 'linear or sigmoid']
    : ['classes', 'softmax'];
  throw new UsageError(`--output ${output}: found data with ${found}, expected ${expected}`);
}

/** The new network for the data; sizes that are too large for it are a wrong argument. */
export async function createNetwork(
  { normalize, source }: Material,
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
