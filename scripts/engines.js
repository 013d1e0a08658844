/**
 * Runs the published trainings on other engines and compares the parameters they end with, bit for
 * bit. Run it after a build: `npm run test:engines`, and with `-- --all` for every engine.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { describeMachine, machineLine, progress } from '../bench/terminal.js';
import { ENGINES, NODES } from './engines/list.js';
import { serveEnginePage } from './engines/page.js';
import { start, stopAll, Watch } from './engines/process.js';
import { faultsOf, isGood, lacksOf, PARTS, summaryOf, tableOf } from './engines/results.js';
import {
  CHECKPOINTS,
  findingOf,
  interrupt,
  loadLibrary,
  resumeGiven,
} from './engines/trainings.js';
import { RECIPES } from './recipes.js';

/**
 * @typedef {import('./engines/list.js').Engine} Engine
 * @typedef {import('./engines/results.js').Result} Result
 * @typedef {import('./engines/results.js').Part} Part
 * @typedef {import('./engines/trainings.js').Finding} Finding
 */

const USAGE = `Runs the published trainings on other engines and compares the parameters they end with.

  (no option)   the command under ${NODES.map(({ id }) => id).join(', ')}
  --all         every engine: the recipes by the library and by the command, a worker, and
                checkpoints; writes the table of docs/engines.md
  --only IDS    the same on some, without the table: ${ENGINES.map(({ id }) => id).join(', ')}

Node, Bun and Deno come from npm, into a temporary folder, for Linux on x86-64. Browsers, QEMU and
the libraries of other processors must be installed; what is missing is named.
`;

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const COMMAND = join(DIST, 'cli.js');
const RUNTIME = fileURLToPath(new URL('./engines/runtime.js', import.meta.url));
const DOCS = new URL('../docs/engines.md', import.meta.url);
/** How long an engine may take for one training, in seconds: QEMU takes its time. */
const PATIENCE = 120;

const options = commandLine();
if (options !== undefined) await run(options);

/** @param {{ engines: Engine[], parts: readonly Part[], write: boolean }} options */
async function run({ engines, parts, write }) {
  const folder = await mkdtemp(join(tmpdir(), 'relumax-engines-'));
  process.once('SIGINT', async () => {
    await stopAll();
    await rm(folder, { recursive: true, force: true });
    process.exit(130);
  });
  /** @type {Result[]} */
  const results = [];
  try {
    const library = await loadLibrary(DIST);
    const given = await interrupt(library);
    for (const engine of engines) {
      const own = join(folder, engine.id);
      await mkdir(own);
      const result = await check(engine, parts, own, library, given);
      progress('');
      results.push(result);
      print(result, parts);
      await rm(own, { recursive: true, force: true });
    }
  } finally {
    progress('');
    await rm(folder, { recursive: true, force: true });
  }
  if (write) await writeDocs(results);
  const bad = results.filter((result) => !isGood(result, parts));
  if (bad.length === 0) {
    console.log('bit-identical on all of them');
  } else {
    console.error(`other bits, or none, on: ${bad.map(({ engine }) => engine.id).join(', ')}`);
    process.exitCode = 1;
  }
}

/**
 * What is found on one engine.
 *
 * @param {Engine} engine
 * @param {readonly Part[]} parts
 * @param {string} folder of its own
 * @param {import('./engines/trainings.js').Library} library
 * @param {Uint8Array} given the file of a checkpoint
 * @returns {Promise<Result>}
 */
async function check(engine, parts, folder, library, given) {
  const { id, npm, missing = () => [], lacks = {}, refuses } = engine;
  /** @type {Result} */
  const result = { engine, findings: [], seconds: 0 };
  const packages = missing();
  if (packages.length > 0) return { ...result, missing: packages };
  const add = (/** @type {Finding} */ finding) => {
    result.findings.push(finding);
    progress(`${id}: ${finding.part}, ${finding.name}`);
  };
  try {
    if (npm !== undefined) {
      progress(`${id}: npm install ${npm.at(-1)}`);
      await promisify(execFile)('npm', ['install', '--prefix', folder, '--no-save', ...npm]);
    }
    progress(`${id}: starting`);
    result.version = await versionOf(engine, folder);
    const began = performance.now();
    if (parts.includes('command') && !('command' in lacks)) {
      for (const recipe of refuses === undefined ? RECIPES : RECIPES.slice(0, 1)) {
        const trained = () => hashByCommand(engine, folder, recipe.command);
        add(await findingOf('command', recipe, recipe.command, trained));
      }
    }
    if (parts.includes('recipes') && refuses === undefined) {
      if (engine.kind === 'browser') result.agent = await browse(engine, folder, given, add);
      else await runProgram(engine, folder, given, add);
      const { file } = result.findings.find((each) => each.file !== undefined) ?? {};
      if (file !== undefined) {
        add(await resumeGiven(library, CHECKPOINTS.taken, Buffer.from(file, 'hex')));
      }
    }
    result.seconds = (performance.now() - began) / 1000;
  } catch (error) {
    result.error = String(error);
  }
  return result;
}

/**
 * @param {Engine} engine
 * @param {string} folder
 */
async function versionOf(engine, folder) {
  const lines = await linesOf(engine, folder, ['--version']);
  return /\d+(\.\d+)+\w*/.exec(lines.join('\n'))?.[0] ?? lines.join(' ');
}

