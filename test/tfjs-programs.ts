/** The programs of examples/tfjs, each for TensorFlow.js and for relumax. */
import { readFile } from 'node:fs/promises';

export const ROOT = new URL('../', import.meta.url);

/** What relumax's programs import, on the main thread and in a worker. Nothing else of them differs. */
export const IMPORTS = ['relumax', 'relumax/worker'];

/** The text of a file of the repository. */
export function textOf(path: string): Promise<string> {
  return readFile(new URL(path, ROOT), 'utf8');
}

/** The text of a program for relumax, with one of IMPORTS. */
export async function program(name: string, from: string): Promise<string> {
  const text = await textOf(`examples/tfjs/${name}/relumax.js`);
  const changed = text.replace(" from 'relumax';", ` from '${from}';`);
  if (!changed.includes(` from '${from}';`)) throw new Error(`${name} does not import relumax`);
  return changed;
}
