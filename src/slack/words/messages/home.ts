import type { Button, HeaderBlock, HomeView, KnownBlock } from '@slack/types';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { buttons, lines, type MessagePart, small, viewBlocks } from '../blocks.js';
import { approveButtons, button, detailsButton } from '../phrases/buttons.js';
import {
  dueLines,
  fallenButtons,
  fallenLine,
  groupsOf,
  itemButtons,
  itemLines,
  labelled,
  type Mine,
  type MineItem,
  ROLLED_BACK_HEAD,
  requestLines,
  toDoEntry,
  toDoOf,
} from '../phrases/mine.js';
import { bold, clock, code } from '../text.js';

export type { Mine } from '../phrases/mine.js';

/** What Slack takes, less the frame: heads, the lines that say how many more, the foot. */
const MOST_BLOCKS = 100;
const FRAME_BLOCKS = 16;
const BLOCKS_PER_ENTRY = 2;
const MOST_DUE = 15;
/** A checklist of three hundred items is no reason to hide what is rolling out. */
const MOST_TO_DO = 8;

/** One person's page: what waits for them, what was rolled back, what is theirs, what bakes, what is due. */
export function renderHome(data: Mine): HomeView {
  const { now, items, rolledBack = [] } = data;
  const { waiting, yours, baking, others } = groupsOf(data);
  // What waits for this person comes first, also when there is not room for all.
  const room = { left: Math.floor((MOST_BLOCKS - FRAME_BLOCKS) / BLOCKS_PER_ENTRY) };
  const ran = { room, entry: (item: MineItem) => shown(item, now) };
  const blocks = [
    ...viewBlocks('home:top', [buttons(refreshButton(), startButton()), small(`As of ${clock(now)}`)]),
    ...viewBlocks('home:empty', [items.length + rolledBack.length === 0 ? lines(...empty()) : lines()]),
    ...section('waiting', 'Waiting for your approval', waiting, { room, entry: (item) => asked(item, now) }),
    ...section('to_do', 'To do for you', toDoOf(data), { room, most: MOST_TO_DO, entry: toDoEntry }),
    ...section('rolled_back', ROLLED_BACK_HEAD, rolledBack.map(itself), {
      room,
      entry: ({ rollout }) => rolledBackEntry(rollout, now),
    }),
    ...section('yours', 'Yours', yours, ran),
    ...section('baking', 'Baking', baking, ran),
    ...section('others', 'Also under way', others, ran),
    ...due(data),
  ];
  return { type: 'home', callback_id: 'rollout_home', blocks };
}

/** To guests and strangers: that this is not for them, and who helps. */
export function renderHomeClosed(): HomeView {
  const blocks = viewBlocks('home:closed', [
    lines('Only full members of this workspace may use this bot. Ask a colleague.'),
  ]);
  return { type: 'home', callback_id: 'rollout_home', blocks };
}

interface Layout<T> {
  /** Entries that still fit; counted down as they are shown. */
  readonly room: { left: number };
  /** At most so many; absent: as many as fit. */
  readonly most?: number;
  readonly entry: (item: T) => MessagePart[];
}

function section<T extends Pick<MineItem, 'rollout'>>(
  name: string,
  head: string,
  items: readonly T[],
  { room, entry, most = room.left }: Layout<T>,
): KnownBlock[] {
  if (items.length === 0) return [];
  const fitting = items.slice(0, Math.min(most, room.left));
  room.left -= fitting.length;
  const more = items.length - fitting.length;
  return [
    heading(`home:${name}`, `${head} (${items.length})`),
    ...fitting.flatMap((item, at) => viewBlocks(`home:${name}:${item.rollout.id}:${at}`, entry(item))),
    ...viewBlocks(`home:${name}:more`, [more > 0 ? lines(`and ${more} more: ${code('/rollout list')}`) : lines()]),
  ];
}

/** A heading of its own: among many rollouts and their buttons a bold line is not found, and not announced as one. */
function heading(block_id: string, text: string): HeaderBlock {
  return { type: 'header', block_id, text: { type: 'plain_text', text } };
}

function asked(item: MineItem, now: Date): MessagePart[] {
  const { rollout } = item;
  if (!rollout.request) return [];
  const decide = approveButtons(rollout, rollout.request);
  return [lines(...requestLines(item, now)), buttons(...decide, ...labelled([detailsButton(rollout)], rollout))];
}

function itself(rollout: Rollout) {
  return { rollout };
}

function rolledBackEntry(rollout: Rollout, now: Date): MessagePart[] {
  return [lines(fallenLine(rollout, now)), buttons(...fallenButtons(rollout))];
}

function shown(item: MineItem, now: Date): MessagePart[] {
  return [lines(...itemLines(item, now)), itemButtons(item)];
}

function refreshButton(): Button {
  return button('home', 'Refresh', {});
}

function startButton(): Button {
  return button('start', 'Start a rollout…', { plan: '', form: 'start' });
}

function due(data: Mine): KnownBlock[] {
  const all = dueLines(data);
  if (all.length === 0) return [];
  const more = all.length > MOST_DUE ? `and ${all.length - MOST_DUE} more` : '';
  return [heading('home:due', 'Due next'), ...viewBlocks('home:due', [lines(...all.slice(0, MOST_DUE), more)])];
}

function empty(): string[] {
  return [
    bold('Nothing waits for you.'),
    'When a request needs your approval, it stands here with its buttons; so does what you start or have a role in.',
    `${code('/rollout plans')} shows what could be started, ${code('/rollout list')} what others roll out.`,
  ];
}
