import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../../src/index.ts';
import { idx } from '../data/idx-file.ts';

/** Writes the first images of 28 × 28 bytes as the four IDX files of MNIST. */
export async function writeIdxFolder(
  folder: string,
  { inputs, labels }: Dataset,
  counts: { train: number; test: number },
): Promise<void> {
  await mkdir(folder);
  const write = async (part: string, from: number, to: number) => {
    const pixels = Uint8Array.from(inputs.subarray(from * 784, to * 784));
    const images = idx([to - from, 28, 28], pixels);
    await writeFile(join(folder, `${part}-images-idx3-ubyte`), images);
    const classes = idx([to - from], labels.subarray(from, to));
    await writeFile(join(folder, `${part}-labels-idx1-ubyte`), classes);
  };
  await write('train', 0, counts.train);
  await write('t10k', counts.train, counts.train + counts.test);
}
