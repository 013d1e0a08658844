import { expect, it } from 'vitest';
import { classLabel, classLabels } from '../../src/cli/class-labels.ts';

it('are the names, or numbers where there are none', () => {
  expect(classLabels(2, ['cat', 'dog'])).toEqual(['cat', 'dog']);
  expect(classLabels(2, undefined)).toEqual(['0', '1']);
});

it('do nothing to a terminal, and push nothing aside', () => {
  expect(classLabel(0, ['\x1b[31mred\n\u202e'])).toBe('\ufffd[31mred\ufffd\ufffd');
  expect(classLabel(0, ['x'.repeat(20)])).toBe('x'.repeat(20));
  expect(classLabel(0, ['🦊'.repeat(21)])).toBe(`${'🦊'.repeat(19)}…`);
});
