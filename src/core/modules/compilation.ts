/**
 * Compiles the core.
 *
 * @throws Error that says what is missing, if the engine cannot run it or a policy of the page forbids
 *   WebAssembly
 */
export async function compileCore(bytes: BufferSource): Promise<WebAssembly.Module> {
  if (typeof WebAssembly === 'undefined') {
    throw new Error('relumax needs WebAssembly, which this engine does not have');
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw WebAssembly.validate(bytes) ? forbidden(cause) : unknownCode(cause);
  }
}

/**
 * The error if an engine refuses valid code: Chromium and Firefox when it is compiled, WebKit when it is
 * instantiated.
 */
export function forbidden(cause: unknown): Error {
  // V8's wording on servers; a browser names the policy.
  const isServer = /embedder/.test(String(cause)) && typeof document === 'undefined';
  const needed = isServer
    ? 'import relumax/core.wasm, and give it to loadCore of relumax/slim'
    : "the Content-Security-Policy of the page must have 'wasm-unsafe-eval' in script-src";
  return new Error(`relumax may not compile its WebAssembly: ${needed}`, { cause });
}

function unknownCode(cause: unknown): Error {
  const needed = 'Chrome 91, Firefox 89, Safari 16.4 or later';
  return new Error(`relumax needs WebAssembly with SIMD (${needed}): ${cause}`, { cause });
}
