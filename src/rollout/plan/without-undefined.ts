/** A literal of T in which what is optional may also be undefined. */
type Loose<T> = T extends unknown
  ? { readonly [K in keyof T]: Pick<T, K> extends Required<Pick<T, K>> ? T[K] : T[K] | undefined }
  : never;

/**
 * The same without the fields that are undefined: those that are not known are not there at all. The whole literal is judged by
 * its type, so that a misspelt field does not compile; one that is spread under a condition would.
 */
export function withoutUndefined<T extends object>(fields: Loose<T>): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
