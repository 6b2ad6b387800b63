import { isForPeople } from '../../../rollout/moves/ask-owners.js';
import { ownersOf } from '../../../rollout/plan/lists.js';
import type { Message } from '../../../rollout/state/effects.js';
import { type ListedItem, rowsOf } from '../../../rollout/state/items.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { compose, lines, type Rendered, small } from '../blocks.js';
import { title, typed } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { listTitle } from '../phrases/items.js';
import { quorumMentioned, roleMentioned } from '../phrases/people.js';
import { bold, escapeText } from '../text.js';

/** Items named for each owner; the card has all. */
const MOST_NAMED = 3;
const MOST_OWNERS = 12;
const TITLE_CHARS = 80;

type OwnersAsked = Extract<Message, { template: 'owners_asked' }>;

/** Calls those who have something to do, each with their own items. What was done since it was decided is left out. */
export function renderOwnersAsked({ lists }: OwnersAsked, ctx: MessageContext): Rendered {
  const { rollout, items } = ctx;
  const parts = lists.flatMap(({ owners, ...list }) => {
    const rows = items ? rowsOf(items, list).filter((row) => isForPeople(row) && isOf(row, owners)) : [];
    return rows.length === 0 ? [] : [lines(bold(listTitle(rollout, list)), ...ownersLines(rollout, rows))];
  });
  const head = parts.length === 0 ? 'what people were to be called for is done.' : 'this is left to do.';
  return compose(`owners:${rollout.id}:${rollout.seq}`, [
    lines(`${bold(title(rollout))}: ${head}`),
    ...parts,
    small(`All of it: ${typed('items', rollout)} · yours: \`/rollout items mine\``),
  ]);
}

function isOf({ plan }: ListedItem, owners: readonly string[]): boolean {
  return ownersOf(plan).some((role) => owners.includes(role));
}

/** `qa (@qa-team): flow one, flow two and 5 more`, a line for each owner. */
function ownersLines(rollout: Rollout, rows: readonly ListedItem[]): string[] {
  const byOwner = new Map<string, ListedItem[]>();
  for (const row of rows) {
    const { by } = row.plan;
    const who = by ? quorumMentioned(rollout, by) : roleMentioned(rollout, 'operators');
    byOwner.set(who, [...(byOwner.get(who) ?? []), row]);
  }
  const all = [...byOwner].map(([who, theirs]) => {
    const named = theirs.slice(0, MOST_NAMED).map(({ plan }) => escapeText(plan.title, TITLE_CHARS));
    const more = theirs.length - named.length;
    return `${who}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  });
  const left = all.length - MOST_OWNERS;
  return [...all.slice(0, MOST_OWNERS), ...(left > 0 ? [`and ${left} more owners`] : [])];
}
