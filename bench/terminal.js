/** What the benchmarks say of themselves: progress, numbers, and the machine that they ran on. */
import { availableParallelism, cpus, totalmem } from 'node:os';

/**
 * Says on a terminal what is under way, in one line of standard error that the next one overwrites;
 * an empty text clears it. Elsewhere it says nothing.
 *
 * @param {string} text
 */
export function progress(text) {
  if (process.stderr.isTTY)
    process.stderr.write(`\r\x1b[K${text && part ? `${part}: ` : ''}${text}`);
}

/** The part of a benchmark that is under way. */
let part = '';

/**
 * Lets all progress of a part begin with its name.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} run
 */
export async function progressOf(name, run) {
  part = name;
  try {
    progress('…');
    return await run();
  } finally {
    part = '';
  }
}

/**
 * Three digits are as many as a measurement bears.
 *
 * @param {number} value
 */
export function formatNumber(value) {
  return value < 999.5 ? value.toPrecision(3) : Math.round(value).toLocaleString('en');
}

/**
 * The numbers of threads that are compared: 1, 2, 4 and so on below the number of cores, and that.
 *
 * @returns {number[]}
 */
export function threadCounts(cores = availableParallelism()) {
  const counts = [];
  for (let threads = 1; threads < cores; threads *= 2) counts.push(threads);
  return [...counts, cores];
}

/**
 * What the benchmarks ran on.
 *
 * @typedef {object} Machine
 * @property {string} cpu
 * @property {number} cores
 * @property {number} memory in GiB
 * @property {string} system
 * @property {string} node version of Node and of V8
 */

/** @returns {Machine} */
export function describeMachine() {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown processor',
    cores: processors.length,
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: `Node ${process.versions.node}, V8 ${process.versions.v8}`,
  };
}

/**
 * One line on it.
 *
 * @param {Machine} machine
 */
export function machineLine({ cpu, cores, memory, system, node }) {
  return `${cpu}, ${cores} cores, ${memory} GiB, ${system}, ${node}`;
}
