/** Times of day, and the span of the day in which people may be reminded. */

const FORM = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** Minutes since midnight for `HH:MM`, 00:00 to 23:59. */
export function parseTimeOfDay(text: string): number | undefined {
  const parts = FORM.exec(text);
  return parts ? Number(parts[1]) * 60 + Number(parts[2]) : undefined;
}
