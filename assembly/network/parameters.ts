/** The parameters of the layers: from and to the host's form, and what is derived from them. */
import { isGlorot } from '../kernels/activation';
import { pack, unpack } from '../kernels/pack';
import { f32Bytes, lanes4, panelOffset } from '../kernels/panels';
import { transpose } from '../kernels/transpose';
import { uniformInit } from '../kernels/uniform';
import { flipFilters } from './convolution';
import { IMAGES, Kept, Kind, Network } from './memory';

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
  const layer = network.layer(l);
  if (l <= network.lowest || (IMAGES && layer.kind == Kind.MaxPool)) return;
  if (IMAGES && layer.kind == Kind.Convolution) {
    flipFilters(network, parameters, l, from, min(to, layer.inputs));
    return;
  }
  transpose(layer.transposed, parameters + layer.weights, layer.units, layer.inputs, from, to);
}

/**
 * How many pixels each unit of a layer sees, and how many channels of them: its weights are
 * W[units × channels × window] for the host, and W[units × window × lanes] in the core.
 */
function windowOf(network: Network, l: i32): i32 {
  const layer = network.layer(l);
  if (layer.kind == Kind.Convolution) return layer.kernel * layer.kernel;
  const below = network.below(l);
  return below.height == 0 ? 1 : below.height * below.width;
}

function channelsOf(network: Network, l: i32): i32 {
  const below = network.below(l);
  return below.height == 0 ? network.layer(l).inputs : below.channels;
}

/** W := X where `sets` is true, else X := W, in the orders of the core and of the host. */
function copyWeights(network: Network, l: i32, w: usize, x: usize, sets: bool): void {
  const layer = network.layer(l);
  const n = layer.units;
  const k = layer.inputs;
  if (!network.hasImages) {
    if (sets) pack(w, x, n, k);
    else unpack(x, w, n, k);
    return;
  }
  const window = windowOf(network, l);
  const channels = channelsOf(network, l);
  const lanes = k / window;
  for (let j = 0; j < n; j++) {
    for (let c = 0; c < channels; c++) {
      for (let i = c; i < k; i += lanes) {
        const at = w + panelOffset(j, i, n, k);
        if (sets) store<f32>(at, load<f32>(x));
        else store<f32>(x, load<f32>(at));
        x += 4;
      }
    }
  }
}

/** Turns words of the generator, u32[nˡ × nˡ⁻¹], into a layer's initial weights, in place. */
export function initialWeights(network: Network, l: i32, words: usize): void {
  const layer = network.layer(l);
  const isBoth = isGlorot(network.activationOf(layer));
  let inputs = layer.inputs;
  let outputs = layer.units;
  if (network.hasImages) {
    inputs = windowOf(network, l) * channelsOf(network, l);
    if (layer.kind == Kind.Convolution) outputs *= windowOf(network, l);
  }
  const fan = <f32>(isBoth ? inputs + outputs : inputs);
  uniformInit(words, layer.units * inputs, Mathf.sqrt(<f32>6 / fan));
}

/**
 * Sets the parameters of a layer, or numbers for them that an optimizer keeps: weights f32[nˡ × nˡ⁻¹],
 * row-major, and biases f32[nˡ]. Behind an image a unit's weights are in the order channel, row, column.
 * Padding is left as it is.
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
  copyWeights(network, l, to + layer.weights, weights, true);
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
  copyWeights(network, l, from + layer.weights, weights, false);
  memory.copy(biases, from + layer.biases, f32Bytes(layer.units));
}
