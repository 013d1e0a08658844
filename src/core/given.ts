import { checkAttached, classOf, describe, wrongType } from '../base/arguments.ts';
import { readFile } from '../base/files-node.ts';
import { compileCore } from './compilation.ts';

/** Where the core comes from: its bytes, a response or an address that has them, or it compiled. */
export type CoreSource = BufferSource | Response | URL | WebAssembly.Module;

let given: Promise<WebAssembly.Module> | undefined;

/** The core that `loadCore` was given. */
export async function coreModule(): Promise<WebAssembly.Module> {
  if (given === undefined) {
    throw new Error('relumax/slim has no core yet: call loadCore, with relumax/core.wasm, before');
  }
  return given;
}

/**
 * Takes the core, `relumax/core.wasm`, from where you have it. Networks that are created
 * afterwards run on it; one call is enough, and a network that is created meanwhile waits for
 * it.
 *
 * ```ts
 * await loadCore(new URL('core.wasm', location.href)); // fetched; in Node also a file: URL
 * await loadCore(fetch('core.wasm')); // whatever type the server gives it
 * await loadCore(bytes); // an ArrayBuffer or a view of one
 * await loadCore(module); // a WebAssembly.Module, from another thread for instance
 * ```
 *
 * @throws TypeError where it is none of these; Error where it cannot be fetched or compiled, or is
 *   not the core of this release
 */
export async function loadCore(source: CoreSource | Promise<CoreSource>): Promise<void> {
  const before = given;
  // What is no promise is read at once, before the caller can change it.
  const isPromise = typeof (source as Promise<CoreSource> | undefined)?.then === 'function';
  const read = isPromise ? Promise.resolve(source).then(moduleOf) : moduleOf(source as CoreSource);
  const loading = read.then(ofThisRelease);
  given = loading;
  try {
    await loading;
  } catch (error) {
    if (given === loading) given = before;
    throw error;
  }
}

async function moduleOf(source: CoreSource): Promise<WebAssembly.Module> {
  // By name, for they may come from another realm.
  const name = classOf(source);
  if (name === 'WebAssembly.Module') return source as WebAssembly.Module;
  if (name === 'ArrayBuffer' || ArrayBuffer.isView(source)) {
    const bytes = source as BufferSource;
    checkAttached('core', bytes);
    const view = ArrayBuffer.isView(bytes)
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : new Uint8Array(bytes);
    // A copy, for browsers compile nothing from memory that is shared or can grow.
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

/** Which core this is the host of: the build writes it, and the same into core.wasm. */
declare const CORE_ID: string;

function ofThisRelease(module: WebAssembly.Module): WebAssembly.Module {
  const [section] = WebAssembly.Module.customSections(module, 'relumax');
  // Its beginning tells; a section of any size would be more arguments than a call may have.
  const start = section && new Uint8Array(section, 0, Math.min(section.byteLength, 100));
  const found = start && String.fromCharCode(...start);
  if (found === CORE_ID) return module;
  const what = found === undefined ? 'another module' : `the core ${describe(found)}`;
  throw new Error(`core: found ${what}, expected core.wasm of this release, ${describe(CORE_ID)}`);
}
