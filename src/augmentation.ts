/** relumax/augmentation: training images shifted, rotated and scaled at random, in each epoch anew. */
export type { Augmentation } from './fit-options.ts';
export { ImageAugmentation, type ImageAugmentationOptions } from './image-augmentation.ts';
export type { Inputs } from './wasm.ts';
