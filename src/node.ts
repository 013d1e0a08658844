/** What only Node has: reading files. */
export { loadIdxFolder } from './data/idx-folder-node.ts';
