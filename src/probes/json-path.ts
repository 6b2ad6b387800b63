import type { UnknownReason } from './probe.js';

/** Where in a JSON document a number stands: object keys and array positions, outermost first. */
export type JsonPath = readonly (string | number)[];

/** What a document holds at a path: a number, or why there is none. `detail` names types, never contents. */
export type FoundNumber = { readonly value: number } | { readonly unknown: UnknownReason; readonly detail: string };

const WHOLE = /^(?:[^.[\]]+|\[\d+\])(?:\.[^.[\]]+|\[\d+\])*$/;
const STEP = /\[(\d+)\]|([^.[\]]+)/g;

/** Reads `data.result[0].value`: dotted keys and `[n]`, nothing else. */
export function parseJsonPath(text: string): { readonly path: JsonPath } | { readonly error: string } {
  if (!WHOLE.test(text))
    return { error: `"${text}" is not a path: write dotted keys and [n], such as data.rates[0].value` };
  return { path: [...text.matchAll(STEP)].map(([, index, key]) => key ?? Number(index)) };
}

/**
 * Finds the one number at `path`. Only a finite JSON number counts: `"5"` is text that looks like a number, and a
 * source that starts to send text has changed in a way a person should look at.
 */
export function findNumber(document: unknown, path: JsonPath): FoundNumber {
  const here = valueAt(document, path);
  if (here === undefined || here === null)
    return { unknown: 'no_value', detail: `${written(path)} is not in the answer` };
  if (typeof here !== 'number') return { unknown: 'not_a_number', detail: `${written(path)} is ${kindOf(here)}` };
  if (!Number.isFinite(here)) return { unknown: 'not_a_number', detail: `${written(path)} is not finite` };
  return { value: here };
}

/** What stands at `path`; undefined when it leads nowhere. */
export function valueAt(document: unknown, path: JsonPath): unknown {
  let here = document;
  for (const step of path) here = child(here, step);
  return here;
}

/** Own keys of objects and positions of arrays only, so `length` or `toString` never pass for data. */
function child(parent: unknown, step: string | number): unknown {
  if (Array.isArray(parent)) return typeof step === 'number' ? parent[step] : undefined;
  if (typeof parent !== 'object' || parent === null || typeof step === 'number') return undefined;
  return Object.entries(parent).find(([key]) => key === step)?.[1];
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? 'true or false' : 'an object';
}

function written(path: JsonPath): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');
}
