/** Words that name a file or an exported type are in the glossary, or are plain English. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { isNode, nameOf, ROOT, readSources, type Source } from './sources.js';

/** Words that mean here what they mean everywhere, and that no page of the reference has as a name. */
const PLAIN: readonly string[] = [
  // Between the others.
  `about allowed and because behind does far first good how later lowered may near next now often own same short shortened together told two which who with without would`,
  // As Slack, Postgres, editors and the web call them.
  `app bucket cli client index inline node prompt promql schema scopes slack slice socket terminal tls topic web workspace yaml`,
  // What is done, and has been.
  `accepted answer approvable call cause closable closed connect convert decide deliver drawing end enter examine expected fetch filled forgotten found given guard hand handler judged jump known lack load look lost mean meant measure migrate misplaced miss parse passed preview printed recalled recorded refuses remaining remembered remind removed rendered reply rise roll say seen send sent settings show skipped taken tried try turns unclear unexpected unmet unpack unread unrecorded unsigned untried usage use validate verified wait wake work`,
  // And what it is done to.
  `ages arrival auto basis body clock columns completion configuration context current data depth destination detail diagnosis distance doctor duration elapsed failure fields flag generic hours identity input instead interview job lookup loop main mapping method metric network news number option origin page part path permission phrase plain pool problem process progress purpose quiet range ref reference relation result rights row rule secrets session setup shell situation statement store structure tail trouble undefined validation version voter zones`,
].flatMap((words) => words.split(/\s+/));

const glossary = readFileSync(`${ROOT}docs/explanation/glossary.md`, 'utf8').toLowerCase();
const explained = new Set(
  [...glossary.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell = '']) => cell.match(/[a-z]+/g) ?? []),
);

/** What the reference has a page or a row for, by its name, is explained there. */
const documented = new Set(
  filesIn(`${ROOT}docs/reference`).flatMap((path) => {
    const rows = readFileSync(path, 'utf8').matchAll(/^\| (.+?) \|/gm);
    const names = [...rows].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([a-z][\w-]*)`/gi)].map(([, name = '']) => name),
    );
    // Of a longer name no word is explained by itself.
    return [posix.basename(path, '.md'), ...names].map(partsOf).flatMap((parts) => (parts.length <= 2 ? parts : []));
  }),
);

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => posix.join(folder, name));
}

function partsOf(name: string): string[] {
  const apart = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return apart.split(/[^a-z]+/).filter((word) => word !== '');
}

const wordsOf = (name: string): string[] => partsOf(name).filter((word) => word.length > 2);

function namesIn({ path, nodes }: Source): string[] {
  const types = nodes.flatMap((one) => {
    const of = one.type === 'ExportNamedDeclaration' ? one.declaration : undefined;
    const named = isNode(of) && /^(TSInterface|TSTypeAlias|Class)Declaration$/.test(of.type);
    return named ? [nameOf(of.id)] : [];
  });
  return [posix.basename(path, '.ts'), ...types];
}

const words = new Set(readSources('src').flatMap(namesIn).flatMap(wordsOf));

/** The word, and what it may be a form of: `ages`, `replies`, `moved`, `running`, `sender`. */
function stemsOf(word: string): string[] {
  const cut = (ending: RegExp, by = '') => (ending.test(word) ? [word.replace(ending, by)] : []);
  return [
    word,
    ...cut(/s$/),
    ...cut(/es$/),
    ...cut(/ies$/, 'y'),
    ...cut(/d$/),
    ...cut(/(ed|er|ing)$/),
    ...cut(/ing$/, 'e'),
    ...cut(/([a-z])\1(ed|er|ing)$/, '$1'),
  ];
}

const isExplained = (word: string) => stemsOf(word).some((stem) => explained.has(stem) || documented.has(stem));

test('every word that names a file or a type is explained or plain', () => {
  const unknown = [...words].filter(
    (word) => !isExplained(word) && !stemsOf(word).some((stem) => PLAIN.includes(stem)),
  );
  expect(unknown.sort()).toEqual([]);
  expect(words.size).toBeGreaterThan(150);
});

test('a plain word that no file uses any more is taken off the list', () => {
  const used = new Set([...words].flatMap(stemsOf));
  expect(PLAIN.filter((word) => !used.has(word))).toEqual([]);
});

test('a plain word is listed once, in its shortest form, and only where nothing explains it', () => {
  expect(PLAIN.filter((word, at) => isExplained(word) || PLAIN.indexOf(word) !== at)).toEqual([]);
  expect(PLAIN.filter((word) => stemsOf(word).some((stem) => stem !== word && PLAIN.includes(stem)))).toEqual([]);
});
