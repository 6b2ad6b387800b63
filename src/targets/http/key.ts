/** The non-secret name of what an http target moves. */
import { createHash } from 'node:crypto';

const VARIABLE = /\$\{[A-Za-z_][A-Za-z0-9_]*\}/g;
const SPACED = /\{\{\s*(\w+)\s*\}\}/g;

/**
 * Host, path and query of the address that `set` goes to: what a variable puts behind the host stands in it as a short
 * hash, since it may be a secret; users and passwords not at all; placeholders as they are written. The parts of the query are in alphabetical order.
 */
export function keyOf(url: string, fill: (text: string) => string): string {
  const whole = partsOf(url.replace(SPACED, '{{$1}}'), fill);
  const text = whole.map(({ filled }) => filled).join('');
  const head = /^[a-z]+:\/\/[^/?#]*/i.exec(text)?.[0] ?? '';
  const { protocol, host } = new URL(head);
  let at = 0;
  const behind = whole.map(({ filled, secret }) => {
    const rest = filled.slice(Math.max(0, head.length - at));
    at += filled.length;
    return secret && rest.replaceAll('/', '') !== '' ? `/~${hash(rest)}` : rest;
  });
  const [path = '', query = ''] = behind.join('').split('#', 1).join('').split('?');
  const sorted = query.split('&').sort().join('&');
  return `${protocol}//${host}${path.replace(/\/{2,}/g, '/')}${sorted === '' ? '' : `?${sorted}`}`;
}

interface Part {
  readonly filled: string;
  /** It came out of a variable. */
  readonly secret: boolean;
}

function partsOf(url: string, fill: (text: string) => string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of url.matchAll(VARIABLE)) {
    parts.push({ filled: url.slice(from, match.index), secret: false }, { filled: fill(match[0]), secret: true });
    from = match.index + match[0].length;
  }
  return [...parts, { filled: url.slice(from), secret: false }];
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
