import type { Recorded } from '../rollout/state/events.js';
import { rolloutName } from '../rollout/state/rollout.js';
import { spokenEvent } from '../slack/words/messages/index.js';
import { eventsOf, type Loaded } from '../store/rollouts.js';
import { rolloutNamed } from './named.js';
import { plain, print } from './terminal.js';
import { withStore } from './with-store.js';

/** `rollout history <rollout>`: everything that happened, the oldest first. */
export function history(words: readonly string[]): Promise<number> {
  return withStore(async ({ db }) => {
    const loaded = await rolloutNamed(db, 'history', words[0]);
    if (!loaded) return 2;
    const { events } = await eventsOf(db, loaded.rollout.id);
    print(`${rolloutName(loaded.rollout)}  ${loaded.rollout.phase}  ${events.length} events`);
    for (const recorded of events) print(eventLine(loaded, recorded));
    return 0;
  });
}

function eventLine({ rollout }: Loaded, recorded: Recorded): string {
  return `${String(recorded.seq).padStart(4)}  ${recorded.at.toISOString()}  ${plain(spokenEvent(rollout, recorded))}`;
}
