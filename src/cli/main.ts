#!/usr/bin/env node
/**
 * The command `relumax`: its commands, its exit codes and how it says what went wrong.
 *
 * Exit codes: 0 done; 1 something failed; 2 the command line was wrong; 129, 130, 143 and 141
 * stopped by a closed terminal, by Ctrl-C, by SIGTERM and by a reader of the output that left, after
 * saving what was to be saved.
 */

import { CommanderError } from 'commander';
import { run } from './program.ts';
import { EXIT, reason } from './terminal/failure.ts';
import { warn } from './terminal/terminal.ts';

// Each write that fails tells of it, and a signal's code tells more.
process.stdout.once('error', (error: NodeJS.ErrnoException) => {
  process.stdout.on('error', () => {});
  if (error.code === 'EPIPE') {
    process.exitCode ??= EXIT.readerLeft;
  } else {
    process.exitCode ??= EXIT.failed;
    warn(reason(error, 'output'));
  }
});
// Nobody is left to tell.
process.stderr.on('error', () => {});

try {
  await run(process.argv.slice(2));
} catch (error) {
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0) process.exitCode = EXIT.wrongUsage;
  } else {
    warn(reason(error));
    // A signal's code tells more.
    process.exitCode ??= EXIT.failed;
  }
}
