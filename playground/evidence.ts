import type { LayerParameters } from 'relumax';

/**
 * What each input adds to a class's logit: x ∘ ∂z/∂x. With ReLU the network is linear around an
 * input, so these add up to the logit, but for the biases.
 *
 * @param parameters of each layer; weights out × in, row-major
 * @param activations Aˡ of each layer for the one input
 * @param inputs n⁰ values, 0 … 1
 * @param target the class
 * @returns n⁰ values
 */
export function evidence(
  parameters: readonly LayerParameters[],
  activations: readonly Float32Array[],
  inputs: Float32Array,
  target: number,
): Float32Array {
  const last = parameters.at(-1)!;
  const width = last.weights.length / last.biases.length;
  let gradient: Float32Array = last.weights.slice(target * width, (target + 1) * width);
  for (let l = parameters.length - 2; l >= 0; l--) {
    const { weights, biases } = parameters[l]!;
    const inputsHere = weights.length / biases.length;
    const below = new Float32Array(inputsHere);
    for (let unit = 0; unit < biases.length; unit++) {
      if (!(activations[l]![unit]! > 0)) continue;
      const share = gradient[unit]!;
      const row = unit * inputsHere;
      for (let k = 0; k < inputsHere; k++) below[k]! += share * weights[row + k]!;
    }
    gradient = below;
  }
  return gradient.map((value, k) => value * inputs[k]!);
}
