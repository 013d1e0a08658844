/** The Wasm core of one network, behind typed methods: what goes in is copied, what comes out is a copy. */
import { outOfRange } from '../base/arguments.ts';
import type { Turns } from '../base/event-loop.ts';
import type { Inputs, LabelsOrTargets, Outputs } from '../data/dataset.ts';
import { type Functions, HIDDEN, OUTPUTS } from './activations.ts';
import { type ConvolutionExports, type CoreExports, layOutNetwork } from './exports.ts';
import { type Architecture, product } from './layers.ts';
import type { Normalizer } from './normalization.ts';
import {
  advance,
  initialState,
  type KeptOptimizer,
  type Optimizer,
  type OptimizerState,
  rowOf,
  stateBlocks,
  type UpdateSettings,
  updateBy,
} from './optimizers.ts';
import type { LayerParameters } from './parameters.ts';
import { type Chunk, Staging } from './staging.ts';

/** What is counted over a batch or an evaluation. */
export interface Totals {
  /** Mean over the examples, in nats. */
  loss: number;
  /** How many examples were classified correctly, or how many of their sigmoid outputs. */
  correct: number;
}

/** What gives a network several threads (src/threads/team.ts). */
export interface Team {
  readonly threads: number;
  /** Why there is one, where more were asked for. */
  readonly reason?: string | undefined;
  /** Of the instance whose work they share; undefined where there is one thread. */
  readonly exports?: CoreExports;
  /** Lets them go, for the network is no longer used. */
  dismiss?(): void;
}

/** How many words of the generator are drawn before others may have their turn. */
const WORDS_A_TURN = 2 ** 18;

/** A network in the memory of a Wasm instance of its own. */
export class Core {
  readonly #exports: CoreExports;
  readonly #network: number;
  readonly #staging: Staging;
  /** Tallies: of `evaluate`, and of `evaluateInTurns`, between whose turns others come. */
  readonly #evaluation: number;
  readonly #validation: number;
  /** What the optimizer of a training keeps while it runs. */
  #state: OptimizerState | undefined;
  /** What that of batches outside of a training keeps from one to the next. */
  kept: OptimizerState | undefined;
  /** The activations of its layers, where the architecture says no others. */
  readonly functions: Functions;
  readonly architecture: Architecture;
  /** How many examples go through the layers at a time; sums over a batch run tile by tile. */
  readonly tile: number;
  readonly team: Team | undefined;

  /**
   * A network whose parameters are all zero.
   *
   * @param exports of a new instance, of a module with convolution where the input is an image
   * @param team where several threads were asked for
   * @throws RangeError where such a network does not fit the memory
   */
  constructor(exports: CoreExports, architecture: Architecture, functions: Functions, team?: Team) {
    const { network, staging } = layOutNetwork(exports, architecture, 'layers');
    this.#exports = exports;
    this.#network = network;
    this.#staging = new Staging(exports, network, staging, architecture);
    this.#evaluation = this.#staging.takeRecord();
    this.#validation = this.#staging.takeRecord();
    this.functions = functions;
    this.team = team;
    this.architecture = architecture;
    this.tile = exports.tileOf(network);
    const { hidden, output } = functions;
    exports.setFunctions(network, HIDDEN.indexOf(hidden), OUTPUTS.indexOf(output));
  }

  /** Applied to examples as they are copied in, and to outputs; where there is none, they are raw. */
  get normalizer(): Normalizer | undefined {
    return this.#staging.normalizer;
  }

  set normalizer(normalizer: Normalizer | undefined) {
    this.#staging.normalizer = normalizer;
  }

  /** The fraction that is correct of so many examples, or of their sigmoid outputs; none of linear ones. */
  accuracy(correct: number, examples: number): { accuracy?: number } {
    const { output } = this.functions;
    if (output === 'linear') return {};
    const outputs = output === 'sigmoid' ? this.architecture.outputs : 1;
    return { accuracy: correct / (examples * outputs) };
  }

  /**
   * Gives each layer random weights (He-uniform or Glorot-uniform) and zero biases. Nothing else may be
   * done with the core meanwhile.
   *
   * @param word the next word of the generator of layer index l
   */
  async initialise(word: (l: number) => () => number, turns: Turns): Promise<void> {
    for (const { l } of this.architecture.trained) {
      const { weights, biases } = this.#room(l);
      const next = word(l);
      const words = new Uint32Array(weights.buffer, weights.byteOffset, weights.length);
      for (let i = 0; i < words.length; i++) {
        words[i] = next();
        if (i % WORDS_A_TURN === 0) await turns.yieldIfDue();
      }
      biases.fill(0);
      this.#exports.initialWeights(this.#network, l, weights.byteOffset);
      this.#exports.setLayer(this.#network, 0, l, weights.byteOffset, biases.byteOffset);
    }
  }

