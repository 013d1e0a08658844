/**
 * Compiles the core.
 *
 * @throws Error that says what is missing, if the engine cannot run it or a policy of the page forbids
 *   WebAssembly
 */
export async function compileCore(bytes: BufferSource): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw await failureOf(cause, bytes);
  }
}

/** The error that says what an engine's means; that one itself, where the code cannot be loaded. */
export function failureOf(cause: unknown, bytes?: BufferSource): Promise<unknown> {
  return import('./failure.ts').then(
    ({ explained }) => explained(cause, bytes),
    () => cause,
  );
}
