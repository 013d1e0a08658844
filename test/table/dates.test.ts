import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DateForm, dateFormOf, dateIn } from '../../src/table/dates.ts';

const of = (iso: string) => Date.parse(iso) / 1000;

describe('a date', () => {
  it.each<[string, string, DateForm?]>([
    ['2012-01-31', '2012-01-31'],
    ['2012-1-5', '2012-01-05'],
    ['2012-01', '2012-01-01'],
    ['2012-01-31T12:30', '2012-01-31T12:30Z'],
    ['2012-01-31 12:30:15', '2012-01-31T12:30:15Z'],
    ['2012-01-31T12:30:15.250Z', '2012-01-31T12:30:15.250Z'],
    ['2012-01-31T12:30:15+02:00', '2012-01-31T10:30:15Z'],
    ['2012-01-31 12:30:15-0530', '2012-01-31T18:00:15Z'],
    ['2012-01-31 12:30:15 UTC', '2012-01-31T12:30:15Z'],
    ['2012/01/31', '2012-01-31'],
    ['2012.01.31', '2012-01-31'],
    ['31.01.2012', '2012-01-31'],
    ['31.1.2012 08:05', '2012-01-31T08:05Z'],
    ['01/31/2012', '2012-01-31'],
    ['1/31/2012 3:05 PM', '2012-01-31T15:05Z'],
    ['1/31/2012 12:05 am', '2012-01-31T00:05Z'],
    ['1/31/12', '2012-01-31'],
    ['1/31/70', '1970-01-31'],
    ['01/02/2012', '2012-01-02', 'month first'],
    ['01/02/2012', '2012-02-01', 'day first'],
    ['31/01/2012', '2012-01-31', 'day first'],
    ['Jun 12 1998', '1998-06-12'],
    ['June 12, 1998', '1998-06-12'],
    ['Sept. 1st, 1998', '1998-09-01'],
    ['12 Jun 1998', '1998-06-12'],
    ['12-Jun-1998', '1998-06-12'],
    ['12-JUN-98', '1998-06-12'],
    ['Fri, 12 Jun 1998 10:00:00 GMT', '1998-06-12T10:00Z'],
    ['Friday, June 12, 1998', '1998-06-12'],
    ['29 Feb 2012', '2012-02-29'],
    ['20120131', '2012-01-31', 'compact'],
    ['12:30', '1970-01-01T12:30Z'],
    ['6:05:07 pm', '1970-01-01T18:05:07Z'],
    ['1066-10-14', '1066-10-14'],
  ])('%s is %s', (text, expected, form = 'month first') => {
    expect(dateIn(text, form)).toBe(of(expected));
  });

  it.each([
    ...['', 'x', '5', '2012', '20120131', '2012-13-01', '2012-02-30', '31/01/2012', '30.2.2012'],
    ...['Feb 29 2011', 'Foo 12 1998', '2012-01-31T25:00', '2012-01-31T12:60', '13:00 pm', '1-2'],
    ...['2012-01-31 tomorrow', '0000-01-01', '99-01-01', '1/2', '1.5', '2012-1-31-1', '12:5'],
  ])('is not %j', (text) => {
    expect(dateIn(text, 'month first')).toBeNaN();
  });

  it('is that of the engine, whichever it is', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(dateIn(date.toISOString(), 'month first')).toBeCloseTo(date.getTime() / 1000, 3);
          expect(dateIn(date.toUTCString(), 'month first')).toBe(Math.floor(date.getTime() / 1000));
        },
      ),
    );
  });
});

describe('the form of dates', () => {
  it.each<[string[], DateForm, boolean]>([
    [['01/02/2012', '01/31/2012'], 'month first', false],
    [['01/02/2012', '31/01/2012'], 'day first', false],
    [['01/02/2012', '03/04/2012'], 'month first', true],
    [['01/01/2012', '04/04/2012'], 'month first', false],
    [['2012-01-02', '2012-03-04'], 'month first', false],
    [['20120102', '20120304'], 'compact', false],
  ])('of %j', (texts, form, isAmbiguous) => {
    expect(dateFormOf(texts, 'start date')).toEqual({ form, isAmbiguous });
  });

  it('of digits is that of dates only where the name says so', () => {
    expect(dateFormOf(['20120102', '20120304'], 'code').form).toBe('month first');
    expect(dateFormOf(['20120102', '99999999'], 'date').form).toBe('month first');
  });
});
