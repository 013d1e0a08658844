/** The shape of images: as data have it, as a model's metadata say it, and with other channels. */

import {
  CHANNELS,
  type Channels,
  type ImageShape,
  withChannels,
} from '../../../data/image-levels.ts';
import { Dataset } from '../../../index.ts';
import { UsageError } from '../../terminal/failure.ts';

/** Values of a pixel, at most, for the last size of an array to be taken for them: with transparency. */
const MOST_CHANNELS = 4;

/** The shape of images of these sizes, rows first; undefined where they are none. */
export function shapeOf(sizes: readonly number[]): ImageShape | undefined {
  const [height, width, channels = 1, ...others] = sizes;
  if (height === undefined || width === undefined) return undefined;
  return channels > MOST_CHANNELS || others.length > 0 ? undefined : [height, width, channels];
}

/** The shape of square images of so many values; undefined where there are none such. */
export function squareOf(values: number, channels = 1): ImageShape | undefined {
  const side = Math.sqrt(values / channels);
  return Number.isInteger(side) ? [side, side, channels] : undefined;
}

/** The shape as a model's metadata have it: width and height, and the channels of colour. */
export function sizeText([height, width, channels]: ImageShape): string {
  return [width, height, ...(channels === 1 ? [] : [channels])].join('x');
}

/** The shape in a model's metadata, "28x28" or "32x32x3"; undefined where there is none. */
export function shapeIn(
  size: string | undefined,
): readonly [height: number, width: number, channels: Channels] | undefined {
  const [, width, height, channels] = /^(\d{1,8})x(\d{1,8})(?:x(3))?$/.exec(size ?? '') ?? [];
  if (width === undefined) return undefined;
  return [Number(height), Number(width), channels === undefined ? 1 : 3];
}

/** The parts of data, and the shape of their examples. */
interface Images {
  readonly train: Dataset;
  readonly test?: Dataset | undefined;
  readonly shape?: ImageShape | undefined;
}

/** The same images with so many channels; undefined where they are no images of one channel or three. */
export function imagesWith({ train, test, shape }: Images, to: Channels) {
  const from = CHANNELS.find((channels) => channels === shape?.[2]);
  if (shape === undefined || from === undefined) return undefined;
  if (from === to) return { train, test, shape };
  const part = (dataset: Dataset) => {
    const { labels, classes, targets, outputs, classNames } = dataset;
    const inputs = withChannels(dataset.inputs, from, to);
    return Dataset.from(
      targets ? { inputs, targets, outputs, classNames } : { inputs, labels, classes, classNames },
    );
  };
  const [height, width] = shape;
  const changed: ImageShape = [height, width, to];
  return { train: part(train), test: test && part(test), shape: changed };
}

/** Whether images of three channels are grey: each pixel's are equal. */
export function isGrey({ train, test }: Omit<Images, 'shape'>): boolean {
  return [train, test].every((dataset) => {
    const inputs = dataset?.inputs ?? [];
    for (let i = 0; i < inputs.length; i += 3) {
      if (inputs[i] !== inputs[i + 1] || inputs[i] !== inputs[i + 2]) return false;
    }
    return true;
  });
}

/**
 * Checks that images have the channels that were asked for, if any were.
 *
 * @throws UsageError where they have others, or are no images
 */
export function checkChannels(asked: Channels | undefined, { train, shape }: Images): void {
  if (asked === undefined || asked === shape?.[2]) return;
  const found = shape ? `images of ${shape[2]}` : `examples of ${train.features} values`;
  throw new UsageError(`--channels ${asked}: found ${found}, expected images of 1 or 3`);
}
