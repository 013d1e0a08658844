/** The end of a batch: equations 10 to 14, regularization, and the way back. */
import { adam } from '../kernels/adam';
import { columnSgd, restoreColumns } from '../kernels/column-sgd';
import { momentum } from '../kernels/momentum';
import { PAIR_SHIFT } from '../kernels/nonzeros';
import { f32Bytes, lanes4 } from '../kernels/panels';
import { regularize, sumOfSquares } from '../kernels/regularize';
import { sgd } from '../kernels/sgd';
import { Kept, Network } from './memory';
import { parametersChanged } from './parameters';

/**
 * Before the end of a batch: its mean gradient is clipped to a norm of `clipNorm`, and `decay` times
 * each weight, though no bias, is added to it (eq. 11 and 12). Infinity and 0 leave it as it is.
 */
export function regularizeBatch(network: Network, clipNorm: f64, decay: f64): void {
  const m = <f64>network.batch.examples;
  // The update must read all of the gradients, not the columns alone that the pairs name.
  network.pairs = 0;
  const g = network.gradients;
  const p = network.parameters;
  const count = network.parameterCount;
  if (clipNorm < Infinity) {
    const norm = Math.sqrt(sumOfSquares(g, count)) / m;
    if (norm > clipNorm) regularize(g, p, <f32>(clipNorm / norm), 0, count);
  }
  for (let l = 0; l < network.depth && decay > 0; l++) {
    const layer = network.layer(l);
    const weights = <i32>((layer.biases - layer.weights) >> 2);
    regularize(g + layer.weights, p + layer.weights, 1, <f32>(decay * m), weights);
  }
}

/**
 * Ends a batch: one update of every parameter (eq. 10). Returns false where there was none: because the
 * batch's loss is NaN or infinite, and then the parameters before the last update are back; or because
 * it would have made a parameter so.
 */
export function update(network: Network, learningRate: f64): bool {
  if (!isFinite(network.batch.loss)) return refused(network);
  const rate = <f32>(learningRate / <f64>network.batch.examples);
  if (touchesFewColumns(network)) return updateColumns(network, rate);
  const count = network.parameterCount;
  return updated(
    network,
    sgd(network.previous, network.parameters, network.gradients, rate, count),
  );
}

/** The same with a velocity, f32[parameterCount], zero before the first update (eq. 13). */
export function updateMomentum(
  network: Network,
  learningRate: f64,
  velocity: usize,
  mu: f64,
  nesterov: bool,
): bool {
  if (!isFinite(network.batch.loss)) return refused(network);
  return updated(
    network,
    momentum(
      network.previous,
      velocity,
      network.parameters,
      network.gradients,
      <f32>(1 / <f64>network.batch.examples),
      <f32>learningRate,
      <f32>mu,
      nesterov,
      network.parameterCount,
    ),
  );
}

/**
 * The same by Adam (eq. 14).
 *
 * @param moments f32[2 × parameterCount], zero before the first update
 * @param decay λ of the weights, which no bias has
 * @param power1 β₁ᵗ and β₂ᵗ, for the update t = 1, 2, …
 */
export function updateAdam(
  network: Network,
  learningRate: f64,
  moments: usize,
  beta1: f64,
  beta2: f64,
  power1: f64,
  power2: f64,
  epsilon: f64,
  decay: f64,
): bool {
  if (!isFinite(network.batch.loss)) return refused(network);
  const s = <f32>(1 / <f64>network.batch.examples);
  const rate = <f32>(learningRate / (1 - power1));
  const c = <f32>(1 / Math.sqrt(1 - power2));
  const squares = moments + f32Bytes(network.parameterCount);
  let finite = true;
  // W and b of each layer, alternately: only weights decay.
  for (let i = 0; i < 2 * network.depth; i++) {
    const layer = network.layer(i >> 1);
    const isBias = i & 1;
    const to = isBias ? layer.biases + f32Bytes(lanes4(layer.units)) : layer.biases;
    const from = isBias ? layer.biases : layer.weights;
    const good = adam(
      network.previous + from,
      moments + from,
      squares + from,
      network.parameters + from,
      network.gradients + from,
      s,
      rate,
      c,
      <f32>beta1,
      <f32>beta2,
      <f32>epsilon,
      isBias ? 1 : <f32>(1 - learningRate * decay),
      <i32>((to - from) >> 2),
    );
    finite = good && finite;
  }
  return updated(network, finite);
}

function refused(network: Network): bool {
  rollback(network);
  return false;
}

/** Takes the parameters that an update has written to `previous`, where all of them are finite. */
function updated(network: Network, finite: bool): bool {
  if (!finite) {
    // What was kept there is overwritten.
    network.kept = Kept.Nothing;
    return false;
  }
  swapParameters(network);
  network.kept = Kept.Whole;
  parametersChanged(network);
  return true;
}

/** Whether the batch's pairs are at hand, and name so few inputs that the rest is worth sparing. */
function touchesFewColumns(network: Network): bool {
  return network.pairs != 0 && 2 * pairsOfBatch(network) <= network.layer(0).inputs;
}

function pairsOfBatch(network: Network): i32 {
  return <i32>((network.pairsEnd - network.pairs) >> PAIR_SHIFT);
}

/**
 * The update in place, with the columns of W¹ that the batch names and all other parameters. What
 * they were is kept in `previous`: those columns where W¹ would be, the others in their own places.
 */
function updateColumns(network: Network, rate: f32): bool {
  const layer = network.layer(0);
  const w = network.parameters + layer.weights;
  const dw = network.gradients + layer.weights;
  const log = network.previous + layer.weights;
  network.kept = Kept.Columns;
  network.logged = pairsOfBatch(network);
  let finite = columnSgd(
    log,
    w,
    dw,
    network.pairs,
    network.pairsEnd,
    layer.units,
    layer.inputs,
    rate,
  );
  network.cleared = true;
  const others = network.parameters + layer.biases;
  const count = network.parameterCount - <i32>(layer.biases >> 2);
  memory.copy(network.previous + layer.biases, others, f32Bytes(count));
  finite = sgd(others, others, network.gradients + layer.biases, rate, count) && finite;
  if (!finite) return refused(network);
  parametersChanged(network);
  return true;
}

/** Brings back the parameters before the last update, where they are still there. */
export function rollback(network: Network): void {
  if (network.kept == Kept.Nothing) return;
  if (network.kept == Kept.Whole) swapParameters(network);
  else restore(network);
  network.kept = Kept.Nothing;
  parametersChanged(network);
}

/** Undoes `updateColumns`. */
function restore(network: Network): void {
  const layer = network.layer(0);
  const w = network.parameters + layer.weights;
  const log = network.previous + layer.weights;
  restoreColumns(w, log, network.logged, layer.units, layer.inputs);
  const bytes = f32Bytes(network.parameterCount) - layer.biases;
  memory.copy(network.parameters + layer.biases, network.previous + layer.biases, bytes);
}

function swapParameters(network: Network): void {
  const parameters = network.parameters;
  network.parameters = network.previous;
  network.previous = parameters;
}
