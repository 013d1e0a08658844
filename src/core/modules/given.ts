import { checkAttached, classOf, describe, wrongType } from '../../base/arguments.ts';
import { readFile } from '../../base/files-node.ts';
import { compileCore } from './compilation.ts';

/** The core: its bytes, a response or a URL with them, or a compiled module. */
export type CoreSource = BufferSource | Response | URL | WebAssembly.Module;

/** Identify the cores of this release: the build writes them here and into the files. */
declare const CORE_ID: string;
declare const THREADED_CORE_ID: string;
declare const CONVOLUTION_CORE_ID: string;
declare const THREADED_CONVOLUTION_CORE_ID: string;

/** A file that the page has. */
interface Slot {
  readonly file: string;
  readonly id: string;
  readonly load: string;
  given?: Promise<WebAssembly.Module> | undefined;
}

const CORE: Slot = { file: 'core.wasm', id: CORE_ID, load: 'loadCore' };
const THREADED_CORE: Slot = {
  file: 'core-threads.wasm',
  id: THREADED_CORE_ID,
  load: 'loadThreadedCore',
};
const CONVOLUTION_CORE: Slot = {
  file: 'core-convolution.wasm',
  id: CONVOLUTION_CORE_ID,
  load: 'loadConvolutionCore',
};
const THREADED_CONVOLUTION_CORE: Slot = {
  file: 'core-convolution-threads.wasm',
  id: THREADED_CONVOLUTION_CORE_ID,
  load: 'loadThreadedConvolutionCore',
};

/** The module that was passed to `loadCore`. */
export const coreModule = () => moduleIn(CORE);

/** The module that was passed to `loadConvolutionCore`. */
export const convolutionModule = () => moduleIn(CONVOLUTION_CORE);

/** The module that was passed to `loadThreadedCore`, or the one with convolution too. */
export const threadedModule = (convolves: boolean) =>
  moduleIn(convolves ? THREADED_CONVOLUTION_CORE : THREADED_CORE);

/** Nothing: what is passed is compiled. */
export const compiledOnce = undefined;

async function moduleIn({ file, load, given }: Slot): Promise<WebAssembly.Module> {
  if (given !== undefined) return given;
  throw new Error(`relumax/slim has no core yet: call ${load}, with relumax/${file}, before`);
}

/**
 * Loads the core, `relumax/core.wasm`. Networks that are created afterwards run on it; a network that is
 * created meanwhile waits for it. One call is enough.
 *
 * ```ts
 * await loadCore(new URL('core.wasm', location.href)); // fetched; in Node also a file: URL
 * await loadCore(fetch('core.wasm')); // with any content type
 * await loadCore(bytes); // an ArrayBuffer or a view of one
 * await loadCore(module); // a WebAssembly.Module, from another thread for instance
 * ```
 *
 * @throws TypeError if it is none of these; Error if it cannot be fetched or compiled, or is not the
 *   core of this release
 */
export function loadCore(source: CoreSource | Promise<CoreSource>): Promise<void> {
  return load(CORE, source);
}

/**
 * Loads the core for networks with several threads, `relumax/core-threads.wasm`, from the same sources as
 * `loadCore`, which is needed as well: networks with one thread run on `core.wasm`.
 *
 * @throws as `loadCore`
 */
export function loadThreadedCore(source: CoreSource | Promise<CoreSource>): Promise<void> {
  return load(THREADED_CORE, source);
}

/**
 * Loads the core for networks of images, `relumax/core-convolution.wasm`, from the same sources as `loadCore`,
 * which other networks need.
 *
 * @throws as `loadCore`
 */
export function loadConvolutionCore(source: CoreSource | Promise<CoreSource>): Promise<void> {
  return load(CONVOLUTION_CORE, source);
}

/**
 * Loads the core for networks of images with several threads, `relumax/core-convolution-threads.wasm`,
 * likewise. Such networks with one thread run on `core-convolution.wasm`.
 *
 * @throws as `loadCore`
 */
export function loadThreadedConvolutionCore(
  source: CoreSource | Promise<CoreSource>,
): Promise<void> {
  return load(THREADED_CONVOLUTION_CORE, source);
}

async function load(slot: Slot, source: CoreSource | Promise<CoreSource>): Promise<void> {
  const before = slot.given;
  // Anything but a promise is read at once, before the caller can change it.
  const isPromise = typeof (source as Promise<CoreSource> | undefined)?.then === 'function';
  const read = isPromise ? Promise.resolve(source).then(moduleOf) : moduleOf(source as CoreSource);
  const loading = read.then((module) => ofThisRelease(slot, module));
  slot.given = loading;
  try {
    await loading;
  } catch (error) {
    if (slot.given === loading) slot.given = before;
    throw error;
  }
}

async function moduleOf(source: CoreSource): Promise<WebAssembly.Module> {
  // By name: it may come from another realm.
  const name = classOf(source);
  if (name === 'WebAssembly.Module') return source as WebAssembly.Module;
  if (name === 'ArrayBuffer' || ArrayBuffer.isView(source)) {
    const bytes = source as BufferSource;
    checkAttached('core', bytes);
    const view = ArrayBuffer.isView(bytes)
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : new Uint8Array(bytes);
    // A copy: browsers do not compile from memory that is shared or resizable.
    return compileCore(new Uint8Array(view));
  }
  if (name === 'URL') {
    const url = source as URL;
    const bytes = url.protocol === 'file:' ? readFile(url) : undefined;
    return bytes === undefined ? moduleOf(await fetch(url)) : compileCore(await bytes);
  }
  if (name !== 'Response') {
    const expected = 'bytes, a Response, a URL or a WebAssembly.Module';
    throw wrongType('core', source, expected);
  }
  const response = source as Response;
  if (!response.ok) {
    const status = `${response.status} ${response.statusText}`.trim();
    throw new Error(`core: ${response.url || 'the response'} has status ${status}`);
  }
  return compileCore(await response.arrayBuffer());
}

function ofThisRelease({ file, id }: Slot, module: WebAssembly.Module): WebAssembly.Module {
  const [section] = WebAssembly.Module.customSections(module, 'relumax');
  // The beginning is enough; a large section would be too many arguments for a call.
  const start = section && new Uint8Array(section, 0, Math.min(section.byteLength, 100));
  const found = start && String.fromCharCode(...start);
  if (found === id) return module;
  const what = found === undefined ? 'another module' : `the core ${describe(found)}`;
  throw new Error(`core: found ${what}, expected ${file} of this release, ${describe(id)}`);
}
