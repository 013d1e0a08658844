/**
 * What the host asks of a network, phase by phase: batches, their updates, evaluation and prediction. What a
 * phase does is in passes.ts and updates.ts, and how threads share it in threads.ts.
 */
import { Optimizer } from '../kernels/optimizers';
import { areSparse } from './examples';
import {
  Examples,
  Format,
  Kept,
  Network,
  Output,
  resetTally,
  Tally,
  Task,
  THREADS,
  Workspace,
} from './memory';
import { parametersChanged } from './parameters';
import { firstNonFiniteExample } from './passes';
import { keepPairs, shareInputs } from './shares';
import { run, setParts, takeTiles } from './threads';
import { rollback, swapParameters, touchesFewColumns, updateColumns } from './updates';

/** Begins a batch: no example yet. */
export function begin(network: Network): void {
  resetTally(network.batch);
}

/**
 * Goes to the next tile of at most `end − start` examples, from place `start` of their order on, or to a
 * tile for each thread, or with `all` to several tiles for each.
 */
function nextTiles(network: Network, start: i32, end: i32, all: bool): void {
  network.start = start;
  if (THREADS) network.shown = network.workspace(0);
  // What the batch had there is overwritten.
  network.pairs = 0;
  if (takeTiles(network, end - start, all)) return;
  network.m = min(network.tile, end - start);
  setParts(network, network.hasImages ? 0 : <f64>network.m * <f64>network.parameterCount);
  let nonzeros = 0;
  let part = 0;
  if (network.source.format != Format.Encoded) {
    run(network, Task.Count);
    do {
      nonzeros += network.workspace(part).nonzeros;
    } while (THREADS && ++part < network.parts);
  }
  const sparse = areSparse(network, nonzeros, network.m);
  part = 0;
  do {
    network.workspace(part).sparse = sparse;
  } while (THREADS && ++part < network.parts);
}

/** Adds up what the parts of a tile, or of several, have counted. */
function countTiles(network: Network, tally: Tally): void {
  let part = 0;
  // After a tile whose loss is not finite a batch counts no other.
  do {
    const workspace = network.workspaceOf(part);
    tally.correct += workspace.correct;
    if (network.byTiles || part == 0) {
      network.shown = workspace;
      countTile(network, tally, workspace, network.byTiles ? workspace.m : network.m);
    }
  } while (
    THREADS &&
    ++part < network.parts &&
    !(network.byTiles && network.isTraining && !isFinite(tally.loss))
  );
}

/** Counts m examples of a tile, and adds their losses in their order. */
function countTile(network: Network, tally: Tally, tile: Workspace, m: i32): void {
  tally.examples += m;
  const isSoftmax = network.outputs == Output.Softmax;
  let loss: f64 = isSoftmax ? 0 : tally.loss;
  let at = tile.losses;
  for (const end = at + ((<usize>m) << 3); at < end; at += 8) loss += load<f64>(at);
  tally.loss = isSoftmax ? tally.loss + loss : loss;
}

/**
 * Adds the `count` examples from place `start` on to the batch: their loss, correct predictions and
 * gradients, at the present parameters. After a tile whose loss is NaN or infinite nothing is added,
 * and what the layers gave for it stays to be looked at.
 */
export function accumulate(network: Network, examples: Examples, start: i32, count: i32): void {
  const batch = network.batch;
  if (!isFinite(batch.loss)) return;
  network.source = examples;
  network.isTraining = true;
  const end = start + count;
  for (; start < end; start += network.m) {
    network.accumulates = batch.examples > 0;
    nextTiles(network, start, end, false);
    if (network.byUnits) {
      run(network, Task.Load);
      run(network, Task.Units);
    }
    run(network, Task.Train);
    countTiles(network, batch);
    if (!isFinite(batch.loss)) return;
    if (network.byTiles) {
      run(network, Task.Add);
    } else {
      shareInputs(network);
      run(network, Task.Gradients);
    }
    network.cleared = false;
    if (!network.byTiles && network.workspace(0).sparse && !network.accumulates) keepPairs(network);
  }
}

/** Counts `count` examples, and gives to `classes`, i32[count], the class of each. */
export function evaluate(
  network: Network,
  tally: Tally,
  classes: usize,
  examples: Examples,
  count: i32,
): void {
  network.source = examples;
  network.isTraining = false;
  network.results = classes;
  for (let start = 0; start < count; start += network.m) {
    nextTiles(network, start, count, false);
    run(network, Task.Evaluate);
    countTiles(network, tally);
  }
}

/**
 * To `probabilities` f32[nᴸ × count], without padding: Aᴸ of `count` examples. Returns −1, or the number
 * of the first example for which a layer gives NaN or an infinity: no tile after its own is computed then,
 * and what the layers gave for that stays to be looked at.
 */
export function predict(
  network: Network,
  probabilities: usize,
  examples: Examples,
  count: i32,
): i32 {
  network.source = examples;
  network.isTraining = false;
  network.results = probabilities;
  for (let start = 0; start < count; start += network.m) {
    nextTiles(network, start, count, true);
    run(network, Task.Predict);
    let part = 0;
    do {
      const workspace = network.workspaceOf(part);
      if (workspace.finite) continue;
      if (network.byTiles) network.shown = workspace;
      return workspace.start + firstNonFiniteExample(network, workspace);
    } while (THREADS && ++part < network.parts);
  }
  return -1;
}

/** What the update of one parameter takes as long as. */
const PRODUCTS = 16;

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
  if (!isFinite(network.batch.loss)) {
    rollback(network);
    return false;
  }
  const m = <f64>network.batch.examples;
  if (optimizer == Optimizer.Sgd && touchesFewColumns(network)) {
    return updateColumns(network, <f32>(learningRate / m));
  }
  const step = network.step;
  step.learningRate = learningRate;
  step.optimizer = optimizer;
  step.state = state;
  step.keep = keep;
  step.t = t;
  step.at = at;
  step.bt = bt;
  step.a = a;
  step.b = b;
  step.c = c;
  step.d = d;
  setParts(network, <f64>network.parameterCount * PRODUCTS);
  run(network, Task.Update);
  let finite = true;
  let part = 0;
  do {
    finite = network.workspace(part).finite && finite;
  } while (THREADS && ++part < network.parts);
  if (!finite) {
    // What was kept there is overwritten, and so is Wᵀ.
    network.kept = Kept.Nothing;
    parametersChanged(network);
    return false;
  }
  swapParameters(network);
  network.kept = Kept.Whole;
  return true;
}
