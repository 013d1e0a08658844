/**
 * The bundled digits from a file of bytes, which a browser reads in less time than a script with a text. The page
 * that is one file has them in its script.
 */
import { Dataset } from 'relumax/worker';
import { FIELD } from '../../src/data/digit-image.ts';

/** As `loadDigits` of `relumax`. */
export async function loadDigits(): Promise<Dataset> {
  const { ok, status, body } = await fetch(new URL('../../build/digits.bin', import.meta.url));
  if (!ok) throw new Error(`the digits: found status ${status}, expected 200`);
  const stream = body!.pipeThrough(new DecompressionStream('gzip'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  // A label for each image, then the images.
  const count = bytes.length / (1 + FIELD * FIELD);
  return Dataset.from({
    labels: bytes.slice(0, count),
    inputs: bytes.subarray(count),
    classes: 10,
  });
}
