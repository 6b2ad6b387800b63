/** What may be shown of a program's standard error: one line, short, with nothing in it that it was told in confidence. */
import { withoutSecrets } from '../web/secrets.js';
import { shortened } from '../web/shortened.js';

/** How much of the end of standard error is kept, in bytes. */
const KEPT_BYTES = 4 * 1024;
const SHOWN_CHARACTERS = 200;

/** Keeps the end of a stream. */
export class Tail {
  #kept = Buffer.alloc(0);
  #cut = false;

  add(chunk: Buffer): void {
    const all = Buffer.concat([this.#kept, chunk]);
    this.#cut ||= all.length > KEPT_BYTES;
    this.#kept = all.subarray(-KEPT_BYTES);
  }

  /** The last line that is not blank, or nothing when only its end was kept: half a secret is not recognised as one. */
  lastLine(): string {
    const lines = this.#kept.toString('utf8').split(/\r\n|[\r\n]/);
    const at = lines.findLastIndex((line) => line.trim() !== '');
    return at === 0 && this.#cut ? '' : (lines[at] ?? '').trim();
  }
}

/** The line as it may be shown. `secrets` and what is derived from them in the usual ways become `***`. */
export function showable(line: string, secrets: readonly string[]): string {
  const masked = withoutSecrets(withoutColours(line), secrets.flatMap(formsOf));
  const plain = masked.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu, '?');
  return plain.length > SHOWN_CHARACTERS ? `${shortened(plain, SHOWN_CHARACTERS)}…` : plain;
}

/** A secret as it is, line by line, as part of an address, and the password of an address it is itself. */
export function formsOf(secret: string): string[] {
  const url = URL.canParse(secret) ? new URL(secret) : undefined;
  const passwords = url === undefined ? [] : [url.password, decoded(url.password)];
  const parts = [secret, secret.trim(), ...secret.split(/\r\n|[\r\n]/), ...passwords];
  return [...parts, ...parts.map(encodeURIComponent), ...parts.map((part) => JSON.stringify(part).slice(1, -1))];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withoutColours(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's colours begin with one
  return line.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');
}
