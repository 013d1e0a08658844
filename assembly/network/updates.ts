/** The end of a batch: equations 10 to 14, regularization, and the way back. */
import { columnSgd, restoreColumns } from '../kernels/column-sgd';
import { PAIR_SHIFT } from '../kernels/nonzeros';
import { Optimizer, sgd, step } from '../kernels/optimizers';
import { f32Bytes, lanes4 } from '../kernels/panels';
import { regularize, sumOfSquares } from '../kernels/regularize';
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
 * Ends a batch: one update of every parameter (eq. 10, 13 and 14). Returns false where there was none:
 * because the batch's loss is NaN or infinite, and then the parameters before the last update are back;
 * or because it would have made a parameter so.
 *
 * @param state f32[parameterCount] for each number that the optimizer keeps of a parameter
 * @param keep what weights, but no bias, are multiplied by: 1, or 1 − αλ where they decay by themselves
 * @param t and what follows: as of `step`
 */
export function update(
  network: Network,
  learningRate: f64,
  optimizer: Optimizer,
  state: usize,
  keep: f32,
  t: f64,
  at: f64,
  bt: f64,
  a: f32,
  b: f32,
  c: f32,
  d: f32,
): bool {
  if (!isFinite(network.batch.loss)) return refused(network);
  const m = <f64>network.batch.examples;
  if (optimizer == Optimizer.Sgd && touchesFewColumns(network)) {
    return updateColumns(network, <f32>(learningRate / m));
  }
  const block = f32Bytes(network.parameterCount);
  // All at once; or W and b of each layer, alternately, for only weights decay.
  const parts = keep < 1 ? 2 * network.depth : 1;
  let finite = true;
  for (let i = 0; i < parts; i++) {
    const layer = network.layer(i >> 1);
    const isBias = i & 1;
    const from = isBias ? layer.biases : layer.weights;
    let to = isBias ? from + f32Bytes(lanes4(layer.units)) : layer.biases;
    if (parts == 1) to = block;
    const good = step(
      optimizer,
      network.previous + from,
      network.parameters + from,
      network.gradients + from,
      state + from,
      block,
      <i32>((to - from) >> 2),
      m,
      learningRate,
      isBias ? 1 : keep,
      t,
      at,
      bt,
      a,
      b,
      c,
      d,
    );
    finite = good && finite;
  }
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

function refused(network: Network): bool {
  rollback(network);
  return false;
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
  const rest = network.gradients + layer.biases;
  finite = sgd(others, others, rest, rate, count) && finite;
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
