/**
 * What Node, Bun and Deno run: all that every engine is asked to do, with a line of JSON for each
 * training. Arguments: the folder of the built package and the file of another engine's checkpoint.
 */
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { checkEngine, loadLibrary } from './trainings.js';

const [dist = '', given = ''] = process.argv.slice(2);
const library = await loadLibrary(`${pathToFileURL(dist)}/`);
await checkEngine(library, await readFile(given), (finding) =>
  console.log(JSON.stringify(finding)),
);
