/** relumax/augmentation: training images shifted, rotated and scaled at random, in each epoch anew. */

export type { Inputs } from './data/dataset.ts';
export type { Augmentation } from './network/fit-extras.ts';
export { ImageAugmentation, type ImageAugmentationOptions } from './network/image-augmentation.ts';
