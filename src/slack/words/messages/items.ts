import { type ItemsRead, rowsOf } from '../../../rollout/state/items.js';
import type { ListState } from '../../../rollout/state/list-state.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { composeMost, lines, type MessagePart, type Rendered } from '../blocks.js';
import { title } from '../phrases/commands.js';
import { listTitle, progressWords } from '../phrases/items.js';
import { bold } from '../text.js';
import { listParts } from './list-card.js';

/** How many open items are shown of each list. */
const ROWS = [30, 20, 15, 10, 7, 5, 3, 1] as const;

/** The answer to `items`: every list that is open, what is left of it first, then how those ended that are closed. */
export function renderItems({ rollout, items }: { readonly rollout: Rollout; readonly items: ItemsRead }): Rendered {
  const id = `items:${rollout.id}:${rollout.seq}`;
  const opened = rollout.lists.filter(({ opening }) => opening > 0);
  const ahead = rollout.lists.filter(({ opening }) => opening === 0);
  const nothing =
    rollout.lists.length === 0 ? 'The plan has no lists.' : opened.length === 0 ? 'No list is open yet.' : '';
  return composeMost(id, ROWS, (most) => [
    lines(`${bold('To do')} · ${title(rollout)}`, nothing),
    ...opened.flatMap((list) => part(rollout, list, { items, most })),
    lines(
      ahead.length > 0 ? `Later: ${ahead.map((list) => `${listTitle(rollout, list)} (${list.items})`).join(', ')}` : '',
    ),
  ]);
}

function part(
  rollout: Rollout,
  list: ListState,
  { items, most }: { readonly items: ItemsRead; readonly most: number },
): MessagePart[] {
  const isOpen = list.state === 'open';
  const head = lines(`${bold(listTitle(rollout, list))} · ${progressWords(list)}${isOpen ? '' : ' · closed'}`);
  return isOpen ? [head, ...listParts(rollout, rowsOf(items, list), { isOpen, most })] : [head];
}
