/**
 * The Wasm core of one network, behind typed methods. The only file that holds pointers: what goes
 * in is copied into the core's memory, what comes out is a copy.
 */
import { coreModule } from '#core-module';
import { checkLength, integer, outOfRange } from '../base/arguments.ts';
import type { Turns } from '../base/event-loop.ts';
import type { Answers, Inputs, Outputs } from '../data/dataset.ts';
import { type Functions, HIDDEN, OUTPUTS } from './activations.ts';
import {
  type CoreExports,
  describeNetwork,
  FORMATS,
  instantiateCore,
  OUTCOMES,
  type Outcome,
  planNetwork,
  READ_PAST,
} from './exports.ts';
import {
  ALIGNMENT,
  type LayerPlan,
  MARK_BYTES,
  MARKS_SLACK,
  type MemoryPlan,
  roundUp,
  TALLY_BYTES,
} from './memory.ts';
import type { Normalizer } from './normalization.ts';
import {
  type Optimizer,
  type OptimizerState,
  rowOf,
  type UpdateSettings,
  updateBy,
} from './optimizers.ts';
import type { LayerParameters } from './parameters.ts';

export type { Outcome } from './exports.ts';

/** What is counted over a batch or an evaluation. */
export interface Totals {
  /** Mean over the examples, in nats. */
  loss: number;
  /** How many examples were classified rightly, or how many of their sigmoid outputs. */
  correct: number;
}

/** A training set in the core's memory, until it is released. */
export interface TrainingSet {
  /** Where it begins, with its inputs. */
  start: number;
  format: number;
  labels: number;
  /** Room for the numbers of its examples. */
  order: number;
}

/** Some of the examples of a call: `count` of them, from number `from` on. */
interface Chunk {
  from: number;
  count: number;
  inputs: Inputs;
}

const PAGE = 2 ** 16;

/** What one memory can hold: 2¹⁶ pages, the whole range of a 32-bit address. */
const MOST_BYTES = PAGE * 2 ** 16;

/** How many bytes of examples are copied in at a time where they need not stay. */
const CHUNK_BYTES = 2 ** 20;

/** How many words of the generator are drawn before others may have their turn. */
const WORDS_A_TURN = 2 ** 18;

/** A network in the memory of a Wasm instance of its own. */
export class Core {
  readonly #exports: CoreExports;
  readonly #plan: MemoryPlan;
  readonly #network: number;
  readonly #trainingSet: number;
  readonly #staged: number;
  /** What the layers make of Z. */
  readonly functions: Functions;
  /** Applied to examples as they are copied in, and to outputs; where there is none, they are raw. */
  normalizer: Normalizer | undefined;
  /** The first byte that no resident examples take. */
  #staging: number;

  private constructor(exports: CoreExports, plan: MemoryPlan, functions: Functions) {
    this.functions = functions;
    this.#exports = exports;
    this.#plan = plan;
    this.#network = plan.network;
    this.#trainingSet = plan.trainingSet;
    this.#staged = plan.staged;
    this.#staging = plan.staging;
  }

  /**
   * A network whose parameters are all zero.
   *
   * @param sizes n⁰ … nᴸ, checked by the caller
   * @throws RangeError where such a network does not fit the memory
   */
  static async create(sizes: readonly number[], functions: Functions): Promise<Core> {
    const exports = await instantiateCore(await coreModule());
    const plan = planNetwork(exports, sizes);
    const core = new Core(exports, plan, functions);
    core.#reserve(plan.staging, 'layers');
    describeNetwork(exports, plan);
    const { hidden, output } = functions;
    exports.setFunctions(plan.network, HIDDEN.indexOf(hidden), OUTPUTS.indexOf(output));
    return core;
  }

  /** The share that is right of so many examples, or of their sigmoid outputs. */
  accuracy(correct: number, examples: number): number {
    const { output } = this.functions;
    if (output === 'linear') return Number.NaN;
    const outputs = output === 'sigmoid' ? this.#plan.layers.at(-1)!.units : 1;
    return correct / (examples * outputs);
  }

  /** How many examples go through the layers at a time; sums over a batch run tile by tile. */
  get tile(): number {
    return this.#plan.tile;
  }

