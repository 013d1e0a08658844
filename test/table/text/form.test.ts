import { describe, expect, it } from 'vitest';
import { formOf } from '../../../src/table/text/form.ts';

const form = (text: string) => formOf(text, {}, true);

describe('the delimiter', () => {
  it.each([
    ['a comma', 'a,b,c\n1,2,x\n', ','],
    ['a semicolon', 'a;b;c\n1;2;x\n', ';'],
    ['a tab', 'a\tb\tc\n1\t2\tx\n', '\t'],
    ['a bar', 'a|b|c\n1|2|x\n', '|'],
    ['a comma where cells have blanks', 'first name,b\nAnn Lee,2\nBob Ray,3\n', ','],
    ['a tab where cells have blanks', 'name\tcity\nAnn Lee\tNew York\n', '\t'],
    ['blanks', '5.1 3.5  x\n4.9 3.0  y\n', ' '],
    ['blanks around tabs', '18.0   8   307.0\t"chevrolet"\n15.0   8   350.0\t"buick"\n', ' '],
    ['blanks of R’s write.table', '"a b" "c"\n"1" 2 3\n"2" 4 5\n', ' '],
    ['a semicolon beside decimal commas', '5,1;3,5;x\n4,9;3,0;y\n', ';'],
    ['a semicolon beside more decimal commas', '1,5;2,5;3,5\n2,5;3,5;4,5\n', ';'],
    ['a tab beside decimal commas', '1,5\t2,5\n2,5\t3,5\n', '\t'],
    ['a semicolon inside quotes no more', 'a,b\n"1;2;3",x\n"1;2;3",y\n', ','],
    ['a comma in a table of one column', 'a\n1\n2\n', ','],
    ['a comma where only one row has blanks', 'a\n1 2\n3\n', ','],
  ])('is %s', (_, text, delimiter) => {
    expect(form(text).delimiter).toBe(delimiter);
  });

  it('is the one that is given', () => {
    expect(formOf('a,b\n1,2\n', { delimiter: ';' }, true).delimiter).toBe(';');
  });
});

describe('lines before a table', () => {
  it.each([
    ['none', 'a,b\n1,2\n', 0],
    ['a comment', '# made, by, me\na,b\n1,2\n', 1],
    ['comments, with a blank line', '% made\n\n% here, there\na,b\n1,2\n', 3],
    ['a comment with a quote', '# "made\na,b\n1,2\n', 1],
    ['a header like a comment', '#id,b\n1,2\n', 0],
    ['comments and a header like one', '# made by me\n# a,b\n1,2\n', 1],
    ['comments alone', '# a\n# b\n', 0],
    ['colours', '#ff0000,1\n#00ff00,2\n', 0],
    ['a comment later', 'a,b\n# c\n1,2\n', 0],
  ])('are skipped: %s', (_, text, skipped) => {
    expect(form(text).skipped).toBe(skipped);
  });
});
