import type { Recorded } from '../../../rollout/state/events.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { buttons, compose, composeMost, lines, type MessagePart, type Rendered } from '../blocks.js';
import { type Phrase, say, toMrkdwn } from '../inline.js';
import { button } from '../phrases/buttons.js';
import { title, typed } from '../phrases/commands.js';
import { eventWords } from '../phrases/events.js';
import { actorSaid } from '../phrases/people.js';
import { bold } from '../text.js';

const MOST_LINES = 15;
const MOST_CHARS = 2_400;
const DAY_MS = 86_400_000;
/** How many lines one message may try to hold when all are asked for. */
const ALL_LINES = [60, 50, 40, 30, 25, 20, 15, 10, 5, 1] as const;
/** Lines of one section. */
const SECTION_LINES = 10;

/** Which events are asked for: a page counted from the newest, those before one that is named, or all. */
export type HistoryPage = { readonly no: number } | { readonly before: number } | 'all';

export interface HistoryAnswer {
  readonly rollout: Rollout;
  /** In order, newest last. */
  readonly events: readonly Recorded[];
  /** How many there are in all. */
  readonly total: number;
  /** The page this is, where it was asked for as one. */
  readonly no?: number;
  /** As much as a message holds, not a page. */
  readonly all?: boolean;
}

/** What to read for a page: never more than it can show. */
export function eventsNeeded(page: HistoryPage): { readonly last: number; readonly before?: number } {
  if (page === 'all') return { last: ALL_LINES[0] };
  return 'before' in page ? { last: MOST_LINES, before: page.before } : { last: MOST_LINES * page.no };
}

/** The events of a page: as many as it has room for, so that nothing is lost between two pages. */
export function historyPage({
  rollout,
  events,
  page,
}: Pick<HistoryAnswer, 'rollout' | 'events'> & { readonly page: HistoryPage }): Pick<
  HistoryAnswer,
  'events' | 'no' | 'all'
> {
  if (page === 'all') return { events, all: true };
  if ('before' in page)
    return {
      events: latest(
        rollout,
        events.filter(({ seq }) => seq < page.before),
      ),
    };
  let left = events;
  let no = 1;
  for (; no < page.no; no += 1) {
    const earlier = left.slice(0, left.length - latest(rollout, left).length);
    // Behind the oldest there is nothing: that page is shown once more.
    if (earlier.length === 0) break;
    left = earlier;
  }
  return { events: latest(rollout, left), no };
}

/** What happened, newest last. */
export function renderHistory({ rollout, events, total, no, all }: HistoryAnswer): Rendered {
  const id = `history:${rollout.id}:${rollout.seq}:${events[0]?.seq ?? 0}`;
  const kept = all === true ? events : latest(rollout, events);
  const parts = (most: number) => historyParts({ rollout, events: kept.slice(-most), total, ...(no && { no }) });
  return all === true ? composeMost(id, ALL_LINES, parts) : compose(id, parts(MOST_LINES));
}

function historyParts({ rollout, events, total, no }: HistoryAnswer): MessagePart[] {
  const newest = events.at(-1)?.at.getTime() ?? 0;
  const shown = events.map((recorded) => line(rollout, recorded, newest));
  const first = events[0]?.seq ?? 0;
  // Events are counted from 1 without a gap.
  const earlier = Math.max(0, first - 1);
  const later = Math.max(0, total - earlier - shown.length);
  const next = no === undefined ? '' : `: ${typed('history', rollout, String(no + 1))}`;
  const head = [
    `${bold(title(rollout))} · ${total === 1 ? '1 event' : `${total} events`}`,
    earlier > 0 ? `… ${earlier} earlier${next}` : '',
  ];
  const sections = Array.from({ length: Math.ceil(shown.length / SECTION_LINES) }, (_, index) =>
    shown.slice(index * SECTION_LINES, (index + 1) * SECTION_LINES),
  );
  const texts: MessagePart[] =
    shown.length > MOST_LINES
      ? [lines(...head), ...sections.map((section) => lines(...section))]
      : [lines(...head, ...shown, later > 0 ? `… ${later} later` : '')];
  return [
    ...texts,
    buttons(earlier > 0 ? button('history', `Earlier (${earlier})`, { rollout: rollout.id, before: first }) : null),
  ];
}

/** As many of the last events as there is room for: what happened last is what people look for. */
function latest(rollout: Rollout, events: readonly Recorded[]): Recorded[] {
  const kept = events.slice(-MOST_LINES);
  const newest = kept.at(-1)?.at.getTime() ?? 0;
  const lengths = kept.map((recorded) => toMrkdwn(line(rollout, recorded, newest)).length + 1);
  let chars = lengths.reduce((sum, length) => sum + length, 0);
  let cut = 0;
  while (cut < kept.length - 1 && chars > MOST_CHARS) {
    chars -= lengths[cut] ?? 0;
    cut += 1;
  }
  return kept.slice(cut);
}

function line(rollout: Rollout, { seq, at, actor, event }: Recorded, newest: number): Phrase {
  const time = { kind: 'time', at, form: newest - at.getTime() < DAY_MS ? 'seconds' : 'moment' } as const;
  const who = actor.kind === 'bot' ? [] : say` · ${actorSaid(actor)}`;
  return say`${String(seq)} · ${time}${who} · ${eventWords(rollout, event)}`;
}

/** Who did it and what it was, for a record that is read somewhere else. */
export function whoAndWhat(
  rollout: Rollout,
  { actor, event }: Recorded,
): { readonly who: Phrase; readonly what: Phrase } {
  return { who: [actorSaid(actor)], what: eventWords(rollout, event) };
}
