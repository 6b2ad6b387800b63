import type { Button, HeaderBlock, HomeView, KnownBlock } from '@slack/types';
import { buttons, lines, type Part, small, viewBlocks } from './blocks.js';
import {
  approveButtons,
  button,
  continueButton,
  detailsButton,
  pauseButton,
  rollbackButton,
} from './messages/phrases/buttons.js';
import { dueLines, groupsOf, itemLines, type Mine, type MineItem, requestLines } from './messages/phrases/mine.js';
import { bold, clock, code } from './text.js';

export type { Mine } from './messages/phrases/mine.js';

/** What Slack takes, less the frame: heads, the lines that say how many more, the foot. */
const MOST_BLOCKS = 100;
const FRAME_BLOCKS = 16;
const BLOCKS_PER_ENTRY = 2;
const MOST_DUE = 15;

/** One person's page: what waits for them, what is theirs, what bakes, what is due. */
export function renderHome(data: Mine): HomeView {
  const { waiting, yours, baking, others } = groupsOf(data);
  // What waits for this person comes first, also when there is not room for all.
  const room = { left: Math.floor((MOST_BLOCKS - FRAME_BLOCKS) / BLOCKS_PER_ENTRY) };
  const blocks = [
    ...viewBlocks('home:top', [buttons(refreshButton(), startButton()), small(`As of ${clock(data.now)}`)]),
    ...viewBlocks('home:empty', [data.items.length === 0 ? lines(...empty()) : lines()]),
    ...section('waiting', 'Waiting for your approval', waiting, { room, entry: (item) => asked(item, data.now) }),
    ...section('yours', 'Yours', yours, { room, entry: (item) => shown(item, data.now) }),
    ...section('baking', 'Baking', baking, { room, entry: (item) => shown(item, data.now) }),
    ...section('others', 'Also under way', others, { room, entry: (item) => shown(item, data.now) }),
    ...due(data),
  ];
  return { type: 'home', callback_id: 'rollout_home', blocks };
}

interface Layout {
  /** Entries that still fit; counted down as they are shown. */
  readonly room: { left: number };
  readonly entry: (item: MineItem) => Part[];
}

function section(name: string, head: string, items: readonly MineItem[], { room, entry }: Layout): KnownBlock[] {
  if (items.length === 0) return [];
  const fitting = items.slice(0, room.left);
  room.left -= fitting.length;
  const more = items.length - fitting.length;
  return [
    heading(`home:${name}`, `${head} (${items.length})`),
    ...fitting.flatMap((item) => viewBlocks(`home:${name}:${item.rollout.id}`, entry(item))),
    ...viewBlocks(`home:${name}:more`, [more > 0 ? lines(`and ${more} more: ${code('/rollout list')}`) : lines()]),
  ];
}

/** A heading of its own: among many rollouts and their buttons a bold line is not found, and not announced as one. */
function heading(block_id: string, text: string): HeaderBlock {
  return { type: 'header', block_id, text: { type: 'plain_text', text } };
}

function asked(item: MineItem, now: Date): Part[] {
  const { rollout } = item;
  if (!rollout.request) return [];
  const decide = approveButtons(rollout, rollout.request);
  return [lines(...requestLines(item, now)), buttons(...decide, labelled(detailsButton(rollout), item))];
}

function shown(item: MineItem, now: Date): Part[] {
  return [lines(...itemLines(item, now)), buttons(...actions(item).map((each) => labelled(each, item)))];
}

/** As legal in its phase and allowed to this person; looking is allowed to everybody. */
function actions({ rollout, operates, mayStop }: MineItem): Button[] {
  // Whoever holds any role may stop it; only operators go on.
  const stops = operates || mayStop ? [pauseButton(rollout), rollbackButton(rollout)] : [];
  return [operates ? continueButton(rollout) : null, ...stops, detailsButton(rollout)].filter((each) => each !== null);
}

/** Many buttons of one name stand on this page; who hears it read needs to know which rollout each is of. */
function labelled(each: Button, { rollout }: MineItem): Button {
  const label = `${each.text.text} ${rollout.plan.name}#${rollout.run}`;
  return { ...each, accessibility_label: label.slice(0, 75) };
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
