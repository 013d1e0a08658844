/** Inputs standardised: each feature with the mean 0 and the deviation 1 of the training examples. */
import { Dataset } from './dataset.ts';

/** Raw inputs become (x − mean) / deviation, each feature by its own two. */
export interface Normalization {
  readonly mean: Float32Array;
  /** Above 0. */
  readonly deviation: Float32Array;
}

/**
 * Mean and deviation of each feature over the examples, the deviation being the root of the mean
 * square (as scikit-learn has it), 1 where a feature is the same in all of them. Sums run over the
 * examples in their order, in double precision.
 */
export function normalizationOf({
  inputs,
  features,
  length,
}: Pick<Dataset, 'inputs' | 'features' | 'length'>): Normalization {
  const mean = new Float32Array(features);
  const deviation = new Float32Array(features).fill(1);
  for (let feature = 0; feature < features; feature++) {
    const first = inputs[feature]!;
    let sum = 0;
    let isConstant = true;
    for (let i = feature; i < inputs.length; i += features) {
      sum += inputs[i]!;
      isConstant &&= inputs[i] === first;
    }
    mean[feature] = sum / length;
    if (isConstant) continue;
    // About the rounded mean, since that is what is subtracted: where rounding moves it by more
    // than the values differ, they still come out around 1.
    let squares = 0;
    for (let i = feature; i < inputs.length; i += features) {
      const difference = inputs[i]! - mean[feature]!;
      squares += difference * difference;
    }
    const root = Math.fround(Math.sqrt(squares / length));
    // It is 0 where it is too small for 32 bits.
    if (root > 0) deviation[feature] = root;
  }
  return { mean, deviation };
}

/** The inputs standardised, as new floats; m × features, one example after another. */
export function normalizedInputs(
  inputs: Float32Array,
  { mean, deviation }: Normalization,
): Float32Array {
  const features = mean.length;
  return inputs.map((value, i) => (value - mean[i % features]!) / deviation[i % features]!);
}

/** The dataset with its inputs standardised. */
export function normalized(dataset: Dataset, normalization: Normalization): Dataset {
  const floats =
    dataset.inputs instanceof Float32Array ? dataset.inputs : Float32Array.from(dataset.inputs);
  const inputs = normalizedInputs(floats, normalization);
  return withInputs(dataset, inputs);
}

/** The dataset with other inputs. */
function withInputs(dataset: Dataset, inputs: Float32Array): Dataset {
  const { labels, classes, classNames, targets, outputs } = dataset;
  if (targets) return Dataset.from({ inputs, targets, outputs, classNames });
  return Dataset.from({ inputs, labels, classes, classNames });
}

/** Mean and deviation of each target over the examples. */
export function targetNormalizationOf(targets: Float32Array, outputs: number): Normalization {
  const length = targets.length / outputs;
  return normalizationOf({ inputs: targets, features: outputs, length });
}

/** The dataset with its targets standardised, where it has some. */
export function withNormalizedTargets(dataset: Dataset, normalization: Normalization): Dataset {
  const { inputs, targets, outputs, classNames } = dataset;
  if (targets === undefined) return dataset;
  const standardised = normalizedInputs(targets, normalization);
  return Dataset.from({ inputs, targets: standardised, outputs, classNames });
}

/** Numbers that were standardised as they were before; where nothing was done, they themselves. */
export function restored(
  values: Float32Array,
  normalization: Normalization | undefined,
): Float32Array {
  if (normalization === undefined) return values;
  const { mean, deviation } = normalization;
  const width = mean.length;
  return values.map((value, i) => value * deviation[i % width]! + mean[i % width]!);
}
