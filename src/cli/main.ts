#!/usr/bin/env node
/**
 * The command `relumax`: its commands, its exit codes and how it says what went wrong.
 *
 * Exit codes: 0 done; 1 something failed; 2 the command line was wrong; 129, 130, 143 and 141
 * stopped by a closed terminal, by Ctrl-C, by SIGTERM and by a reader of the output that left, after
 * saving what was to be saved.
 */

import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { addCompletion } from './completion.ts';
import { addData } from './data.ts';
import { addEvaluate } from './evaluate.ts';
import { addExport } from './export.ts';
import { EXIT, reason } from './failure.ts';
import { addFindLr } from './find-lr.ts';
import { addPredict } from './predict.ts';
import { colors, warn } from './terminal.ts';
import { addTrain } from './train.ts';

const program = new Command('relumax')
  .description('Train small neural networks in WebAssembly and use them.')
  .version(manifest.version, '-V, --version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .option('--no-color', 'print without colours, as with NO_COLOR set')
  .configureHelp({ styleTitle: colors.bold, showGlobalOptions: true })
  .configureOutput({
    // Its suggestions come on a second line.
    outputError: (text) =>
      warn(
        text
          .trim()
          .replaceAll('\n', ' ')
          .replace(/^error: /, ''),
      ),
  })
  .exitOverride();

addTrain(program);
addFindLr(program);
addEvaluate(program);
addPredict(program);
addExport(program);
addData(program);
addCompletion(program);
showUsageAfterErrors(program, 'relumax');
program.showHelpAfterError('Usage: relumax <command> [options] (more: relumax --help)');

function showUsageAfterErrors(parent: Command, path: string): void {
  for (const command of parent.commands) {
    const name = `${path} ${command.name()}`;
    command.showHelpAfterError(`Usage: ${name} ${command.usage()} (more: ${name} --help)`);
    showUsageAfterErrors(command, name);
  }
}

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
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0) process.exitCode = EXIT.wrongUsage;
  } else {
    warn(reason(error));
    // A signal's code tells more.
    process.exitCode ??= EXIT.failed;
  }
}
