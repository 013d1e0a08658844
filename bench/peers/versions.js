import { readFileSync } from 'node:fs';

/**
 * The version of a package that is installed here.
 *
 * @param {string} name
 * @returns {string}
 */
export function versionOf(name) {
  return versionIn(`node_modules/${name}/package.json`);
}

/** The version of relumax that this checkout is. */
export function relumaxVersion() {
  return versionIn('../../package.json');
}

/**
 * @param {string} path
 * @returns {string}
 */
function versionIn(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
}
