/**
 * README.md as the package holds it. In the repository its links are relative; on a package's page, which
 * does not know the repository, they would lead nowhere, and the picture would be missing. So `npm pack`
 * and `npm publish` put in links to the same files of the published package:
 *
 *     node scripts/package-readme.js write      before packing; keeps the original in build/
 *     node scripts/package-readme.js restore    after it
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const README = fileURLToPath(new URL('../README.md', import.meta.url));
const BUILD = fileURLToPath(new URL('../build/', import.meta.url));
const ORIGINAL = `${BUILD}README.md`;

/**
 * @param {string} text of README.md
 * @param {string} version of the package
 */
export function packageReadme(text, version) {
  return text.replace(/\]\((?![a-z]+:|#)([^)]+)\)/g, `](https://unpkg.com/relumax@${version}/$1)`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv[2] === 'write') {
    const manifest = fileURLToPath(new URL('../package.json', import.meta.url));
    const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
    mkdirSync(BUILD, { recursive: true });
    copyFileSync(README, ORIGINAL);
    writeFileSync(README, packageReadme(readFileSync(README, 'utf8'), version));
  } else {
    copyFileSync(ORIGINAL, README);
  }
}
