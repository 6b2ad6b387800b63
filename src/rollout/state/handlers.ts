import type { Event, EventOf, EventType, Recorded } from './events.js';
import type { Rollout } from './rollout.js';

/** What one event changes in a rollout. */
export type Handler<E extends Event> = (rollout: Rollout, event: E, recorded: Recorded) => Rollout;

/** One for each event but the one that makes a rollout. */
export type Handlers = { readonly [T in Exclude<EventType, 'started'>]: Handler<EventOf<T>> };
