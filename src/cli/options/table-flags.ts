/** The flags that say how a table is to be read. */

import { anyText, delimiter, mark, oneOf, someText } from '../terminal/option-values.ts';

export const TABLE_FLAGS = {
  label: {
    flags: '--label <columns>',
    elsewhere: ['--target', '--labels', '--y'],
    help: 'label column of a table, by name or number; or several columns of numbers, as a,b',
    otherwise: 'the last',
    value: anyText,
  },
  header: {
    flags: '--header',
    help: 'the first row of a table has the column names',
    otherwise: 'detected',
    negated: 'the first row of a table is data',
  },
  ignore: {
    flags: '--ignore <columns>',
    elsewhere: ['--drop', '--exclude'],
    help: 'columns of a table to leave out, by name or number: a,b',
    otherwise: 'row names, identifiers and columns with one value',
    value: someText,
  },
  categorical: {
    flags: '--categorical <columns>',
    help: 'columns of a table that are categories, also where they are numbers or look like dates or names',
    otherwise: 'detected',
    value: someText,
  },
  numeric: {
    flags: '--numeric <columns>',
    help: 'columns of a table that are numbers, also where they look like row numbers',
    otherwise: 'detected',
    value: someText,
  },
  decimal: {
    flags: '--decimal <mark>',
    help: 'decimal mark of the numbers in a table',
    otherwise: 'detected',
    value: oneOf(['.', ',']),
  },
  delimiter: {
    flags: '--delimiter <mark>',
    elsewhere: ['--sep', '--separator'],
    help: 'what is between the cells of a table: a character, tab, or space for any blanks',
    otherwise: 'detected',
    value: delimiter,
  },
  comment: {
    flags: '--comment <mark>',
    help: 'lines of a table that begin with this are skipped',
    otherwise: 'none; # and % before the first row',
    value: mark,
  },
} as const;

/** Those that say where the rows and cells of a table are: a model knows what its columns hold. */
export const ROW_FLAGS = {
  header: TABLE_FLAGS.header,
  delimiter: TABLE_FLAGS.delimiter,
  comment: TABLE_FLAGS.comment,
};

export type TableFlag = keyof typeof TABLE_FLAGS;
