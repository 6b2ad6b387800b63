/** Items and their lists in people's words. */
import { isBots, type ListId } from '../../../rollout/plan/lists.js';
import { type ItemState, isMet } from '../../../rollout/state/item-state.js';
import { type Item, type ItemsRead, type ListedItem, rowsOf, signatures } from '../../../rollout/state/items.js';
import type { ListState } from '../../../rollout/state/list-state.js';
import { isListMet, listsInTheWay } from '../../../rollout/state/lists.js';
import type { Condition, ListCondition } from '../../../rollout/state/refusal.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { bold, clock, escapeText, moment, oneLine, quoted } from '../text.js';
import { typed } from './commands.js';
import { exposureWords } from './exposure.js';
import { actorName, listed, quorumMentioned, quorumNames } from './people.js';

/** What became of an item. */
export const ITEM_WORDS: Readonly<Record<ItemState, string>> = {
  open: 'open',
  running: 'running',
  done: 'done',
  failed: 'failed',
  blocked: 'blocked',
  unknown: 'end not known',
  stale: 'too old',
  waived: 'waived',
};

export const ITEM_ICONS: Readonly<Record<ItemState, string>> = {
  open: '○',
  running: '▶',
  done: '✔',
  failed: '✖',
  blocked: '■',
  unknown: '?',
  stale: '◌',
  waived: '–',
};

/** What of a condition's items is named; the card names all. */
const MOST_NAMED = 5;
const TITLE_CHARS = 120;
const GROUP_CHARS = 60;
const DETAIL_CHARS = 200;

/** `Before 50 %`, `To leave 10 %`, `After completion`, `After the rollback`. */
export function listTitle({ plan }: Pick<Rollout, 'plan'>, { kind, stageNo }: ListId): string {
  const stage = plan.stages[stageNo - 1];
  const place = stage ? exposureWords(plan, stage.exposure) : '';
  switch (kind) {
    case 'before':
      return place === '' ? 'Before the start' : `Before ${place}`;
    case 'exit':
      return stageNo === plan.stages.length ? 'To complete' : `To leave ${place}`;
    case 'after':
      return 'After completion';
    case 'after_rollback':
      return 'After the rollback';
    default:
      return kind satisfies never;
  }
}

/** `3 of 5 done`; what was waived is never counted as done in silence: `all 5 done, 1 of them waived`. */
export function progressWords({ met, required, counts }: ListState): string {
  const waived = counts.waived > 0 ? `, ${counts.waived} of them waived` : '';
  const bad = [
    counts.failed > 0 ? `${counts.failed} failed` : '',
    counts.blocked > 0 ? `${counts.blocked} blocked` : '',
    counts.running > 0 ? `${counts.running} running` : '',
    counts.unknown > 0 ? `${counts.unknown} not known` : '',
    counts.stale > 0 ? `${counts.stale} too old` : '',
  ].filter((words) => words !== '');
  const words = met >= required ? `all ${required} done${waived}` : `${met} of ${required} done${waived}`;
  return [required === 0 ? `${counts.done} done, nothing required` : words, ...bad].join(' · ');
}

/** `to leave 3 of 5`, for a row. */
export function listProgress({ list: { kind }, met, required }: ListCondition): string {
  return `${kind === 'exit' ? 'to leave' : kind} ${met} of ${required}`;
}

/** An item that is not done: what it is, whose it is, what it waits for, and what was said of it. */
export function openLines({ plan, state, item, waitsFor }: ListedItem): string[] {
  const { by, work, group, optional } = plan;
  const needed = by ? signatures(by, item?.signed ?? []) : null;
  const signed = needed && needed.have > 0 && state === 'open' ? `signed ${needed.have} of ${needed.need}` : '';
  const facts = [
    // By name: a card that is posted calls nobody.
    isBots(work) ? 'by the bot' : '',
    by ? quorumNames(by) : '',
    optional ? 'optional' : '',
    state === 'open' ? '' : ITEM_WORDS[state],
    signed,
  ].filter((fact) => fact !== '');
  const place = group === undefined ? '' : `${escapeText(group, GROUP_CHARS)} › `;
  return [
    `${ITEM_ICONS[state]} ${place}${escapeText(plan.title, TITLE_CHARS)}${facts.map((fact) => ` · ${fact}`).join('')}`,
    ...(work.kind === 'test' ? testLines(work) : []),
    item && state !== 'open' ? saidOf(item, moment(item.at)) : '',
    waitsFor.length > 0
      ? `waits for ${listed(
          waitsFor.slice(0, MOST_NAMED).map(({ title }) => escapeText(title, 60)),
          'and',
        )}`
      : '',
  ];
}

