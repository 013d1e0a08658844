/** The parameters of the layers: from and to the host's form, and what is derived from them. */
import { isGlorot } from '../kernels/activation';
import { pack, unpack } from '../kernels/pack';
import { f32Bytes, lanes4 } from '../kernels/panels';
import { transpose } from '../kernels/transpose';
import { uniformInit } from '../kernels/uniform';
import { Kept, Network } from './memory';

/** Makes anew what is derived from the parameters. */
export function parametersChanged(network: Network): void {
  for (let l = 0; l < network.depth; l++) weightsChanged(network, l);
}

/** Makes Wᵀ anew, where the layer hands a gradient down. */
function weightsChanged(network: Network, l: i32): void {
  transposeInputs(network, network.parameters, l, 0, lanes4(network.layer(l).inputs));
}

/** Makes Wᵀ anew from such parameters, of the inputs `from` … `to` − 1. */
export function transposeInputs(
  network: Network,
  parameters: usize,
  l: i32,
  from: i32,
  to: i32,
): void {
  if (l == 0) return;
  const layer = network.layer(l);
  transpose(layer.transposed, parameters + layer.weights, layer.units, layer.inputs, from, to);
}

/** Turns words of the generator, u32[nˡ × nˡ⁻¹], into a layer's initial weights, in place. */
export function initialWeights(network: Network, l: i32, words: usize): void {
  const layer = network.layer(l);
  const isBoth = isGlorot(network.hidden);
  const fan = <f32>(isBoth ? layer.inputs + layer.units : layer.inputs);
  uniformInit(words, layer.units * layer.inputs, Mathf.sqrt(<f32>6 / fan));
}

/**
 * Sets the parameters of a layer, or numbers for them that an optimizer keeps: weights f32[nˡ × nˡ⁻¹],
 * row-major, and biases f32[nˡ]. Padding is left as it is.
 *
 * @param block of the parameters' form; 0: the parameters
 */
export function setLayer(
  network: Network,
  block: usize,
  l: i32,
  weights: usize,
  biases: usize,
): void {
  const layer = network.layer(l);
  const to = block == 0 ? network.parameters : block;
  pack(to + layer.weights, weights, layer.units, layer.inputs);
  memory.copy(to + layer.biases, biases, f32Bytes(layer.units));
  if (block != 0) return;
  network.kept = Kept.Nothing;
  weightsChanged(network, l);
}

/** Copies them out, likewise. */
export function getLayer(
  network: Network,
  block: usize,
  l: i32,
  weights: usize,
  biases: usize,
): void {
  const layer = network.layer(l);
  const from = block == 0 ? network.parameters : block;
  unpack(weights, from + layer.weights, layer.units, layer.inputs);
  memory.copy(biases, from + layer.biases, f32Bytes(layer.units));
}
