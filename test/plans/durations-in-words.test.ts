import { describe, expect, test } from 'vitest';
import { readDuration } from '../../src/plans/values/duration.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('how long, as people say it,', () => {
  test.each<[string, number, string]>([
    ['30m', 30 * MINUTE, ''],
    ['30 m', 30 * MINUTE, ''],
    ['30 min.', 30 * MINUTE, ''],
    ['90 minutes', 90 * MINUTE, ''],
    ['2h, canary slow', 2 * HOUR, 'canary slow'],
    ['2H quiet night', 2 * HOUR, 'quiet night'],
    ['24 hours', 24 * HOUR, ''],
    ['24 hours more', 24 * HOUR, ''],
    ['by 1h', HOUR, ''],
    ['for another 2 hours please', 2 * HOUR, 'please'],
    ['+1h', HOUR, ''],
    ['1h30', HOUR + 30 * MINUTE, ''],
    ['1h30m quiet night', HOUR + 30 * MINUTE, 'quiet night'],
    ['1 h 30 min quiet night', HOUR + 30 * MINUTE, 'quiet night'],
    ['1 hour and 30 minutes', HOUR + 30 * MINUTE, ''],
    ['1.5h', HOUR + 30 * MINUTE, ''],
    ['1,5 h', HOUR + 30 * MINUTE, ''],
    ['an hour', HOUR, ''],
    ['half an hour', 30 * MINUTE, ''],
    ['two hours', 2 * HOUR, ''],
    ['1 day', 24 * HOUR, ''],
    ['1d2h', 26 * HOUR, ''],
    ['`30m`', 30 * MINUTE, ''],
    ['３０m', 30 * MINUTE, ''],
    ['30m 5xx errors', 30 * MINUTE, '5xx errors'],
    ['30m: 2 hours was too long', 30 * MINUTE, '2 hours was too long'],
  ])('%j is read', (text, ms, rest) => {
    expect(readDuration(text)).toEqual({ ms, rest });
  });

  test.each([
    '',
    'quiet night',
    '30',
    '0m',
    'soon',
    '1:30',
    '-1h',
    'hour',
    '3 customers',
    '400d',
    'a bit',
    'until noon',
    '10am',
  ])('%j is none', (text) => {
    expect(readDuration(text)).toBeNull();
  });
});
