import { createHash } from 'node:crypto';
import type { LayerParameters } from '../src/wasm.ts';

/** SHA-256 over the little-endian f32 of each layer's weights and biases, in order. */
export function parametersHash(parameters: readonly LayerParameters[]): string {
  const hash = createHash('sha256');
  for (const { weights, biases } of parameters) {
    for (const { buffer, byteOffset, byteLength } of [weights, biases]) {
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }
  return hash.digest('hex');
}
