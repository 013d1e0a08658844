/**
 * The IDX file format (Y. LeCun, "The MNIST database of handwritten digits"), used by MNIST and similar
 * datasets:
 *
 *   00 00      magic
 *   type       a byte, 08 for unsigned bytes
 *   n          a byte, the number of dimensions
 *   n × u32    the dimensions, big-endian
 *   values     the last dimension varies fastest
 */

import { integer, options, outOfRange, typed, wrongType } from '../base/arguments.ts';
import { Dataset } from './dataset.ts';

/** An uncompressed IDX file, and its name in errors. */
export interface IdxFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const OTHER_TYPES = new Map([
  [0x09, 'signed bytes'],
  [0x0b, '16-bit integers'],
  [0x0c, '32-bit integers'],
  [0x0d, '32-bit floats'],
  [0x0e, '64-bit floats'],
]);

/**
 * Reads an IDX file of unsigned bytes.
 *
 * @param bytes the whole file, uncompressed
 * @param name the file's name in an error
 * @returns the dimensions, and the values as a view of `bytes`
 * @throws TypeError if `bytes` is not a Uint8Array
 * @throws RangeError if the file is truncated, is too long, is not an IDX file, or has another type;
 *   the message begins with `name`
 */
export function parseIdx(
  bytes: Uint8Array,
  name: string,
): { dimensions: number[]; values: Uint8Array } {
  if (typeof name !== 'string') throw wrongType('name', name, 'a string');
  typed(name, bytes, 'Uint8Array');
  const { start, dimensions } = parseIdxHead(bytes, name, bytes.length);
  const values = new Uint8Array(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
  return { dimensions, values };
}

/** The bytes before the values, at most. */
export const LONGEST_IDX_HEAD = 4 + 4 * 255;

/**
 * Reads the header, and checks it against the size of the file.
 *
 * @param bytes the first `LONGEST_IDX_HEAD` of the file, or all
 * @param size of the file in bytes. Default: not checked
 * @returns also where the values start
 */
export function parseIdxHead(
  bytes: Uint8Array,
  name: string,
  size?: number,
): { dimensions: number[]; start: number } {
  if (bytes.length < 4) {
    throw outOfRange(name, `${bytes.length} bytes`, 'an IDX file, whose header alone takes more');
  }
  const type = bytes[2]!;
  const rank = bytes[3]!;
  const isIdx = bytes[0] === 0 && bytes[1] === 0;
  if (isIdx && OTHER_TYPES.has(type)) {
    throw outOfRange(name, OTHER_TYPES.get(type), 'an IDX file of unsigned bytes');
  }
  if (!isIdx || type !== UNSIGNED_BYTE || rank === 0) {
    throw outOfRange(
      name,
      `${firstBytes(bytes)} at the start${hint(bytes)}`,
      '00 00 08 and the number of dimensions, as in an IDX file',
    );
  }

  const header = 4 + 4 * rank;
  if (bytes.length < header) {
    throw outOfRange(
      name,
      `${bytes.length} bytes`,
      `a header of ${header} for the ${rank} dimensions it announces`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, header);
  const dimensions = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = dimensions.reduce((product, size) => product * BigInt(size), 1n);
  if (size !== undefined && BigInt(size - header) !== expected) {
    throw outOfRange(name, `${size - header} values`, `${dimensions.join(' × ')} = ${expected}`);
  }
  return { dimensions, start: header };
}

/**
 * A dataset of an image file and its label file, both IDX. Its arrays are views of the files' bytes.
 *
 * @param files.images dimensions: examples, then those of an image, usually rows and columns
 * @param files.labels dimension: examples
 * @param files.classes 1 to 256. Default: the largest label + 1
 * @throws RangeError as `parseIdx`, or if the dimensions are wrong, the numbers of examples differ,
 *   there is no example, or a label is not one of the classes; the message begins with the name of
 *   the file
 */
export function datasetFromIdx(files: {
  images: IdxFile;
  labels: IdxFile;
  classes?: number;
}): Dataset {
  const given = options('files', files, ['images', 'labels', 'classes']);
  const [images, labels] = [fileOf('images', given.images), fileOf('labels', given.labels)];
  const { classes } = given;
  const { dimensions, values: inputs } = parseIdx(images.bytes, images.name);
  const { dimensions: labelDimensions, values: targets } = parseIdx(labels.bytes, labels.name);
  if (dimensions.length < 2) {
    throw outOfRange(images.name, '1 dimension', 'images: at least 2 dimensions');
  }
  if (labelDimensions.length !== 1) {
    throw outOfRange(labels.name, `${labelDimensions.length} dimensions`, 'labels: 1 dimension');
  }
  const [length, ...sizes] = dimensions;
  if (length === 0) throw outOfRange(images.name, '0 images', 'at least 1');
  if (inputs.length === 0) {
    throw outOfRange(images.name, `images of ${sizes.join(' × ')}`, 'at least one pixel');
  }
  if (targets.length !== length) {
    throw outOfRange(
      labels.name,
      `${targets.length} labels`,
      `${length}, one for each image of ${images.name}`,
    );
  }
  if (classes === undefined) {
    const largest = targets.reduce((most, label) => Math.max(most, label), 0);
    return Dataset.from({ inputs, labels: targets, classes: largest + 1 });
  }
  integer('classes', classes, 1, 256);
  const wrong = targets.findIndex((label) => label >= classes);
  if (wrong !== -1) {
    throw outOfRange(
      labels.name,
      `label ${targets[wrong]} at example ${wrong}`,
      `a class from 0 to ${classes - 1}`,
    );
  }
  return Dataset.from({ inputs, labels: targets, classes });
}

/** A file, with each property read once. */
function fileOf(argument: string, file: IdxFile): IdxFile {
  const { name, bytes } = options(argument, file, ['name', 'bytes']);
  if (typeof name !== 'string') throw wrongType(`${argument}.name`, name, 'a string');
  return { name, bytes };
}

function firstBytes(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** What the file seems to be, judged by its first bytes. */
function hint(bytes: Uint8Array): string {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return ' (gzip: decompress the file first)';
  const isText = bytes
    .subarray(0, 64)
    .every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
  return isText ? ' (text: perhaps a web page was saved in place of the file)' : '';
}
