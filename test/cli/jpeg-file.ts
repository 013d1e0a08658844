/** JPEG files made by hand: of blocks that each have one level, so that any size is a few bytes. */

export interface BlockPicture {
  width: number;
  height: number;
  /** For each component its id, and a level for each block of 8 × 8, row by row; 128 beyond them. */
  components: { id: number; levels: number[] }[];
  /** Segments that come first, after the start of the image. */
  segments?: Buffer[];
}

/** A segment with its marker and its length. */
export function segment(marker: number, ...parts: (string | Uint8Array)[]): Buffer {
  const data = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  );
  return Buffer.concat([Buffer.of(0xff, marker, (data.length + 2) >> 8, data.length + 2), data]);
}

/** A baseline JPEG (ISO/IEC 10918-1). */
export function blockJpeg({ width, height, components, segments = [] }: BlockPicture): Buffer {
  const size = [height >> 8, height, width >> 8, width];
  const ids = components.map(({ id }) => id);
  return Buffer.concat([
    Buffer.of(0xff, 0xd8),
    ...segments,
    // A coefficient of 1 is one level of a block: eight pixels by eight, divided by eight.
    segment(0xdb, Buffer.of(0, ...Array(64).fill(8))),
    segment(0xc0, Buffer.of(8, ...size, ids.length, ...ids.flatMap((id) => [id, 0x11, 0]))),
    // Twelve sizes of differences, each by its number in four bits; and "no more", as one bit.
    segment(0xc4, Buffer.of(0x00, ...lengths(4, 12), ...Array(12).keys())),
    segment(0xc4, Buffer.of(0x10, ...lengths(1, 1), 0)),
    segment(0xda, Buffer.of(ids.length, ...ids.flatMap((id) => [id, 0]), 0, 63, 0)),
    scan(Math.ceil(width / 8) * Math.ceil(height / 8), components),
    Buffer.of(0xff, 0xd9),
  ]);
}

function lengths(length: number, count: number): number[] {
  return Array.from({ length: 16 }, (_, i) => (i + 1 === length ? count : 0));
}

function scan(blocks: number, components: BlockPicture['components']): Buffer {
  let bits = '';
  const before = components.map(() => 128);
  const named = Math.max(...components.map(({ levels }) => levels.length));
  for (let block = 0; block < Math.min(named + 1, blocks); block++) {
    for (const [c, { levels }] of components.entries()) {
      const level = levels[block] ?? 128;
      bits += difference(level - before[c]!);
      before[c] = level;
    }
  }
  bits += difference(0).repeat(Math.max(0, blocks - named - 1) * components.length);
  const bytes = bits.match(/.{1,8}/g)!.map((byte) => Number.parseInt(byte.padEnd(8, '1'), 2));
  return Buffer.from(bytes.flatMap((byte) => (byte === 0xff ? [byte, 0] : [byte])));
}

/** How much a block differs from the one before, and that it has nothing else. */
function difference(value: number): string {
  const size = value === 0 ? 0 : Math.abs(value).toString(2).length;
  const bits = value < 0 ? value + 2 ** size - 1 : value;
  const digits = size === 0 ? '' : bits.toString(2).padStart(size, '0');
  return `${size.toString(2).padStart(4, '0')}${digits}0`;
}
