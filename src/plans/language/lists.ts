/**
 * The lists of a plan with where each item stands. What a group says is a default for its items, and what `every_stage` says is put
 * before the items of each stage. Reads an outline as well as a plan that passed every rule, so that what the rules judge is what
 * is executed.
 */
import type { ListId } from '../../rollout/plan/lists.js';
import { itemNameOf, titleOf } from '../values/item-words.js';
import type { Path } from '../values/problem.js';
import type { ItemOutline, Outline } from './outline.js';

type Entries = Outline['after'];

/** As much of a plan as lists are made of. */
export interface WithLists {
  readonly stages?: readonly ({ readonly before?: Entries; readonly exit?: Entries } | undefined)[] | undefined;
  readonly before?: Entries;
  readonly every_stage?: { readonly before?: Entries; readonly exit?: Entries } | undefined;
  readonly after?: Entries;
  readonly after_rollback?: Entries;
}

/** One list as the file has it. */
export interface WrittenList {
  readonly path: Path;
  readonly entries: readonly WrittenEntry[];
}

/** What stands directly in a list. */
export type WrittenEntry =
  | { readonly kind: 'item'; readonly item: WrittenItem }
  | { readonly kind: 'group'; readonly group: WrittenGroup; readonly items: readonly WrittenItem[] };

interface Named {
  readonly path: Path;
  /** A text alone is what is to be done. */
  readonly written: ItemOutline;
  /** '' where it has no text. */
  readonly title: string;
  /** '' where it has neither a name nor a text. */
  readonly name: string;
}

export type WrittenGroup = Named;

export interface WrittenItem extends Named {
  readonly group: WrittenGroup | undefined;
  /** Its own or its group's. */
  readonly by: ItemOutline['by'];
  readonly waive: ItemOutline['waive'];
  readonly optional: boolean;
  readonly needs: readonly (string | undefined)[];
  /** Where its needs are written, in the item or in the group. */
  readonly needsPath: Path;
}

/** The lists in the order of the file, each once. */
export function writtenLists(plan: WithLists): WrittenList[] {
  const lists: WrittenList[] = [];
  const add = (path: Path, entries: Entries) => {
    if (entries) lists.push({ path, entries: entries.flatMap((entry, index) => entryOf(entry, [...path, index])) });
  };
  add(['before'], plan.before);
  add(['every_stage', 'before'], plan.every_stage?.before);
  add(['every_stage', 'exit'], plan.every_stage?.exit);
  for (const [index, stage] of (plan.stages ?? []).entries()) {
    add(['stages', index, 'before'], stage?.before);
    add(['stages', index, 'exit'], stage?.exit);
  }
  add(['after'], plan.after);
  add(['after_rollback'], plan.after_rollback);
  return lists;
}

function entryOf(entry: NonNullable<Entries>[number], path: Path): WrittenEntry[] {
  if (entry === undefined) return [];
  if (typeof entry === 'string' || !('group' in entry || 'items' in entry))
    return [{ kind: 'item', item: itemOf(entry, { path, group: undefined }) }];
  const group = named(entry, path);
  const items = (entry.items ?? []).flatMap((inner, index) =>
    inner === undefined ? [] : [itemOf(inner, { path: [...path, 'items', index], group })],
  );
  return [{ kind: 'group', group, items }];
}

function itemOf(entry: string | ItemOutline, { path, group }: Pick<WrittenItem, 'path' | 'group'>): WrittenItem {
  const written = typeof entry === 'string' ? { do: entry } : entry;
  const ours = group?.written;
  return {
    ...named(written, path),
    group,
    by: written.by ?? ours?.by,
    waive: written.waive ?? ours?.waive,
    optional: written.optional ?? ours?.optional ?? false,
    needs: written.needs ?? ours?.needs ?? [],
    needsPath: [...(written.needs || !group ? path : group.path), 'needs'],
  };
}

function named(written: ItemOutline, path: Path): Named {
  const text = textOf(written);
  return { path, written, title: titleOf(text), name: written.name ?? itemNameOf(text) };
}

/** What people read: the words, or what the bot does. '' where it says neither. */
function textOf(written: ItemOutline): string {
  const { do: done, test, group, say, run, request, query, check } = written;
  if (check !== undefined) return [check, ...boundWords(written)].join(' ');
  if (run) return shortened(run.map((word) => word ?? '').join(' '));
  if (request) return shortened(`${request.method ?? 'GET'} ${request.url ?? ''}`);
  if (query) return shortened((query.sql ?? '').trim().split('\n', 1).join(''));
  return done ?? test ?? group ?? say ?? '';
}

function boundWords({ below, above, at_most, at_least, between }: ItemOutline): string[] {
  return [
    below === undefined ? '' : `below ${below}`,
    above === undefined ? '' : `above ${above}`,
    at_most === undefined ? '' : `at most ${at_most}`,
    at_least === undefined ? '' : `at least ${at_least}`,
    between === undefined ? '' : `between ${between.join(' and ')}`,
  ].filter((words) => words !== '');
}

const ACTION_CHARS = 300;

function shortened(text: string): string {
  return text.slice(0, ACTION_CHARS).toWellFormed();
}

/** One list as it is carried out. */
export interface PlannedList extends ListId {
  /** Those of `every_stage` first. */
  readonly entries: readonly WrittenEntry[];
}

/** In the order in which they open. */
export function plannedLists(plan: WithLists): PlannedList[] {
  const written = new Map(writtenLists(plan).map(({ path, entries }) => [path.join('.'), entries] as const));
  const at = (...path: Path) => written.get(path.join('.')) ?? [];
  const ofStage = (index: number, kind: 'before' | 'exit'): PlannedList => {
    const entries = merged(at('every_stage', kind), at('stages', index, kind));
    return { kind, stageNo: index + 1, entries };
  };
  const lists: PlannedList[] = [
    { kind: 'before', stageNo: 0, entries: at('before') },
    ...(plan.stages ?? []).flatMap((_, index) => [ofStage(index, 'before'), ofStage(index, 'exit')]),
  ];
  lists.push({ kind: 'after', stageNo: 0, entries: at('after') });
  lists.push({ kind: 'after_rollback', stageNo: 0, entries: at('after_rollback') });
  return lists.filter(({ entries }) => entries.length > 0);
}

/** A name of the stage's own takes the place of that of every stage: of an item, also in a group, or of a whole group. */
function merged(every: readonly WrittenEntry[], own: readonly WrittenEntry[]): WrittenEntry[] {
  const taken = new Set(own.flatMap(namesIn));
  const left = every.flatMap((entry): WrittenEntry[] => {
    if (entry.kind === 'item') return taken.has(entry.item.name) ? [] : [entry];
    const items = entry.items.filter(({ name }) => !taken.has(name));
    return taken.has(entry.group.name) || (items.length === 0 && entry.items.length > 0) ? [] : [{ ...entry, items }];
  });
  return [...left, ...own];
}

/** '' is the name of none. */
function namesIn(entry: WrittenEntry): string[] {
  const all = entry.kind === 'item' ? [entry.item] : [entry.group, ...entry.items];
  return all.flatMap(({ name }) => (name === '' ? [] : [name]));
}

export function itemsIn({ entries }: Pick<WrittenList, 'entries'>): WrittenItem[] {
  return entries.flatMap((entry) => (entry.kind === 'item' ? [entry.item] : entry.items));
}
