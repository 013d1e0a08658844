/** The example that the network is shown: one of the data, a drawing, or a row that was typed in. */
import type { Dataset, Inputs, Normalization } from 'relumax/worker';

export interface Example {
  /** n⁰ values. */
  readonly inputs: Inputs;
  /** Its class, or the number to predict; undefined for what was drawn or typed in, until somebody says it. */
  readonly label: number | undefined;
  /** Whether it was drawn or typed in. */
  readonly isOwn: boolean;
}

/** Example number `i` of the data. */
export function exampleOf(data: Dataset, i: number): Example {
  const { features, inputs, labels, targets = labels } = data;
  return {
    inputs: inputs.slice(i * features, (i + 1) * features),
    label: targets[i],
    isOwn: false,
  };
}

/** A⁰: bytes divided by 255, or floats, standardised if the network does so. */
export function valuesOf(inputs: Inputs, normalization: Normalization | undefined): Float32Array {
  const unit = inputs instanceof Uint8Array ? 255 : 1;
  const { mean, std } = normalization?.inputs ?? {};
  const standardised = (x: number, i: number) => (mean && std ? (x - mean[i]!) / std[i]! : x);
  return Float32Array.from(inputs, (value, i) => standardised(value / unit, i));
}

/** The values to draw for an example, and which value is black. */
export function inkOf(
  inputs: Inputs,
  normalization: Normalization | undefined,
): readonly [ArrayLike<number>, number] {
  if (inputs instanceof Uint8Array) return [inputs, 255];
  const values = valuesOf(inputs, normalization);
  return [values, values.reduce((most, value) => Math.max(most, value), 1e-9)];
}
