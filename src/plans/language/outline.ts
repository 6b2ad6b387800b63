/**
 * What can be made out of a plan that may be wrong elsewhere: every field is there with its right type, or is
 * undefined. The rules that compare places work on this, so that one mistyped key does not hide another mistake.
 */
import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);

function item<T extends z.ZodRawShape>(shape: T) {
  return z.object(shape).optional().catch(undefined);
}

function listOf<T extends z.ZodType>(value: T) {
  return z.array(value).optional().catch(undefined);
}

function mapOf<T extends z.ZodType>(value: T) {
  return z.record(z.string(), value).optional().catch(undefined);
}

const bound = z.union([z.number(), z.string()]).optional().catch(undefined);
const limit = item({ above: bound, below: bound, at_least: bound, at_most: bound, do: text, for: text, fail: text });
const limited = { warning: limit, critical: limit, limits: listOf(limit) };

/** `none` is a word, not a limit: kept beside, so that it is seen. */
const override = z
  .preprocess(
    (value) => {
      if (typeof value !== 'object' || value === null) return value;
      const words = Object.entries(value).map(([key, inner]) => [`${key}Is`, inner]);
      return { ...value, ...Object.fromEntries(words) };
    },
    z.object({ ...limited, warningIs: text, criticalIs: text, limitsIs: text }),
  )
  .optional()
  .catch(undefined);

const request = item({ url: text, headers: mapOf(text), body: z.unknown().optional() });

/** One request or a list of them; `listed` tells where each stands. */
const requests = z.unknown().transform((value) => {
  if (value === undefined || value === null) return undefined;
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return { listed: Array.isArray(value), items: items.map((one) => request.parse(one)) };
});

const outlineSchema = z.object({
  plan: text,
  baseline: text,
  contact: listOf(text),
  people: mapOf(z.unknown()),
  targets: mapOf(
    item({
      kind: text,
      url: text,
      name: text,
      table: text,
      rows: mapOf(listOf(text)),
      where: mapOf(z.unknown()),
      columns: item({ exposure: text, enabled: text, updated_at: text }),
      switch: z.unknown().optional(),
      users: mapOf(text),
      tenants: item({ column: text, list: listOf(text) }),
      headers: mapOf(text),
      set: requests.optional(),
      off: requests.optional(),
      scale: z.unknown().optional(),
      read: item({ url: text, headers: mapOf(text), value: text, enabled: text }),
      per: item({ tenants: listOf(text), concurrency: number }),
    }),
  ),
  checks: mapOf(
    item({
      probe: item({
        kind: text,
        url: text,
        query: text,
        headers: mapOf(text),
        every: text,
        timeout: text,
        quiet: z.unknown().optional(),
        heartbeat: z.unknown().optional(),
      }),
      window: text,
      ...limited,
    }),
  ),
  stages: listOf(
    item({
      stage: text,
      exposure: z.union([z.number(), z.string()]).optional().catch(undefined),
      users: listOf(text),
      tenants: listOf(text),
      check_every: text,
      checks: mapOf(override),
      bake: z.preprocess(
        (value) => (typeof value === 'string' ? { for: value } : value),
        item({ for: text, max: text }),
      ),
      rollback: item({ to: z.union([z.string(), z.number()]).optional().catch(undefined) }),
      advance: text,
      approve: z
        .union([z.array(text), z.object({ any: number, of: listOf(text) })])
        .optional()
        .catch(undefined),
    }),
  ),
  reminders: item({ hours: item({ days: listOf(text), from: text, to: text }) }),
  templates: mapOf(text),
  rollback: item({ to: z.union([z.string(), z.number()]).optional().catch(undefined) }),
});

export type Outline = z.output<typeof outlineSchema>;
export type TargetOutline = NonNullable<NonNullable<Outline['targets']>[string]>;
/** The requests of a target's `set`, `off` or `read`, each with where it stands. */
export function requestsIn(target: TargetOutline, name: 'set' | 'off' | 'read'): RequestAt[] {
  if (name === 'read') return target.read ? [{ request: { ...target.read, body: undefined }, at: ['read'] }] : [];
  const { listed = false, items = [] } = target[name] ?? {};
  return items.flatMap((request, index) => (request ? [{ request, at: listed ? [name, index] : [name] }] : []));
}

export interface RequestAt {
  readonly request: NonNullable<z.output<typeof request>>;
  /** Behind the target's own path. */
  readonly at: readonly (string | number)[];
}

export type LimitOutline = z.output<typeof limit>;

/** Never fails; a value that is not a mapping has an empty outline. */
export function outlineOf(value: unknown): Outline {
  const read = outlineSchema.safeParse(value);
  return read.success ? read.data : {};
}
