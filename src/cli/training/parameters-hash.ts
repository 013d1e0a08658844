import { createHash } from 'node:crypto';
import type { LayerParameters } from '../../index.ts';

/**
 * SHA-256 over the parameters: of each layer in order its weights (out × in, row-major), then its
 * biases, as little-endian float32. The same run gives the same everywhere.
 */
export function parametersHash(parameters: readonly LayerParameters[]): string {
  const hash = createHash('sha256');
  for (const { weights, biases } of parameters) {
    for (const { buffer, byteOffset, byteLength } of [weights, biases]) {
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }
  return hash.digest('hex');
}
