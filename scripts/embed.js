/**
 * Turns what the host needs besides its own code into ES modules under build/: the compiled core
 * (release and debug) and the bundled digits, as text, so that they travel inside the JavaScript and
 * nothing has to be fetched.
 */

import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { writeModule } from './write-module.js';

const SCRIPT = fileURLToPath(import.meta.url);
const BUILD = join(dirname(SCRIPT), '..', 'build');
const MNIST = createRequire(import.meta.url).resolve('mnist/package.json');

const DIGITS = 10_000;
const PIXELS = 28 * 28;

mkdirSync(BUILD, { recursive: true });
embedDigits();
for (const core of ['core', 'core-threads', 'core-convolution', 'core-convolution-threads']) {
  for (const kind of ['', '.debug']) embedCore(`${core}${kind}.wasm`, `${core}${kind}.bytes`);
}

/**
 * @param {string} wasm the compiled core's file name
 * @param {string} stem the module's file name, without its ending
 */
function embedCore(wasm, stem) {
  const path = join(BUILD, wasm);
  if (!existsSync(path)) {
    console.error(`build/${wasm} is missing: run \`npm run build:core\` first`);
    process.exit(1);
  }
  const bytes = readFileSync(path);
  const description = `The compiled core, build/${wasm}, in the form of src/base/printed.ts.`;
  writeModule(stem, description, { text: textOf(bytes), size: bytes.length });
}

/**
 * Bytes as text, in the form of src/base/printed.ts.
 *
 * @param {Uint8Array} bytes
 */
function textOf(bytes) {
  const characters = Array.from({ length: 92 }, (_, i) => String.fromCharCode(32 + i)).filter(
    (character) => !'"$<\\`'.includes(character),
  );
  /** @type {string[]} */
  const texts = [];
  for (const [page, mark] of ['', '|', '}', '~'].entries()) {
    for (const [i, character] of characters.entries()) {
      const value = character < 'a' ? i - 10 : character.charCodeAt(0);
      texts[(page * 62 + value) & 255] ??= mark + character;
    }
  }
  return Array.from(bytes, (byte) => texts[byte]).join('');
}

/** Reads the digits anew only where they, or this script, have changed: it takes a while. */
function embedDigits() {
  const module = join(BUILD, 'digits.js');
  const sources = [SCRIPT, MNIST].map((path) => statSync(path).mtimeMs);
  if (existsSync(module) && statSync(module).mtimeMs > Math.max(...sources)) return;

  const classes = Array.from({ length: 10 }, (_, label) => digitsOfClass(label));
  const order = classes
    .flatMap((images, label) =>
      // Evenly spaced in each class, so that every stretch of the whole holds all of them.
      images.map((image, i) => ({ image, label, place: (i + 0.5) / images.length })),
    )
    .sort((a, b) => a.place - b.place);
  if (order.length !== DIGITS) {
    throw new RangeError(`${MNIST}: found ${order.length} digits, expected ${DIGITS}`);
  }
  const labels = Uint8Array.from(order, ({ label }) => label);
  const bytes = Buffer.concat([labels, ...order.map(({ image }) => image)]);
  const compressed = gzipSync(bytes, { level: 9 });
  // For the playground, which fetches files.
  writeFileSync(join(BUILD, 'digits.bin'), compressed);
  const base64 = compressed.toString('base64');
  writeModule(
    'digits',
    `${DIGITS} labels (a byte each), then as many images (${PIXELS} bytes each), gzipped, in base64.`,
    { base64, size: bytes.length },
  );
}

/**
 * The images of a class. The package holds pixels as value / 255, rounded to three decimals.
 *
 * @param {number} label
 */
function digitsOfClass(label) {
  const path = join(dirname(MNIST), 'src', 'digits', `${label}.json`);
  /** @type {{ data: number[] }} */
  const { data } = JSON.parse(readFileSync(path, 'utf8'));
  if (data.length % PIXELS !== 0) {
    throw new RangeError(`${path}: found ${data.length} values, expected ${PIXELS} a digit`);
  }
  const bytes = new Uint8Array(data.length);
  for (const [i, value] of data.entries()) {
    const byte = Math.round(value * 255);
    bytes[i] = byte;
    if (bytes[i] !== byte || Math.abs(value - byte / 255) > 0.0006) {
      throw new RangeError(`${path}: found ${value} at ${i}, expected a byte / 255`);
    }
  }
  return Array.from({ length: bytes.length / PIXELS }, (_, i) =>
    bytes.subarray(i * PIXELS, (i + 1) * PIXELS),
  );
}
