/**
 * `relumax completion`: scripts that complete the command in a shell, derived from the commands as they are declared. They
 * know all of it by themselves, so that the Tab key does not wait for Node. A package that supports
 * commander asks the command at each Tab, and completes no files.
 */
import type { Argument, Command, Option } from 'commander';
import { print } from '../terminal/terminal.ts';

/** What may be written: one of several words, a file, or what only the person knows. */
interface Value {
  readonly name: string;
  readonly choices: readonly string[];
  readonly isFile: boolean;
  readonly isRepeated: boolean;
}

interface Flag {
  /** Short and long, as far as there are such: -d, --data. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined where it takes none. */
  readonly value: Value | undefined;
}

interface Node {
  /** A space before each word after the program's name: "", " train", " data download". */
  readonly path: string;
  readonly description: string;
  readonly children: readonly Node[];
  readonly flags: readonly Flag[];
  readonly values: readonly Value[];
}

export function printCompletion(program: Command, shell: 'bash' | 'zsh' | 'fish'): void {
  const root = nodeOf(program, '');
  const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };
  print(scripts[shell](program.name(), root));
}

function nodeOf(command: Command, path: string): Node {
  const help = Object.assign(command.createHelp(), command.configureHelp());
  return {
    path,
    description: command.summary() || command.description(),
    children: help
      .visibleCommands(command)
      .map((child) => nodeOf(child, `${path} ${child.name()}`)),
    flags: [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)].map(flagOf),
    values: command.registeredArguments.map((argument) =>
      valueFor(argument, argument.name(), argument.variadic),
    ),
  };
}

function flagOf(option: Option): Flag {
  const { short, long, description, flags } = option;
  const name = /[<[]([^>\]]+)/.exec(flags)?.[1];
  return {
    names: [short, long].filter((name) => name !== undefined),
    description,
    value: name === undefined ? undefined : valueFor(option, name, false),
  };
}

function valueFor({ argChoices }: Option | Argument, name: string, isRepeated: boolean): Value {
  // Named so in the command's help, too.
  const isFile = /^(?:file|path|dir|input)/.test(name);
  return { name, choices: argChoices ?? [], isFile, isRepeated };
}

/** The node and all below it. */
function all(node: Node): Node[] {
  return [node, ...node.children.flatMap(all)];
}

function lastWord({ path }: Node): string {
  return path.slice(path.lastIndexOf(' ') + 1);
}

