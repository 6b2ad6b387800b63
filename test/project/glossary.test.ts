/** Words that name a file or an exported type of the rules are in the glossary, or are plain English. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { isNode, nameOf, ROOT, readSources, type Source } from './sources.js';

/** Words that mean here what they mean everywhere. */
const PLAIN = new Set(
  `about addressed again and answer ask asked basis because behind bouts broken called cause change config context current data day decide deciding destination detail distance does edit end enter force handler heard hearing hours http input instead json judged key kind lack last late left level look match may mean measure moving name next nothing number order outcome own passed person post question recorded ref reference remind rise roll row rule same saw settling show shown situation slice start started token type unclear unmet untried user value voter wait why with working would write`.split(
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

test('every word of the rules is explained or plain', () => {
  const rules = readSources('src').filter(({ path }) => path.startsWith('src/rollout/'));
  const words = new Set(rules.flatMap(namesIn).flatMap(wordsOf));
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
