/** relumax/torch: reads models that PyTorch saved. */
export { modelFromTorch, type TorchOptions } from './model/torch-model.ts';
