/** The end of a batch: equations 10 to 14, regularization, and the way back. */
import { columnSgd, restoreColumns } from '../kernels/column-sgd';
import { PAIR_SHIFT } from '../kernels/nonzeros';
import { sgd, step } from '../kernels/optimizers';
import { f32Bytes, lanes4, panelFloats, panelWidth } from '../kernels/panels';
import { regularize, sumOfSquares } from '../kernels/regularize';
import { Kept, Network, THREADS, Workspace } from './memory';
import { parametersChanged, transposeInputs } from './parameters';
import { inputsFrom, unitsFrom, unitsOf } from './shares';

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

/** Updates part of the weights of every layer, and of Wᵀ; the first part, the biases too. */
export function updateInputs(network: Network, workspace: Workspace, part: i32): void {
  // All at once, unless only weights decay.
  const atOnce = network.hasAllInputs && network.step.keep == 1;
  let finite = !atOnce || updateFloats(network, 0, network.parameterCount, 1);
  for (let l = 0; l < network.depth; l++) {
    const layer = network.layer(l);
    const from = inputsFrom(network, l, part);
    const to = inputsFrom(network, l, part + 1);
    if (!atOnce) {
      finite = updateWeights(network, l, part, from, to) && finite;
      if (part == 0) {
        finite = updateFloats(network, layer.biases, lanes4(layer.units), 1) && finite;
      }
    }
    transposeInputs(network, network.previous, l, from, to);
  }
  workspace.finite = finite;
}

/** Updates the weights of the inputs `from` … `to` − 1 of a layer; of the first one, or of part of its units. */
function updateWeights(network: Network, l: i32, part: i32, from: i32, to: i32): bool {
  const layer = network.layer(l);
  const k = lanes4(layer.inputs);
  const keep = network.step.keep;
  if (THREADS && l == 0 && network.byUnits) {
    const first = layer.weights + f32Bytes(unitsFrom(network, part) * k);
    return updateFloats(network, first, panelFloats(unitsOf(network, part), k), keep);
  }
  // What belongs to these inputs in each panel; all panels are one where they are all inputs.
  const whole = network.hasAllInputs;
  const width = panelWidth(layer.units);
  const bytes = layer.biases - layer.weights;
  const panel = whole ? bytes : f32Bytes(width * k);
  const count = whole ? <i32>(bytes >> 2) : width * (to - from);
  let at = layer.weights + (whole ? <usize>0 : f32Bytes(width * from));
  let finite = true;
  do {
    finite = updateFloats(network, at, count, keep) && finite;
    at += panel;
  } while (THREADS && at < layer.biases);
  return finite;
}

/** Updates `count` parameters, from byte `from` of their block on; false where one is not finite then. */
function updateFloats(network: Network, from: usize, count: i32, keep: f32): bool {
  const by = network.step;
  return step(
    by.optimizer,
    network.previous + from,
    network.parameters + from,
    network.gradients + from,
    by.state + from,
    f32Bytes(network.parameterCount),
    count,
    <f64>network.batch.examples,
    by.learningRate,
    keep,
    by.t,
    by.at,
    by.bt,
    by.a,
    by.b,
    by.c,
    by.d,
  );
}

/** Whether the batch's pairs are at hand, and name so few inputs that the rest is worth sparing. */
export function touchesFewColumns(network: Network): bool {
  return network.pairs != 0 && 2 * pairsOfBatch(network) <= network.layer(0).inputs;
}

function pairsOfBatch(network: Network): i32 {
  return <i32>((network.pairsEnd - network.pairs) >> PAIR_SHIFT);
}

/**
 * The update in place, with the columns of W¹ that the batch names and all other parameters. What
 * they were is kept in `previous`: those columns where W¹ would be, the others in their own places.
 */
export function updateColumns(network: Network, rate: f32): bool {
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
  if (!finite) rollback(network);
  else parametersChanged(network);
  return finite;
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

export function swapParameters(network: Network): void {
  const parameters = network.parameters;
  network.parameters = network.previous;
  network.previous = parameters;
}
