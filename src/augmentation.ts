/** relumax/augmentation: training images shifted, rotated and scaled at random, in each epoch anew. */
export { ImageAugmentation, type ImageAugmentationOptions } from './image-augmentation.ts';
