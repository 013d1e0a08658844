/**
 * README.md and docs/ as the package holds them. In the repository links are relative. On a package's page, which
 * does not know the repository, those of README.md would lead nowhere, and the picture would be missing: they
 * become links to the same files of the published package. Links of docs/ to what the package does not have,
 * such as sources and tests, become their texts. So `npm pack` and `npm publish` call this:
 *
 *     node scripts/package-documents.js write      before packing; keeps the originals in build/
 *     node scripts/package-documents.js restore    after it
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const ORIGINALS = `${ROOT}build/documents/`;

/**
 * @param {string} text of README.md
 * @param {string} version of the package
 */
export function packageReadme(text, version) {
  return text.replace(/\]\((?![a-z]+:|#)([^)]+)\)/g, `](https://unpkg.com/relumax@${version}/$1)`);
}

/** @param {string} text of a page of docs/ */
export function packagePage(text) {
  return text.replace(/\[([^\]]+)\]\(\.\.\/(?:assembly|bench|scripts|src|test)\/[^)]*\)/g, '$1');
}

/** @returns {string[]} paths of the documents, from the root */
function documents() {
  const pages = readdirSync(`${ROOT}docs`).filter((name) => name.endsWith('.md'));
  return ['README.md', ...pages.map((name) => `docs/${name}`)];
}

function write() {
  const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
  for (const path of documents()) {
    mkdirSync(dirname(ORIGINALS + path), { recursive: true });
    cpSync(ROOT + path, ORIGINALS + path);
    const text = readFileSync(ROOT + path, 'utf8');
    const packed = path === 'README.md' ? packageReadme(text, version) : packagePage(text);
    if (packed !== text) writeFileSync(ROOT + path, packed);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv[2] === 'write') write();
  else cpSync(ORIGINALS, ROOT, { recursive: true });
}
