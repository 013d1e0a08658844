/** Flags and arguments as commander's, and which of them name files. */

import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { Kind } from '../terminal/option-values.ts';
import type { FileUse, Flag } from './flags.ts';
import { nameOf } from './flags.ts';

const uses = new WeakMap<Option | Argument, FileUse>();
const elsewhere = new WeakMap<Option, readonly string[]>();

/** What a command can read and write, by its declaration. */
export function fileUses(command: Command): (FileUse & { readonly by: Option | Argument })[] {
  return [...command.registeredArguments, ...command.options].flatMap((by) => {
    const use = uses.get(by);
    return use ? [{ ...use, by }] : [];
  });
}

/** What a command calls the option that others call `name`; undefined: it has none. */
export function optionFor(command: Command, name: string): string | undefined {
  return command.options.find((option) => elsewhere.get(option)?.includes(name))?.long;
}

/** Adds flags to a command, in their order. */
export function addFlags(command: Command, flags: Readonly<Record<string, Flag>>): Command {
  for (const flag of Object.values(flags)) {
    const { help, otherwise, value, negated, file } = flag;
    const isTold = otherwise !== undefined && flag.default === undefined;
    const option = new Option(flag.flags, isTold ? `${help} (default: ${otherwise})` : help);
    if (value?.choices) option.choices(value.choices.map(String));
    // Of choices, commander itself gives the texts.
    if (value && typeof value.choices?.[0] !== 'string') option.argParser(parserOf(value));
    if (flag.default !== undefined) option.default(flag.default, otherwise);
    if (file) uses.set(option, file);
    if (flag.elsewhere) elsewhere.set(option, flag.elsewhere);
    command.addOption(option);
    if (negated) command.addOption(new Option(`--no-${nameOf(flag)}`, negated));
  }
  return command;
}

/** An argument that is a file to read. */
export function inputArgument(name: string, help: string, value?: Kind<string>): Argument {
  const argument = new Argument(name, help);
  if (value) argument.argParser(parserOf(value));
  uses.set(argument, { kind: 'input' });
  return argument;
}

/** Commander names what was found, and ends with exit code 2. */
function parserOf<T>({ parse }: Kind<T>): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError((error as RangeError).message);
    }
  };
}
