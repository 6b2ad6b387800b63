import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../src/plans/values/duration.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('the whole of a text as a duration', () => {
  test.each([
    ['1s', 1_000],
    ['30s', 30_000],
    ['15m', 15 * MINUTE],
    ['24h', DAY],
    ['7d', 7 * DAY],
    ['1h30m', 90 * MINUTE],
    ['1d2h3m4s', 93_784_000],
    ['365d', 365 * DAY],
    ['24 hours', DAY],
    ['24 Hours', DAY],
    ['24hours', DAY],
    ['24 h', DAY],
    ['24h0m0s', DAY],
    ['1 hr', HOUR],
    ['2 hrs', 2 * HOUR],
    ['90 min', 90 * MINUTE],
    ['90 mins', 90 * MINUTE],
    ['90 minutes', 90 * MINUTE],
    ['1h30', 90 * MINUTE],
    ['1h 30', 90 * MINUTE],
    ['1h 30m', 90 * MINUTE],
    ['1 hour 30 minutes', 90 * MINUTE],
    ['1 hour and 30 minutes', 90 * MINUTE],
    ['1.5h', 90 * MINUTE],
    ['1,5 h', 90 * MINUTE],
    ['0.5d', 12 * HOUR],
    ['half an hour', 30 * MINUTE],
    ['half a day', 12 * HOUR],
    ['an hour', HOUR],
    ['a week', 7 * DAY],
    ['one hour', HOUR],
    ['two days', 2 * DAY],
    ['1w', 7 * DAY],
    ['2 weeks', 14 * DAY],
    ['45 sec', 45_000],
    ['30S', 30_000],
    [' 30s ', 30_000],
    ['30\u00a0s', 30_000],
    ['PT30M', 30 * MINUTE],
    ['PT1H30M', 90 * MINUTE],
    ['P1D', DAY],
    ['P1W', 7 * DAY],
    ['pt90s', 90_000],
  ])('%j is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  test.each([
    ...[
      '',
      '0s',
      '30',
      's',
      '-1s',
      '1m1h',
      '1h1h',
      '10ms',
      '366d',
      '9999999999d',
      '0 hours',
      '12:30',
      '01:30:00',
      '1:30h',
    ],
    ...[
      'by 1h',
      'for 2h',
      'another hour',

      'about 1h',
      'soon',
      '1 month',
      '1y',
      'PT',
      'P',
      'P1Y',
      'PT0S',
      '24h each',
    ],
    ...['1h or 2h', '<1h', '~1h', '1-2h', 'hour', 'one', '5 m 5', '1e3s', '0x10s', '24 h / day'],
  ])('%j is none', (text) => expect(parseDuration(text)).toBeUndefined());
});
