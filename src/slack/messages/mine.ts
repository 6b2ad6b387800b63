import { buttons, compose, composeMost, lines, type Part, type Rendered, small } from '../blocks.js';
import { bold, clock, code } from '../text.js';
import { approveButtons } from './phrases/buttons.js';
import { dueLines, groupsOf, itemLines, type Mine, type MineItem, requestLines } from './phrases/mine.js';

/** Entries of each kind, as many as a message has room for; the Home tab has more. */
const MOST_ITEMS = [6, 4, 3, 2, 1] as const;

/** In a direct message: what waits for me, what is mine, what bakes, what is due; or how to begin. */
export function renderMine(data: Mine): Rendered {
  const { waiting, yours, baking, others } = groupsOf(data);
  if (data.items.length === 0) return compose('mine', [lines(...empty())]);
  const short = (most: number) => ({ most, part: (item: MineItem) => [lines(...itemLines(item, data.now))] });
  return composeMost('mine', MOST_ITEMS, (most) => [
    ...section('Waiting for your approval', waiting, { most, part: (item) => asked(item, data.now) }),
    ...section('Yours', yours, short(most)),
    ...section('Baking', baking, short(most)),
    ...section('Also under way', others, short(most)),
    due(data, most),
    small(`As of ${clock(data.now)} · ${code('/rollout list')} · ${code('/rollout help')}`),
  ]);
}

function section(
  head: string,
  items: readonly MineItem[],
  { most, part }: { most: number; part: (item: MineItem) => Part[] },
): Part[] {
  if (items.length === 0) return [];
  const more = items.length > most ? `and ${items.length - most} more` : '';
  return [lines(bold(`${head} (${items.length})`)), ...items.slice(0, most).flatMap(part), lines(more)];
}

function asked(item: MineItem, now: Date): Part[] {
  const { rollout } = item;
  if (!rollout.request) return [];
  return [lines(...requestLines(item, now)), buttons(...approveButtons(rollout, rollout.request))];
}

function due(data: Mine, most: number): Part {
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
