/** relumax/torch: reads models that PyTorch saved. */
export { modelFromTorch } from './model/torch-model.ts';
