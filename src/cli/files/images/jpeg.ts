/**
 * JPEG files as pixels. The structure is checked here, because the decoder fills what is missing with
 * grey, has no limit on scans, and names what it cannot read by its own internals. In comments T.81
 * is ISO/IEC 10918-1.
 */

import jpeg from 'jpeg-js';
import type { Pixels } from '../../../data/digit-image.ts';
import { count } from '../../terminal/numbers.ts';
import { orientationOf, UPRIGHT } from './orientation.ts';

/** Memory for the decoder, in MiB: some twenty bytes a pixel. */
const MEMORY = 512;
/**
 * Pixels of all components in all scans together, because each scan visits all pixels anew: 16 times
 * those of the largest image. libjpeg's progressive images with colours in half the resolution take 8,
 * in full resolution 14.
 */
const MOST_SCANNED = 2 ** 28;

/** Markers (T.81, table B.1). */
const START = 0xd8;
const END = 0xd9;
const BASELINE = 0xc0;
const PROGRESSIVE = 0xc2;
const HUFFMAN_TABLES = 0xc4;
const QUANTISATION_TABLES = 0xdb;
const RESTART_INTERVAL = 0xdd;
const SCAN = 0xda;
const FIRST_RESTART = 0xd0;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;
const APP15 = 0xef;
const COMMENT = 0xfe;

const COEFFICIENTS = 64;
/** Of a coefficient that no scan has had. */
const MISSING = -1;

interface Component {
  readonly id: number;
  /** Sampling factors: blocks of 8 × 8 in a unit of the image, across and down. */
  readonly across: number;
  readonly down: number;
  readonly table: number;
}

/** What a JPEG says of itself before its pixels come. */
export interface JpegHeader extends Pick<Pixels, 'width' | 'height'> {
  /** As EXIF has it, 1 to 8. */
  readonly orientation: number;
  /** Whether its three components are red, green and blue, and not brightness and colour. */
  readonly isRgb: boolean;
  readonly isProgressive: boolean;
  readonly components: readonly Component[];
}

/** A marker and what belongs to it. */
interface Segment {
  readonly marker: number;
  readonly data: Buffer;
  /** With its marker and its length. */
  readonly whole: Buffer;
  /** Where the next one begins. */
  readonly end: number;
}

/** Whether the bytes begin as a JPEG does. */
export function isJpeg(bytes: Buffer): boolean {
  return bytes[0] === 0xff && bytes[1] === START && bytes[2] === 0xff;
}

/**
 * The header of a JPEG: its frame header (T.81, B.2.2), and its EXIF, JFIF and Adobe segments.
 *
 * @param bytes the file, or its beginning
 * @throws Error where there is no frame header, or the frame is not baseline or progressive with 8
 *   bits
 */
export function jpegHeader(bytes: Buffer): JpegHeader {
  let frame: Frame | undefined;
  let exif: Buffer | undefined;
  let isJfif = false;
  let adobeTransform: number | undefined;
  for (let at = 2; ; ) {
    const segment = segmentAt(bytes, at);
    if (segment === undefined || segment.marker === SCAN || segment.marker === END) break;
    const { marker, data, end } = segment;
    if (isFrame(marker)) {
      if (frame !== undefined) throw new Error('damaged JPEG: found two frame headers');
      frame = frameOf(marker, data);
    } else if (marker === APP0 && startsWith(data, 'JFIF\0')) {
      isJfif = true;
    } else if (marker === APP1 && startsWith(data, 'Exif\0')) {
      // The text is followed by two bytes of 0. Of several, the first counts, as in browsers.
      exif ??= data.subarray(6);
    } else if (marker === APP14 && startsWith(data, 'Adobe')) {
      adobeTransform = data[11];
    }
    at = end;
  }
  if (frame === undefined) throw new Error('damaged JPEG: found no frame header');
  const { length } = frame.components;
  if (length !== 1 && length !== 3 && (length !== 4 || adobeTransform === undefined)) {
    throw new Error(
      `is a JPEG image with ${length} components, expected grey, colours or Adobe’s CMYK`,
    );
  }
  const ids = String.fromCharCode(...frame.components.map(({ id }) => id));
  return {
    ...frame,
    orientation: exif === undefined ? UPRIGHT : orientationOf(exif),
    // As libjpeg has it.
    isRgb: length === 3 && !isJfif && (adobeTransform ?? Number(ids !== 'RGB')) === 0,
  };
}

