/** What only Node has: reading files. */
export type { Dataset, Examples, TargetExamples } from './data/dataset.ts';
export { loadIdxFolder } from './data/idx-folder-node.ts';
