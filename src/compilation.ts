/**
 * The core from bytes to a module, with errors that say what is missing where that fails.
 *
 * @throws Error where the engine cannot run it, or a policy of the page forbids WebAssembly
 */
export async function compileCore(bytes: BufferSource): Promise<WebAssembly.Module> {
  if (typeof WebAssembly === 'undefined') {
    throw new Error('relumax needs WebAssembly, which this engine lacks or has been denied');
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw WebAssembly.validate(bytes) ? forbidden(cause) : unknownCode(cause);
  }
}

/** The bytes are good, and yet it may not. */
function forbidden(cause: unknown): Error {
  return new Error(
    'relumax may not compile its WebAssembly: the Content-Security-Policy of the page must have ' +
      "'wasm-unsafe-eval' in script-src",
    { cause },
  );
}

function unknownCode(cause: unknown): Error {
  const needed = 'Chrome 91, Firefox 89, Safari 16.4, Node 16.4 or later';
  return new Error(`relumax needs WebAssembly with SIMD (${needed}): ${cause}`, { cause });
}
