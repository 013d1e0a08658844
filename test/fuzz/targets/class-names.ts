/** The file with the classes' names, one a line. */
import { parseClassNames } from '../../../src/data/class-names.ts';
import { TEXT } from '../dice.ts';
import { filesTarget, must } from '../files.ts';

/** The other reading. */
export function namesIn(bytes: Buffer): string[] {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  // After the last line's end there is no other line.
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  must(new Set(lines).size === lines.length, 'a name twice');
  must(!lines.some((line) => line.trim() === ''), 'an empty line');
  return lines;
}

const NAME = TEXT.map((text) => `${text.replace(/[\r\n\ufeff]/g, '')}`);

export const classNames = filesTarget({
  name: 'class names',
  make(dice) {
    const names = dice.list(dice.small(1, 300), (i) => `${dice.of(NAME)}${i}`);
    const [end, last, mark] = [
      dice.pick(['\n', '\r\n']),
      dice.pick(['', '\n']),
      dice.pick(['', '\ufeff']),
    ];
    return { files: { 'classes.txt': Buffer.from(mark + names.join(end) + last) }, valid: true };
  },
  read: (files) => parseClassNames(files['classes.txt']!, 'classes.txt'),
  expected: (files) => namesIn(files['classes.txt']!),
});
