/** `relumax completion`: what a shell needs to complete commands, options and their values. */
import { Argument, type Command } from 'commander';
import { print } from '../terminal/terminal.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .summary('print a completion script for a shell')
    .description('Print a script for tab completion of commands, options, their choices and files.')
    .addArgument(new Argument('<shell>', 'shell').choices(SHELLS))
    .addHelpText(
      'after',
      '\nExamples, for the file that the shell reads when it starts:\n' +
        '  source <(relumax completion bash)         # ~/.bashrc\n' +
        '  source <(relumax completion zsh)          # ~/.zshrc, after compinit\n' +
        '  relumax completion fish | source          # ~/.config/fish/config.fish',
    )
    .action(async (shell: (typeof SHELLS)[number]) => {
      const { completionScript } = await import('./completion-script.ts');
      print(completionScript(program, shell));
    });
}
