/** Trains a network for its curves alone, beside the one that the page shows. */
import { type Evaluation, type Network, Pace } from 'relumax/worker';
import type { Split } from '../data/split.ts';
import { fitOptions } from '../run/run.ts';
import type { Settings } from '../settings/settings.ts';

/** How often it is evaluated after updates, at most: more would take much of the time of a network of images. */
const EVALUATIONS = 100;

/**
 * Trains as fast as possible. The network is evaluated before the first update, after the last, and
 * after each so many in between, whatever the machine's speed.
 *
 * @param network not yet trained; disposing of it ends the training
 * @param onEvaluation called with the epochs so far, and the fraction of the current one
 * @throws Error as `fit`, also where the network is disposed of
 */
export async function trainBeside(
  network: Network,
  { train, test }: Split,
  settings: Settings,
  onEvaluation: (epoch: number, evaluation: Evaluation) => void,
): Promise<void> {
  const batches = Math.ceil(train.length / Math.min(settings.batch, train.length));
  const total = settings.epochs * batches;
  const stride = Math.ceil(total / EVALUATIONS);
  const pace = new Pace({ paused: true });
  let reached = () => {};
  let goal = 0;
  const trained = network.fit(train, {
    ...fitOptions(settings),
    pace,
    onBatch({ epoch, step }) {
      if ((epoch - 1) * batches + step === goal) reached();
    },
  });
  // Awaited below: until then it may fail while something else is awaited.
  trained.catch(() => {});
  for (let updates = 0; ; updates = goal) {
    const evaluation = await evaluated(network, test);
    if (evaluation) onEvaluation(updates / batches, evaluation);
    if (updates === total) break;
    goal = Math.min(updates + stride, total);
    const next = new Promise<void>((resolve) => {
      reached = resolve;
    });
    pace.step(goal - updates);
    await Promise.race([next, trained]);
  }
  await trained;
}

/** Undefined where the network diverges: its next update says so. */
async function evaluated(network: Network, test: Split['test']): Promise<Evaluation | undefined> {
  try {
    return await network.evaluate(test);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
