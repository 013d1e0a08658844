/** Class Network: create, load and save; LiveNetwork has the other methods. */
import { boolean, fileBytes, options } from '../base/arguments.ts';
import { onDemand } from '../base/on-demand.ts';
import type { Core } from '../core/core.ts';
import { checkedThreads, type Threads } from '../core/thread-count.ts';
import { encodeModel, type Model } from '../model/model.ts';
import { advised } from './divergence.ts';
import {
  coreOf,
  createCore,
  LiveNetwork,
  type LoadOptions,
  type SaveOptions,
} from './live-network.ts';
import { checkedNetwork, type NetworkOptions } from './network-options.ts';

export type { LoadOptions, SaveOptions } from './live-network.ts';
export type { NetworkOptions } from './network-options.ts';

/**
 * A network of dense layers: ReLU between them, softmax and cross-entropy at the end, or what else the
 * options say, trained by gradient descent (docs/math.md). It lives in the memory of a Wasm instance of
 * its own, which goes when the network is no longer used; nothing else needs freeing.
 */
export class Network extends LiveNetwork {
  /** The text that the file had beside the network, where it was loaded; else empty. */
  declare readonly metadata: Readonly<Record<string, string>>;

  private constructor(
    core: Core,
    classNames: readonly string[] | undefined,
    metadata: Model['metadata'] = {},
  ) {
    super(core, classNames);
    this.metadata = Object.freeze({ ...metadata });
  }

  /**
   * A new network: He-uniform weights, ±√(6 / fan-in) (K. He et al., 2015), for tanh and sigmoid
   * Glorot-uniform ones, ±√(6 / (fan-in + fan-out)) (X. Glorot and Y. Bengio, 2010), and zero biases.
   *
   * @throws TypeError or RangeError that names the option
   */
  static async create(given: NetworkOptions): Promise<Network> {
    const settings = await checkedNetwork(given).catch(advised);
    return new Network(await createCore(settings).catch(advised), settings.classNames);
  }

  /**
   * The network that `save` wrote, bit-exactly. Where it standardised numbers, it still does.
   *
   * @param bytes a safetensors file with `layers.0.weight` [out, in], `layers.0.bias` [out], …
   * @param given normalize: false for the network alone, which takes numbers that are standardised
   *   already, and gives such; its `save` does not keep how they were; threads: as of `create`
   * @throws TypeError or RangeError that says what is wrong with the file
   */
  static async load(bytes: Uint8Array | ArrayBuffer, given: LoadOptions = {}): Promise<Network> {
    const { normalize = true, threads = 1 } = options('options', given, ['normalize', 'threads']);
    boolean('normalize', normalize);
    checkedThreads(threads);
    const file = fileBytes('bytes', bytes);
    const { decodeModel } = await onDemand(import('../model/model-reader.ts'));
    return Network.from(decodeModel(file, normalize), threads);
  }

  /**
   * The network of a model that was decoded.
   *
   * @throws RangeError where there are too many layers or units
   * @internal
   */
  static async from(model: Model, threads?: Threads): Promise<Network> {
    return new Network(await coreOf(model, threads), model.classNames, model.metadata);
  }

  /**
   * The network as a safetensors file: `layers.0.weight` [out, in], `layers.0.bias` [out], …; the
   * metadata says how they are used. What the network standardises is in it, and the metadata that it
   * was loaded with.
   *
   * @param given metadata: text of your own to keep in the file, added to the metadata that the network
   *   was loaded with; a key that is in both has the text given here; optimizer: whether to keep the
   *   optimizer of `trainOnBatch`, with its state, for `load` to restore (default: false)
   * @returns the bytes of the file
   * @throws TypeError or RangeError where the metadata cannot be written
   */
  save(given: SaveOptions = {}): Uint8Array<ArrayBuffer> {
    const known = ['metadata', 'optimizer'] as const;
    const { metadata: added, optimizer = false } = options('options', given, known);
    const model = this.model('save', boolean('optimizer', optimizer));
    return encodeModel({ ...model, metadata: this.metadata }, added);
  }
}
