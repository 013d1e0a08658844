/** relumax/torch: reads models that PyTorch saved. */
export type { Hidden } from './core/activations.ts';
export type { Convolution, Dense, Image, Layer, MaxPooling } from './core/layers.ts';
export { modelFromTorch, type TorchOptions } from './model/torch-model.ts';
