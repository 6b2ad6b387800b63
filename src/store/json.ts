/** Stored JSON keeps times as ISO text under keys that say so; reading makes them times again. */
const TIME_KEY = /(At|Since|^since|^at|^notAfter|^notBefore)$/;
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** Parses what this program stored itself; the type is the writer's promise. */
export function parseStored<T>(text: string): T {
  return JSON.parse(text, (key, value: unknown) =>
    typeof value === 'string' && TIME_KEY.test(key) && ISO.test(value) ? new Date(value) : value,
  ) as T;
}
