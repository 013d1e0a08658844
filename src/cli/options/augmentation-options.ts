/** The options of `relumax train` for data augmentation: random changes of the training images, new in each epoch. */
import { type Command, InvalidArgumentError } from 'commander';
import { ImageAugmentation } from '../../augmentation.ts';
import type { Size } from '../files/images/image-file.ts';
import { UsageError } from '../terminal/failure.ts';
import { decimal } from '../terminal/option-values.ts';

export interface AugmentationChoice {
  shift?: number;
  rotate?: number;
  scale?: number;
}

/** What an augmentation takes. */
const MOST = { shift: 1024, rotate: 180, scale: 0.9 };

export function addAugmentationOptions(command: Command): Command {
  return command
    .option(
      '--shift <pixels>',
      'augmentation: shift training images at random, by up to this many pixels (default: 0)',
      upTo(MOST.shift),
    )
    .option(
      '--rotate <degrees>',
      'augmentation: rotate training images at random, by up to this angle (default: 0)',
      upTo(MOST.rotate),
    )
    .option(
      '--scale <fraction>',
      'augmentation: resize training images at random, by up to this fraction (default: 0)',
      upTo(MOST.scale),
    );
}

/**
 * The options for `fit`.
 *
 * @param size of the images, if the examples are images
 * @throws UsageError where they are none
 */
export function augmentationOptions(choice: AugmentationChoice, size: Size | undefined) {
  const { shift = 0, rotate = 0, scale = 0 } = choice;
  if (!(shift || rotate || scale)) return {};
  if (size === undefined) {
    const option = shift ? '--shift' : rotate ? '--rotate' : '--scale';
    throw new UsageError(`${option}: found examples that are no images, expected images`);
  }
  return { augmentation: new ImageAugmentation({ ...size, shift, rotate, scale }) };
}

function upTo(most: number): (text: string) => number {
  return (text) => {
    const value = decimal(text);
    if (value >= 0 && value <= most) return value;
    throw new InvalidArgumentError(`Expected a number from 0 to ${most}.`);
  };
}
