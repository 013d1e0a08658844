/** What an engine's refusal to compile the core means. Loaded where one does; it imports nothing. */

/**
 * The error that says what is missing.
 *
 * @param cause what the engine says, or what the processor is
 * @param bytes of the module, where it was being compiled; else it is valid
 */
export function explained(cause: unknown, bytes: BufferSource | undefined): Error {
  if (cause === 'big-endian') return new Error(`relumax does not run on ${cause} processors`);
  if (typeof WebAssembly === 'undefined') {
    return new Error('relumax needs WebAssembly, which this engine does not have');
  }
  // Chromium and Firefox refuse valid code when it is compiled, WebKit when it is instantiated.
  if (bytes === undefined || WebAssembly.validate(bytes)) return forbidden(cause);
  const needed = 'Chrome 91, Firefox 89, Safari 16.4 or later';
  return new Error(`relumax needs WebAssembly with SIMD (${needed}): ${cause}`, { cause });
}

/** The error where a policy forbids WebAssembly. */
function forbidden(cause: unknown): Error {
  // V8's wording on servers; a browser names the policy.
  const isServer = /embedder/.test(String(cause)) && typeof document === 'undefined';
  const needed = isServer
    ? 'import relumax/core.wasm, and give it to loadCore of relumax/slim'
    : "the Content-Security-Policy of the page must have 'wasm-unsafe-eval' in script-src";
  return new Error(`relumax may not compile its WebAssembly: ${needed}`, { cause });
}
