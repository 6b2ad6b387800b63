/** What may be kept of an output: its end, with nothing in it that was told in confidence. Pure. */
import { formsOf } from '../programs/last-words.js';
import { withoutSecrets } from '../web/secrets.js';

/** The most that is kept of one output, in bytes. */
export const KEPT_BYTES = 64 * 1024;
/** No secret that is looked for is longer, in characters; so much more than is kept is looked at. */
const LONGEST_SECRET = 8 * 1024;
export const LOOKED_AT_BYTES = KEPT_BYTES + LONGEST_SECRET;
/** From here on a secret is taken out wherever it stands, also over the ends of lines. */
const LONG_CHARS = 6;
const COVER = '***';

/** Tokens that look like one, whoever they belong to. Each is linear. */
const SHAPES: readonly RegExp[] = [
  /\bxox[a-z]-[A-Za-z0-9-]{8,500}/g,
  /\bxapp-[A-Za-z0-9-]{8,500}/g,
  /\bgh[opsur]_[A-Za-z0-9]{20,300}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,300}/g,
  /\bglpat-[A-Za-z0-9_-]{16,300}/g,
  /\bsk-[A-Za-z0-9_-]{16,300}/g,
  /\bsk_(?:live|test)_[A-Za-z0-9]{10,300}/g,
  /\bAKIA[A-Z0-9]{12,30}/g,
  /\beyJ[A-Za-z0-9_-]{5,4000}\.[A-Za-z0-9_-]{2,4000}\.[A-Za-z0-9_-]{0,4000}/g,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]{0,8000}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g,
  /(?<=\bauthorization["']?\s{0,5}[:=]\s{0,5}["']?)[^\r\n"']{1,4000}/gi,
  /(?<=\bbearer )[A-Za-z0-9._~+/=-]{6,4000}/gi,
  /(?<=[a-z0-9+.-]:\/\/)[^/?#@\s:]{0,200}:[^/?#@\s]{1,400}(?=@)/gi,
];

type Range = readonly [from: number, to: number];

/** `isEnd`: more stood in front, so that half a secret may stand at its beginning. */
export function masked(text: string, secrets: readonly string[], isEnd: boolean): string {
  const forms = [...new Set(secrets.flatMap(formsOf))].map(oneLine).filter((form) => form.length >= LONG_CHARS);
  const ranges = merged([...acrossLines(text, forms), ...SHAPES.flatMap((shape) => matches(text, shape))]);
  const longest = forms.reduce((most, { length }) => Math.max(most, length), 0);
  const from = isEnd ? Math.min(text.length, Math.max(longest, 1)) : 0;
  return endOf(withoutSecrets(covered(text, ranges, from), secrets, COVER), isEnd);
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, '');
}

/** Where these stand, whatever ends of lines are in between: a terminal's width breaks words. */
function acrossLines(text: string, forms: readonly string[]): Range[] {
  const places: number[] = [];
  let plain = '';
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\n' || sign === '\r') continue;
    places.push(at);
    plain += sign;
  }
  return forms.flatMap((form) => {
    const found: Range[] = [];
    for (let at = plain.indexOf(form); at >= 0; at = plain.indexOf(form, at + 1))
      found.push([places[at] ?? 0, (places[at + form.length - 1] ?? 0) + 1]);
    return found;
  });
}

function matches(text: string, shape: RegExp): Range[] {
  return [...text.matchAll(shape)].map(({ index, 0: found }) => [index, index + found.length] as const);
}

function merged(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort(([one], [other]) => one - other);
  const result: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = result.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

/** The text from a place on; a secret that lies across it is covered whole. */
function covered(text: string, ranges: readonly Range[], start: number): string {
  const kept: string[] = [];
  let at = start;
  for (const [from, to] of ranges) {
    if (to <= start) continue;
    if (from > at) kept.push(text.slice(at, from));
    kept.push(COVER);
    at = Math.max(at, to);
  }
  kept.push(text.slice(at));
  return kept.join('');
}

/** Its last bytes, from the beginning of a line where something was cut. */
function endOf(text: string, isEnd: boolean): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= KEPT_BYTES && !isEnd) return text;
  const end = bytes
    .subarray(-KEPT_BYTES)
    .toString('utf8')
    .replace(/^\uFFFD{1,3}/u, '');
  const line = end.indexOf('\n');
  return line >= 0 && line < end.length - 1 && line < 4_000 ? end.slice(line + 1) : end;
}

/** Keeps the end of what comes in pieces. */
export class OutputEnd {
  #chunks: Buffer[] = [];
  #size = 0;
  #isEnd = false;

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size - (this.#chunks[0]?.length ?? 0) >= LOOKED_AT_BYTES) {
      this.#size -= this.#chunks.shift()?.length ?? 0;
      this.#isEnd = true;
    }
  }

  masked(secrets: readonly string[]): string {
    const all = Buffer.concat(this.#chunks);
    const isEnd = this.#isEnd || all.length > LOOKED_AT_BYTES;
    return masked(all.subarray(-LOOKED_AT_BYTES).toString('utf8'), secrets, isEnd);
  }
}
