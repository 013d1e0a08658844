/** What the network answers for the example, in words. */
import { indexOfGreatest } from '../src/cli/terminal/numbers.ts';
import type { Example } from './example.ts';
import { text } from './texts/languages.ts';
import { named, percent, short } from './words.ts';

export interface Answer {
  /** The output that it speaks for: the most probable class, or the number. */
  readonly output: number;
  readonly words: string;
  /** Whether it is right, if that is known. */
  readonly truth: string;
}

/** The answer of a network with classes. */
export function classAnswer(
  probabilities: ArrayLike<number>,
  { label }: Example,
  classNames: readonly string[],
): Answer {
  const output = indexOfGreatest(probabilities);
  const words = `Prediction: ${named(classNames[output]!)} (${percent(probabilities[output]!, 0)})`;
  const truth =
    label === undefined
      ? ''
      : label === output
        ? 'correct'
        : `incorrect: the label is ${named(classNames[label]!)}`;
  return { output, words, truth };
}

/** The answer of a network that predicts a number, whose name is that of its column. */
export function numberAnswer(number: number, { label, isOwn }: Example, name: string): Answer {
  const known = label === undefined ? '' : precise(label);
  return {
    output: 0,
    words: `Prediction of ${named(name)}: ${precise(number)}`,
    truth:
      label === undefined
        ? ''
        : isOwn
          ? text('own.number', { number: known })
          : `in the table: ${known}`,
  };
}

/** As many digits as tell one row's answer from another's. */
function precise(number: number): string {
  const size = Math.abs(number);
  if (size < 1000 || size >= 1e15) return size < 1000 ? short(number) : number.toExponential(4);
  return number.toLocaleString('en', { maximumSignificantDigits: 7 }).replace('-', '−');
}
