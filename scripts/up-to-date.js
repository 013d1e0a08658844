/**
 * Whether build/ and dist/ are what the sources make: `node scripts/up-to-date.js` builds where they are not.
 *
 * `npm run build` always builds. Before, `begin` notes what the sources are and forgets that anything is up to
 * date; afterwards, if every step succeeded, `end` keeps that note with what the outputs are. So a build that
 * fails, or whose sources change meanwhile, leaves nothing that counts as up to date.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What the build reads: files, and folders with all that is inside. */
const SOURCES = [
  'assembly',
  'src',
  'scripts',
  'asconfig.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

/** What it writes: of build/ files of these kinds, for others write there too; and dist/. */
const BUILD = 'build';
const BUILT = /\.(?:wasm|js|ts|map)$/;
const DIST = 'dist';

/**
 * @typedef {object} Note
 * @property {string} sources a hash
 * @property {Record<string, string>} [outputs] what each file was
 */

/** @param {string} root of the repository */
export function isUpToDate(root = ROOT) {
  const note = readNote(root, 'built.json');
  if (note?.sources !== hashOfSources(root)) return false;
  const outputs = Object.entries(note.outputs ?? {});
  return outputs.length > 0 && outputs.every(([name, was]) => stateOf(root, name) === was);
}

/** Before a build. */
export function begin(root = ROOT) {
  mkdirSync(join(root, BUILD), { recursive: true });
  rmSync(pathOf(root, 'built.json'), { force: true });
  write(root, 'building.json', { sources: hashOfSources(root) });
}

/** After a build that succeeded. */
export function end(root = ROOT) {
  const note = readNote(root, 'building.json');
  if (!note) throw new Error('scripts/up-to-date.js end: there was no begin');
  write(root, 'building.json', { ...note, outputs: outputsOf(root) });
  renameSync(pathOf(root, 'building.json'), pathOf(root, 'built.json'));
}

/** Builds, unless everything is up to date; says on standard error which. Ends the process where it fails. */
export function buildIfStale() {
  if (isUpToDate()) {
    console.error('build/ and dist/ are up to date');
    return;
  }
  console.error('building, for build/ and dist/ are not up to date');
  run('npm run build', ROOT);
}

/**
 * Installs the packages of a folder as its lock file says, unless they are. Ends the process where it fails.
 *
 * @param {string} folder
 */
export function installIfStale(folder) {
  const timeOf = (/** @type {string} */ name) =>
    statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  // npm writes it when everything is installed.
  if (timeOf('node_modules/.package-lock.json') >= timeOf('package-lock.json')) return;
  run('npm ci --ignore-scripts --no-audit --no-fund', folder);
}

/**
 * @param {string} command
 * @param {string} cwd
 */
function run(command, cwd) {
  // Standard output is left to what comes afterwards.
  const { status, error } = spawnSync(command, { cwd, shell: true, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  console.error(`${command} failed${error ? `: ${error.message}` : ''}`);
  process.exit(1);
}

/** @param {string} root @param {string} name */
function pathOf(root, name) {
  return join(root, BUILD, name);
}

/**
 * @param {string} root
 * @param {string} name
 * @returns {Note | undefined}
 */
function readNote(root, name) {
  try {
    return JSON.parse(readFileSync(pathOf(root, name), 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} root @param {string} name @param {Note} note */
function write(root, name, note) {
  writeFileSync(pathOf(root, name), `${JSON.stringify(note)}\n`);
}

/** Of names and contents. @param {string} root */
function hashOfSources(root) {
  const hash = createHash('sha256');
  for (const name of SOURCES.flatMap((source) => filesOf(root, source))) {
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(root, name)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** @param {string} root */
function outputsOf(root) {
  const built = readdirSync(join(root, BUILD)).filter((name) => BUILT.test(name));
  const names = [...built.map((name) => `${BUILD}/${name}`), ...filesOf(root, DIST)];
  return Object.fromEntries(names.map((name) => [name, stateOf(root, name)]));
}

/** Size and time: whoever writes the file makes them differ. @param {string} root @param {string} name */
function stateOf(root, name) {
  const stats = statSync(join(root, name), { throwIfNoEntry: false });
  return stats ? `${stats.size} ${stats.mtimeMs}` : '';
}

/**
 * The files of a folder, or the file itself, by their paths from the root; none where there is none.
 *
 * @param {string} root
 * @param {string} name
 * @returns {string[]}
 */
function filesOf(root, name) {
  const stats = statSync(join(root, name), { throwIfNoEntry: false });
  if (!stats) return [];
  if (!stats.isDirectory()) return [name];
  return readdirSync(join(root, name))
    .sort()
    .flatMap((entry) => filesOf(root, `${name}/${entry}`));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , command] = process.argv;
  if (command === 'begin') begin();
  else if (command === 'end') end();
  else buildIfStale();
}
