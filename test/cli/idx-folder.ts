import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../../src/index.ts';

/** Writes the first images of 28 × 28 bytes as the four IDX files of MNIST. */
export async function writeIdxFolder(
  folder: string,
  { inputs, labels }: Dataset,
  counts: { train: number; test: number },
): Promise<void> {
  await mkdir(folder);
  const write = async (part: string, from: number, to: number) => {
    const images = header(3, to - from, 28, 28);
    const names = header(1, to - from);
    const pixels = Uint8Array.from(inputs.subarray(from * 784, to * 784));
    await writeFile(join(folder, `${part}-images-idx3-ubyte`), Buffer.concat([images, pixels]));
    const classes = labels.subarray(from, to);
    await writeFile(join(folder, `${part}-labels-idx1-ubyte`), Buffer.concat([names, classes]));
  };
  await write('train', 0, counts.train);
  await write('t10k', counts.train, counts.train + counts.test);
}

/** Magic number (bytes, so many dimensions), then the sizes. */
function header(dimensions: number, ...sizes: number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * sizes.length);
  bytes.writeUInt32BE(0x800 + dimensions);
  for (const [i, size] of sizes.entries()) bytes.writeUInt32BE(size, 4 + 4 * i);
  return bytes;
}
