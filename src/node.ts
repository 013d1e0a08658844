/** What only Node has: reading files. */
export type {
  Dataset,
  Examples,
  Inputs,
  Numbers,
  OneHotExamples,
  TargetExamples,
} from './data/dataset.ts';
export { loadIdxFolder } from './data/idx-folder-node.ts';
