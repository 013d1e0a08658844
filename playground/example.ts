/** What the network is shown: an example of the data, or what somebody has drawn. */
import type { Dataset, Inputs } from 'relumax/worker';

export interface Example {
  /** n⁰ values. */
  readonly inputs: Inputs;
  /** Its class; what was drawn has none. */
  readonly label: number | undefined;
}

/** Example number `i` of the data. */
export function exampleOf(data: Dataset, i: number): Example {
  const { features } = data;
  return { inputs: data.inputs.slice(i * features, (i + 1) * features), label: data.labels[i] };
}

/** What the inputs stand for: bytes for value / 255, floats for themselves. */
export function valuesOf(inputs: Inputs): Float32Array {
  return Float32Array.from(inputs, inputs instanceof Uint8Array ? (byte) => byte / 255 : undefined);
}

/** What draws as full ink. */
export function fullInk(inputs: Inputs): number {
  return inputs instanceof Uint8Array
    ? 255
    : inputs.reduce((most, value) => Math.max(most, value), 1e-9);
}
