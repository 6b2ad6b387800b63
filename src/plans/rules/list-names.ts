/** Names in a list: each once, and every name in `needs` is one of them and leads to an end. */
import { itemsIn, type PlannedList, plannedLists, type WrittenGroup, type WrittenItem } from '../language/lists.js';
import { type Needs, namesOf, neededBy } from '../language/needs.js';
import type { Outline } from '../language/outline.js';
import { itemNameOf } from '../values/item-words.js';
import { didYouMean } from '../values/near-miss.js';
import { expected, type Finding, formatPath, type Path, quote } from '../values/problem.js';

/** So many mistakes of one list are enough to see what is wrong. */
const MOST_NAMED = 10;
/** So much of a circle is shown. */
const MOST_SHOWN = 6;

export function listNameFindings(outline: Outline): Finding[] {
  const lists = plannedLists(outline);
  return lists.flatMap((list) => {
    const names = namesOf(list);
    const elsewhere = lists.filter((other) => other !== list);
    const findings = [
      ...twiceFindings(list),
      ...groupTitleFindings(list),
      ...itemsIn(list)
        .flatMap((item) => needFindings(item, { names, elsewhere }))
        .slice(0, MOST_NAMED),
      ...circleFindings(list, names),
    ];
    // What every stage has may be wrong in one.
    const of = (finding: Finding): Finding =>
      finding.path[0] === 'every_stage'
        ? { ...finding, message: `${finding.message} (in ${listWords(list)})` }
        : finding;
    return findings.map(of);
  });
}

/** Everything that has a name, in the order of the text. */
function namedIn({ entries }: PlannedList): (WrittenItem | WrittenGroup)[] {
  return entries.flatMap((entry) => (entry.kind === 'item' ? [entry.item] : [entry.group, ...entry.items]));
}

function twiceFindings(list: PlannedList): Finding[] {
  const seen = new Map<string, Path>();
  return namedIn(list).flatMap(({ path, name, written, title }): Finding[] => {
    const first = seen.get(name);
    if (name !== '' && first === undefined) {
      seen.set(name, path);
      return [];
    }
    if (written.name !== undefined)
      return [{ code: 'duplicate', path: [...path, 'name'], message: twice(name, first) }];
    // Without words there is something else to say.
    if (title === '') return [];
    if (name === '') {
      const message = `expected name: beside a text without letters and digits, found ${quote(title)} alone`;
      return [{ code: 'missing', path, message }];
    }
    return [{ code: 'duplicate', path, message: `${twice(name, first)}; give one of them another name:` }];
  });
}

function twice(name: string, first: Path = []): string {
  return `${expected('a name that nothing else in this list has', name)}, as at ${formatPath(first)}`;
}

/** Groups are shown by their titles, one behind the other. */
function groupTitleFindings({ entries }: PlannedList): Finding[] {
  const seen = new Set<string>();
  return entries.flatMap((entry): Finding[] => {
    if (entry.kind === 'item') return [];
    const { title, path } = entry.group;
    const again = title !== '' && seen.has(title);
    seen.add(title);
    const message = expected('a title that no other group of this list has', title);
    return again ? [{ code: 'duplicate', path: [...path, 'group'], message }] : [];
  });
}

interface Known {
  readonly names: ReadonlyMap<string, Needs>;
  readonly elsewhere: readonly PlannedList[];
}

function needFindings(item: WrittenItem, { names, elsewhere }: Known): Finding[] {
  return item.needs.flatMap((name, index): Finding[] => {
    if (name === undefined) return [];
    const path = [...item.needsPath, index];
    if (item.needs.indexOf(name) < index)
      return [{ code: 'duplicate', path, message: expected('each name once', name) }];
    const needed = names.get(name);
    if (!needed) {
      const guess = didYouMean(itemNameOf(name), [...names.keys()]);
      return [{ code: 'unknown_item', path, message: unknownWords(name, { names, elsewhere }), guess }];
    }
    if (needed.items.length === 0) {
      const message = expected('a group with an item that is not optional', name);
      return [{ code: 'invalid', path, message }];
    }
    if (item.optional || !needed.items.some(({ optional }) => optional)) return [];
    const message = `${expected('an item that is not optional', name)}; make this one optional too, or the other required`;
    return [{ code: 'invalid', path, message }];
  });
}

function unknownWords(name: string, { elsewhere }: Known): string {
  const other = elsewhere.find((list) => itemsIn(list).some((item) => item.name === name));
  const what = 'the name of an item or a group of this list';
  return other ? `${expected(what, name)}, which is in ${listWords(other)}` : expected(what, name);
}

function listWords({ kind, stageNo }: PlannedList): string {
  return stageNo === 0 ? kind : `${kind} of stage ${stageNo}`;
}

/** One for each circle, at the item where it was met first. */
function circleFindings(list: PlannedList, names: ReadonlyMap<string, Needs>): Finding[] {
  const done = new Set<WrittenItem>();
  const way = new Set<WrittenItem>();
  const findings: Finding[] = [];
  // No list is longer than the depth that this takes.
  const visit = (item: WrittenItem): void => {
    if (done.has(item)) return;
    if (way.has(item)) {
      const all = [...way];
      findings.push(circle(all.slice(all.indexOf(item))));
      return;
    }
    way.add(item);
    for (const needed of neededBy(item, names)) visit(needed);
    way.delete(item);
    done.add(item);
  };
  for (const item of itemsIn(list)) visit(item);
  return findings.slice(0, MOST_NAMED);
}

function circle(items: readonly WrittenItem[]): Finding {
  const [first] = items;
  const shown = items.slice(0, MOST_SHOWN).map(({ name }) => name);
  const end = items.length > MOST_SHOWN ? ['…', first?.name] : [first?.name];
  const found = items.length === 1 ? `${quote(first?.name ?? '')}, which needs itself` : [...shown, ...end].join(' → ');
  return {
    code: 'circle',
    path: first?.needsPath ?? [],
    message: `expected items that do not need each other, found ${found}`,
  };
}
