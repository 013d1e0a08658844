import { expect, it } from 'vitest';
import { classLabel, classLabels, shortened } from '../../../src/cli/reports/class-labels.ts';

it('are the names, or numbers where there are none', () => {
  expect(classLabels(2, ['cat', 'dog'])).toEqual(['cat', 'dog']);
  expect(classLabels(2, undefined)).toEqual(['0', '1']);
});

it('are whole unless there is no room, and do nothing to a terminal', () => {
  expect(classLabel(0, ['\x1b[31mred\n\u202e'])).toBe('\ufffd[31mred\ufffd\ufffd');
  expect(classLabel(0, ['x'.repeat(200)])).toBe('x'.repeat(200));
  expect(classLabel(0, ['👩‍🔬 می‌خواهم'])).toBe('👩‍🔬 می‌خواهم');
  expect(shortened('x'.repeat(20), 20)).toBe('x'.repeat(20));
  expect(shortened('🦊'.repeat(21), 20)).toBe(`${'🦊'.repeat(19)}…`);
  expect(classLabels(3, ['letter a', 'letter b', 'c'], 4)).toEqual(['…r a', '…r b', 'c']);
  expect(classLabels(1, ['x'.repeat(21)], 20)).toEqual([`${'x'.repeat(19)}…`]);
});
