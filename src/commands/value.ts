import { z } from 'zod';
import { LIST_KINDS } from '../rollout/plan/lists.js';

/** Forms a button may open instead of doing something at once. */
const FORMS = ['override', 'to', 'extend', 'finish', 'start', 'false_alarm', 'report', 'items'] as const;

/** What a button has room for of somebody's words; `noteKept` cuts them to it. */
const NOTE_MOST = 300;

const Value = z.union([
  z.strictObject({ request: z.string().regex(/^\d+\.\d+$/) }),
  z.strictObject({
    rollout: z.number().int().positive(),
    stage: z.number().int().optional(),
    attempt: z.number().int().optional(),
    form: z.enum(FORMS).optional(),
    check: z.string().max(60).optional(),
    to: z.string().max(80).optional(),
    note: z.string().max(NOTE_MOST).optional(),
    before: z.number().int().positive().optional(),
    // Its list, the stage of that, which opening of it, and its place there; 0: all of the list.
    item: z.tuple([z.enum(LIST_KINDS), z.int().min(0), z.int().positive(), z.int().min(0)]).optional(),
  }),
  z.strictObject({
    plan: z.string().regex(/^[a-z0-9-]{0,60}$/),
    run: z.number().int().positive().optional(),
    as: z.enum(['again', 'new']).optional(),
    note: z.string().max(NOTE_MOST).optional(),
    form: z.enum(FORMS).optional(),
  }),
]);

/** What a button carries: a request, a rollout with the stage it was drawn for, the check it asks about or the words that were typed, or a plan. */
export type ButtonValue = z.infer<typeof Value>;

/** A button's value is our own words come back; anything else is somebody else's, or an older version's. */
export function readValue(value: unknown): ButtonValue | null {
  try {
    const parsed = Value.safeParse(typeof value === 'string' ? JSON.parse(value) : value);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** What was chosen from a menu: a verb, a space, and what its button would carry. */
export function readChoice(chosen: unknown): { readonly verb: string; readonly value: string } {
  const [verb = '', value = ''] = typeof chosen === 'string' ? chosen.split(/ (.*)/s) : [];
  return { verb, value };
}
