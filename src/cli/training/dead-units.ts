/** Hidden units that have died: ReLUs that are 0 whatever a network is shown, and learn no more. */
import type { Dataset, Network } from '../../index.ts';

/** Examples that are looked at together. */
const CHUNK = 512;

/** How many units of a layer are dead. */
export interface DeadUnits {
  /** From 1, as in the equations. */
  readonly layer: number;
  readonly dead: number;
  readonly units: number;
}

/**
 * How many units of each hidden layer are 0 for all of the examples; nothing where they are no ReLUs.
 */
export function deadUnits(network: Network, { inputs, features, length }: Dataset): DeadUnits[] {
  if (network.hidden !== 'relu') return [];
  const layers = network.input ? network.layers : network.layers.slice(1);
  // A filter is a unit, whose output is a channel of every pixel. Pools have none.
  const alive = layers.slice(0, -1).map((layer) => {
    const units = typeof layer === 'number' ? layer : 'conv' in layer ? layer.conv : 0;
    return new Uint8Array(units);
  });
  // As a rule the first examples show that all live.
  const isDone = () => alive.every((lives) => !lives.includes(0));
  for (let from = 0; from < length && !isDone(); from += CHUNK) {
    const chunk = inputs.subarray(from * features, Math.min(from + CHUNK, length) * features);
    const activations = network.activations(chunk);
    for (const [l, lives] of alive.entries()) {
      if (lives.length === 0) continue;
      const values = activations[l]!;
      for (let i = 0; i < values.length; i++) if (values[i]! > 0) lives[i % lives.length] = 1;
    }
  }
  return alive.flatMap((lives, l) => {
    const units = lives.length;
    const dead = lives.filter((isAlive) => isAlive === 0).length;
    return units > 0 ? [{ layer: l + 1, dead, units }] : [];
  });
}

/** "3 of 10 units of layer 1", of the layers that have some; undefined where none has. */
export function deadText(layers: readonly DeadUnits[]): string | undefined {
  const some = layers.filter(({ dead }) => dead > 0);
  if (some.length === 0) return undefined;
  return some
    .map(({ layer, dead, units }) => `${dead} of ${units} units of layer ${layer}`)
    .join(', ');
}
