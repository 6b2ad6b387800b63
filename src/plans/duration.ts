/** Durations as plans write them: `30s`, `15m`, `24h`, `7d`, `1h30m`. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY_MS = 24 * HOUR;

/** The longest duration any key takes: a year. */
const LONGEST_DURATION_MS = 365 * DAY_MS;

const FORM = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/;

/** Milliseconds; undefined when the text is not a duration, is zero, or is longer than a year. */
export function parseDuration(text: string): number | undefined {
  const parts = FORM.exec(text);
  if (!parts) return undefined;
  const count = (group: number) => Number(parts[group] ?? 0);
  const ms = count(1) * DAY_MS + count(2) * HOUR + count(3) * MINUTE + count(4) * SECOND;
  return ms > 0 && ms <= LONGEST_DURATION_MS ? ms : undefined;
}
