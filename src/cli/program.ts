/** The command `relumax` with its commands, as it is declared. */

import { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { addCompletion } from './commands/completion.ts';
import { addData } from './commands/data.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addExport } from './commands/export.ts';
import { addFindLr } from './commands/find-lr.ts';
import { addPredict } from './commands/predict.ts';
import { addTrain } from './commands/train.ts';
import { checkFiles } from './options/file-options.ts';
import { UsageError } from './terminal/failure.ts';
import { colors, warn } from './terminal/terminal.ts';

/** The command whose action it is. */
let running: Command;

export const program = new Command('relumax')
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
  .exitOverride()
  .hook('preAction', (_, command) => {
    running = command;
    return checkFiles(command);
  });

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

/**
 * Runs the command that the arguments name.
 *
 * @throws CommanderError where they are wrong, which has been said by then; what the command throws
 */
export async function run(args: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof UsageError) running.error(error.message);
    throw error;
  }
}
