/** Where in a JSON document a value stands: object keys and array positions, outermost first. */
export type JsonPath = readonly (string | number)[];

const WHOLE = /^(?:[^.[\]]+|\[\d+\])(?:\.[^.[\]]+|\[\d+\])*$/;
const STEP = /\[(\d+)\]|([^.[\]]+)/g;

/** Reads `data.result[0].value`: dotted keys and `[n]`, nothing else. */
export function parseJsonPath(text: string): { readonly path: JsonPath } | { readonly error: string } {
  if (!WHOLE.test(text))
    return { error: `"${text}" is not a path: write dotted keys and [n], such as data.rates[0].value` };
  return { path: [...text.matchAll(STEP)].map(([, index, key]) => key ?? Number(index)) };
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

/** The type of a value in words, never its contents. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return 'a number';
  return typeof value === 'boolean' ? 'true or false' : 'an object';
}

/** The path as a plan writes it. */
export function writtenPath(path: JsonPath): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');
}

/** The document, or undefined when these bytes are none. */
export function parseJson(bytes: Buffer): { readonly document: unknown } | undefined {
  try {
    return { document: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
}