  /** nˡ⁻¹ × nˡ of each layer. */
  get layers(): readonly { inputs: number; units: number }[] {
    return this.#plan.layers;
  }

  /**
   * Gives each layer He-uniform weights and zero biases. Nothing else may be done with the core
   * meanwhile.
   *
   * @param word the next word of the generator of layer index l
   */
  async initialise(word: (l: number) => () => number, turns: Turns): Promise<void> {
    for (const [l, { inputs, units }] of this.#plan.layers.entries()) {
      const { weights, biases } = this.#stageLayer(inputs, units);
      const next = word(l);
      const words = new Uint32Array(this.#exports.memory.buffer, weights, units * inputs);
      for (let i = 0; i < words.length; i++) {
        words[i] = next();
        if (i % WORDS_A_TURN === 0) await turns.due();
      }
      this.#floats(biases, units).fill(0);
      this.#exports.initialWeights(this.#network, l, weights);
      this.#exports.setLayer(this.#network, l, weights, biases);
    }
  }

  /** @param block of an optimizer's state, where it is not the parameters that are set */
  setLayer(l: number, parameters: LayerParameters, block?: number): void {
    const { inputs, units } = this.#plan.layers[l]!;
    const { weights, biases } = this.#stageLayer(inputs, units);
    this.#floats(weights, units * inputs).set(parameters.weights);
    this.#floats(biases, units).set(parameters.biases);
    if (block === undefined) this.#exports.setLayer(this.#network, l, weights, biases);
    else this.#exports.packLayer(this.#network, block, l, weights, biases);
  }

  /** @param block of an optimizer's state, where it is not the parameters that are wanted */
  getLayer(l: number, block?: number): LayerParameters {
    const { inputs, units } = this.#plan.layers[l]!;
    const { weights, biases } = this.#stageLayer(inputs, units);
    if (block === undefined) this.#exports.getLayer(this.#network, l, weights, biases);
    else this.#exports.unpackLayer(this.#network, block, l, weights, biases);
    return {
      weights: this.#floats(weights, units * inputs).slice(),
      biases: this.#floats(biases, units).slice(),
    };
  }

  /**
   * Copies a training set in, to be read in place by `accumulate` until `release`. Others may have
   * their turn meanwhile: what they stage lies behind what is here already.
   *
   * @throws RangeError where it does not fit, or holds a NaN, an infinity or a label too large;
   *   nothing is kept then
   */
  async keep(inputs: Inputs, answers: Answers, turns: Turns): Promise<TrainingSet> {
    const start = this.#staging;
    const length = inputs.length / this.#plan.layers[0]!.inputs;
    try {
      const marked = this.#areBytes(inputs) ? await this.#keepMarks(inputs, turns) : undefined;
      const end = marked ?? (await this.#keepAll(inputs, turns));
      this.#checkAnswers(answers, length);
      const labelsAt = roundUp(end, 4);
      const orderAt = roundUp(labelsAt + sizeOf(answers), 4);
      const format = marked === undefined ? this.#formatOf(inputs) : FORMATS.marks;
      // With room behind them, so that no training ends where its layers are read or validated.
      const { parameterCount, inputStride, tile } = this.#plan;
      const room = Math.max(parameterCount, inputStride * tile) * 4 + CHUNK_BYTES;
      this.#reserve(orderAt + length * 4 + room, 'inputs');
      this.#stageAnswers(labelsAt, answers, 0);
      this.#staging = roundUp(orderAt + length * 4, ALIGNMENT);
      this.#exports.describeExamples(this.#trainingSet, format, start, labelsAt, 0);
      return { start, format, labels: labelsAt, order: orderAt };
    } catch (error) {
      this.#staging = start;
      throw error;
    }
  }

  /** Keeps inputs as they are, and returns where they end. */
  async #keepAll(inputs: Inputs, turns: Turns): Promise<number> {
    const start = this.#staging;
    const end = start + this.#bytesOf(inputs);
    this.#reserve(end, 'inputs');
    this.#staging = roundUp(end, ALIGNMENT);
    let at = start;
    let first = 0;
    for (const { inputs: chunk } of this.#chunks(inputs)) {
      this.#stageInputs(at, chunk, first);
      at += this.#bytesOf(chunk);
      first += chunk.length;
      await turns.due();
    }
    return end;
  }

  /**
   * Keeps bytes as the marks of their nonzeros, and returns where those end; undefined, with
   * nothing kept, where so many are not zero that the dense products make less work.
   */
  async #keepMarks(inputs: Uint8Array, turns: Turns): Promise<number | undefined> {
    const features = this.#plan.layers[0]!.inputs;
    const mostMarked = this.#exports.SPARSE_SHARE.value;
    const starts = this.#staging;
    const first = starts + (inputs.length / features + 1) * 4;
    let end = first;
    let seen = 0;
    for (const { from, count, inputs: chunk } of this.#chunks(inputs)) {
      // Past the marks that the chunk comes to where no byte of it is zero.
      const chunkAt = end + (chunk.length + MARKS_SLACK) * MARK_BYTES;
      this.#reserve(chunkAt + chunk.length, 'inputs');
      this.#stageInputs(chunkAt, chunk, 0);
      end = this.#exports.markExamples(starts + from * 4, end, chunkAt, features, count) >>> 0;
      seen += chunk.length;
      if (end - first > mostMarked * seen * MARK_BYTES) {
        this.#staging = starts;
        return undefined;
      }
      this.#staging = roundUp(end + MARKS_SLACK * MARK_BYTES, ALIGNMENT);
      await turns.due();
    }
    return end + MARKS_SLACK * MARK_BYTES;
  }

