/** What an item says by itself: exactly one kind, only keys that go with it, words that can be read. */
import { writtenLists } from '../language/lists.js';
import type { ItemOutline, Outline } from '../language/outline.js';
import { KEYS } from '../language/schema.js';
import { expected, type Finding, type Path } from '../values/problem.js';
import { placeholderFindings } from './templates.js';

const BOTS = ['run', 'request', 'query'] as const;
const GROUPED = ['do', 'test', ...BOTS, 'check', 'say'] as const;
const ALL = [...GROUPED, 'group'] as const;
type Kind = (typeof ALL)[number];

/** What goes only with some kinds. */
const ONLY: Readonly<Record<string, readonly Kind[]>> = {
  as: ['test'],
  how: ['test'],
  expect: ['test', ...BOTS],
  cwd: ['run'],
  env: ['run'],
  timeout: BOTS,
  within: BOTS,
  fresh: BOTS,
  repeatable: BOTS,
  verify: BOTS,
  below: ['check'],
  above: ['check'],
  at_most: ['check'],
  at_least: ['check'],
  between: ['check'],
  items: ['group'],
};
const TEXTS = ['do', 'test', 'group', 'say', 'as', 'how', 'expect'] as const;

/** `raw` also has what is refused as a whole. */
type Raw = (path: Path) => unknown;

interface Place {
  readonly path: Path;
  readonly written: ItemOutline;
  readonly title: string;
  readonly kinds: readonly Kind[];
}

export function listItemFindings(outline: Outline, raw: Raw): Finding[] {
  return places(outline).flatMap((place) => [...kindFindings(place, raw), ...wordFindings(place, raw)]);
}

function places(outline: Outline): Place[] {
  return writtenLists(outline).flatMap(({ entries }) =>
    entries.flatMap((entry): Place[] => {
      if (entry.kind === 'item') return [{ ...entry.item, kinds: ALL }];
      const inner = entry.items.map((item): Place => ({ ...item, kinds: GROUPED }));
      return [{ ...entry.group, kinds: ALL }, ...inner];
    }),
  );
}

function kindFindings({ path, written, kinds }: Place, raw: Raw): Finding[] {
  const value = raw(path);
  if (typeof value !== 'object' || value === null) return [];
  const given = kinds.filter((kind) => kind in value);
  const [kind] = given;
  if (kind === undefined) {
    // A key that is none, or not yet one, is what is wrong; it is told where it stands.
    if (Object.keys(value).some((key) => !KEYS.item.includes(key)) || 'group' in value) return [];
    const found = 'items' in value ? 'items without group' : 'a mapping without';
    return [{ code: 'missing', path, message: `expected one of ${kinds.join(', ')} in an item, found ${found}` }];
  }
  if (given.length > 1) {
    const message = `expected exactly one of ${kinds.join(', ')} in an item, found ${given.join(' and ')}`;
    return [{ code: 'invalid', path, message }];
  }
  const odd = Object.keys(ONLY).filter((key) => key in value && !ONLY[key]?.includes(kind));
  const findings = odd.map((key): Finding => {
    const instead =
      kind === 'do' && ONLY[key]?.includes('test') ? '; write test: in place of do: for what is tried' : '';
    const message = `expected ${key} only beside ${ONLY[key]?.join(', ')}, found it beside ${kind}${instead}`;
    return { code: 'invalid', path: [...path, key], on: 'key', message };
  });
  if (kind === 'group' && !('items' in written))
    findings.push({ code: 'missing', path: [...path, 'items'], message: 'expected items and a list, found nothing' });
  return findings;
}

function wordFindings({ path, written, title }: Place, raw: Raw): Finding[] {
  const alone = typeof raw(path) === 'string';
  return TEXTS.flatMap((key): Finding[] => {
    const text = written[key];
    if (typeof text !== 'string') return [];
    const at = alone ? path : [...path, key];
    const isTitle = key === 'do' || key === 'test' || key === 'group' || key === 'say';
    if (isTitle && title === '' && text.trim() !== '')
      return [{ code: 'invalid', path: at, message: expected('words behind the checkbox', text) }];
    return placeholderFindings(text, { path: at, known: [] });
  });
}
