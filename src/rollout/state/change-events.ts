import type { Event } from './events.js';
import { VERB_TABLE, VERBS, type Verb } from './verbs.js';

type LineType = Exclude<(typeof VERB_TABLE)[Verb]['told'], null>;
/** An event that people made and that the thread learns of in a line. */
export type ChangeEvent = Extract<Event, { type: LineType }>;

export function isChange(event: Event): event is ChangeEvent {
  return VERBS.some((verb) => VERB_TABLE[verb].told === event.type);
}
