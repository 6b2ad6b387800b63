import { DAYS, type Plan, type Reminders, type WorkingHours } from '../plan/plan.js';
import { DAY_MS, DEFAULT_REMINDERS, later } from '../plan/waits.js';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** A week of nights and days off, and some for clocks that change. */
const MOST_STEPS = 20;

export function remindersOf(plan: Pick<Plan, 'reminders'>): Reminders {
  return plan.reminders ?? DEFAULT_REMINDERS;
}

/**
 * When people who are waited for are reminded next, after `sent` reminders. Past the most, once a day: nothing that waits
 * for people is forgotten. A request past its most is not reminded of any more, because it expires.
 */
export function nextReminder(plan: Pick<Plan, 'reminders' | 'timezone'>, from: Date, sent: number): Date {
  const { everyMs, atMost, hours } = remindersOf(plan);
  const at = later(from, sent < atMost ? everyMs : Math.max(DAY_MS, everyMs));
  return hours ? nextWorkingMoment(at, hours, plan.timezone) : at;
}

/** When the open request is reminded of next; its expiry when there is none left before it. */
export function nextRequestReminder(
  plan: Pick<Plan, 'reminders' | 'timezone'>,
  request: { readonly expiresAt: Date },
  from: Date,
  sent: number,
): Date {
  if (sent >= remindersOf(plan).atMost) return request.expiresAt;
  const at = nextReminder(plan, from, sent);
  return at < request.expiresAt ? at : request.expiresAt;
}

/** Does this moment lie in the hours, by the clock on the wall there? */
export function isInHours(at: Date, hours: WorkingHours, timezone: string): boolean {
  return includes(hours, wallMinute(at, timezone));
}

function includes(hours: WorkingHours, wall: number): boolean {
  const minute = wall % DAY_MINUTES;
  return isDayOf(hours, wall) && minute >= hours.fromMinute && minute < hours.toMinute;
}

function isDayOf({ days }: WorkingHours, wall: number): boolean {
  // The first of January 1970 was a Thursday.
  const today = DAYS[(Math.floor(wall / DAY_MINUTES) + DAYS.indexOf('thu')) % DAYS.length];
  return days.some((day) => day === today);
}

/** This moment, if it lies in the hours; else the next one that does. */
export function nextWorkingMoment(at: Date, hours: WorkingHours, timezone: string): Date {
  let moment = at;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const wall = wallMinute(moment, timezone);
    if (includes(hours, wall)) return moment;
    const minute = wall % DAY_MINUTES;
    const works = isDayOf(hours, wall);
    // To the beginning of today's hours, or over midnight.
    const minutes = works && minute < hours.fromMinute ? hours.fromMinute - minute : DAY_MINUTES - minute;
    moment = onward(moment, minutes, timezone);
  }
  return at;
}

/** So many minutes on, or to where the clocks change on the way: beyond it the wall says something else than reckoned. */
function onward(from: Date, minutes: number, timezone: string): Date {
  const start = Math.floor(from.getTime() / MINUTE_MS);
  const offset = (minute: number): number => wallMinute(new Date(minute * MINUTE_MS), timezone) - minute;
  const before = offset(start);
  let [same, changed] = [start, start + minutes];
  if (offset(changed) === before) return new Date(changed * MINUTE_MS);
  while (changed - same > 1) {
    const middle = Math.floor((same + changed) / 2);
    if (offset(middle) === before) same = middle;
    else changed = middle;
  }
  return new Date(changed * MINUTE_MS);
}

// Making a format costs a hundred times more than using it.
const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** What the clock on the wall shows there, as minutes since 1970 by that clock. */
function wallMinute(at: Date, timezone: string): number {
  const made =
    FORMATS.get(timezone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
  FORMATS.set(timezone, made);
  const parts = Object.fromEntries(made.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute) / MINUTE_MS;
}
