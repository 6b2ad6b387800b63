import type { UnknownReason } from '../rollout/health/why-unknown.js';
import { type JsonPath, kindOf, valueAt, writtenPath } from '../web/json-path.js';

export { type JsonPath, parseJsonPath, valueAt } from '../web/json-path.js';

/** What a document holds at a path: a number, or why there is none. `detail` names types, never contents. */
export type FoundNumber = { readonly value: number } | { readonly unknown: UnknownReason; readonly detail: string };

/**
 * Finds the one number at `path`. Only a finite JSON number counts: `"5"` is text that looks like a number, and a
 * source that starts to send text has changed in a way a person should look at.
 */
export function findNumber(document: unknown, path: JsonPath): FoundNumber {
  const found = valueAt(document, path);
  const where = writtenPath(path);
  if (found === undefined || found === null) return { unknown: 'no_value', detail: `${where} is not in the answer` };
  if (typeof found !== 'number') return { unknown: 'not_a_number', detail: `${where} is ${kindOf(found)}` };
  if (!Number.isFinite(found)) return { unknown: 'not_a_number', detail: `${where} is not finite` };
  return { value: found };
}
