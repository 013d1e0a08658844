/**
 * What V8 makes of a kernel: the instructions of its innermost loop, and what they are.
 *
 *   node bench/listing.js [EXPORT] [MODULE]
 *
 * EXPORT is affine unless given. MODULE is build/kernels.wasm; or the path of another, or `steps` for bench/steps/.
 *
 * Any release of Node has the disassembler: `node --print-wasm-code`. This runs it on the module, looks for the
 * functions that the export calls, and in them for the loop that multiplies most.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import binaryen from 'assemblyscript/binaryen';

/**
 * A loop as the processor sees it.
 *
 * @typedef {object} Listing
 * @property {string} engine version of V8
 * @property {string[]} instructions of one iteration, in V8's notation
 * @property {number} multiplications of vectors, or of single numbers, as the next
 * @property {number} additions
 * @property {number} loads from the memory of the module
 * @property {number} spills loads and stores of numbers that found no register
 * @property {number} others that compute addresses, count and jump
 */

/** @typedef {{ address: string, text: string }} Instruction */

/** As after a while of running: by the optimising compiler, and all at once. */
const FLAGS = [
  '--no-liftoff',
  '--no-wasm-dynamic-tiering',
  '--no-wasm-lazy-compilation',
  '--print-wasm-code',
];

const COMPILE = `new WebAssembly.Module(require('node:fs').readFileSync(process.argv[1]))`;

/**
 * Of each export the innermost loop with the most multiplications, in the functions that it calls.
 *
 * @template {string} Name
 * @param {Uint8Array} bytes a module
 * @param {readonly Name[]} names of exports
 * @returns {Promise<Record<Name, Listing>>}
 * @throws Error where the processor is another, or this Node prints no such code
 */
export async function listingsOf(bytes, names) {
  if (process.arch !== 'x64') {
    throw new Error(`listings are read on x64 alone; this processor is ${process.arch}`);
  }
  const functions = parseListing(await printedCode(bytes));
  const listings = names.map((name) => {
    const loops = functionsBehind(bytes, name)
      .flatMap((index) => innermostLoops(functions.get(index) ?? []))
      .map(describe)
      .sort((a, b) => b.multiplications - a.multiplications);
    const [loop] = loops;
    if (!loop?.multiplications) {
      throw new Error(`Node ${process.version} prints no loop that multiplies in ${name}`);
    }
    return /** @type {const} */ ([name, { engine: `V8 ${process.versions.v8}`, ...loop }]);
  });
  return /** @type {Record<Name, Listing>} */ (Object.fromEntries(listings));
}

