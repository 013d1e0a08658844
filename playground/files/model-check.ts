/** Whether the page can train a model that was opened, on the examples that it has. */
import type { Network } from 'relumax/worker';
import { checkedArchitecture } from '../../src/core/architecture.ts';
import type { Split } from '../data/split.ts';
import { text } from '../texts/languages.ts';

/** @throws RangeError where a model does not fit the examples, or this page */
export function checkModel(network: Network, { train, table }: Split): void {
  const { features, outputs, output } = network;
  const usual = train.targets ? 'linear' : 'softmax';
  if (features !== train.features || outputs !== train.outputs) {
    throw new RangeError(
      text(`model.otherSizes.${train.targets ? 'numbers' : 'classes'}`, {
        layers: checkedArchitecture(network).text,
        inputs: train.features,
        outputs: train.outputs,
      }),
    );
  }
  if ('table' in network.metadata && table === undefined) {
    throw new RangeError(text('model.ofTable'));
  }
  if (output !== usual) {
    throw new RangeError(text('model.otherOutput', { output, usual }));
  }
}