type Frame = Pick<JpegHeader, 'width' | 'height' | 'isProgressive' | 'components'>;

/** Whether a marker is that of a frame header: of any kind, and none of the three between them. */
function isFrame(marker: number): boolean {
  return marker >= BASELINE && marker <= 0xcf && ![HUFFMAN_TABLES, 0xc8, 0xcc].includes(marker);
}

function frameOf(marker: number, data: Buffer): Frame {
  if (marker > PROGRESSIVE || data[0] !== 8) {
    throw new Error('is an unsupported kind of JPEG, expected baseline or progressive with 8 bits');
  }
  if (data.length < 6 || data.length !== 6 + 3 * data[5]!) {
    throw new Error('damaged JPEG: its frame header is damaged');
  }
  const [height, width] = [data.readUInt16BE(1), data.readUInt16BE(3)];
  const components = Array.from({ length: data[5]! }, (_, i) => {
    const [id, sampling, table] = data.subarray(6 + 3 * i);
    return { id: id!, across: sampling! >> 4, down: sampling! & 15, table: table! };
  });
  const isValid = components.every(({ across, down }) =>
    [across, down].every((factor) => factor >= 1 && factor <= 4),
  );
  const ids = new Set(components.map(({ id }) => id));
  if (width === 0 || height === 0 || !isValid || ids.size !== components.length) {
    throw new Error('damaged JPEG: its frame header has invalid values');
  }
  // The decoder rounds the blocks of a component in another way where its factor does not divide the largest.
  const largest = largestFactors(components);
  if (components.some(({ across, down }) => largest.across % across || largest.down % down)) {
    throw new Error(
      'is an unsupported kind of JPEG, expected sampling factors that divide the largest',
    );
  }
  return { width, height, isProgressive: marker === PROGRESSIVE, components };
}

/** The largest sampling factors of a frame's components (T.81, A.1.1). */
function largestFactors(components: readonly Component[]): Pick<Component, 'across' | 'down'> {
  const across = Math.max(...components.map((component) => component.across));
  const down = Math.max(...components.map((component) => component.down));
  return { across, down };
}

/**
 * The pixels of a JPEG, as they are stored. What comes after the end of the image is ignored: cameras
 * add films and second images there.
 *
 * @throws Error where it is damaged
 */
export function decodeJpeg(bytes: Buffer, header: JpegHeader): Pixels {
  const parts = new Parts(header);
  for (let at = 2; ; ) {
    const segment = segmentAt(bytes, at);
    if (segment === undefined) throw new Error('damaged JPEG: it is cut off');
    at = segment.end;
    if (segment.marker === SCAN) {
      const { end, restarts } = scanAt(bytes, at);
      parts.addScan(segment, bytes.subarray(at, end), restarts);
      at = end;
    } else {
      parts.add(segment);
    }
    if (segment.marker === END) break;
  }
  const file = parts.file();
  try {
    return jpeg.decode(file, {
      useTArray: true,
      // It then takes a last restart interval that is shorter than the others. No other block is missing.
      tolerantDecoding: true,
      ...(header.isRgb && { colorTransform: false }),
      // The size has been checked, to the pixel; here it would lose a bit by rounding.
      maxResolutionInMP: Number.POSITIVE_INFINITY,
      maxMemoryUsageInMB: MEMORY,
    });
  } catch (error) {
    throw new Error('damaged JPEG: its image data are damaged', { cause: error });
  }
}

/** The segment at a place; undefined where there is none, or it is cut off. */
function segmentAt(bytes: Buffer, place: number): Segment | undefined {
  let at = place;
  if (bytes[at] !== 0xff) return undefined;
  // Fill bytes may come before a marker.
  while (bytes[at + 1] === 0xff) at++;
  const marker = bytes[at + 1];
  if (marker === undefined) return undefined;
  const hasLength = marker !== END;
  if (hasLength && at + 4 > bytes.length) return undefined;
  const end = at + 2 + (hasLength ? bytes.readUInt16BE(at + 2) : 0);
  if (end > bytes.length || (hasLength && end < at + 4)) return undefined;
  return { marker, data: bytes.subarray(at + 4, end), whole: bytes.subarray(at, end), end };
}

