/** What the network is shown: an example of the data, or what somebody has drawn. */
import type { Dataset, Inputs, Normalization } from 'relumax/worker';

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

/** A⁰: bytes stand for value / 255, floats for themselves, and where a network standardises them, so. */
export function valuesOf(inputs: Inputs, normalization: Normalization | undefined): Float32Array {
  const unit = inputs instanceof Uint8Array ? 255 : 1;
  const { mean, std } = normalization?.inputs ?? {};
  const standardised = (x: number, i: number) => (mean && std ? (x - mean[i]!) / std[i]! : x);
  return Float32Array.from(inputs, (value, i) => standardised(value / unit, i));
}

/** What is drawn of an example, and which value is full ink. */
export function inkOf(
  inputs: Inputs,
  normalization: Normalization | undefined,
): readonly [ArrayLike<number>, number] {
  if (inputs instanceof Uint8Array) return [inputs, 255];
  const values = valuesOf(inputs, normalization);
  return [values, values.reduce((most, value) => Math.max(most, value), 1e-9)];
}
