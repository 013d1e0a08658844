import type { LayerParameters } from 'relumax';

/**
 * SHA-256 over the little-endian float32 of each layer's weights and biases, in order. Undefined if
 * the page may not compute it: browsers allow hashing only over HTTPS and on localhost.
 */
export async function parametersHash(
  parameters: readonly LayerParameters[],
): Promise<string | undefined> {
  if (!globalThis.crypto?.subtle) return undefined;
  const arrays = parameters.flatMap(({ weights, biases }) => [weights, biases]);
  const bytes = await new Blob(arrays.map((array) => array.slice())).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
