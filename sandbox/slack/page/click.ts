import { z } from 'zod';
import type { Delivery, LocalSlack } from '../types.js';

const id = z.string().min(1);
const held = z.union([z.string(), z.array(z.string()), z.null()]);

/** What was entered in a view: block id → action id → value. */
export const enteredValues = z.record(z.string(), z.record(z.string(), held));

const element = {
  user: id,
  actionId: id,
  /** Which button, or what was chosen in a menu. */
  value: z.union([z.string(), z.array(z.string())]).optional(),
  blockId: id.optional(),
  values: enteredValues.optional(),
};

/** A click in a message, in the Home tab, or in the modal on top. */
export const clickShape = z.union([
  z.object({ ...element, channel: id, ts: id, ephemeral: z.boolean().optional() }),
  z.object({ ...element, view: z.enum(['home', 'modal']) }),
]);

/** The same without the fields that were not sent. */
type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function given<T extends object>(input: T): Given<T> {
  const entries = Object.entries(input).filter(([, value]) => value !== undefined);
  // What is left has no undefined in it, which the type of fromEntries cannot say.
  return Object.fromEntries(entries) as Given<T>;
}

/** Delivers a click on what the person sees. Throws when it is not there any more. */
export function click(input: z.infer<typeof clickShape>, slack: LocalSlack): Promise<Delivery> {
  if (!('view' in input)) return slack.click(given(input));
  const { view, ...aim } = input;
  return view === 'home' ? slack.clickHome(given(aim)) : slack.clickView(given(aim));
}
