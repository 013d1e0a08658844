/** Hidden units that have died: ReLUs that are 0 whatever a network is shown, and learn no more. */
import type { Dataset, Hidden, Inputs, Layer, Network, Outputs } from '../../index.ts';

/** Examples that are looked at together. */
const CHUNK = 128;

/** The dead units of a layer. */
export interface DeadUnits {
  /** From 1, as in the equations. */
  readonly layer: number;
  /** Which of them, from 0. */
  readonly dead: readonly number[];
  readonly units: number;
}

/** A network, perhaps in a worker. */
interface Asked extends Pick<Network, 'input' | 'layers' | 'hidden'> {
  activations(inputs: Inputs): Outputs[] | Promise<Outputs[]>;
}

/** The units of each hidden layer that are 0 for all of the examples, where they are ReLUs. */
export async function deadUnits(
  network: Asked,
  { inputs, features, length }: Pick<Dataset, 'inputs' | 'features' | 'length'>,
): Promise<DeadUnits[]> {
  const layers = network.input ? network.layers : network.layers.slice(1);
  // A filter is a unit, whose output is a channel of every pixel. Pools have none.
  const alive = layers
    .slice(0, -1)
    .map((layer) => new Uint8Array(reluUnits(layer, network.hidden)));
  // As a rule the first examples show that all live.
  const isDone = () => alive.every((lives) => !lives.includes(0));
  for (let from = 0; from < length && !isDone(); from += CHUNK) {
    const chunk = inputs.subarray(from * features, Math.min(from + CHUNK, length) * features);
    const activations = await network.activations(chunk);
    for (const [l, lives] of alive.entries()) {
      if (lives.length === 0) continue;
      const values = activations[l]!;
      for (let i = 0; i < values.length; i++) if (values[i]! > 0) lives[i % lives.length] = 1;
    }
  }
  return alive.flatMap((lives, l) => {
    const units = lives.length;
    const dead = [...lives.keys()].filter((unit) => lives[unit] === 0);
    return units > 0 ? [{ layer: l + 1, dead, units }] : [];
  });
}

/** How many units of a layer are ReLUs: all or none. */
function reluUnits(layer: Layer, hidden: Hidden): number {
  if (typeof layer === 'number') return hidden === 'relu' ? layer : 0;
  if ('maxPool' in layer || (layer.activation ?? hidden) !== 'relu') return 0;
  return 'dense' in layer ? layer.dense : layer.conv;
}

/** "3 of 10 units of layer 1", of the layers that have some; undefined where none has. */
export function deadText(layers: readonly DeadUnits[]): string | undefined {
  const some = layers.filter(({ dead }) => dead.length > 0);
  if (some.length === 0) return undefined;
  return some
    .map(({ layer, dead, units }) => `${dead.length} of ${units} units of layer ${layer}`)
    .join(', ');
}
