/** JPEG files made by hand: of blocks that each have one level, so that any size is a few bytes. */

export interface BlockPicture {
  width: number;
  height: number;
  /** For each component its id, and a level for each block of 8 × 8, row by row; 128 beyond them. */
  components: { id: number; levels: number[] }[];
  /** Segments that come first, after the start of the image. */
  segments?: Buffer[];
  /** Blocks between two restart markers. Default: no such markers */
  interval?: number;
}

/** A segment with its marker and its length. */
export function segment(marker: number, ...parts: (string | Uint8Array)[]): Buffer {
  const data = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  );
  return Buffer.concat([Buffer.of(0xff, marker, (data.length + 2) >> 8, data.length + 2), data]);
}

/** A baseline JPEG (ISO/IEC 10918-1). */
export function blockJpeg({ segments = [], interval = 0, ...picture }: BlockPicture): Buffer {
  const { width, height, components } = picture;
  const ids = components.map(({ id }) => id);
  return Buffer.concat([
    Buffer.of(0xff, 0xd8),
    ...segments,
    ...(interval === 0 ? [] : [segment(0xdd, Buffer.of(interval >> 8, interval))]),
    ...tables(0xc0, picture),
    segment(0xda, Buffer.of(ids.length, ...ids.flatMap((id) => [id, 0]), 0, 63, 0)),
    scan(Math.ceil(width / 8) * Math.ceil(height / 8), components, interval),
    Buffer.of(0xff, 0xd9),
  ]);
}

/**
 * A progressive grey JPEG in four scans: the levels without their last bit, the other coefficients
 * without theirs, and twice the last bits. Also its scans, which may be put together in other ways.
 */
export function progressiveJpeg(width: number, height: number, levels: readonly number[]) {
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  const coefficients = Array.from({ length: blocks }, (_, i) => (levels[i] ?? 128) - 128);
  const firstBits = coefficients.map((value, i) =>
    difference((value >> 1) - (i === 0 ? 0 : coefficients[i - 1]! >> 1), ''),
  );
  const lastBits = coefficients.map((value) => String(value & 1));
  const nothing = '0'.repeat(blocks);
  const of = (first: number, last: number, bits: number, data: string) =>
    Buffer.concat([segment(0xda, Buffer.of(1, 1, 0, first, last, bits)), entropyCoded(data)]);
  const scans = [
    of(0, 0, 0x01, firstBits.join('')),
    of(1, 63, 0x01, nothing),
    of(0, 0, 0x10, lastBits.join('')),
    of(1, 63, 0x10, nothing),
  ];
  const components = [{ id: 1, levels: [] }];
  const head = Buffer.concat([
    Buffer.of(0xff, 0xd8),
    ...tables(0xc2, { width, height, components }),
  ]);
  const end = Buffer.of(0xff, 0xd9);
  return { head, scans, end, bytes: Buffer.concat([head, ...scans, end]) };
}

/** Quantisation table, frame header and Huffman tables. */
function tables(frame: number, { width, height, components }: BlockPicture): Buffer[] {
  const size = [height >> 8, height, width >> 8, width];
  const ids = components.map(({ id }) => id);
  return [
    // A coefficient of 1 is one level of a block: eight pixels by eight, divided by eight.
    segment(0xdb, Buffer.of(0, ...Array(64).fill(8))),
    segment(frame, Buffer.of(8, ...size, ids.length, ...ids.flatMap((id) => [id, 0x11, 0]))),
    // Twelve sizes of differences, each by its number in four bits; and "no more", as one bit.
    segment(0xc4, Buffer.of(0x00, ...lengths(4, 12), ...Array(12).keys())),
    segment(0xc4, Buffer.of(0x10, ...lengths(1, 1), 0)),
  ];
}

function lengths(length: number, count: number): number[] {
  return Array.from({ length: 16 }, (_, i) => (i + 1 === length ? count : 0));
}

function scan(blocks: number, components: BlockPicture['components'], interval: number): Buffer {
  const parts: Buffer[] = [];
  let bits = '';
  const before = components.map(() => 128);
  const named = Math.max(...components.map(({ levels }) => levels.length));
  const told = interval === 0 ? Math.min(named + 1, blocks) : blocks;
  for (let block = 0; block < told; block++) {
    if (interval > 0 && block > 0 && block % interval === 0) {
      parts.push(entropyCoded(bits), Buffer.of(0xff, 0xd0 + ((block / interval - 1) % 8)));
      bits = '';
      before.fill(128);
    }
    for (const [c, { levels }] of components.entries()) {
      const level = levels[block] ?? 128;
      bits += difference(level - before[c]!);
      before[c] = level;
    }
  }
  bits += difference(0).repeat((blocks - told) * components.length);
  return Buffer.concat([...parts, entropyCoded(bits)]);
}

/** Bits as bytes, filled up with ones, and none taken for a marker. */
function entropyCoded(bits: string): Buffer {
  const bytes = bits.match(/.{1,8}/g)!.map((byte) => Number.parseInt(byte.padEnd(8, '1'), 2));
  return Buffer.from(bytes.flatMap((byte) => (byte === 0xff ? [byte, 0] : [byte])));
}

/** How much a block differs from the one before, and that it has nothing else. */
function difference(value: number, others = '0'): string {
  const size = value === 0 ? 0 : Math.abs(value).toString(2).length;
  const bits = value < 0 ? value + 2 ** size - 1 : value;
  const digits = size === 0 ? '' : bits.toString(2).padStart(size, '0');
  return `${size.toString(2).padStart(4, '0')}${digits}${others}`;
}