/**
 * @param {Engine} engine
 * @param {string} folder
 * @param {string} command
 */
async function hashByCommand(engine, folder, command) {
  const args = [COMMAND, 'train', ...command.split(' '), '--print-hash'];
  const lines = await linesOf(engine, folder, args);
  return /^hash: (\w{64})$/m.exec(lines.join('\n'))?.[1] ?? 'no hash';
}

/**
 * What an engine prints.
 *
 * @param {Engine} engine
 * @param {string} folder
 * @param {string[]} args
 */
async function linesOf(engine, folder, args) {
  /** @type {string[]} */
  const lines = [];
  await running(engine, folder, args, { onLine: (line) => lines.push(line) });
  return lines;
}

/**
 * Starts an engine, and ends it with all that it started.
 *
 * @param {Engine} engine
 * @param {string} folder
 * @param {string[]} args
 * @param {object} options
 * @param {(line: string) => void} [options.onLine] is told what it prints
 * @param {Promise<unknown>} [options.until] when it is ended; unless given, it ends by itself
 * @param {Watch} [options.watch]
 */
async function running(engine, folder, args, { onLine, until, watch = new Watch(PATIENCE) }) {
  // What browsers leave behind is left in their folder.
  const own = engine.kind === 'browser' ? { HOME: folder, TMPDIR: folder } : {};
  const started = start([...engine.start(folder), ...args], {
    env: { ...own, ...engine.env },
    onLine(line) {
      watch.heard();
      onLine?.(line);
    },
  });
  const tooSoon = () => Promise.reject(new Error('ended by itself'));
  const done = until ? Promise.race([until, started.ended.then(tooSoon)]) : started.ended;
  try {
    await Promise.race([done, watch.silence]);
  } finally {
    watch.end();
    await started.stop();
  }
}

/**
 * Runs all but the command in Node, Bun or Deno.
 *
 * @param {Engine} engine
 * @param {string} folder
 * @param {Uint8Array} given
 * @param {(finding: Finding) => void} add
 */
async function runProgram(engine, folder, given, add) {
  const file = join(folder, 'given.safetensors');
  await writeFile(file, given);
  await running(engine, folder, [RUNTIME, DIST, file], { onLine: (line) => add(JSON.parse(line)) });
}

/**
 * Runs all in a browser's page.
 *
 * @param {Engine} engine
 * @param {string} folder
 * @param {Uint8Array} given
 * @param {(finding: Finding) => void} add
 * @returns {Promise<string>} the browser's user agent
 */
async function browse(engine, folder, given, add) {
  const watch = new Watch(PATIENCE);
  const page = await serveEnginePage(given, (finding) => {
    watch.heard();
    add(finding);
  });
  try {
    await running(engine, folder, [`${page.origin}/`], { until: page.agent, watch });
  } finally {
    await page[Symbol.asyncDispose]();
  }
  const agent = await page.agent;
  if (!engine.agent?.test(agent)) throw new Error(`the page was opened by ${agent}`);
  return agent;
}

/**
 * @param {Result} result
 * @param {readonly Part[]} parts
 */
function print(result, parts) {
  const { engine, version, findings, seconds } = result;
  const title = `${[engine.name, version ?? []].flat().join(' ')} (${engine.processor})`;
  if (!isGood(result, parts)) {
    for (const fault of faultsOf(result)) console.error(`${title}: ${fault}`);
  } else if (parts.length === 1) {
    for (const { hash, name } of findings) console.log(`v${version} ${hash} ${name}`);
  } else {
    console.log(`${title}: ${summaryOf(result)}, ${seconds.toFixed(0)} s`);
  }
}

/** @param {Result[]} results */
async function writeDocs(results) {
  const agents = results.flatMap(({ engine, agent }) =>
    agent === undefined ? [] : [`- ${engine.name}: \`${agent}\``],
  );
  const text = await readFile(DOCS, 'utf8');
  const table = [
    '<!-- engines: npm run test:engines -- --all -->',
    `${new Date().toISOString().slice(0, 10)}, ${machineLine(describeMachine())}:`,
    '',
    tableOf(results),
    '',
    ...lacksOf(results).map((line) => `- ${line}`),
    '',
    'User agents of the browsers:',
    '',
    ...agents,
    '',
    '<!-- end of engines -->',
  ].join('\n');
  await writeFile(
    DOCS,
    text.replace(/<!-- engines[\s\S]*end of engines -->/, () => table),
  );
  await promisify(execFile)('npx', ['biome', 'format', '--write', fileURLToPath(DOCS)]);
}

function commandLine() {
  const { values } = parseArgs({
    options: {
      all: { type: 'boolean', default: false },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return undefined;
  }
  const everything = /** @type {Part[]} */ (Object.keys(PARTS));
  if (values.only === undefined) {
    if (values.all) return { engines: ENGINES, parts: everything, write: true };
    /** @type {Part[]} */
    const command = ['command'];
    return { engines: NODES, parts: command, write: false };
  }
  const engines = values.only.split(',').map((id) => {
    const engine = ENGINES.find((each) => each.id === id);
    if (engine !== undefined) return engine;
    console.error(`--only: found ${id}, expected ${ENGINES.map((each) => each.id).join(', ')}`);
    return process.exit(2);
  });
  return { engines, parts: everything, write: false };
}
