import type { Message } from '../../../rollout/state/effects.js';
import type { ItemsRead, ListedItem } from '../../../rollout/state/items.js';
import { rowsOf } from '../../../rollout/state/items.js';
import type { ListState } from '../../../rollout/state/list-state.js';
import { sameList } from '../../../rollout/state/lists.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { buttons, composeMost, lines, linesWith, type MessagePart, type Rendered, small } from '../blocks.js';
import { title } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { itemButton, listButtons, unknownButtons } from '../phrases/item-buttons.js';
import { doneLine, listTitle, openLines, progressWords } from '../phrases/items.js';
import { bold } from '../text.js';

/** How many open items are shown with a button of their own; the others are reached by the buttons below. */
const ROWS = [30, 20, 15, 10, 7, 5, 3, 1] as const;
const NO_ITEMS: ItemsRead = { lists: [], items: [] };

/** What is to be done in one list: what is open with its button, what is done in a line. */
export function renderListCard(
  { list: ref }: Extract<Message, { template: 'list_card' }>,
  { rollout, items = NO_ITEMS }: MessageContext,
): Rendered {
  const { kind, stageNo, opening } = ref;
  const id = `list:${rollout.id}:${kind}:${stageNo}:${opening}`;
  const list = rollout.lists.find((one) => sameList(one, ref));
  const rows = rowsOf(items, ref);
  // A card of an earlier opening says what became of it there, and offers nothing.
  const isOpen = list?.state === 'open' && list.opening === opening;
  return composeMost(id, ROWS, (most) => [
    head(rollout, ref, { list, isOpen }),
    ...listParts(rollout, rows, { isOpen, most }),
  ]);
}

function head(
  rollout: Rollout,
  ref: Pick<ListState, 'kind' | 'stageNo' | 'opening'>,
  { list, isOpen }: { list: ListState | undefined; isOpen: boolean },
): MessagePart {
  const state = list && list.opening === ref.opening ? ` · ${progressWords(list)}` : '';
  const over = isOpen ? '' : ' · closed';
  return lines(`${bold(listTitle(rollout, ref))} · ${title(rollout)}${state}${over}`);
}

/** The items of a list. Also what `/rollout items` shows. */
export function listParts(
  rollout: Rollout,
  rows: readonly ListedItem[],
  { isOpen, most }: { readonly isOpen: boolean; readonly most: number },
): MessagePart[] {
  const open = rows.filter(({ state }) => state !== 'done' && state !== 'waived');
  // What can be done now comes before what waits for it.
  const sorted = [
    ...open.filter(({ waitsFor }) => waitsFor.length === 0),
    ...open.filter(({ waitsFor }) => waitsFor.length > 0),
  ];
  const shown = sorted.slice(0, most);
  const left = sorted.length - shown.length;
  return [
    ...shown.flatMap((row) => [
      linesWith(isOpen ? itemButton(rollout, row) : null, ...openLines(row)),
      buttons(...(isOpen ? unknownButtons(rollout, row) : [])),
    ]),
    lines(left > 0 ? `and ${left} more open` : ''),
    small(...rows.filter((row) => !open.includes(row)).map(doneLine)),
    isOpen ? buttons(...listButtons(rollout, rows)) : buttons(),
  ];
}
