import { VERBS, type Verb } from '../rollout/authority.js';

/** What was typed behind `/rollout`: the verb (null when it is none), and the rest as typed. */
export interface Typed {
  readonly verb: Verb | null;
  readonly word: string;
  readonly rest: string;
}

const QUOTES = /^[`'"“”‘’]+|[`'"“”‘’]+$/g;

/** Takes quotes and back-ticks off a name; people paste them. */
function bare(word: string): string {
  return word.replace(QUOTES, '').trim();
}

/** First word and rest; any white space parts them, no-break spaces of phones included. */
export function firstWord(text: string): [string, string] {
  const match = /^(\S*)\s*([\s\S]*)$/u.exec(text.trim());
  return [bare(match?.[1] ?? ''), match?.[2] ?? ''];
}

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/**
 * What the database and a terminal can hold of some words: half of a broken emoji becomes a replacement sign, control
 * characters go (white space stays). No rollback fails for a character nobody sees.
 */
export function writable(text: string): string {
  return text.toWellFormed().replace(/[^\P{Cc}\s]/gu, '');
}

/** Slack sends typed text escaped, with mentions and links as tags; what is kept is what the person saw. */
export function asTyped(text: string): string {
  return writable(text)
    .replace(/<[@#!][^>|]*\|([^>]*)>/g, (tag, name: string) =>
      tag.startsWith('<#') ? `#${name}` : name.startsWith('@') ? name : `@${name}`,
    )
    .replace(/<((?:https?|mailto):[^>|]*)(?:\|[^>]*)?>/g, '$1')
    .replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** Reads what was typed. Nothing typed is `status`: the card and buttons of this channel. */
export function readTyped(text: string): Typed {
  const [word, rest] = firstWord(asTyped(text));
  if (word === '') return { verb: 'status', word: '', rest: '' };
  const lower = word.toLowerCase();
  const verb = verbOf(word);
  if (verb) return { verb, word, rest };
  // The name first, as people say it: `checkout rollback`.
  const [second, behind] = firstWord(rest);
  const named = /^[a-z0-9-]+(#\d+)?$/.test(lower) ? verbOf(second) : null;
  return named ? { verb: named, word: second, rest: `${lower} ${behind}`.trim() } : { verb: null, word, rest };
}

function verbOf(word: string): Verb | null {
  const lower = word.toLowerCase();
  return VERBS.find((candidate) => candidate === lower) ?? null;
}

/** What tired people type. Only suggested: a word that is not ours moves nothing. */
const MEANT: Readonly<Record<string, Verb>> = {
  ...{ stop: 'rollback', abort: 'rollback', undo: 'rollback', revert: 'rollback', cancel: 'rollback', off: 'rollback' },
  ...{ halt: 'pause', hold: 'pause', freeze: 'pause', wait: 'pause', continue: 'resume', unpause: 'resume' },
  ...{ next: 'advance', promote: 'advance', go: 'advance', reject: 'deny', yes: 'approve', no: 'deny' },
  ...{ info: 'status', show: 'status', ls: 'list', log: 'history', ack: 'have', mine: 'have' },
};

/** The verb somebody probably meant: one letter wrong, missing, extra or swapped. */
export function nearestVerb(word: string): Verb | null {
  const lower = word.toLowerCase().replace(/[^a-z]+$/, '');
  return (
    (Object.hasOwn(MEANT, lower) ? MEANT[lower] : undefined) ??
    VERBS.find((verb) => verb.startsWith(lower) && lower.length >= 3) ??
    VERBS.find((verb) => isNear(lower, verb)) ??
    null
  );
}

function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const rests = [a.slice(at + 1) === b.slice(at + 1), a.slice(at + 1) === b.slice(at), a.slice(at) === b.slice(at + 1)];
  const swapped = a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
  return rests.some(Boolean) || swapped;
}