  setLayer(l: number, parameters: LayerParameters): void {
    this.#set(0, l, parameters);
  }

  /** Sets the parameters of a layer, or what a block of an optimizer's state has for them. */
  #set(block: number, l: number, parameters: LayerParameters): void {
    const { weights, biases } = this.#room(l);
    weights.set(parameters.weights);
    biases.set(parameters.biases);
    this.#exports.setLayer(this.#network, block, l, weights.byteOffset, biases.byteOffset);
  }

  #get(block: number, l: number): LayerParameters {
    const { weights, biases } = this.#room(l);
    this.#exports.getLayer(this.#network, block, l, weights.byteOffset, biases.byteOffset);
    return { weights: weights.slice(), biases: biases.slice() };
  }

  /** Room for the parameters of a layer, for the moment. */
  #room(l: number): LayerParameters {
    const shape = this.architecture.shapes[l]!.weights!;
    const [weights, biases] = [product(shape), shape[0]!];
    const staging = this.#staging;
    const at = staging.room((weights + biases) * 4, 'layers');
    return {
      weights: staging.floats(at, weights),
      biases: staging.floats(at + weights * 4, biases),
    };
  }

  parameters(): LayerParameters[] {
    return this.#getAll(0);
  }

  setParameters(parameters: readonly LayerParameters[]): void {
    this.#setAll(0, parameters);
  }

  /** What a block has for each layer. */
  #getAll(block: number): LayerParameters[] {
    return this.architecture.trained.map(({ l }) => this.#get(block, l));
  }

  #setAll(block: number, parameters: readonly LayerParameters[]): void {
    for (const [i, { l }] of this.architecture.trained.entries()) {
      this.#set(block, l, parameters[i]!);
    }
  }

  /**
   * Copies a training set in, in place of what was kept before, to be read in place by `accumulate`
   * until `release`.
   *
   * @param weights what the loss and the gradient of each example are multiplied by; default: nothing
   * @throws RangeError where it does not fit, or holds a NaN, an infinity or a label too large;
   *   nothing is kept then
   */
  keep(
    inputs: Inputs,
    expected: LabelsOrTargets,
    turns: Turns,
    weights?: Float32Array,
  ): Promise<void> {
    return this.#staging.keep(inputs, expected, turns, weights);
  }

  /**
   * Sets the order in which `accumulate` reads the training set: the numbers of its examples, each
   * once. Until then it reads them as they lie.
   */
  setOrder(order: Uint32Array): void {
    this.#staging.setOrder(order);
  }

  /** Gives back what `keepState` and then `keep` took. */
  release(): void {
    if (this.#state) this.#staging.release(this.#state.start);
    this.#state = undefined;
  }

  /** From now on each batch drops a fraction of the hidden units, decided by the key. */
  setDropout(fraction: number, key: number): void {
    this.#exports.setDropout(this.#network, fraction * 2 ** 32, key);
  }

  /** Begins a batch. */
  begin(): void {
    this.#exports.begin(this.#network);
  }

  /**
   * Adds the examples at `start` … `start + count − 1` of the training set's order to the batch.
   * Where a batch takes several calls, each but the last must add a multiple of `tile`, so that its
   * sums are those of one call.
   */
  accumulate(start: number, count: number): void {
    const { trainingSet } = this.#staging;
    this.#exports.accumulate(this.#network, trainingSet, start, count);
  }

  /**
   * Adds the given examples to the batch, in their order.
   *
   * @throws RangeError where they hold a NaN, an infinity or a label too large
   */
  accumulateCopied(inputs: Inputs, expected: LabelsOrTargets): void {
    const staging = this.#staging;
    for (const chunk of staging.chunks(inputs)) {
      staging.stage(chunk, expected);
      this.#exports.accumulate(this.#network, staging.staged, 0, chunk.count);
    }
  }

  /**
   * Makes room for what an optimizer keeps from one update to the next, as it is before the first, until
   * `release`.
   *
   * @throws RangeError where it does not fit
   */
  keepState(optimizer: Optimizer): void {
    this.#state = this.#newState(optimizer);
  }

  /**
   * The same for batches outside of a training, where it stays until another optimizer is given.
   *
   * @param anew whether to begin anew with the same one too
   */
  keepOptimizer(optimizer: Optimizer, anew = false): void {
    const kept = this.kept;
    const last = kept?.optimizer;
    // As a rule it is the last one itself, and no batch of one waits for text.
    const isLast = last === optimizer || JSON.stringify(last) === JSON.stringify(optimizer);
    if (!anew && isLast) return;
    this.kept = undefined;
    if (kept) this.#staging.release(kept.start);
    this.kept = this.#newState(optimizer);
  }

  /** The optimizer of batches outside of a training, and a copy of what it keeps. */
  get optimizer(): KeptOptimizer | undefined {
    return this.kept && { ...this.kept, state: this.state(this.kept) };
  }

  set optimizer({ optimizer, t, at, bt, state }: KeptOptimizer) {
    this.keepOptimizer(optimizer);
    this.setState(state, 0, Object.assign(this.kept!, { t, at, bt }));
  }

  #newState(optimizer: Optimizer): OptimizerState {
    const { initial } = rowOf(optimizer);
    const count = this.#exports.parameterCountOf(this.#network);
    const blocks = stateBlocks(optimizer);
    const start = this.#staging.take(blocks * count * 4, 'optimizer');
    this.#staging.floats(start, blocks * count).fill(initial?.(optimizer as never) ?? 0);
    const state = Array.from({ length: blocks }, (_, i) => start + i * count * 4);
    return initialState(optimizer, start, state);
  }

  /** What the optimizer keeps, as arrays like the parameters: a copy. */
  state({ blocks } = this.#state!): LayerParameters[][] {
    return blocks.map((block) => this.#getAll(block));
  }

  /** Sets what the optimizer has kept after so many more updates. */
  setState(state: readonly LayerParameters[][], updates: number, own = this.#state!): void {
    for (const [i, block] of own.blocks.entries()) this.#setAll(block, state[i]!);
    for (let t = 0; t < updates; t++) advance(own);
  }

  /**
   * Ends a batch with one update of the parameters, by the optimizer whose state is kept, that of a
   * training where there is one; false where it cannot be a good one.
   */
  update(settings: UpdateSettings): boolean {
    return updateBy(this.#exports, this.#network, (this.#state ?? this.kept)!, settings);
  }

  /** Brings back the parameters before the last update, where there was one. */
  rollback(): void {
    this.#exports.rollback(this.#network);
  }

  /**
   * Where an update went wrong, from 1: where the loss is not finite, the first layer that gave what is
   * not finite; else the one with the largest gradient, the upper one of equals.
   */
  divergedLayer(loss: number): number {
    return this.#exports.divergedLayer(this.#network, Number.isFinite(loss)) + 1;
  }

  /** Loss and correct predictions of the batch so far, at the parameters before its update. */
  batchTotals(): Totals {
    return this.#totals(this.#network);
  }

  /**
   * Loss, correct predictions and the class given to each example.
   *
   * @throws RangeError where the examples hold a NaN, an infinity or a label too large, or the loss is
   *   not finite
   */
  evaluate(inputs: Inputs, expected: LabelsOrTargets): Totals & { classes: Int32Array } {
    const tally = this.#evaluation;
    const classes = new Int32Array(this.#count(inputs));
    this.#exports.resetTally(tally);
    for (const chunk of this.#staging.chunks(inputs)) {
      this.#evaluate(chunk, expected, tally, classes);
    }
    const totals = this.#totals(tally);
    if (!Number.isFinite(totals.loss)) throw this.#lossNotFinite(inputs, expected);
    return { ...totals, classes };
  }

  /** The error for examples whose loss is not finite. */
  #lossNotFinite(inputs: Inputs, expected: LabelsOrTargets): RangeError {
    // Throws where the outputs are not finite either.
    const outputs = this.predict(inputs);
    const std = this.normalizer?.normalization.targets?.std;
    const bad = outputs.findIndex(
      (y, i) => !Number.isFinite(Math.fround((y - expected[i]!) / (std?.[i % std.length] ?? 1))),
    );
    return outOfRange(
      `targets[${bad}]`,
      expected[bad],
      `a number nearer to ${outputs[bad]}, the output`,
    );
  }

  /**
   * Loss and correct predictions, in slices of so many examples, between which others have their turn:
   * what they ask meanwhile does not come between, for this has a tally of its own.
   */
  async evaluateInTurns(
    inputs: Inputs,
    expected: LabelsOrTargets,
    slice: number,
    turns: Turns,
  ): Promise<Totals> {
    const tally = this.#validation;
    const classes = new Int32Array(this.#count(inputs));
    this.#exports.resetTally(tally);
    for (const chunk of this.#staging.chunks(inputs, slice)) {
      this.#staging.checkExpected(expected, classes.length);
      this.#evaluate(chunk, expected, tally, classes);
      await turns.yieldIfDue();
    }
    return this.#totals(tally);
  }

  #evaluate(chunk: Chunk, expected: LabelsOrTargets, tally: number, classes: Int32Array): void {
    const { from, count } = chunk;
    const staging = this.#staging;
    const to = staging.stage(chunk, expected, count * 4);
    this.#exports.evaluate(this.#network, tally, to, staging.staged, count);
    classes.set(new Int32Array(this.#exports.memory.buffer, to, count), from);
  }

  /**
   * Checks that examples can be copied in, for those who may not fail halfway.
   *
   * @throws RangeError where a value is not finite in 32 bits, standardised or as it is, or a label too large
   */
  checkExamples(argument: string, inputs: Inputs, expected: LabelsOrTargets): void {
    const staging = this.#staging;
    for (const chunk of staging.chunks(inputs)) staging.stage(chunk, expected, 0, `${argument}.`);
  }

  /**
   * The probabilities of each example's classes, one example after another; or what else the network
   * gives, in the unit of its targets.
   *
   * @throws RangeError where the examples hold a NaN or an infinity, or a layer gives one
   */
  predict(inputs: Inputs): Outputs {
    const probabilities = new Float32Array(this.#count(inputs) * this.architecture.outputs);
    for (const chunk of this.#staging.chunks(inputs)) this.#predict(chunk, probabilities);
    return this.normalizer?.restored(probabilities) ?? probabilities;
  }

  #predict(chunk: Chunk, probabilities: Float32Array): void {
    const staging = this.#staging;
    const { outputs } = this.architecture;
    const { from, count } = chunk;
    const to = staging.stage(chunk, undefined, count * outputs * 4);
    const { staged } = staging;
    const bad = this.#exports.predict(this.#network, to, staged, count);
    if (bad >= 0) throw this.#overflow(from, bad);
    probabilities.set(staging.floats(to, count * outputs), from * outputs);
  }

  /** The error for number `bad` of the examples from number `from` on, whose tile came last. */
  #overflow(from: number, bad: number): RangeError {
    let layer = 0;
    let value: number | undefined;
    while (value === undefined) {
      value = this.#outputOf(layer++, bad % this.tile).find((a) => !Number.isFinite(a));
    }
    const found = `example ${from + bad}, for which layer ${layer} gives ${value}`;
    return outOfRange('inputs', found, 'inputs and parameters small enough for 32-bit floats');
  }

  /** What layer index l gave for example i of the last tile. */
  #outputOf(l: number, i: number): Float32Array {
    const at = this.#exports.outputOf(this.#network, l, i) >>> 0;
    const [height, width, channels] = this.architecture.shapes[l]!.output;
    const { sizeOf } = this.#exports as Partial<ConvolutionExports>;
    const size = sizeOf?.(this.#network, l) ?? channels;
    const values = this.#staging.floats(at, size);
    const pixel = size / (height * width);
    // The channels may be padded.
    return pixel > channels ? values.filter((_, j) => j % pixel < channels) : values;
  }

  /**
   * What each layer gives for each example, one example after another; the last as of `predict`.
   *
   * @throws RangeError where the examples hold a NaN or an infinity, or a layer gives one
   */
  activations(inputs: Inputs): Outputs[] {
    const length = this.#count(inputs);
    const all = this.architecture.shapes.map(
      ({ output }) => new Float32Array(length * product(output)),
    );
    const last = all.at(-1)!;
    // A tile at a time, for that is how long a hidden layer's output stays.
    for (const chunk of this.#staging.chunks(inputs, this.tile)) {
      this.#predict(chunk, last);
      for (const [l, values] of all.slice(0, -1).entries()) {
        for (let i = 0; i < chunk.count; i++) {
          const output = this.#outputOf(l, i);
          values.set(output, (chunk.from + i) * output.length);
        }
      }
    }
    return [...all.slice(0, -1), this.normalizer?.restored(last) ?? last];
  }

  /** How many examples there are. */
  #count(inputs: Inputs): number {
    return inputs.length / this.architecture.features;
  }

  #totals(tally: number): Totals {
    return { loss: this.#exports.meanLoss(tally), correct: this.#exports.correct(tally) };
  }
}
