/** EXIF data with an orientation, for pictures of tests. */

/**
 * A TIFF header, and a directory with a field before the orientation and one after it.
 *
 * @param order of bytes: II is little-endian, MM big-endian
 * @param before bytes between the header and the directory
 */
export function exif(orientation: number, order: 'II' | 'MM' = 'MM', before = 0): Buffer {
  const bytes = Buffer.alloc(8 + before + 2 + 3 * 12 + 4);
  const short = (at: number, value: number) =>
    order === 'II' ? bytes.writeUInt16LE(value, at) : bytes.writeUInt16BE(value, at);
  const long = (at: number, value: number) =>
    order === 'II' ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at);
  bytes.write(order, 'latin1');
  short(2, 42);
  long(4, 8 + before);
  short(8 + before, 3);
  // ImageWidth, Orientation, ResolutionUnit: tag, type, count, value.
  for (const [i, [tag, value]] of [
    [0x0100, 3],
    [0x0112, orientation],
    [0x0128, 2],
  ].entries()) {
    const at = 10 + before + 12 * i;
    short(at, tag!);
    short(at + 2, 3);
    long(at + 4, 1);
    short(at + 8, value!);
  }
  return bytes;
}