/** In single quotes, for bash and zsh. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function bashScript(name: string, root: Node): string {
  const nodes = all(root);
  const paths = nodes.slice(1).map(({ path }) => quoted(path));
  const values = nodes.flatMap(({ path, flags }) =>
    flags.flatMap(({ names, value }) =>
      value === undefined
        ? []
        : [`    ${names.map((flag) => quoted(`${path} ${flag}`)).join('|')}) ${offer(value)} ;;`],
    ),
  );
  const words = nodes.map(({ path, children, flags, values }) => {
    const options = flags.flatMap(({ names }) => names).join(' ');
    const others = [...children.map(lastWord), ...values.flatMap(({ choices }) => choices)];
    const isFile = values.some((value) => value.isFile);
    return `    ${quoted(path)}) options=${quoted(options)}; words=${quoted(others.join(' '))}; files=${isFile ? 'yes' : ''} ;;`;
  });
  return `# Completes ${name} in bash.
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} path= i options words files
  # --option=value comes as three words.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
      ${paths.join('|')}) path+=" \${COMP_WORDS[i]}" ;;
    esac
  done
  case $path in
${words.join('\n')}
  esac
  case "$path $prev" in
${values.join('\n')}
    *) [[ $cur == -* ]] && words=$options files= ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  # Where nothing is offered, bash completes files, unless it is told not to.
  [[ $files ]] || compopt +o default +o bashdefault 2>/dev/null
}
complete -o bashdefault -o default -F _${name} ${name}`;
}

function offer({ choices, isFile }: Value): string {
  return `words=${quoted(choices.join(' '))} files=${isFile ? 'yes' : ''}`;
}

function zshScript(name: string, root: Node): string {
  const functions = all(root).map((node) => zshFunction(name, node));
  return `#compdef ${name}
# Completes ${name} in zsh.
${functions.join('\n')}
# As a file of $fpath it is the function's body, and otherwise it is read after compinit.
if [[ $funcstack[1] == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi`;
}

function zshFunction(name: string, { path, children, flags, values }: Node): string {
  const called = `_${name}${path.replaceAll(' ', '_')}`;
  const specs = flags.flatMap(({ names, description, value }) => {
    // None is offered together with the other name of its own.
    const others = names.length > 1 ? `(${names.join(' ')})` : '';
    return names.map((flag) => {
      const takes = value === undefined ? '' : flag.startsWith('--') ? '=' : '+';
      return `${others}${flag}${takes}[${zshEscaped(description)}]${value ? zshValue(value) : ''}`;
    });
  });
  if (children.length === 0) {
    const rest = values.map((value, i) =>
      value.isRepeated ? `*${zshValue(value)}` : `${i + 1}${zshValue(value)}`,
    );
    return `${called}() {\n  _arguments -s ${[...specs, ...rest].map(quoted).join(' \\\n    ')}\n}`;
  }
  const described = children.map((child) =>
    quoted(`${lastWord(child)}:${zshEscaped(child.description)}`),
  );
  const branches = children.map(
    (child) => `        ${lastWord(child)}) _${name}${child.path.replaceAll(' ', '_')} ;;`,
  );
  return `${called}() {
  local context state state_descr line
  local -A opt_args
  _arguments -C ${[...specs, '1:command:->command', '*::argument:->argument'].map(quoted).join(' \\\n    ')}
  case $state in
    command)
      local -a commands=(${described.join(' ')})
      _describe command commands
      ;;
    argument)
      case $words[1] in
${branches.join('\n')}
      esac
      ;;
  esac
}`;
}

function zshValue({ name, choices, isFile }: Value): string {
  const action = choices.length > 0 ? `(${choices.join(' ')})` : isFile ? '_files' : ' ';
  return `:${zshEscaped(name)}:${action}`;
}

function zshEscaped(text: string): string {
  return text.replace(/[\\[\]:]/g, '\\$&');
}

function fishScript(name: string, root: Node): string {
  const nodes = all(root);
  const paths = nodes.slice(1).map(({ path }) => fishQuoted(path));
  const lines = nodes.flatMap(({ path, children, flags, values }) => {
    const begin = `complete -c ${name} -n ${fishQuoted(`__${name}_at ${fishQuoted(path)}`)}`;
    return [
      ...children.map(
        (child) => `${begin} -a ${lastWord(child)} -d ${fishQuoted(child.description)}`,
      ),
      ...values.map(({ choices, isFile }) =>
        isFile ? `${begin} -F` : `${begin} -a ${fishQuoted(choices.join(' '))}`,
      ),
      ...flags.map(({ names, description, value }) => {
        const flag = names.map((one) =>
          one.startsWith('--') ? `-l ${one.slice(2)}` : `-s ${one.slice(1)}`,
        );
        const choices = value?.choices.length ? ` -a ${fishQuoted(value.choices.join(' '))}` : '';
        const takes = value === undefined ? '' : value.isFile ? ' -r -F' : ` -x${choices}`;
        return `${begin} ${flag.join(' ')}${takes} -d ${fishQuoted(description)}`;
      }),
    ];
  });
  return `# Completes ${name} in fish.
function __${name}_at --description 'Whether these are the commands so far'
  set -l path ''
  for word in (commandline -opc)[2..-1]
    switch "$path $word"
      case ${paths.join(' ')}
        set path "$path $word"
    end
  end
  test "$path" = "$argv[1]"
end
complete -c ${name} -f
${lines.join('\n')}`;
}

function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
