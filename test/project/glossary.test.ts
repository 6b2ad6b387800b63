/** Words that name a file or an exported type are in the glossary, or are plain English. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { isNode, nameOf, ROOT, readSources, type Source } from './sources.js';

/** Words that mean here what they mean everywhere. */
const PLAIN = new Set(
  `about accepted actions address again ages alertmanager allowed and answer answering app approvable approve arrival ask auto basis because behind blocks body bot bucket button call cause change channel choice cli client clock closable closed columns complete completion config configuration connect context convert converter current data database day decide deciding deliver deny depth destination detail diagnosis distance doctor does done drawing duration earlier edit elapsed end ending enter environment error examine exec expected explain failed failure far fetch fields file filled first flag forgotten found generic given good group guard hand handler have heard hearing help history home hours how http identity index init inline input instead interview item job json judged jump key kind known lack last late later left level link list load look lookup loop lost lowered main manual many mapping match may mean meant measure method metric migrate mine misplaced miss moving name near network news next node not nothing now number offer often option order origin outcome outside own page parse part passed path pause people permission person phrase plain pool post postgres preview printed problem process progress prometheus prompt promql purpose query question quiet range recalled recorded ref reference refused refuses rehearse relation relations remaining remembered remind removed rendered reply resolved result resume rights rise roles roll row rule run runner running said same saw say schema scopes secrets seen send sender sending sent sentry session settings settling setup shell short shortened show showing shown silence situation skipped slack slice socket sql start statement status store structure summary table tail taken terminal text threads ticker timers tls together token told too topic tried trouble try turns two type unclear unexpected unmet unpack unread unrecorded unsigned untried usage use user validate validation value variables verified version voter wait wake web which who why with withdraw within work working workspace would write yaml zones`.split(
    /\s+/,
  ),
);

const glossary = readFileSync(`${ROOT}docs/explanation/glossary.md`, 'utf8').toLowerCase();
const explained = new Set(
  [...glossary.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell = '']) => cell.match(/[a-z]+/g) ?? []),
);

function wordsOf(name: string): string[] {
  const apart = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return apart.split(/[^a-z]+/).filter((word) => word.length > 2);
}

function namesIn({ path, nodes }: Source): string[] {
  const types = nodes.flatMap((one) => {
    const of = one.type === 'ExportNamedDeclaration' ? one.declaration : undefined;
    const named = isNode(of) && /^(TSInterface|TSTypeAlias|Class)Declaration$/.test(of.type);
    return named ? [nameOf(of.id)] : [];
  });
  return [posix.basename(path, '.ts'), ...types];
}

function isKnown(word: string): boolean {
  const stems = [
    word,
    word.replace(/s$/, ''),
    word.replace(/es$/, ''),
    word.replace(/ies$/, 'y'),
    word.replace(/e?d$/, ''),
    word.replace(/d$/, ''),
  ];
  return stems.some((stem) => explained.has(stem) || PLAIN.has(stem));
}

test('every word that names a file or a type is explained or plain', () => {
  const words = new Set(readSources('src').flatMap(namesIn).flatMap(wordsOf));
  expect([...words].filter((word) => !isKnown(word)).sort()).toEqual([]);
  expect(words.size).toBeGreaterThan(150);
});

test('a plain word that no file uses any more is taken off the list', () => {
  const words = new Set(readSources('src').flatMap(namesIn).flatMap(wordsOf));
  const used = [...words].flatMap((word) => [
    word,
    word.replace(/s$/, ''),
    word.replace(/es$/, ''),
    word.replace(/ies$/, 'y'),
    word.replace(/e?d$/, ''),
    word.replace(/d$/, ''),
  ]);
  expect([...PLAIN].filter((word) => !used.includes(word))).toEqual([]);
});
