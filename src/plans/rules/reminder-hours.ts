/** The span of the day in which people may be reminded. */
import type { Outline } from '../language/outline.js';
import { expected, type Finding } from '../values/problem.js';
import { parseTimeOfDay } from '../values/time-of-day.js';

/** The hours begin before they end, and no day is named twice. */
export function hoursFindings(outline: Outline): Finding[] {
  const { days = [], from = '', to = '' } = outline.reminders?.hours ?? {};
  const at = ['reminders', 'hours'];
  const findings = days.flatMap((day, index): Finding[] => {
    if (day === undefined || days.indexOf(day) === index) return [];
    return [{ code: 'duplicate', path: [...at, 'days', index], message: expected('each day once', day) }];
  });
  const [begin, end] = [parseTimeOfDay(from), parseTimeOfDay(to)];
  if (begin !== undefined && end !== undefined && begin >= end) {
    findings.push({ code: 'order', path: [...at, 'to'], message: expected(`a time later than from, ${from}`, to) });
  }
  return findings;
}
