import { plainExposure } from '../rollout/plan/exposure.js';
import type { Recorded } from '../rollout/state/events.js';
import { rolloutName } from '../rollout/state/rollout.js';
import { say, toMarkdown, toPlain } from '../slack/words/inline.js';
import { whoAndWhat } from '../slack/words/messages/index.js';
import { phaseWord } from '../slack/words/phrases/stages.js';
import { theirs } from '../slack/words/text.js';
import { eventsOf, type Loaded } from '../store/rollouts.js';
import { rolloutNamed } from './named.js';
import { print } from './terminal.js';
import { withStore } from './with-store.js';

/** `rollout history <rollout>`: everything that happened, the oldest first; with `--markdown` to paste somewhere. */
export function history(words: readonly string[]): Promise<number> {
  const [name] = words.filter((word) => word !== '--markdown');
  return withStore(async ({ db }) => {
    const loaded = await rolloutNamed(db, 'history', name);
    if (!loaded) return 2;
    const { events } = await eventsOf(db, loaded.rollout.id);
    const all = words.includes('--markdown') ? markdownLines(loaded, events) : plainLines(loaded, events);
    for (const line of all) print(line);
    return 0;
  });
}

function plainLines({ rollout }: Loaded, events: readonly Recorded[]): string[] {
  const lines = events.map((recorded) => {
    const { who, what } = whoAndWhat(rollout, recorded);
    return `${String(recorded.seq).padStart(4)}  ${recorded.at.toISOString()}  ${toPlain(say`${who} · ${what}`)}`;
  });
  return [`${rolloutName(rollout)}  ${rollout.phase}  ${events.length} events`, ...lines];
}

/** The record as a page of an issue, a wiki or a post-mortem. */
export function markdownLines({ rollout }: Pick<Loaded, 'rollout'>, events: readonly Recorded[]): string[] {
  const { plan, phase, exposure } = rollout;
  const title = say`${theirs(plan.title, 80)} (${rolloutName(rollout)})`;
  const state = say`${phaseWord(phase)}, ${plainExposure(plan, exposure.confirmed)}, ${String(events.length)} events`;
  const rows = events.map((recorded) => {
    const { who, what } = whoAndWhat(rollout, recorded);
    const time = recorded.at.toISOString().slice(0, 19).replace('T', ' ');
    return `| ${recorded.seq} | ${time} | ${toMarkdown(who)} | ${toMarkdown(what)} |`;
  });
  return [`# ${toMarkdown(title)}`, '', toMarkdown(state), '', '| | UTC | who | what |', '|--:|---|---|---|', ...rows];
}
