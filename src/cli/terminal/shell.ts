/** Command lines to show and to copy: each word quoted so that every POSIX shell, and fish, takes it as it is. */
import { UNSEEN } from './safe-text.ts';

/** Words that mean the same in all shells. Some expand =word, %word and ~word. */
const PLAIN = /^[\w./:@,+-]+$/;

/**
 * A word, quoted where a shell would read more than itself out of it. What cannot be seen is written
 * as octal codes for `printf`: pasted as it is, it would edit the command line, or run it.
 */
export function shellWord(text: string): string {
  if (PLAIN.test(text)) return text;
  if (text.search(UNSEEN) < 0) return inQuotes(text);
  // A substitution drops the newlines at its end.
  const [rest, end] = /^(.*?)(\n*)$/s.exec(text)!.slice(1) as [string, string];
  // A backslash means different things in quotes, and bash repeats commands by ! in the outer ones.
  const format = rest.replace(/^-|[\\'%!]/g, octal).replace(UNSEEN, octal);
  return `"$(printf '${format}')"${end && inQuotes(end)}`;
}

/** A word that names a file, so that no command takes it for an option. */
export function shellPath(path: string): string {
  return shellWord(path.startsWith('-') ? `./${path}` : path);
}

/** An option with its value, so that the value is not taken for an option. */
export function shellOption(name: string, value: string): string {
  return `--${name}${value.startsWith('-') ? '=' : ' '}${shellWord(value)}`;
}

function inQuotes(text: string): string {
  // Fish has escapes in quotes, the others have not.
  return `'${text.replace(/['\\]/g, "'\\$&'")}'`;
}

/** Its bytes in UTF-8. */
function octal(character: string): string {
  const bytes = [...new TextEncoder().encode(character)];
  return bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
