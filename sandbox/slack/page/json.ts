/** Block Kit arrives as JSON of any shape. These read a field or give the empty value; a strange block never throws. */
export type Json = Record<string, unknown>;

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function recordIn(value: unknown, field: string): Json | undefined {
  const inner = isRecord(value) ? value[field] : undefined;
  return isRecord(inner) ? inner : undefined;
}

export function recordsIn(value: unknown, field: string): Json[] {
  const inner = isRecord(value) ? value[field] : undefined;
  return Array.isArray(inner) ? inner.filter(isRecord) : [];
}

export function stringIn(value: unknown, field: string): string | undefined {
  const inner = isRecord(value) ? value[field] : undefined;
  return typeof inner === 'string' ? inner : undefined;
}

export function numberIn(value: unknown, field: string): number | undefined {
  const inner = isRecord(value) ? value[field] : undefined;
  return typeof inner === 'number' ? inner : undefined;
}

/** A text object's text, or ''. */
export function textIn(value: unknown, field: string): string {
  return stringIn(recordIn(value, field), 'text') ?? '';
}