function testLines({ as, how, expect }: Extract<ListedItem['plan']['work'], { kind: 'test' }>): string[] {
  return [
    as === undefined ? '' : `As ${escapeText(as, DETAIL_CHARS)}`,
    how === undefined ? '' : escapeText(how, DETAIL_CHARS),
    expect === undefined ? '' : `Expect: ${escapeText(expect, DETAIL_CHARS)}`,
  ];
}

/** Who said it, when and why. What the bot found out stands for itself: nobody said it. */
function saidOf({ by, note }: Item, when: string): string {
  if (by.kind === 'bot') return [escapeText(note, DETAIL_CHARS), when].filter((words) => words !== '').join(' · ');
  const said = quoted(note);
  return `${actorName(by)} ${when}${said === '' ? '' : `: ${said}`}`;
}

/** An item that blocks nothing any more, who said so and when; why, where it was waived. */
export function doneLine({ plan, state, item }: ListedItem): string {
  const said = item ? ` · ${saidOf(item, clock(item.at))}` : '';
  return `${ITEM_ICONS[state]} ${escapeText(plan.title, TITLE_CHARS)}${state === 'waived' ? ` (${ITEM_WORDS[state]})` : ''}${said}`;
}

/** Each open list and how far it is; nothing where none is open. */
export function listLines({ plan, lists }: Pick<Rollout, 'plan' | 'lists'>): string[] {
  return lists.flatMap((list) =>
    list.state === 'open' ? [`${bold(listTitle({ plan }, list))} ${progressWords(list)}`] : [],
  );
}

/** What is still to be done before the next move, or before the end: `To leave 10 %: 3 of 5 done`; '' where nothing is. */
export function toDoWords(rollout: Rollout): string {
  const unmet = listsInTheWay(rollout).filter((list) => !isListMet(list));
  return unmet.map((list) => `${listTitle(rollout, list)}: ${progressWords(list)}`).join('; ');
}

/** The items that are in the way, then how far their lists are: the rows of an approval. */
export function rowsInTheWay(rollout: Rollout, items: ItemsRead, most: number): string[] {
  const lists = listsInTheWay(rollout).filter(({ required }) => required > 0);
  const unmet = lists.flatMap((list) =>
    rowsOf(items, list).filter(({ plan, state }) => !plan.optional && !isMet(state)),
  );
  const shown = unmet.slice(0, most).map((row) => {
    const { plan, state, item } = row;
    const who = plan.by ? ` · ${quorumNames(plan.by)}` : '';
    const said = state !== 'open' && item ? ` · ${ITEM_WORDS[state]} by ${actorName(item.by)}` : '';
    return `${ITEM_ICONS[state]} ${escapeText(plan.title, TITLE_CHARS)}${who}${said}`;
  });
  const left = unmet.length - shown.length;
  const progress = lists.map((list) => {
    const mark = isListMet(list) ? '✔' : '✖';
    return `${mark} ${listTitle(rollout, list)}: ${progressWords(list)}`;
  });
  return [...progress, ...shown, ...(left > 0 ? [`and ${left} more: ${typed('items', rollout)}`] : [])];
}

/** Behind a command that changed items: what is left of the lists that are in the way. */
export function itemsLeft({ plan, lists }: Rollout): string {
  const open = lists.filter(({ state, met, required }) => state === 'open' && met < required);
  if (open.length === 0) return 'nothing is left to do.';
  return `${open.map((list) => `${listTitle({ plan }, list)}: ${progressWords(list)}`).join('; ')}.`;
}

type Lists = Extract<Condition, { kind: 'lists' }>;
type ItemCondition = Extract<Condition, { kind: 'item' }>;

/** Each item that is in the way, with who can do something about it. */
export function listsClearing({ lists }: Lists, rollout: Rollout): string {
  const rows = lists.flatMap(({ rows = [] }) => rows);
  const named = rows.slice(0, MOST_NAMED).map(({ title, state, by }) => {
    const who = by ? ` · ${quorumMentioned(rollout, by)}` : '';
    return `${ITEM_ICONS[state]} ${escapeText(title, TITLE_CHARS)}${state === 'open' ? '' : ` (${ITEM_WORDS[state]})`}${who}`;
  });
  const more = rows.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : []), `All of it: ${typed('items', rollout)}`].join('\n');
}

/** The parts of a row about one item. */
export function itemParts({ title, state }: ItemCondition): [string, ...string[]] {
  return [oneLine(title, 40), ITEM_WORDS[state]];
}

export function itemClearing({ waitsFor, by, at, state }: ItemCondition): string {
  if (waitsFor.length > 0)
    return `First: ${listed(
      waitsFor.slice(0, MOST_NAMED).map((title) => escapeText(title, TITLE_CHARS)),
      'and',
    )}.`;
  return by && at ? `${actorName(by)} said ${ITEM_WORDS[state]} ${moment(at)}. To say otherwise, reopen it first.` : '';
}
