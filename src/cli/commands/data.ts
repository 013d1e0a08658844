/** `relumax data`: public datasets, downloaded and checked. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegularFile } from '../../base/regular-file-node.ts';
import { CLASSES_FILE, LARGEST_CLASS_FILE } from '../../data/class-names.ts';
import { download } from '../files/download.ts';
import type { PublicData } from '../files/public-data.ts';
import { writeWhole } from '../files/whole-file.ts';
import type { DOWNLOAD_FLAGS, ValuesOf } from '../options/flags.ts';
import { reason } from '../terminal/failure.ts';
import { watchInterruption } from '../terminal/interruption.ts';
import { count, megabytes } from '../terminal/numbers.ts';
import { type CountingBar, countingBar } from '../terminal/progress.ts';
import { shellOption } from '../terminal/shell.ts';
import { interactive, labelled, print, printJson } from '../terminal/terminal.ts';

/**
 * Downloads what is missing of a dataset, and says so.
 *
 * @throws Error that names the file and why it could not be had
 */
export async function downloadData(
  name: string,
  { files, mirrors, classNames }: PublicData,
  { to = name, mirror, json }: ValuesOf<typeof DOWNLOAD_FLAGS>,
): Promise<void> {
  const interruption = watchInterruption();
  try {
    await mkdir(to, { recursive: true });
  } catch (error) {
    throw new Error(reason(error, `--to ${to}`), { cause: error });
  }
  if (classNames) await keepClassNames(join(to, CLASSES_FILE), classNames);
  for (const file of files) {
    const bar: CountingBar = countingBar(
      (done, all) => `${file.name}  ${megabytes(done)} of ${megabytes(all)}`,
    );
    const status = await download(file, mirror === undefined ? mirrors : [mirror], to, {
      signal: interruption.signal,
      onProgress: (bytes) => bar.update(bytes, file.bytes),
    })
      .catch((error: unknown) => {
        if (!interruption.signal.aborted) throw error;
        const next = 'the same command resumes it';
        throw new Error(`interrupted by ${interruption.cause}; ${next}`, { cause: error });
      })
      .finally(() => bar.stop());
    if (json) {
      printJson({ event: 'file', file: join(to, file.name), ...file, status });
    } else {
      const text = `${count(file.bytes)} bytes, ${status === 'there' ? 'already there, ' : ''}SHA-256 checked`;
      print(`${file.name}: ${text}`);
    }
  }
  if (json) printJson({ event: 'result', folder: to });
  else if (interactive)
    print(`\n${labelled('use it', `relumax train ${shellOption('data', to)}`)}\n`);
}

/** Writes the names of the classes, unless they are there; other names are never replaced. */
async function keepClassNames(file: string, names: readonly string[]): Promise<void> {
  const bytes = Buffer.from(`${names.join('\n')}\n`);
  const there = await readRegularFile(file, LARGEST_CLASS_FILE).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new Error(reason(error, file), { cause: error });
    },
  );
  if (there === undefined) await writeWhole(file, bytes);
  else if (!bytes.equals(there)) {
    throw new Error(
      `${file}: found other class names, expected the dataset's or no file: move it away`,
    );
  }
}
