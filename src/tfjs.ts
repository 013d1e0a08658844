/** relumax/tfjs: reads models that TensorFlow.js saved, and writes models for it. */
export type { TfjsLayer, TfjsModel, TfjsModelJson, TfjsWeight } from './model/tfjs-format.ts';
export { modelFromTfjs, type TfjsOptions, type TfjsWeights } from './model/tfjs-reader.ts';
export { tfjsFromModel } from './model/tfjs-writer.ts';
