/** What was found on the engines, as the table of docs/engines.md. */
import { RECIPES } from '../recipes.js';
import { CHECKPOINTS, WORKER_RECIPES } from './trainings.js';

/**
 * @typedef {import('./list.js').Engine} Engine
 * @typedef {import('./trainings.js').Finding} Finding
 *
 * @typedef {object} Result what was found on one engine
 * @property {Engine} engine
 * @property {string} [version]
 * @property {string} [agent] user agent of a browser
 * @property {Finding[]} findings
 * @property {number} seconds from its start to its end
 * @property {string[]} [missing] the Debian packages that it needs
 * @property {string} [error] why it did not do everything
 */

/** The parts and how many trainings each has. */
export const PARTS = /** @type {const} */ ({
  recipes: RECIPES.length,
  command: RECIPES.length,
  worker: WORKER_RECIPES.length,
  threads: WORKER_RECIPES.length,
  checkpoint: Object.keys(CHECKPOINTS).length,
});

/** @typedef {keyof typeof PARTS} Part */

const NAMES = /** @type {Part[]} */ (Object.keys(PARTS));

/**
 * Whether an engine gave the published bits in all that was asked of it, or refused as it should.
 *
 * @param {Result} result
 * @param {readonly Part[]} [parts] that were asked
 */
export function isGood(result, parts = NAMES) {
  const { engine, missing, error, findings } = result;
  if (missing !== undefined || error !== undefined) return false;
  const { refuses, lacks = {} } = engine;
  if (refuses !== undefined) {
    return findings.length > 0 && findings.every(({ error = '' }) => refuses.because.test(error));
  }
  return parts.every((part) => part in lacks || same(result, part) === PARTS[part]);
}

/**
 * How many of a part's trainings gave the published bits.
 *
 * @param {Result} result
 * @param {Part} part
 */
function same({ findings }, part) {
  return findings.filter((each) => each.part === part && each.hash === each.expected).length;
}

/**
 * What is not as it should be, a line each.
 *
 * @param {Result} result
 * @returns {string[]}
 */
export function faultsOf(result) {
  const { engine, missing, error, findings } = result;
  if (isGood(result)) return [];
  if (missing !== undefined) return [`missing: apt-get install ${missing.join(' ')}`];
  const differing = findings.filter(({ hash, expected }) => hash !== expected);
  return [
    ...(error === undefined ? [] : [error]),
    ...(engine.refuses ? [`expected Network.create to refuse: ${engine.refuses.why}`] : []),
    ...differing.map(({ part, name, hash, error }) => `${part}: ${name}: ${hash ?? error}`),
  ];
}

const HEAD = ['engine', 'version', 'Linux on', ...NAMES, 'seconds'];

/**
 * @param {Result[]} results
 * @returns {string} Markdown
 */
export function tableOf(results) {
  const rows = [HEAD, HEAD.map(() => '---'), ...results.map(cellsOf)];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/**
 * In a line.
 *
 * @param {Result} result of an engine that is there
 */
export function summaryOf(result) {
  const cells = NAMES.map((part, i) => `${part} ${partCells(result)[i]}`);
  return result.engine.refuses === undefined ? cells.join(', ') : partCells(result)[0];
}

/**
 * Why some parts could not be asked of some engines, a line each.
 *
 * @param {Result[]} results
 */
export function lacksOf(results) {
  /** @type {Map<string, string[]>} */
  const lines = new Map();
  for (const { engine } of results) {
    for (const [part, why] of Object.entries(engine.lacks ?? {})) {
      const reason = `No ${part}, because ${why}`;
      const names = lines.get(reason) ?? [];
      lines.set(reason, [...names, `${engine.name} on ${engine.processor}`]);
    }
  }
  return [...lines].map(([reason, names]) => `${reason}: ${names.join('; ')}.`);
}

/** @param {Result} result */
function cellsOf(result) {
  const { engine, version = '?', missing, seconds } = result;
  const { name, processor } = engine;
  if (missing !== undefined) {
    const how = `**missing**: \`apt-get install ${missing.join(' ')}\``;
    return [name, '', processor, how, ...HEAD.slice(4).map(() => '')];
  }
  return [name, version, processor, ...partCells(result), seconds.toFixed(0)];
}

/** @param {Result} result */
function partCells(result) {
  const { refuses, lacks = {} } = result.engine;
  if (refuses !== undefined && isGood(result)) {
    return [`refused: ${refuses.why}`, ...NAMES.slice(1).map(() => '–')];
  }
  return NAMES.map((part) => {
    if (part in lacks) return '–';
    const [found, all] = [same(result, part), PARTS[part]];
    return found === all ? `${found} of ${all}` : `**${found} of ${all}**`;
  });
}
