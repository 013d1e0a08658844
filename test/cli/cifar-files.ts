/** CIFAR-10's binary files, and tar archives, made by hand. */
import { gzipSync } from 'node:zlib';

export const SIDE = 32;
export const RECORD = 1 + 3 * SIDE ** 2;

/** An image with its label: red, green and blue at each place, one colour after another. */
export function record(
  label: number,
  colourAt: (x: number, y: number) => readonly [red: number, green: number, blue: number],
): Buffer {
  const bytes = Buffer.alloc(RECORD);
  bytes[0] = label;
  for (let i = 0; i < SIDE ** 2; i++) {
    for (const [plane, level] of colourAt(i % SIDE, Math.floor(i / SIDE)).entries()) {
      bytes[1 + plane * SIDE ** 2 + i] = level;
    }
  }
  return bytes;
}

/** The names of classes as they are published, with a blank line at the end. */
export const namesFile = (...names: string[]): Buffer => Buffer.from(`${names.join('\n')}\n\n`);

export interface TarEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly type?: string;
  /** The length that the header claims, if it is another. */
  readonly claims?: number;
}

/** A header, its checksum included (POSIX.1-1988). */
function tarHeader({ name, bytes, type = '0', claims = bytes.length }: TarEntry): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100, 'latin1');
  header.write('0000644\0', 100);
  header.write(`${claims.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** The archive, not compressed. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const files = entries.flatMap((entry) => {
    const { bytes } = entry;
    const padded = Buffer.alloc(Math.ceil(bytes.length / 512) * 512);
    padded.set(bytes);
    return [tarHeader(entry), padded];
  });
  return Buffer.concat([...files, Buffer.alloc(1024)]);
}

/** The archive as CIFAR-10 is published: a folder with the files. */
export function cifarArchive(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const folder = 'cifar-10-batches-bin/';
  return gzipSync(
    tar([
      { name: folder, bytes: Buffer.alloc(0), type: '5' },
      ...Object.entries(files).map(([name, bytes]) => ({ name: folder + name, bytes })),
    ]),
  );
}
