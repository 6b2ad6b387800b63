import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAYS, type WorkingHours } from '../../src/rollout/plan/plan.js';
import { nextWorkingMoment } from '../../src/rollout/state/remind.js';
import { HOUR, MINUTE } from './fixture.js';

const OFFICE: WorkingHours = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], fromMinute: 540, toMinute: 1_020 };
const DAILY: WorkingHours = { ...OFFICE, days: DAYS };

function next(at: string, zone: string, hours = OFFICE): string {
  return nextWorkingMoment(new Date(at), hours, zone).toISOString();
}

describe('the next moment in working hours (Monday to Friday, nine to five)', () => {
  test.each([
    ['in them is that very moment', 'Europe/Berlin', '2026-11-20T11:22:33.444Z', '2026-11-20T11:22:33.444Z'],
    ['at nine is that very moment', 'Europe/Berlin', '2026-11-20T08:00:00.000Z', '2026-11-20T08:00:00.000Z'],
    ['early in the morning is nine', 'Europe/Berlin', '2026-11-20T06:10:30.000Z', '2026-11-20T08:00:00.000Z'],
    ['in the evening is over midnight', 'America/Los_Angeles', '2026-11-20T05:00:00.000Z', '2026-11-20T17:00:00.000Z'],
    ['at five is the next day: five is not in them', 'UTC', '2026-11-19T17:00:00.000Z', '2026-11-20T09:00:00.000Z'],
    ['on Friday evening is Monday', 'UTC', '2026-11-20T18:00:00.000Z', '2026-11-23T09:00:00.000Z'],
    ['in a zone of half hours', 'Asia/Kolkata', '2026-11-20T12:00:00.000Z', '2026-11-23T03:30:00.000Z'],
  ])('%s', (_what, zone, at, expected) => {
    expect(next(at, zone)).toBe(expected);
  });

  test.each([
    ['America/Los_Angeles', 'forward', '2026-03-07T02:00:00.000Z', '2026-03-09T16:00:00.000Z'],
    ['America/Los_Angeles', 'back', '2026-10-31T01:00:00.000Z', '2026-11-02T17:00:00.000Z'],
    ['Europe/Berlin', 'forward', '2026-03-27T17:00:00.000Z', '2026-03-30T07:00:00.000Z'],
    ['Europe/Berlin', 'back', '2026-10-23T16:00:00.000Z', '2026-10-26T08:00:00.000Z'],
  ])('%s, over a weekend on which the clocks go %s, is nine on Monday', (zone, _way, at, expected) => {
    expect(next(at, zone)).toBe(expected);
  });

  test.each([
    ['America/Los_Angeles', 'forward', '2026-03-08T08:30:00.000Z', '2026-03-08T16:00:00.000Z'],
    ['America/Los_Angeles', 'back', '2026-11-01T07:30:00.000Z', '2026-11-01T17:00:00.000Z'],
    ['Europe/Berlin', 'forward', '2026-03-28T23:30:00.000Z', '2026-03-29T07:00:00.000Z'],
    ['Europe/Berlin', 'back', '2026-10-24T22:30:00.000Z', '2026-10-25T08:00:00.000Z'],
  ])('%s, on the very Sunday on which they go %s and people work, is nine', (zone, _way, at, expected) => {
    expect(next(at, zone, DAILY)).toBe(expected);
  });

  test('is the day after where the clocks skip the hours, and what is left of hours they cut', () => {
    const at = '2026-03-28T23:30:00.000Z';
    const skipped = { ...DAILY, fromMinute: 120, toMinute: 180 };
    expect(next(at, 'Europe/Berlin', skipped)).toBe('2026-03-30T00:00:00.000Z');
    const cut = { ...DAILY, fromMinute: 150, toMinute: 210 };
    expect(next(at, 'Europe/Berlin', cut)).toBe('2026-03-29T01:00:00.000Z');
  });

  test('is found in the hour that comes twice, both times', () => {
    const twice = { ...DAILY, fromMinute: 120, toMinute: 180 };
    const both = ['2026-10-25T00:10:00.000Z', '2026-10-25T01:10:00.000Z'];
    expect(both.map((at) => next(at, 'Europe/Berlin', twice))).toEqual(both);
    const half = { ...twice, toMinute: 150 };
    expect(next('2026-10-25T00:40:00.000Z', 'Europe/Berlin', half)).toBe('2026-10-25T01:00:00.000Z');
  });
});

/** Made once for each zone: making one costs a hundred times what using it does. */
const WALLS = new Map<string, Intl.DateTimeFormat>();

function wallOf(zone: string): Intl.DateTimeFormat {
  const known = WALLS.get(zone);
  if (known) return known;
  const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  WALLS.set(zone, wall);
  return wall;
}

/** An own look at the clock on the wall, to compare with. */
function works(at: number, { days, fromMinute, toMinute }: WorkingHours, zone: string): boolean {
  const [date = '', time = ''] = wallOf(zone).format(at).split(' ');
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const day = DAYS[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7];
  const minutes = hour * 60 + minute;
  return day !== undefined && days.includes(day) && minutes >= fromMinute && minutes < toMinute;
}

const ZONES = [
  'UTC',
  'America/Los_Angeles',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Africa/Cairo',
  'America/St_Johns',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
];

const hours = fc
  .record({
    days: fc.subarray([...DAYS], { minLength: 1 }),
    fromMinute: fc.integer({ min: 0, max: 1_410 }),
    length: fc.integer({ min: 15, max: 1_439 }),
  })
  .map(({ days, fromMinute, length }) => ({ days, fromMinute, toMinute: Math.min(fromMinute + length, 1_439) }));

/** Any moment of the year, half of them within days of a change of clocks. */
const moments = fc.oneof(
  fc.date({ min: new Date('2026-01-01T00:00:00Z'), max: new Date('2026-12-31T00:00:00Z'), noInvalidDate: true }),
  fc
    .tuple(
      fc.constantFrom('2026-03-08', '2026-03-29', '2026-04-05', '2026-04-24', '2026-10-25', '2026-10-29', '2026-11-01'),
      fc.integer({ min: -48 * HOUR, max: 48 * HOUR }),
    )
    .map(([day, ms]) => new Date(new Date(`${day}T00:00:00Z`).getTime() + ms)),
);

describe('for any zone, hours and moment, the next working moment', () => {
  test('is in the hours, is not before what was asked, and skips none', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), hours, moments, (zone, span, asked) => {
        const found = nextWorkingMoment(asked, span, zone).getTime();
        expect(works(found, span, zone)).toBe(true);
        expect(found).toBeGreaterThanOrEqual(asked.getTime());
        const skipped: number[] = [];
        for (let at = asked.getTime(); at < found; at += 30 * MINUTE) skipped.push(at);
        if (found > asked.getTime()) skipped.push(Math.max(asked.getTime(), found - MINUTE));
        expect(skipped.filter((at) => works(at, span, zone))).toEqual([]);
      }),
      { numRuns: 600, seed: 20_261_120 },
    );
  });
});