/** @param {Uint8Array} bytes */
async function printedCode(bytes) {
  const folder = await mkdtemp(join(tmpdir(), 'relumax-listing-'));
  try {
    const file = join(folder, 'module.wasm');
    await writeFile(file, bytes);
    const child = spawn(process.execPath, [...FLAGS, '--eval', COMPILE, file], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'close');
    const [output, errors] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
    const [code] = await ended;
    if (code !== 0) throw new Error(`node --print-wasm-code ended with ${code}: ${errors}`);
    return output;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * The instructions of each function, by its index.
 *
 * @param {string} output of --print-wasm-code
 * @returns {Map<number, Instruction[]>}
 */
export function parseListing(output) {
  const functions = new Map();
  /** @type {Instruction[]} */
  let current = [];
  for (const line of output.split('\n')) {
    const index = /^index: (\d+)/.exec(line)?.[1];
    if (index !== undefined) {
      current = [];
      functions.set(Number(index), current);
    }
    // Address, offset, the bytes, and what they are; what follows in brackets is a remark.
    const [, address = '', instruction] =
      /^(0x[\da-f]+) +[\da-f]+ +[\da-f]+ +(.+?)(?: +[(<].*)?$/.exec(line) ?? [];
    if (instruction !== undefined) current.push({ address, text: instruction });
  }
  return functions;
}

/**
 * The indices of an exported function and of all that it calls, itself or through others. The
 * module has no names, so functions are named by their indices.
 *
 * @param {Uint8Array} bytes
 * @param {string} name
 */
function functionsBehind(bytes, name) {
  const module = binaryen.readBinary(bytes);
  try {
    const wasm = module.emitText();
    const bodies = new Map(
      wasm.split(/\n \(func /).map((body) => [/^\$([^\s)]+)/.exec(body)?.[1] ?? '', body]),
    );
    const start = new RegExp(`\\(export "${name}" \\(func \\$([^)]+)\\)`).exec(wasm)?.[1];
    if (start === undefined) throw new Error(`the module exports no function ${name}`);
    const found = new Set([start]);
    // A set goes on to what is added meanwhile.
    for (const each of found) {
      for (const [, callee = ''] of bodies.get(each)?.matchAll(/\(call \$([^\s)]+)/g) ?? []) {
        found.add(callee);
      }
    }
    return [...found].map(Number);
  } finally {
    module.dispose();
  }
}

/**
 * The loops that have no loop inside: from where a jump goes back to, to that jump.
 *
 * @param {Instruction[]} code
 * @returns {string[][]}
 */
function innermostLoops(code) {
  const places = new Map(code.map(({ address }, i) => [address, i]));
  const loops = code.flatMap(({ text }, to) => {
    const target = /^j\w+ (0x[\da-f]+)/.exec(text)?.[1];
    const from = target === undefined ? undefined : places.get(target);
    return from === undefined || from > to ? [] : [{ from, to }];
  });
  return loops
    .filter((loop) => !loops.some((other) => other !== loop && isInside(other, loop)))
    .map(({ from, to }) => code.slice(from, to + 1).map(({ text }) => text));
}

/**
 * @param {{ from: number, to: number }} inner
 * @param {{ from: number, to: number }} outer
 */
function isInside(inner, outer) {
  return inner.from >= outer.from && inner.to <= outer.to;
}

/** What an instruction is, by its text: the first that fits. */
const KINDS = /** @type {const} */ ([
  ['spills', /^v?mov\w+ .*\[r[bs]p.*xmm|^v?\w+ xmm.*\[r[bs]p/],
  ['loads', /^v?mov\w+ xmm\d+,(?:\w+,)?\[|^vbroadcastss xmm\d+,\[/],
  ['multiplications', /^v?mul[ps]s /],
  ['additions', /^v?add[ps]s /],
]);

/**
 * @param {string[]} instructions
 * @returns {Omit<Listing, 'engine'>}
 */
export function describe(instructions) {
  const counts = { multiplications: 0, additions: 0, loads: 0, spills: 0, others: 0 };
  for (const text of instructions) {
    const kind = KINDS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'others';
    counts[kind] += 1;
    // An operand in memory: a load that is part of what computes.
    if ((kind === 'multiplications' || kind === 'additions') && text.includes('['))
      counts.loads += 1;
  }
  return { instructions, ...counts };
}

/** @param {string} module path of a module, or `steps` */
async function bytesOf(module) {
  if (module !== 'steps') return readFile(module);
  const { compileSteps } = await import('./steps.js');
  return compileSteps();
}

async function printListing() {
  const kernels = fileURLToPath(new URL('../build/kernels.wasm', import.meta.url));
  const [, , name = 'affine', module = kernels] = process.argv;
  try {
    const { [name]: listing } = await listingsOf(await bytesOf(module), [name]);
    const { engine, instructions, ...counts } = /** @type {Listing} */ (listing);
    console.log(instructions.join('\n'));
    console.log(`\n${instructions.length} instructions, ${engine}`);
    for (const [kind, count] of Object.entries(counts)) console.log(`${count} ${kind}`);
  } catch (error) {
    console.error(`listing: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}

// Not awaited: the steps import this file.
if (process.argv[1] === fileURLToPath(import.meta.url)) void printListing();