  /** Gives back what `keep` or `keepState` took, and what was taken after it. */
  release({ start }: { readonly start: number }): void {
    this.#staging = start;
  }

  /**
   * Sets the order in which `accumulate` reads the training set: the numbers of its examples, each
   * once. Until then it reads them as they lie.
   */
  setOrder({ start, format, labels, order: at }: TrainingSet, order: Uint32Array): void {
    new Uint32Array(this.#exports.memory.buffer, at, order.length).set(order);
    this.#exports.describeExamples(this.#trainingSet, format, start, labels, at);
  }

  /** From now on each batch drops a share of the hidden units, decided by the key. */
  setDropout(share: number, key: number): void {
    this.#exports.setDropout(this.#network, share * 2 ** 32, key);
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
    this.#exports.accumulate(this.#network, this.#trainingSet, start, count);
  }

  /**
   * Adds the given examples to the batch, in their order.
   *
   * @throws RangeError where they hold a NaN, an infinity or a label too large
   */
  accumulateCopied(inputs: Inputs, answers: Answers): void {
    for (const chunk of this.#chunks(inputs)) {
      this.#stage(chunk, answers);
      this.#exports.accumulate(this.#network, this.#staged, 0, chunk.count);
    }
  }

  /**
   * Makes room for what an optimizer keeps from one update to the next, as it is before the first; to
   * be handed to `updateBy`, and given back to `release`.
   *
   * @throws RangeError where it does not fit
   */
  keepState(optimizer: Optimizer): OptimizerState {
    const { state, initial } = rowOf(optimizer);
    const start = this.#staging;
    const count = this.#plan.parameterCount;
    const blocks = Array.from(
      { length: state(optimizer as never) },
      (_, i) => start + i * count * 4,
    );
    const end = start + blocks.length * count * 4;
    this.#reserve(end, 'optimizer');
    this.#floats(start, blocks.length * count).fill(initial?.(optimizer as never) ?? 0);
    this.#staging = roundUp(end, ALIGNMENT);
    return { start, blocks, counters: [] };
  }

  /** Ends a batch with one update of the parameters, unless it cannot be a good one. */
  update(learningRate: number): Outcome {
    return OUTCOMES[this.#exports.update(this.#network, learningRate)]!;
  }

  /** The same by an optimizer, with the state of all its updates so far. */
  updateBy(optimizer: Optimizer, state: OptimizerState, settings: UpdateSettings): Outcome {
    return updateBy(this.#exports, this.#network, optimizer, state, settings);
  }

  /** Brings back the parameters before the last update, where there was one. */
  rollback(): void {
    this.#exports.rollback(this.#network);
  }

  /**
   * Where an update went wrong, from 1: the first layer that gave what is not finite, or else the one
   * with the largest gradient, the upper one of equals.
   */
  divergedLayer(outcome: Outcome): number {
    const { layers, tile, gradients } = this.#plan;
    let layer = layers.length;
    if (outcome === 'loss not finite') {
      const overflows = ({ output, stride }: LayerPlan) =>
        this.#exports.firstNonFinite(output, stride * tile) >= 0;
      return layers.findIndex(overflows) + 1 || layer;
    }
    let largest = 0;
    for (const l of layers.keys()) {
      for (const values of Object.values(this.getLayer(l, gradients))) {
        for (const g of values) {
          if (Math.abs(g) < largest) continue;
          largest = Number.isNaN(g) ? Infinity : Math.abs(g);
          layer = l + 1;
        }
      }
    }
    return layer;
  }

  /** Loss and right answers of the batch so far, at the parameters before its update. */
  batchTotals(): Totals {
    return this.#totals(this.#plan.batch);
  }

  /**
   * Loss, right answers and the class given to each example.
   *
   * @throws RangeError where the examples hold a NaN, an infinity or a label too large, or the loss is
   *   not finite
   */
  evaluate(inputs: Inputs, answers: Answers): Totals & { classes: Int32Array } {
    const tally = this.#plan.evaluation;
    const classes = new Int32Array(inputs.length / this.#plan.layers[0]!.inputs);
    this.#exports.resetTally(tally);
    for (const chunk of this.#chunks(inputs)) this.#evaluate(chunk, answers, tally, classes);
    const totals = this.#totals(tally);
    if (!Number.isFinite(totals.loss)) throw this.#lossNotFinite(inputs, answers);
    return { ...totals, classes };
  }

  /** The error for examples whose loss is not finite. */
  #lossNotFinite(inputs: Inputs, answers: Answers): RangeError {
    // Throws where the outputs are not finite either.
    const outputs = this.predict(inputs);
    const std = this.normalizer?.normalization.targets?.std;
    const bad = outputs.findIndex(
      (y, i) => !Number.isFinite(Math.fround((y - answers[i]!) / (std?.[i % std.length] ?? 1))),
    );
    return outOfRange(
      `targets[${bad}]`,
      answers[bad],
      `a number nearer to ${outputs[bad]}, the output`,
    );
  }

  /**
   * Loss and right answers, in slices of so many examples, between which others have their turn:
   * what they ask meanwhile does not come between, for this has a tally of its own.
   */
  async evaluateInTurns(
    inputs: Inputs,
    answers: Answers,
    slice: number,
    turns: Turns,
  ): Promise<Totals> {
    const tally = this.#staging;
    this.#reserve(tally + TALLY_BYTES, 'inputs');
    this.#staging = tally + ALIGNMENT;
    const classes = new Int32Array(inputs.length / this.#plan.layers[0]!.inputs);
    this.#exports.resetTally(tally);
    try {
      for (const chunk of this.#chunks(inputs, slice)) {
        this.#checkAnswers(answers, classes.length);
        this.#evaluate(chunk, answers, tally, classes);
        await turns.due();
      }
      return this.#totals(tally);
    } finally {
      this.#staging = tally;
    }
  }

  #evaluate(chunk: Chunk, answers: Answers, tally: number, classes: Int32Array): void {
    const { from, count } = chunk;
    const to = this.#stage(chunk, answers, count * 4);
    this.#exports.evaluate(this.#network, tally, to, this.#staged, count);
    classes.set(new Int32Array(this.#exports.memory.buffer, to, count), from);
  }

  /**
   * Checks that examples can be copied in, for those who may not fail halfway.
   *
   * @throws RangeError where a value is not finite in 32 bits, standardised or as it is
   */
  checkExamples(argument: string, inputs: Inputs, answers: Answers): void {
    if (!this.normalizer && areBytes(inputs) && areBytes(answers)) return;
    for (const chunk of this.#chunks(inputs)) this.#stage(chunk, answers, 0, `${argument}.`);
  }

  /**
   * The probabilities of each example's classes, one example after another; or what else the network
   * gives, in the unit of its targets.
   *
   * @throws RangeError where the examples hold a NaN or an infinity, or a layer gives one
   */
  predict(inputs: Inputs): Outputs {
    const { layers } = this.#plan;
    const length = inputs.length / layers[0]!.inputs;
    const probabilities = new Float32Array(length * layers.at(-1)!.units);
    for (const chunk of this.#chunks(inputs)) this.#predict(chunk, probabilities);
    return this.normalizer?.restored(probabilities) ?? probabilities;
  }

  #predict(chunk: Chunk, probabilities: Float32Array): void {
    const outputs = this.#plan.layers.at(-1)!.units;
    const { from, count } = chunk;
    const to = this.#stage(chunk, undefined, count * outputs * 4);
    const bad = this.#exports.predict(this.#network, to, this.#staged, count);
    if (bad >= 0) throw this.#overflow(from, bad);
    probabilities.set(this.#floats(to, count * outputs), from * outputs);
  }

  /** The error for number `bad` of the examples from number `from` on, whose tile came last. */
  #overflow(from: number, bad: number): RangeError {
    let layer = 0;
    let value: number | undefined;
    while (value === undefined) {
      const { output, stride, units } = this.#plan.layers[layer++]!;
      const values = this.#floats(output + (bad % this.tile) * stride * 4, units);
      value = values.find((a) => !Number.isFinite(a));
    }
    const found = `example ${from + bad}, for which layer ${layer} gives ${value}`;
    return outOfRange('inputs', found, 'inputs and parameters small enough for 32-bit floats');
  }

  /**
   * What each layer gives for each example, one example after another; the last as of `predict`.
   *
   * @throws RangeError where the examples hold a NaN or an infinity, or a layer gives one
   */
  activations(inputs: Inputs): Outputs[] {
    const { layers, tile } = this.#plan;
    const length = inputs.length / layers[0]!.inputs;
    const all = layers.map(({ units }) => new Float32Array(length * units));
    const last = all.at(-1)!;
    // A tile at a time, for that is how long a hidden layer's output stays.
    for (const chunk of this.#chunks(inputs, tile)) {
      this.#predict(chunk, last);
      for (const [l, { output, stride, units }] of layers.slice(0, -1).entries()) {
        for (let i = 0; i < chunk.count; i++) {
          const column = this.#floats(output + i * stride * 4, units);
          all[l]!.set(column, (chunk.from + i) * units);
        }
      }
    }
    return [...all.slice(0, -1), this.normalizer?.restored(last) ?? last];
  }

  /** The examples in chunks of whole tiles, as many as CHUNK_BYTES and `limit` hold. */
  *#chunks(inputs: Inputs, limit = Infinity): Generator<Chunk> {
    const features = this.#plan.layers[0]!.inputs;
    const length = inputs.length / features;
    const tileBytes = features * inputs.BYTES_PER_ELEMENT * this.tile;
    const most = Math.min(limit, Math.max(1, Math.floor(CHUNK_BYTES / tileBytes)) * this.tile);
    for (let from = 0; from < length; from += most) {
      const count = Math.min(most, length - from);
      // Others may have had their turn since the last chunk.
      checkLength('inputs', inputs, length * features);
      yield { from, count, inputs: inputs.subarray(from * features, (from + count) * features) };
    }
  }

  /**
   * Copies a chunk to the staging area, with the answers of its examples where those of all
   * examples are given, for `#staged` to name it; returns where `room` bytes for results begin.
   */
  #stage(chunk: Chunk, answers: Answers | undefined, room = 0, argument = ''): number {
    const { inputs, from, count } = chunk;
    const width = this.#widthOf(answers);
    const own = answers?.subarray(from * width, (from + count) * width);
    const inputsAt = this.#staging;
    const answersAt = roundUp(inputsAt + this.#bytesOf(inputs), 4);
    const end = roundUp(answersAt + (own ? sizeOf(own) : 0), 16);
    this.#reserve(end + room, 'inputs');
    this.#stageInputs(inputsAt, inputs, from * this.#plan.layers[0]!.inputs, argument);
    if (own !== undefined) this.#stageAnswers(answersAt, own, from * width, argument);
    this.#exports.describeExamples(this.#staged, this.#formatOf(inputs), inputsAt, answersAt, 0);
    return end;
  }

  /** How many answers an example has: one class, or a target for each output. */
  #widthOf(answers: Answers | undefined): number {
    return answers === undefined || areBytes(answers) ? 1 : this.#plan.layers.at(-1)!.units;
  }

  /** Checks that the answers of so many examples are still all there. */
  #checkAnswers(answers: Answers, examples: number): void {
    const name = areBytes(answers) ? 'labels' : 'targets';
    checkLength(name, answers, examples * this.#widthOf(answers));
  }

  /** Copies examples in; `first` is the index of their first element, for the error. */
  #stageInputs(at: number, inputs: Inputs, first: number, argument = ''): void {
    if (this.#areBytes(inputs)) {
      new Uint8Array(this.#exports.memory.buffer, at, inputs.length).set(inputs);
    } else {
      this.#stageFloats('inputs', at, inputs, first, argument);
    }
  }

  /** The same for floats, rounded to 32 bits, and standardised before where the network does that. */
  #stageFloats(
    part: 'inputs' | 'targets',
    at: number,
    values: Inputs,
    first: number,
    argument: string,
  ): void {
    const floats = this.#floats(at, values.length);
    const { normalizer } = this;
    const standardized = normalizer?.has(part);
    if (standardized) normalizer!.standardize(part, values, floats);
    else floats.set(values);
    const bad = this.#exports.firstNonFinite(at, values.length);
    if (bad < 0) return;
    const expected = `a finite number that 32 bits hold${standardized ? ' when standardised' : ''}`;
    throw outOfRange(`${argument}${part}[${first + bad}]`, values[bad], expected);
  }

  /** Copies answers in; `first` is the index of the first one, for the error. */
  #stageAnswers(at: number, answers: Answers, first: number, argument = ''): void {
    if (!areBytes(answers)) {
      this.#stageFloats('targets', at, answers, first, argument);
      return;
    }
    // The copies are checked: others may write to shared memory at any time.
    const labels = new Uint8Array(this.#exports.memory.buffer, at, answers.length);
    labels.set(answers);
    const greatest = this.#plan.layers.at(-1)!.units - 1;
    for (let i = 0; i < labels.length; i++) {
      if (labels[i]! > greatest) {
        integer(`${argument}labels[${first + i}]`, labels[i], 0, greatest);
      }
    }
  }

  /** Whether examples are bytes in the core's memory too: standardised, they are floats. */
  #areBytes(inputs: Inputs): inputs is Uint8Array {
    return areBytes(inputs) && !this.normalizer?.has('inputs');
  }

  #formatOf(inputs: Inputs): number {
    return this.#areBytes(inputs) ? FORMATS.bytes : FORMATS.floats;
  }

  /** The bytes of examples in the core's memory. */
  #bytesOf(inputs: Inputs): number {
    return inputs.length * (this.#areBytes(inputs) ? 1 : 4);
  }

  #stageLayer(inputs: number, units: number): { weights: number; biases: number } {
    const weights = this.#staging;
    const biases = weights + units * inputs * 4;
    this.#reserve(biases + units * 4, 'layers');
    return { weights, biases };
  }

  #totals(tally: number): Totals {
    return { loss: this.#exports.meanLoss(tally), correct: this.#exports.correct(tally) };
  }

  #floats(at: number, length: number): Float32Array {
    return new Float32Array(this.#exports.memory.buffer, at, length);
  }

  /** Grows the memory, where it must, to hold `end` bytes. Views made before are then detached. */
  #reserve(end: number, argument: string): void {
    const { memory } = this.#exports;
    const missing = end + READ_PAST - memory.buffer.byteLength;
    if (missing <= 0) return;
    const wanted = `what takes ${(end / 2 ** 30).toFixed(1)} GiB in all`;
    if (end > MOST_BYTES) {
      throw outOfRange(argument, wanted, 'at most the 4.0 GiB that a WebAssembly memory can hold');
    }
    try {
      memory.grow(Math.ceil(missing / PAGE));
    } catch {
      throw outOfRange(argument, wanted, 'as much as this machine can give');
    }
  }
}

/** Of arrays that have been checked: `instanceof` does not know those of another realm. */
function areBytes(array: Inputs | Answers): array is Uint8Array {
  return array.BYTES_PER_ELEMENT === 1;
}

/** The bytes of answers in the core's memory. */
function sizeOf(answers: Answers): number {
  return answers.length * (areBytes(answers) ? 1 : 4);
}
