/** relumax/idx: reads IDX files, the format that MNIST comes in. */
export type {
  Dataset,
  Examples,
  Inputs,
  Numbers,
  OneHotExamples,
  TargetExamples,
} from './data/dataset.ts';
export { datasetFromIdx, type IdxFile, parseIdx } from './data/idx.ts';
