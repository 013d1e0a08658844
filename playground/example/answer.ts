/** What the network answers for the example, in words. */
import { indexOfGreatest } from '../../src/cli/terminal/numbers.ts';
import type { Example } from '../data/example.ts';
import { text } from '../texts/languages.ts';
import { named, percent, precise } from '../texts/words.ts';

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
  const words = text('answer.class', {
    class: named(classNames[output]!),
    probability: percent(probabilities[output]!, 0),
  });
  const truth =
    label === undefined
      ? ''
      : label === output
        ? text('answer.correct')
        : text('answer.incorrect', { label: named(classNames[label]!) });
  return { output, words, truth };
}

/** The answer of a network that predicts a number, whose name is that of its column. */
export function numberAnswer(number: number, { label, isOwn }: Example, name: string): Answer {
  const known = label === undefined ? '' : precise(label);
  return {
    output: 0,
    words: text('answer.number', { column: named(name), number: precise(number) }),
    truth:
      label === undefined
        ? ''
        : isOwn
          ? text('own.number', { number: known })
          : text('answer.actual', { number: known }),
  };
}
