/** `relumax data`: public datasets, downloaded and checked. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { readRegularFile } from '../../base/regular-file-node.ts';
import { download } from '../files/download.ts';
import { PUBLIC_DATA, type PublicData } from '../files/public-data.ts';
import { writeWhole } from '../files/whole-file.ts';
import { type CountingBar, countingBar } from '../terminal/counting-bar.ts';
import { reason } from '../terminal/failure.ts';
import { watchInterruption } from '../terminal/interruption.ts';
import { count } from '../terminal/numbers.ts';
import { path } from '../terminal/option-values.ts';
import { shellOption } from '../terminal/shell.ts';
import { interactive, labelled, print, printJson } from '../terminal/terminal.ts';

interface DownloadOptions {
  readonly to?: string;
  readonly mirror?: string;
  readonly json?: true;
}

export function addData(program: Command): void {
  const data = program
    .command('data')
    .summary('download public datasets')
    .description('Download public datasets.');
  data
    .command('download')
    .summary('download a public dataset')
    .description(
      'Download a public dataset into a folder for --data. Each file is checked against its SHA-256. If a download is interrupted, the same command resumes it.',
    )
    .addArgument(new Argument('<name>', 'dataset').choices(Object.keys(PUBLIC_DATA)))
    .option('--to <dir>', 'folder to download into (default: the name of the dataset)', path)
    .option('--mirror <url>', 'download from this URL instead', mirror)
    .option('--json', 'print one JSON object a line: each file, result')
    .addHelpText(
      'after',
      '\nDatasets:\n' +
        Object.entries<PublicData>(PUBLIC_DATA)
          .map(([name, { title, source, files }]) => {
            const bytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
            return `  ${name.padEnd(14)} ${title}, ${megabytes(bytes)}\n${' '.repeat(17)}${source}\n`;
          })
          .join('') +
        '\nExamples:\n' +
        '  relumax data download fashion-mnist\n' +
        '  relumax train --data fashion-mnist --layers 784-128-10',
    )
    .action((name: keyof typeof PUBLIC_DATA, options: DownloadOptions) =>
      downloadData(name, PUBLIC_DATA[name], options),
    );
}

/** The address of a folder: what is asked for stands below it. */
function mirror(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError('Expected an address such as https://example.org/mnist/.');
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url.href;
}

/**
 * Downloads what is missing of a dataset, and says so.
 *
 * @throws Error that names the file and why it could not be had
 */
export async function downloadData(
  name: string,
  { files, mirrors, classNames }: PublicData,
  { to = name, mirror, json }: DownloadOptions,
): Promise<void> {
  const interruption = watchInterruption();
  try {
    await mkdir(to, { recursive: true });
  } catch (error) {
    throw new Error(reason(error, `--to ${to}`), { cause: error });
  }
  if (classNames) await keepClassNames(join(to, 'classes.txt'), classNames);
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
        const next = 'the same command goes on from here';
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
  const there = await readRegularFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(reason(error, file), { cause: error });
  });
  if (there === undefined) await writeWhole(file, bytes);
  else if (!bytes.equals(there)) {
    throw new Error(
      `${file}: found other class names, expected the dataset's or no file: move it away`,
    );
  }
}

/** 9912422 → 9.9 MB. */
function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
