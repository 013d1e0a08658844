/** The programs in the documentation, which tests run and benchmarks measure. */
import { readFileSync } from 'node:fs';

const MARKED = /<!-- program: (\w+) -->\n\n```js\n(.*?)```/gs;

/**
 * The programs of a page of docs/ by their names, which are in comments before them.
 *
 * @param {string} page without its ending
 * @returns {Map<string, string>}
 */
export function programsOf(page) {
  const text = readFileSync(new URL(`../docs/${page}.md`, import.meta.url), 'utf8');
  return new Map(Array.from(text.matchAll(MARKED), ([, name = '', code = '']) => [name, code]));
}
