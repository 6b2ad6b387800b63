import { rowOf } from '../rollout/state/verbs.js';
import { readTyped } from './grammar.js';

/** A message as Slack tells of it, by `app_mention` or in a direct message. */
export interface Said {
  readonly text?: string | undefined;
  readonly user?: string | undefined;
  readonly bot_id?: string | undefined;
  readonly bot_profile?: unknown;
  readonly subtype?: string | undefined;
  readonly edited?: unknown;
  readonly hidden?: boolean | undefined;
}

/** Whether a message is a command: its words; or worth a private word how to say it, and why; or nothing of ours. */
export type HowAddressed =
  | { readonly kind: 'command'; readonly words: string }
  | { readonly kind: 'hint'; readonly why: 'edited' | 'not_first' }
  | { readonly kind: 'nothing' };

/** Messages of persons that are new: plain ones, with a file, and answers that are shown in the channel too. */
const OF_A_PERSON: ReadonlySet<string> = new Set(['file_share', 'thread_broadcast']);
const GREETING = /^(?:(?:hey|hi|hello|ok|okay|please|pls)[\s,!.:]+){1,3}/iu;
const INVISIBLE = /^[\s\p{Cf}]+/u;
const BEHIND_THE_NAME = /^[\s\p{Cf}]*[,:;.!\u2010-\u2015-]*[\s\p{Cf}]*/u;

/** In a channel only a new, unedited message of a person that begins with our own name is a command. */
export function addressedByMention(said: Said, botUserId: string | undefined): HowAddressed {
  if (!isOfAPerson(said) || botUserId === undefined) return { kind: 'nothing' };
  const { first, words } = behindOwnName(said.text ?? '', botUserId);
  if (!first) return said.edited === undefined ? { kind: 'hint', why: 'not_first' } : { kind: 'nothing' };
  if (said.edited !== undefined) return readTyped(words).verb ? { kind: 'hint', why: 'edited' } : { kind: 'nothing' };
  if (!names(words, botUserId)) return { kind: 'command', words };
  const { verb } = readTyped(words);
  // A second mention of the bot makes it a sentence about the bot; what goes down is not held up by that.
  return verb !== null && rowOf(verb).wayDown ? { kind: 'command', words } : { kind: 'hint', why: 'not_first' };
}

/** In a direct message everything a person newly writes is addressed to the bot, but for what is quoted. */
export function addressedDirectly(said: Said, botUserId: string | undefined): HowAddressed {
  if (!isOfAPerson(said)) return { kind: 'nothing' };
  const { words } = behindOwnName(said.text ?? '', botUserId ?? '');
  if (said.edited !== undefined) return readTyped(words).verb ? { kind: 'hint', why: 'edited' } : { kind: 'nothing' };
  return isQuoted(words) ? { kind: 'hint', why: 'not_first' } : { kind: 'command', words };
}

function isOfAPerson({ user, bot_id, bot_profile, subtype, hidden }: Said): boolean {
  if (user === undefined || user === '' || bot_id !== undefined || bot_profile !== undefined || hidden) return false;
  return subtype === undefined || OF_A_PERSON.has(subtype);
}

/** The words behind the bot's own name, when it stands first or behind a greeting; else all of them. */
function behindOwnName(text: string, botUserId: string): { first: boolean; words: string } {
  let words = text.replace(INVISIBLE, '');
  const greeted = words.replace(GREETING, '');
  const name = new RegExp(`^<@${botUserId}(?:\\|[^<>]{0,200})?>`);
  let first = false;
  for (let match = name.exec(greeted); match; match = name.exec(words)) {
    words = (first ? words : greeted).slice(match[0].length).replace(BEHIND_THE_NAME, '');
    first = true;
  }
  return { first, words };
}

function names(words: string, botUserId: string): boolean {
  return words.includes(`<@${botUserId}>`) || words.includes(`<@${botUserId}|`);
}

/** A quoted line, or code. */
function isQuoted(words: string): boolean {
  return /^(?:&gt;|>|```)/.test(words);
}
