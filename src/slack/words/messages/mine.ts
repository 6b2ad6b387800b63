import type { Button } from '@slack/types';
import { buttons, compose, composeMost, lines, type MessagePart, type Rendered, small } from '../blocks.js';
import { approveButtons } from '../phrases/buttons.js';
import {
  dueLines,
  fallenButtons,
  fallenLine,
  groupsOf,
  itemButtons,
  itemLines,
  type Mine,
  type MineItem,
  ROLLED_BACK_HEAD,
  requestLines,
  toDoEntry,
  toDoOf,
} from '../phrases/mine.js';
import { bold, clock, code } from '../text.js';

/** Entries of each kind, as many as a message has room for; the Home tab has more. None: one each, without their buttons. */
const MOST_ITEMS = [6, 4, 3, 2, 1, 0] as const;

/** In a direct message, as in the Home tab: what waits for me, what was rolled back, what is mine, what bakes, what is due; or how to begin. */
export function renderMine(data: Mine): Rendered {
  const { now, items, rolledBack = [] } = data;
  const { waiting, yours, baking, others } = groupsOf(data);
  if (items.length + rolledBack.length === 0) return compose('mine', [lines(...empty())]);
  return composeMost('mine', MOST_ITEMS, (room) => {
    const most = Math.max(1, room);
    const clicks = (all: readonly Button[]) => buttons(...(room > 0 ? all : []));
    const ran = {
      most,
      part: (item: MineItem) => [lines(...itemLines(item, now)), room > 0 ? itemButtons(item) : buttons()],
    };
    return [
      ...section('Waiting for your approval', waiting, { most, part: (item) => asked(item, now) }),
      ...section('To do for you', toDoOf(data), { most, part: toDoEntry }),
      ...section(ROLLED_BACK_HEAD, rolledBack, {
        most,
        part: (rollout) => [lines(fallenLine(rollout, now)), clicks(fallenButtons(rollout))],
      }),
      ...section('Yours', yours, ran),
      ...section('Baking', baking, ran),
      ...section('Also under way', others, ran),
      due(data, most),
      small(`As of ${clock(now)} · ${code('/rollout list')} · ${code('/rollout help')}`),
    ];
  });
}

function section<T>(
  head: string,
  items: readonly T[],
  { most, part }: { most: number; part: (item: T) => MessagePart[] },
): MessagePart[] {
  if (items.length === 0) return [];
  const more = items.length > most ? `and ${items.length - most} more` : '';
  return [lines(bold(`${head} (${items.length})`)), ...items.slice(0, most).flatMap(part), lines(more)];
}

function asked(item: MineItem, now: Date): MessagePart[] {
  const { rollout } = item;
  if (!rollout.request) return [];
  return [lines(...requestLines(item, now)), buttons(...approveButtons(rollout, rollout.request))];
}

function due(data: Mine, most: number): MessagePart {
  const all = dueLines(data);
  if (all.length === 0) return lines();
  const more = all.length > most ? `and ${all.length - most} more` : '';
  return lines(bold('Due next'), ...all.slice(0, most), more);
}

function empty(): string[] {
  return [
    'Nothing waits for your approval, and nothing you have a part in is under way.',
    `${code('/rollout plans')} shows what could be started, ${code('/rollout start <plan>')} begins one, ${code('/rollout list')} shows what others roll out.`,
  ];
}
