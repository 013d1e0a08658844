import { cpus, totalmem } from 'node:os';

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
