/** Which item a click or some words mean. */
import type { ItemRef } from '../rollout/state/item-state.js';
import { type ItemsRead, type ListedItem, rowsOf } from '../rollout/state/items.js';
import { type Refusal, refusal } from '../rollout/state/refusal.js';
import type { Rollout } from '../rollout/state/rollout.js';
import type { Verb } from '../rollout/state/verbs.js';
import type { ButtonValue } from './value.js';

/** The rows of every list that is open, in the plan's order. */
export function openRows({ lists }: Rollout, items: ItemsRead): readonly ListedItem[] {
  return lists.filter(({ state }) => state === 'open').flatMap((list) => rowsOf(items, list));
}

/** What a button or a form carries of an item; null: none. `no` 0 is the list as a whole. */
export function refOf(button: ButtonValue | null): ItemRef | null {
  if (!button || !('item' in button) || !button.item) return null;
  const [kind, stageNo, opening, no] = button.item;
  return { kind, stageNo, opening, no };
}

/** An item that somebody named, and the words behind its name. */
export interface NamedItem {
  readonly row: ListedItem;
  readonly rest: string;
}

/** As names are compared: letters and digits of any alphabet, in lower case. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]{1,9}/u)
    .filter((word) => word !== '')
    .join(' ');
}

/**
 * The item that words begin with the name or the title of, the longest first; else the only one whose title has all of them. Else
 * what could be meant: nothing is ticked by a guess.
 */
export function itemNamed(text: string, rows: readonly ListedItem[], verb: Verb): NamedItem | Refusal {
  const said = plain(text);
  if (rows.length === 0) return refusal('list_closed', [], { helps: 'items' });
  if (said === '') return unclear('which?', rows, verb);
  const names = rows
    .flatMap((row) => [row.plan.name, row.plan.title].map((name) => ({ row, name: plain(name) })))
    .filter(({ name }) => name !== '' && (said === name || said.startsWith(`${name} `)))
    .toSorted((one, other) => other.name.length - one.name.length);
  const [first] = names;
  if (first) {
    // Two lists may have an item of the same name.
    const others = names.filter(({ name, row }) => name.length === first.name.length && row !== first.row);
    const open = [first, ...others].filter(({ row }) => row.state !== 'done' && row.state !== 'waived');
    const [only, another] = open.length > 0 ? open : [first, ...others];
    if (only && !another) return { row: only.row, rest: behind(text, only.name) };
    return unclear(
      text,
      [first, ...others].map(({ row }) => row),
      verb,
    );
  }
  const part = rows.filter(({ plan }) => plain(plan.title).includes(said));
  const [only, another] = part;
  if (only && !another) return { row: only, rest: '' };
  return unclear(text, part.length > 0 ? part : nearest(said, rows), verb);
}

/** What stands behind so many words of a name. */
function behind(text: string, name: string): string {
  const words = name.split(' ').length;
  const parts = text.normalize('NFKC').match(/[\p{L}\p{N}]{1,200}/gu) ?? [];
  let at = 0;
  for (const word of parts.slice(0, words)) at = text.indexOf(word, at) + word.length;
  return text
    .slice(at)
    .replace(/^[\s"'”’`*_~)\].,:;!–—-]{1,20}/u, '')
    .trim();
}

/** Those that share a word with what was said; all where none does. */
function nearest(said: string, rows: readonly ListedItem[]): readonly ListedItem[] {
  const words = said.split(' ').filter((word) => word.length > 2);
  const near = rows.filter(({ plan }) => {
    const known = plain(plan.title).split(' ');
    return words.some((word) => known.some((one) => one.startsWith(word) || word.startsWith(one)));
  });
  return near.length > 0 ? near : rows;
}

const MOST_NAMED = 5;

function unclear(said: string, rows: readonly ListedItem[], verb: Verb): Refusal {
  const named = rows.slice(0, MOST_NAMED).map(({ plan }) => plan.title);
  const more = rows.length > named.length ? `, and ${rows.length - named.length} more` : '';
  const short = said.length > 60 ? `${said.slice(0, 60).toWellFormed()}…` : said;
  return refusal('no_such_item', [], {
    detail: `${short}; there is ${named.join(', ')}${more}`,
    helps: verb === 'done' ? 'items' : verb,
  });
}
