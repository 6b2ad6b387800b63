/** Stored JSON keeps times as ISO text under keys that say so; reading makes them times again. */
const TIME_KEY = /(At|Since|^since|^at|^notAfter|^notBefore)$/;
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** Parses what this program stored itself; the type is the writer's promise. */
export function parseStored<T>(text: string): T {
  return JSON.parse(text, (key, value: unknown) =>
    typeof value === 'string' && TIME_KEY.test(key) && ISO.test(value) ? new Date(value) : value,
  ) as T;
}

/**
 * JSON as Postgres takes it. NUL and half a character, which JSON may hold and jsonb refuses, become U+FFFD: what a program or a
 * server said, cut off anywhere, must not keep a decision from being written.
 */
export function toStored(value: unknown): string {
  // Whole characters are written as they are, so what is escaped as a surrogate is half of one.
  return JSON.stringify(value).replace(/\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g, (escaped) =>
    /^\\u(?:0000|d)/.test(escaped) ? '\ufffd' : escaped,
  );
}

/** The same of words alone. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd');
}
