/** Times of day, and the span of the day in which people may be reminded. */
import type { Outline } from './outline.js';
import { expected, type Finding } from './problem.js';

const FORM = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** Minutes since midnight for `HH:MM`, 00:00 to 23:59. */
export function parseTimeOfDay(text: string): number | undefined {
  const parts = FORM.exec(text);
  return parts ? Number(parts[1]) * 60 + Number(parts[2]) : undefined;
}

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
