/** Reading values of unknown shape: request bodies, block trees, acknowledgements. */
export type Json = Record<string, unknown>;

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The entry of a table under a name from outside; undefined for the names that every object has, as `valueOf`. */
export function memberOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

export function isRecordList(value: unknown): value is Json[] {
  return Array.isArray(value) && value.every(isRecord);
}

export function recordsIn(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Blocks with those in containers, in the order of the page. */
export function everyBlockIn(blocks: unknown): Json[] {
  return recordsIn(blocks).flatMap((block) => [block, ...everyBlockIn(block.child_blocks)]);
}

/** What an element with choices offers, groups included. */
export function optionsOf(element: Json): Json[] {
  return [
    ...recordsIn(element.options),
    ...recordsIn(element.option_groups).flatMap((group) => recordsIn(group.options)),
  ];
}

/** How many characters the texts of a block tree have. */
export function charactersIn(node: unknown): number {
  if (Array.isArray(node)) return node.reduce<number>((sum, child) => sum + charactersIn(child), 0);
  if (!isRecord(node)) return 0;
  return Object.entries(node).reduce(
    (sum, [key, child]) => sum + (key === 'text' && typeof child === 'string' ? child.length : charactersIn(child)),
    0,
  );
}

/** The parsed text, or undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** True for true, "true" and "1": form-encoded and JSON bodies say it differently. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 'true' || value === '1' || value === 1;
}