/** Where the compressed data of a scan end, and the numbers of the restart markers in them. */
function scanAt(bytes: Buffer, place: number): { end: number; restarts: number[] } {
  const restarts: number[] = [];
  let at = place;
  for (; at < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue;
    const next = bytes[++at]!;
    if (next >= FIRST_RESTART && next < FIRST_RESTART + 8) restarts.push(next - FIRST_RESTART);
    else if (next !== 0) return { end: at - 1, restarts };
  }
  throw new Error('damaged JPEG: it is cut off');
}

/** The parts of a JPEG that the decoder needs, each of them checked. */
class Parts {
  readonly #header: JpegHeader;
  readonly #parts: Buffer[] = [Buffer.of(0xff, START)];
  readonly #quantisation = new Map<number, Buffer>();
  readonly #usedQuantisation = new Set<number>();
  readonly #huffman = new Set<number>();
  /** For each component's coefficients, how many of their bits are still missing (T.81, G.1.1.1.2). */
  readonly #missing: ReadonlyMap<number, Int8Array>;
  #hasFrame = false;
  #interval = 0;
  #scanned = 0;

  constructor(header: JpegHeader) {
    this.#header = header;
    this.#missing = new Map(
      header.components.map(({ id }) => [id, new Int8Array(COEFFICIENTS).fill(MISSING)]),
    );
  }

  /** The file of the parts, once all are there. */
  file(): Buffer {
    const isComplete = [...this.#missing.values()].every((bits) =>
      bits.every((left) => left === 0),
    );
    if (!isComplete) throw new Error('damaged JPEG: image data are missing');
    return Buffer.concat(this.#parts);
  }

  add({ marker, data, whole }: Segment): void {
    if (marker === COMMENT || (marker >= APP0 && marker <= APP15 && marker !== APP14)) return;
    if (marker === QUANTISATION_TABLES) this.#addQuantisation(data);
    else if (marker === HUFFMAN_TABLES) this.#addHuffman(data);
    else if (marker === RESTART_INTERVAL && data.length === 2) {
      this.#interval = data.readUInt16BE(0);
    } else if (isFrame(marker)) {
      if (this.#hasFrame) throw new Error('damaged JPEG: found two frame headers');
      this.#hasFrame = true;
    } else if (marker !== APP14 && marker !== END) {
      const name = (0xff00 | marker).toString(16).toUpperCase();
      throw new Error(`damaged JPEG: found an unexpected segment, ${name}`);
    }
    this.#parts.push(isFrame(marker) ? this.#frame(whole) : whole);
  }

  /** The frame header. A component by itself is not sampled, whatever it says (T.81, A.2.2). */
  #frame(whole: Buffer): Buffer {
    if (this.#header.components.length > 1) return whole;
    const frame = Buffer.from(whole);
    frame[11] = 0x11;
    return frame;
  }

  #addQuantisation(data: Buffer): void {
    for (let at = 0; at < data.length; ) {
      const [precision, id] = [data[at]! >> 4, data[at]! & 15];
      const table = data.subarray(at, at + 1 + COEFFICIENTS * (1 + precision));
      at += 1 + COEFFICIENTS * (1 + precision);
      if (precision > 1 || at > data.length) throw new Error('damaged JPEG: a table is damaged');
      // The decoder would use it for earlier scans too.
      if (this.#usedQuantisation.has(id) && !this.#quantisation.get(id)!.equals(table)) {
        throw new Error('is an unsupported kind of JPEG, whose tables change between scans');
      }
      this.#quantisation.set(id, table);
    }
  }

  #addHuffman(data: Buffer): void {
    for (let at = 0; at < data.length; ) {
      this.#huffman.add(data[at]!);
      const codes = data.subarray(at + 1, at + 17).reduce((sum, length) => sum + length, 0);
      at += 17 + codes;
      if (codes > 256 || at > data.length) throw new Error('damaged JPEG: a table is damaged');
    }
  }

  addScan({ data, whole }: Segment, compressed: Buffer, restarts: readonly number[]): void {
    const { components, isProgressive } = this.#header;
    const length = data[0]!;
    if (data.length !== 4 + 2 * length) throw new Error('damaged JPEG: a scan header is damaged');
    // Without progression a scan has all coefficients, whatever it says.
    const [first, last, bits] = isProgressive ? data.subarray(-3) : [0, COEFFICIENTS - 1, 0];
    const band = { first: first!, last: last!, before: bits! >> 4, after: bits! & 15 };
    const members: Component[] = [];
    for (let i = 0; i < length; i++) {
      const component = components.find(({ id }) => id === data[1 + 2 * i]);
      if (component === undefined || members.includes(component)) {
        throw new Error('damaged JPEG: a scan header has invalid values');
      }
      members.push(component);
      this.#checkTables(component, data[2 + 2 * i]!, band);
      this.#checkBand(component.id, band);
    }
    if (length === 0 || (isProgressive && first! > 0 && length > 1)) {
      throw new Error('damaged JPEG: a scan header has invalid values');
    }
    const { units, blocks } = this.#extent(members);
    this.#scanned += COEFFICIENTS * blocks;
    if (this.#scanned > MOST_SCANNED) {
      throw new Error(
        `is a JPEG with more than ${count(MOST_SCANNED)} pixels in all scans, as 16 scans of 4096 × 4096 have`,
      );
    }
    this.#checkRestarts(units, restarts, members.length === 1 && components.length > 1);
    this.#parts.push(whole, compressed);
  }

  #checkTables({ table }: Component, tables: number, { first, last, before }: Band): void {
    const needsDc = first === 0 && before === 0;
    const needsAc = last > 0;
    const isComplete =
      this.#quantisation.has(table) &&
      (!needsDc || this.#huffman.has(tables >> 4)) &&
      (!needsAc || this.#huffman.has(0x10 | (tables & 15)));
    if (!isComplete) throw new Error('damaged JPEG: a table is missing');
    this.#usedQuantisation.add(table);
  }

  /** Checks that a scan goes on where those before it have ended (T.81, G.1.1.1). */
  #checkBand(id: number, { first, last, before, after }: Band): void {
    const missing = this.#missing.get(id)!;
    const isInOrder =
      first <= last &&
      last < COEFFICIENTS &&
      (before === 0 || before === after + 1) &&
      (first === 0 || missing[0] !== MISSING) &&
      (!this.#header.isProgressive || first > 0 || last === 0) &&
      missing.subarray(first, last + 1).every((bits) => bits === (before === 0 ? MISSING : before));
    if (!isInOrder) throw new Error('damaged JPEG: its scans contradict each other');
    missing.fill(after, first, last + 1);
  }

  /** Units that are coded one after another in a scan, and blocks in them (T.81, A.2). */
  #extent(members: readonly Component[]): { units: number; blocks: number } {
    const { width, height, components } = this.#header;
    const { across, down } = largestFactors(components);
    if (members.length === 1) {
      const [only] = members;
      const columns = Math.ceil((width * only!.across) / (8 * across));
      const rows = Math.ceil((height * only!.down) / (8 * down));
      return { units: columns * rows, blocks: columns * rows };
    }
    const units = Math.ceil(width / (8 * across)) * Math.ceil(height / (8 * down));
    const blocks = members.reduce((sum, member) => sum + member.across * member.down, 0);
    return { units, blocks: units * blocks };
  }

  /** The decoder leaves grey what comes after a restart marker that is missing. */
  #checkRestarts(units: number, restarts: readonly number[], isOneOfSeveral: boolean): void {
    const intervals = this.#interval === 0 ? 1 : Math.ceil(units / this.#interval);
    if (restarts.length !== intervals - 1 || restarts.some((number, i) => number !== i % 8)) {
      throw new Error('damaged JPEG: its image data are damaged');
    }
    // The decoder would go on into blocks that lie beyond the image.
    if (isOneOfSeveral && this.#interval > 0 && units % this.#interval > 0) {
      throw new Error(
        'is an unsupported kind of JPEG, with restart intervals in scans of one component',
      );
    }
  }
}

/** Coefficients of a scan, first to last, and how many of their bits were and are still missing. */
interface Band {
  readonly first: number;
  readonly last: number;
  readonly before: number;
  readonly after: number;
}

function startsWith(segment: Buffer, text: string): boolean {
  return segment.toString('latin1', 0, text.length) === text;
}
