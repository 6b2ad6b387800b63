/** What must never be shown is taken out of a text before it is shown. Pure. */

/** From this length on a secret is taken out wherever it stands; a shorter one may be part of any word. */
const LONG_CHARS = 6;

/**
 * The text with `cover` in place of each of these, the longest first, or one that is part of another would leave the rest of it
 * standing. A secret of fewer than six characters is taken out as a whole word, and between the `:` and the `@` of an address:
 * anywhere else it is part of ordinary words, and the text would become unreadable.
 */
export function withoutSecrets(text: string, secrets: readonly string[], cover = '***'): string {
  const known = [...new Set(secrets)].filter((secret) => secret.trim() !== '');
  known.sort((one, other) => other.length - one.length);
  return known.reduce((safe, secret) => withoutOne(safe, secret, cover), text);
}

function withoutOne(text: string, secret: string, cover: string): string {
  if (secret.length >= LONG_CHARS) return text.replaceAll(secret, cover);
  const kept: string[] = [];
  let from = 0;
  for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
    if (at < from || !standsAlone(text, at, at + secret.length)) continue;
    kept.push(text.slice(from, at), cover);
    from = at + secret.length;
  }
  return kept.join('') + text.slice(from);
}

const JOINED_BEFORE = /(?:[\p{L}\p{N}_]|[\p{L}\p{N}_][-.])$/u;
const JOINED_BEHIND = /^(?:[\p{L}\p{N}_]|[-.][\p{L}\p{N}_])/u;

/** A whole word, or the password of an address. A part of a host's or a file's name, `db` in `db-1.example`, is no word. */
function standsAlone(text: string, at: number, end: number): boolean {
  if (text[at - 1] === ':' && text[end] === '@') return true;
  return !JOINED_BEFORE.test(text.slice(Math.max(0, at - 2), at)) && !JOINED_BEHIND.test(text.slice(end, end + 2));
}
