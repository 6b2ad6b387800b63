/** What a program printed, as far as it is understood. */

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** The one finite number that is all of the text but blanks around it; undefined for anything else, `0x10` and `1,5` included. */
export function printedNumber(text: string): number | undefined {
  const trimmed = text.trim();
  const number = NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}
