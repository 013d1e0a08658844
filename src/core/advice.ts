/**
 * What helps where a training fails, or ends badly. Loaded on demand; it imports nothing, so that bundlers
 * need not cut what all networks load.
 */

import type { Turns } from '../base/event-loop.ts';
import type { Dataset, Inputs } from '../data/dataset.ts';
import type { Core } from './core.ts';
import type { Normalizer } from './normalization.ts';

/** Values beyond are far from 0 … 1, and from what has been standardised. */
const FAR = 10;

/** What ignores its inputs comes out as good as the mean, a little above or below. */
const MARGIN = 1.01;

const NORMALIZE = 'Network.create({ …, normalize: dataset })';

/**
 * Adds to the message of an error what helps.
 *
 * @param dataset that the training diverged on
 * @param normalizer of its network
 */
export async function advise(
  error: unknown,
  dataset?: Dataset,
  normalizer?: Normalizer,
): Promise<void> {
  // A callback may throw anything.
  const { name = '', message } = (error ?? {}) as Error;
  const advice =
    name === 'DivergenceError'
      ? dataset && !normalizer && rawAdvice(dataset)
      : /^(Type|Range)?Error$/.test(name) &&
        (await import('../base/hints.ts').catch(() => undefined))?.hintFor(message);
  if (!advice) return;
  const { stack } = error as Error;
  const longer = `${message}; ${advice}`;
  Object.assign(error as Error, {
    message: longer,
    // Where the engine's begins with the message.
    ...(stack && { stack: stack.replace(message, () => longer) }),
  });
}

/** What to do where inputs or targets are far from 0 … 1. */
function rawAdvice({ inputs, targets }: Dataset): string | undefined {
  const found = [rangeOf('inputs', inputs), rangeOf('targets', targets)].filter(Boolean).join(', ');
  return found && `${found}, and are not normalized: use ${NORMALIZE}`;
}

function rangeOf(name: string, values: Inputs | undefined): string | undefined {
  // Bytes count as x / 255.
  if (values === undefined || values.BYTES_PER_ELEMENT === 1) return undefined;
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  if (!(least < -FAR || greatest > FAR)) return undefined;
  const [from, to] = [least, greatest].map((value) => Number(value.toPrecision(3)));
  return `the ${name} go from ${from} to ${to}`;
}

/**
 * The loss of always answering the mean of the targets, for each output.
 *
 * @param std what the network divides targets by
 */
export function lossOfMean(
  { targets, outputs, length }: Dataset,
  std: ArrayLike<number> | undefined,
): number {
  let loss = 0;
  for (let j = 0; j < outputs; j++) {
    // From the first on, since the mean of equal numbers must not come out rounded.
    const first = targets![j]!;
    let [mean, sum] = [first, 0];
    for (let i = j; i < targets!.length; i += outputs) mean += (targets![i]! - first) / length;
    for (let i = j; i < targets!.length; i += outputs) sum += (targets![i]! - mean) ** 2;
    loss += sum / length / outputs / (std?.[j] ?? 1) ** 2;
  }
  return loss;
}

/**
 * A warning where a network with linear outputs ended worse than always answering the mean of the targets
 * that it was trained on.
 *
 * @param lastLoss of its last epoch
 */
export async function warning(
  core: Core,
  dataset: Dataset,
  lastLoss: number,
  turns: Turns,
): Promise<string | undefined> {
  const std = core.normalizer?.normalization.targets?.std;
  const least = lossOfMean(dataset, std);
  // As a rule below. Equal targets are no better predicted than by themselves.
  if (!(lastLoss > least && least > 0)) return undefined;
  const { inputs, labelsOrTargets } = dataset;
  const { loss } = await core.evaluateInTurns(inputs, labelsOrTargets, core.tile * 16, turns);
  if (loss <= least * MARGIN) return undefined;
  const [ended, mean] = [loss, least].map((value) => value.toPrecision(4));
  const advice = core.normalizer
    ? 'try another learning rate, or more epochs'
    : `inputs and targets are not normalized: use ${NORMALIZE}`;
  return (
    'the network is worse than always answering the mean of the training targets: ' +
    `its loss is ${ended}, and that of the mean ${mean}; ${advice}`
  );
}
