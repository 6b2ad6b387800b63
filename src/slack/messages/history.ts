import type { Recorded } from '../../rollout/events.js';
import type { Rollout } from '../../rollout/rollout.js';
import { compose, lines, type Rendered } from '../blocks.js';
import { bold, clockSeconds, moment } from '../text.js';
import { title } from './phrases/commands.js';
import { eventWords } from './phrases/events.js';
import { actorName } from './phrases/people.js';

const MOST_LINES = 15;
const MOST_CHARS = 2_400;
const DAY_MS = 86_400_000;

export interface HistoryAnswer {
  readonly rollout: Rollout;
  /** In order, newest last. */
  readonly events: readonly Recorded[];
  /** How many there are in all. */
  readonly total: number;
}

/** What happened, newest last. */
export function renderHistory({ rollout, events, total }: HistoryAnswer): Rendered {
  const newest = events.at(-1)?.at.getTime() ?? 0;
  const shown = latest(events.slice(-MOST_LINES).map((recorded) => line(rollout, recorded, newest)));
  const earlier = total - shown.length;
  return compose(`history:${rollout.id}:${rollout.seq}`, [
    lines(
      `${bold(title(rollout))} · ${total === 1 ? '1 event' : `${total} events`}`,
      earlier > 0 ? `… ${earlier} earlier` : '',
      ...shown,
    ),
  ]);
}

/** As many of the last lines as there is room for: what happened last is what people look for. */
function latest(all: readonly string[]): string[] {
  const kept = [...all];
  while (kept.length > 1 && kept.join('\n').length > MOST_CHARS) kept.shift();
  return kept;
}

function line(rollout: Rollout, { seq, at, actor, event }: Recorded, newest: number): string {
  const time = newest - at.getTime() < DAY_MS ? clockSeconds(at) : moment(at);
  const who = actor.kind === 'bot' ? '' : ` · ${actorName(actor)}`;
  return `${seq} · ${time}${who} · ${eventWords(rollout, event)}`;
}
