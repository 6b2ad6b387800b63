/** Forms of values that several kinds of targets and probes share. */
import { z } from 'zod';
import { duration, matching, url } from '../../values/forms.js';

export const HTTP = 'an http or https address';

export function webAddress(expectation: string) {
  return url(expectation, ['http:', 'https:']);
}

/** Over a unix socket the server takes whoever asks for the user the bot runs as: a host has to be named. */
export function postgresAddress() {
  const expectation = `a postgres:// address that names a host, best as \${NAME}`;
  return url(expectation, ['postgres:', 'postgresql:'], ({ hostname, searchParams }) => {
    const host = searchParams.get('host') ?? hostname;
    return host !== '' && !/^(?:\/|%2f)/i.test(host);
  });
}

/** The way to a value in a JSON document: dotted keys and `[n]`. */
export function jsonPath(expectation: string) {
  return matching(expectation, /^(?:[^.[\]\s"']+|\[\d{1,6}\])(?:\.[^.[\]\s"']+|\[\d{1,6}\])*$/);
}

/** Header values may hold `${NAME}`. */
export const headers = z.record(
  matching('a header name', /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}$/),
  matching('a header value on one line', /^[\t\x20-\x7e]{1,2000}$/),
  'a mapping of headers',
);

/** How long one reading of a probe may take. */
export const timeout = duration(10_000, '10s').prefault('3s');

/** How a target that cannot take its writes back is tried at the start. */
export const rehearse = z.enum(['write', 'read'], 'write or read, or nothing at all').optional();

const SCALE =
  'the number that means everybody there: 100 for percent, 1 for a share from 0 to 1, 10000 for basis points';

/** How a place counts the part of the users that have it. */
export const scale = z.number(SCALE).min(1, SCALE).max(1_000_000_000, SCALE);
