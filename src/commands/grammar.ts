import { isNear } from '../rollout/plan/edit-distance.js';
import { isVerb, rowOf, VERBS, type Verb } from '../rollout/state/verbs.js';

/** What was typed behind `/rollout`: the verb (null when it is none), and the rest as typed. */
export interface Typed {
  readonly verb: Verb | null;
  readonly word: string;
  /** Behind the verb; where the rollout's name stood before the verb, that name first. */
  readonly rest: string;
}

const OPENING = /^[\p{Cf}\s"'`´“”„‘’«»(*_~]*/u;
const CLOSING = /^[\p{Cf}"'`´“”‘’»)*_~]*[.,:;!?…\u2049\u203c。，：；！？]*[\p{Cf}"'`´“”‘’»)*_~]*\s*/u;
const WRAPPING = /^[\p{Cf}"'`´“”„‘’«»(*_~]{1,20}|[\p{Cf}"'`´“”‘’»)*_~.,:;!?…。，：；！？]{1,20}$/gu;

/** Takes quotes, back-ticks and the punctuation behind it off a word; people paste them. */
function bare(word: string): string {
  return word.replace(WRAPPING, '').trim();
}

/** First word and rest; any white space parts them, no-break spaces of phones included. */
export function firstWord(text: string): [string, string] {
  const trimmed = text.trim();
  const [word = ''] = /^\S*/u.exec(trimmed) ?? [];
  return [bare(word), trimmed.slice(word.length).trimStart()];
}

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/**
 * What the database and a terminal can hold of some words: half of a broken emoji becomes a replacement sign, control
 * characters go (white space stays). No rollback fails for a character nobody sees.
 */
export function writable(text: string): string {
  return text.toWellFormed().replace(/[^\P{Cc}\s]/gu, '');
}

/** Slack cuts a message at 40,000 characters. What is longer is not typed, and no pattern looks through it. */
const MOST_CHARS = 40_000;

/** Slack sends typed text escaped, with mentions and links as tags; what is kept is what the person saw. */
export function asTyped(text: string): string {
  return writable(text.slice(0, MOST_CHARS))
    .replace(/<[@#!][^<>|]{0,200}\|([^<>]{0,500})>/g, (tag, name: string) =>
      tag.startsWith('<#') ? `#${name}` : name.startsWith('@') ? name : `@${name}`,
    )
    .replace(/<((?:https?|mailto):[^<>|]{0,4000})(?:\|[^<>]{0,4000})?>/g, '$1')
    .replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** How help is asked for elsewhere; phones make a long dash of two. */
const FOR_HELP = /^\s*(?:[-–—]{1,2}(?:h|help)|[-/]?\?{1,3})\s*$/iu;

/** Reads what was typed. Nothing typed is `status`: the card and buttons of this channel. */
export function readTyped(text: string): Typed {
  const typed = asTyped(text);
  const [word, rest] = firstWord(typed);
  if (FOR_HELP.test(typed)) return { verb: 'help', word: 'help', rest: '' };
  if (word === '' && bare(rest) === '') return { verb: 'status', word: '', rest: '' };
  const found =
    verbFirst(typed) ??
    verbFirst(
      typed
        .slice(0, 200)
        .normalize('NFKC')
        .replace(/\p{Cf}/gu, '') + typed.slice(200),
    );
  return found ? orItsHelp(found) : { verb: null, word, rest };
}

/** Behind a verb, perhaps behind a name: how help about that one is asked for. */
const HELP_BEHIND = /^(?:\S{1,80}\s{1,9})?[-–—]{1,2}(?:h|help)\s*$|^help[.!?]*\s*$/iu;

/** `advance --help` asks what advance is and does nothing. A rollback is carried out whatever words are behind it. */
function orItsHelp(found: Typed): Typed {
  if (found.verb === null || found.verb === 'rollback' || !HELP_BEHIND.test(found.rest.slice(0, 200))) return found;
  return { verb: 'help', word: 'help', rest: found.verb };
}

/** The verb that help is asked about; null: about all of them. */
export function helpAbout(rest: string): Verb | null {
  const asked = rest.slice(0, 200).replace(BEFORE, '');
  const [word] = firstWord(asked);
  const near = word === '' ? null : nearestVerb(word);
  return verbAt(asked)?.verb ?? (near === 'help' ? null : near);
}

/** A verb at the beginning, behind a polite word or the bot's own name, or behind the name of a rollout. */
function verbFirst(typed: string): Typed | null {
  const polite = typed.replace(BEFORE, '');
  const found = verbAt(typed) ?? verbAt(polite);
  if (found) return found;
  const led = typed.replace(BEFORE_THE_WAY_DOWN, '');
  const down = led === typed ? null : (verbAt(led) ?? nameThenVerb(led));
  return down?.verb && rowOf(down.verb).wayDown ? down : nameThenVerb(polite);
}

/** The name first, as people say it: `checkout rollback`, `Checkout: roll back`. */
function nameThenVerb(text: string): Typed | null {
  const name = nameAt(text);
  const second = name && verbAt(name.rest);
  // `can advance` names nothing; only a rollback needs no name to be meant.
  if (!name || !second || (second.verb !== 'rollback' && NO_NAMES.has(name.name))) return null;
  return { verb: second.verb, word: second.word, rest: `${name.name} ${second.rest}`.trim() };
}

const NO_NAMES: ReadonlySet<string> = new Set(
  [
    'a an and any are be but can could did do does done dont either for from have how i if in is it just kindly let lets may me',
    'maybe might must need never no not now of on once only or shall should so soon that the then this to too u unless until we',
    'what when where which who why will wont would yes you',
  ].flatMap((words) => words.split(' ')),
);
/** Emoji, the point of a pasted list, somebody's name, and how people beg: `:fire: rollback`, `1. rollback`, `we need to rollback`. */
const BEFORE_THE_WAY_DOWN =
  /^\s*(?:(?:\p{Extended_Pictographic}[\p{M}\p{Cf}\p{Emoji_Modifier}]*|:[a-z0-9_+-]{1,60}:|<[@#!][^<>\s]{1,80}>|@[\p{L}\p{N}._-]{1,80}(?=[\s,:])|[-•·–—](?=\s)|\d{1,2}[.)](?=\s)|(?:can|could|would|will) you\b|(?:we|i|you) (?:really )?(?:must|need to|have to|want to|gotta)\b|let'?s\b|emergency\b|urgent\b|now\b|quick(?:ly)?\b|just\b|please\b|pls\b)[\s,:!.]*){1,6}/iu;
const BEFORE = /^[\s"'`“‘]*(?:(?:please|pls|plz|hey|hi|hello|ok|okay)[\s,!.:]+|\/?rollout[\s,:]+){1,4}/iu;
/** `roll back`, `roll-back`, `roll_back`; joined to a letter, a digit or another name it is a different word. */
const ROLL_BACK = /^roll[\s_\u2010-\u2015-]{0,3}back(?![-_#\u2010-\u2015]?[\p{L}\p{N}])/iu;
/** `roll it back`, `roll checkout back`. */
const ROLL_WHAT_BACK = /^roll\s+(\S{1,80})\s+back(?![-_#]?[\p{L}\p{N}])/iu;
const ONE_WORD = /^(\p{L}+)(?![-_#\u2010-\u2015]?[\p{L}\p{N}])/u;
const WHATEVER: ReadonlySet<string> = new Set(['it', 'this', 'that', 'everything', 'all', 'us', 'them']);

function verbAt(text: string): { verb: Verb; word: string; rest: string } | null {
  const opened = text.replace(OPENING, '');
  const behind = (length: number) => opened.slice(length).replace(CLOSING, '').trimEnd();
  const back = ROLL_BACK.exec(opened);
  if (back) return { verb: 'rollback', word: bare(back[0]).replace(/\s+/g, ''), rest: behind(back[0].length) };
  const what = ROLL_WHAT_BACK.exec(opened);
  if (what) {
    const name = bare(what[1] ?? '');
    const rest = behind(what[0].length);
    return {
      verb: 'rollback',
      word: 'rollback',
      rest: WHATEVER.has(name.toLowerCase()) ? rest : `${name} ${rest}`.trim(),
    };
  }
  const [, word = ''] = ONE_WORD.exec(opened) ?? [];
  const verb = verbOf(word);
  return verb ? { verb, word, rest: behind(word.length) } : null;
}

function verbOf(word: string): Verb | null {
  const lower = word.toLowerCase();
  return isVerb(lower) ? lower : null;
}

/** A rollout's or a plan's name as people type it: any case, in quotes, with a point behind it. `run` as in `checkout#3`. */
export interface TypedName {
  readonly name: string;
  readonly plan: string;
  readonly run: number | null;
  readonly rest: string;
}

const NAME = /^([\p{L}\p{N}][\p{L}\p{N}_\u2010-\u2015-]{0,79})(?:\s?#\s?(\d{1,9}))?$/u;

/** The first word as a name; null when it cannot be one. */
export function nameAt(text: string): TypedName | null {
  const [first, behind] = firstWord(text.replace(OPENING, ''));
  // `checkout #3`
  const [numbered = '', run] = /^#(\d{1,9})[.,:;!?…]*(?!\S)/.exec(behind) ?? [];
  const after = behind.slice(numbered.length).trimStart();
  const [word, rest] = run !== undefined && !first.includes('#') ? [`${first}#${run}`, after] : [first, behind];
  // `Checkout:500s`, `checkout→50`
  const [head = '', joined] = /^([\p{L}\p{N}_#-]+)(?:[.,:;!?…]+|(?=->|=>|[→⇒➔➜➡=@/(]))/u.exec(word) ?? [];
  const [, name, no] = NAME.exec((joined ?? word).normalize('NFKC')) ?? [];
  if (name === undefined) return null;
  const plan = name.toLowerCase().replace(/[_\u2010-\u2015]/g, '-');
  const said = no === undefined ? plan : `${plan}#${no}`;
  const words = joined === undefined ? rest : `${word.slice(head.length)} ${rest}`.trim();
  return {
    name: said,
    plan,
    run: no === undefined ? null : Number(no),
    rest: words.replace(/^[.,:;!…-]+(?=\s|$)\s*/u, ''),
  };
}

/** The first word as a name, and the first two or three as one: `New checkout` is `new-checkout`. */
export function namesAt(text: string): Pick<TypedName, 'plan' | 'rest'>[] {
  const one = nameAt(text);
  if (!one || one.run !== null) return [];
  const two = nameAt(one.rest);
  // Parted by more than a space they are no name.
  if (!two || two.run !== null || !/^[\p{L}\p{N}_-]+[\s\u00a0]+[\p{L}\p{N}]/u.test(text.replace(OPENING, '')))
    return [one];
  const three = nameAt(two.rest);
  const both = { plan: `${one.plan}-${two.plan}`, rest: two.rest };
  return three && three.run === null
    ? [one, both, { plan: `${both.plan}-${three.plan}`, rest: three.rest }]
    : [one, both];
}

/** What tired people type. Only suggested: a word that is not ours moves nothing. */
const MEANT: Readonly<Record<string, Verb>> = {
  stop: 'rollback',
  abort: 'rollback',
  undo: 'rollback',
  revert: 'rollback',
  cancel: 'rollback',
  off: 'rollback',
  halt: 'pause',
  hold: 'pause',
  freeze: 'pause',
  wait: 'pause',
  continue: 'resume',
  unpause: 'resume',
  next: 'advance',
  promote: 'advance',
  go: 'advance',
  reject: 'deny',
  yes: 'approve',
  no: 'deny',
  info: 'status',
  show: 'status',
  ls: 'list',
  log: 'history',
  ack: 'have',
  mine: 'have',
  commands: 'help',
  menu: 'help',
  usage: 'help',
  man: 'help',
  how: 'help',
  who: 'help',
  what: 'help',
  hilfe: 'help',
};

/** The verb somebody probably meant: one letter wrong, missing, extra or swapped. */
export function nearestVerb(word: string): Verb | null {
  const lower = word.toLowerCase().replace(/[^a-z]{1,20}$/, '');
  return (
    (Object.hasOwn(MEANT, lower) ? MEANT[lower] : undefined) ??
    VERBS.find((verb) => verb.startsWith(lower) && lower.length >= 3) ??
    VERBS.find((verb) => isNear(lower, verb)) ??
    // `rollback-off`, `rollbackcheckout`
    VERBS.find((verb) => verb.length > 4 && lower.startsWith(verb)) ??
    null
  );
}
