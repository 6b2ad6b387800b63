/** How a service writes the part of the users that have it: percent, a share from 0 to 1, basis points, as a number or in quotes. Pure. */

/** What requests and statements are filled in with. */
export interface Values {
  /** How many have it, and how many have not, in the service's own numbers. */
  readonly exposure: number;
  readonly rest: number;
  readonly enabled: boolean;
  readonly tenant?: string;
}

/** Beyond this many digits is what floating point adds. */
const DIGITS = 12;

/** What is filled in for a percentage, in the service's own numbers. `scale` is the number that means everybody there. */
export function valuesFor(percent: number, enabled: boolean, scale = 100): Values {
  const exposure = exact((percent * scale) / 100);
  return { exposure, rest: exact(scale - exposure), enabled };
}

/** A JSON number, or a JSON text that is nothing but a plain decimal number. */
const PLAIN = /^(?:0|[1-9]\d{0,8})(?:\.\d{1,9})?$/;

/** The number as it stands there; undefined for anything else, such as `"25%"`, `""` or `true`. */
export function numberIn(found: unknown): number | undefined {
  if (typeof found === 'number') return found;
  return typeof found === 'string' && PLAIN.test(found) ? Number(found) : undefined;
}

/** True, false, or their words in quotes. */
export function switchIn(found: unknown): boolean | undefined {
  if (typeof found === 'boolean') return found;
  return found === 'true' ? true : found === 'false' ? false : undefined;
}

/** Percent; undefined where the number is not from 0 to `scale`. */
export function percentOf(number: number, scale = 100): number | undefined {
  return number >= 0 && number <= scale ? exact((number * 100) / scale) : undefined;
}

/**
 * What a plan that counts to a hundred or more may have taken for percent: a reading below one that none of its places has. Undefined:
 * nothing speaks against the scale.
 */
export function scaleDoubt(percent: number | undefined, scale: number, places: readonly number[]): string | undefined {
  if (percent === undefined || percent <= 0 || percent >= 1 || scale < 100) return undefined;
  if (places.some((place) => place > 0 && place < 1)) return undefined;
  const number = exact((percent * scale) / 100);
  return `reads ${number}, which is ${percent} % where ${scale} means everybody: write scale: 1 if 1 does, or take it to 0 first`;
}

function exact(number: number): number {
  return Number(number.toPrecision(DIGITS));
}
